"""Podcasts and Atom of the archive: read by a real reader, word by word what the namespaces know, and no leaks."""

import json
from base64 import b64decode
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from recordings.catalogue.models import OriginalKind, Recording
from recordings.podcast.cover import SIDE, cover
from recordings.podcast.rss import NAMESPACES, Show, integrity, rss
from recordings.preservation.collecting import Collection
from recordings.preservation.description import Agent, Description, Format
from recordings.renditions.models import Rendition
from recordings.slides.models import Chapter, Chapters
from recordings.web.archive_news import with_files
from seminars.calendars.atom import atom as write_atom
from seminars.calendars.feeds import Subject
from seminars.people.models import Community, Joining
from seminars.series.models import Audience, Series
from seminars.sessions import moving
from seminars.sessions.models import Session, Speaker, SpeakerRole
from seminars.sessions.speaking.models import Engagement, Licence
from tests.factories import NOW, make_original, make_person, make_recording, make_series, make_session
from tests.formats import atom
from tests.formats.podcast import wrong_with

HELD = datetime(2026, 3, 1, 15, 0)
VIDEO = {"media_type": "video/mp4", "probe": {"seconds": 61.5, "width": 640, "height": 360}}


def heard(series: Series | None = None, **fields: Any) -> Recording:
    """Return a recording with a video, its voice, captions, chapters, a speaker and a licence."""
    session = make_session(series, **{"wall": HELD, "title": {"en": "Tea <&> trust"}} | fields)
    person = make_person(name="Amina Diallo")
    Speaker.objects.create(session=session, person=person, affiliation="Oxfam")
    Engagement.objects.create(session=session, person=person, asked_at=NOW, licence=Licence.BY)
    recording = make_recording(session)
    video = make_original(recording, b"video", kind=OriginalKind.VIDEO, **VIDEO)
    captions = make_original(recording, b"WEBVTT\n\n00:01.000 --> 00:02.000\nTea\n")
    sound = make_original(
        recording, b"sound", media_type="audio/mp4", probe={"seconds": 61.5}, kind="handout"
    )
    Rendition.objects.create(original=video, recipe="voice", recipe_version=1, asset=sound.asset, made_at=NOW)
    sound.delete()
    chapters = Chapters.objects.create(recording=recording, **_needed(Chapters))
    Chapter.objects.create(chapters=chapters, start=0, title="Hello")
    Chapter.objects.create(chapters=chapters, start=30.5, title="Locks & keys")
    assert captions.pk
    return recording


def _needed(model: Any) -> dict[str, Any]:
    """Return what a row must have besides: the moments at which things were done."""
    names = {field.name for field in model._meta.fields}
    return {name: NOW for name in ("made_at", "changed_at", "found_at") if name in names}


@pytest.mark.django_db
class TestPodcast:
    """/podcast.xml, /communities/…, /series/…"""

    def test_a_reader_reads_it_and_all_is_as_specified(self, as_nobody: Client, community: Community) -> None:
        series = make_series(community, slug="talks", title={"en": "Talks & <tea>"})
        recording = heard(series)
        response = as_nobody.get("/series/talks/podcast.xml")
        assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
        assert wrong_with(response.content) == []
        found = feedparser.parse(response.content)
        assert not found.bozo
        assert found.feed.title == "Talks & <tea>"
        assert found.feed.language == "en"
        [item] = found.entries
        assert item.title == "Tea <&> trust"
        assert item.id == str(recording.uuid)
        assert item.guidislink is False
        [enclosure] = item.enclosures
        assert (enclosure.type, enclosure.length) == ("audio/x-m4a", "5")
        file = as_nobody.get("/" + enclosure.href.split("/", 3)[3])
        assert len(b"".join(file)) == 5  # type: ignore[arg-type]  # a stream; read to its end, it is closed
        file.close()
        assert item.itunes_duration == "62"
        assert item.published_parsed[:3] == (2026, 11, 16)

    def test_each_edition_with_its_digest_and_the_voice_by_default(self, as_nobody: Client) -> None:
        recording = heard()
        root = ElementTree.fromstring(as_nobody.get("/podcast.xml").content)
        podcast = f"{{{NAMESPACES['podcast']}}}"
        files = {each.get("type"): each for each in root.iter(f"{podcast}alternateEnclosure")}
        assert files.keys() == {"video/mp4", "audio/x-m4a"}
        assert files["audio/x-m4a"].get("default") == "true"
        assert files["video/mp4"].get("height") == "360"
        value = files["video/mp4"].find(f"{podcast}integrity").get("value")  # type: ignore[union-attr]
        asset = recording.originals.get(kind="video").asset
        assert b64decode(str(value).removeprefix("sha256-")).hex() == asset.sha256
        assert root.findtext(f".//{podcast}license") == "cc-by-4.0"
        assert root.findtext(f".//{podcast}person") == "Amina Diallo"
        kinds = [each.get("type") for each in root.iter(f"{podcast}transcript")]
        assert kinds == ["text/vtt", "application/x-subrip"]
        for each in root.iter(f"{podcast}transcript"):
            response = as_nobody.get("/" + str(each.get("url")).split("/", 3)[3])
            assert response.status_code == 200
            assert b"Tea" in b"".join(response)

    def test_chapters(self, as_nobody: Client) -> None:
        recording = heard()
        root = ElementTree.fromstring(as_nobody.get("/podcast.xml").content)
        link = root.find(f".//{{{NAMESPACES['podcast']}}}chapters")
        assert link is not None
        response = as_nobody.get("/" + str(link.get("url")).split("/", 3)[3])
        assert response.headers["Content-Type"] == "application/json+chapters"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        said = json.loads(response.content)
        assert said["version"] == "1.2.0"
        assert [(each["startTime"], each["title"]) for each in said["chapters"]] == [
            (0.0, "Hello"), (30.5, "Locks & keys"),
        ]  # fmt: skip
        assert said["chapters"][1]["url"].endswith(f"/sessions/{recording.slug}/?t=30#player")
        assert as_nobody.get(f"/archive/{make_recording().slug}/chapters.json").status_code == 404

    def test_it_names_the_language_that_is_spoken(self, as_nobody: Client, community: Community) -> None:
        """Also where the site's own sentences are not translated into it."""
        heard(make_series(community, slug="talks", language="fr", title={"en": "Tea", "fr": "Thé"}))
        body = as_nobody.get("/series/talks/podcast.xml").content
        assert wrong_with(body) == []
        channel = ElementTree.fromstring(body)[0]
        assert (channel.findtext("language"), channel.findtext("title")) == ("fr", "Thé")

    def test_names_for_ever_depend_on_no_address(
        self, as_nobody: Client, community: Community, settings: Any
    ) -> None:
        heard(make_series(community, slug="talks"))

        def names(*places: str) -> list[set[str]]:
            tags = ("guid", f"{{{NAMESPACES['podcast']}}}guid", "{http://www.w3.org/2005/Atom}id")
            paths = [f"{place}{feed}" for place in places for feed in ("podcast.xml", "archive.atom")]
            roots = [ElementTree.fromstring(as_nobody.get(path).content) for path in paths]
            return [{str(each.text) for tag in tags for each in root.iter(tag)} for root in roots]

        before = names("/", "/series/talks/", "/communities/savings/")
        Community.objects.update(slug="others")
        Series.objects.update(slug="other")
        Session.objects.update(slug="another")
        Recording.objects.update(slug="third")
        heard()  # another that came later
        Recording.objects.exclude(slug="third").update(published_at=NOW + timedelta(days=1))
        settings.MERIDIAN_URL = "https://moved.example"
        after = names("/", "/series/other/", "/communities/others/")
        assert [len(each) for each in before] == [2] * 6
        assert [old <= new for old, new in zip(before, after, strict=True)] == [True] * 6

    def test_304_while_nothing_changes(self, as_nobody: Client) -> None:
        recording = heard()
        first = as_nobody.get("/podcast.xml")
        again = as_nobody.get("/podcast.xml", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "Cookie" not in first.headers.get("Vary", "")
        session = Session.objects.get(archived=recording)
        moving.edit(session=session, title="Coffee", now=NOW, actor_id=None)
        assert (
            as_nobody.get("/podcast.xml", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
        )

    def test_the_same_in_every_readers_language(
        self, as_nobody: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard()
        monkeypatch.setattr(  # every sentence says in which language it was looked for
            "recordings.preservation.collecting._", lambda words: f"{translation.get_language()}: {words}"
        )
        answers = {
            as_nobody.get("/podcast.xml", headers={"Accept-Language": tag}).content for tag in ("sv", "en")
        }
        assert len(answers) == 1

    @pytest.mark.parametrize("path", ["/podcast.xml", "/archive.atom"])
    def test_rows_do_not_raise_the_number_of_queries(self, as_nobody: Client, path: str) -> None:
        heard()
        as_nobody.get(path)
        with CaptureQueriesContext(connection) as one:
            as_nobody.get(path)
        for _each in range(3):
            heard()
        with CaptureQueriesContext(connection) as many:
            as_nobody.get(path)
        assert len(many) == len(one) <= 21

    def test_what_cannot_be_heard_is_no_episode(self, as_nobody: Client) -> None:
        make_original(make_recording(make_session(wall=HELD)), b"WEBVTT")
        assert b"<item>" not in as_nobody.get("/podcast.xml").content
        assert b"<entry>" in as_nobody.get("/archive.atom").content

    def test_the_cover_is_what_directories_take(self, as_nobody: Client, community: Community) -> None:
        response = as_nobody.get("/communities/savings/podcast.png")
        picture = Image.open(BytesIO(response.content))
        assert (picture.format, picture.size) == ("PNG", (SIDE, SIDE))
        assert len(response.content) < 512_000
        logo = BytesIO()
        Image.new("RGBA", (40, 20), "#ff0000").save(logo, "PNG")
        assert cover("#1f5f8b", logo.getvalue()) != cover("#1f5f8b")


@pytest.mark.django_db
class TestAtom:
    """/archive.atom and its like."""

    def test_a_reader_reads_it_with_every_file(self, as_nobody: Client, community: Community) -> None:
        recording = heard(make_series(community), abstract={"en": "On trust & <locks>\x0b"})
        response = as_nobody.get("/communities/savings/archive.atom")
        assert atom.wrong_with(response.content) == []
        found = feedparser.parse(response.content)
        assert not found.bozo
        assert found.version == "atom10"
        [entry] = found.entries
        assert (entry.id, entry.title) == (f"urn:uuid:{recording.uuid}", "Tea <&> trust")
        assert entry.author == "Amina Diallo"
        assert sorted(each.type for each in entry.enclosures) == ["audio/mp4", "text/vtt", "video/mp4"]
        assert "On trust" in entry.summary
        assert [each.href for each in entry.links if each.rel == "license"]

    def test_every_file_has_a_name_for_people(self, as_nobody: Client) -> None:
        recording = heard()
        deck = make_original(recording, b"PK", kind=OriginalKind.SLIDES, media_type="application/zip")
        made = make_original(recording, b"%PDF", kind="handout", media_type="application/pdf").asset
        Rendition.objects.create(
            original=deck, recipe="slides_pdf", recipe_version=1, asset=made, made_at=NOW
        )
        [entry] = feedparser.parse(as_nobody.get("/archive.atom").content).entries
        assert not [each.title for each in entry.enclosures if "_" in each.title]

    def test_updated_says_when_the_facts_changed(self, as_nobody: Client) -> None:
        heard()
        Session.objects.update(changed_at=NOW + timedelta(days=2))
        [entry] = feedparser.parse(as_nobody.get("/archive.atom").content).entries
        assert entry.published_parsed[:3] == (2026, 11, 16)
        assert entry.updated_parsed[:3] == (2026, 11, 18)


@pytest.mark.django_db
class TestWhoMayKnow:
    """Nothing of what only some may see, in any feed."""

    FEEDS = ("podcast.xml", "archive.atom")

    @pytest.mark.parametrize(
        "how", ["closed", "members", "draft", "withdrawn", "session withdrawn", "not over"]
    )
    def test_hidden_recordings_are_in_no_feed(self, as_nobody: Client, as_member: Client, how: str) -> None:
        series = make_series(slug="talks")
        recording = heard(series, title={"en": "Secret"})
        match how:
            case "closed":
                Community.objects.filter(series=series).update(joining=Joining.CLOSED)
            case "members":
                Session.objects.update(audience=Audience.MEMBERS)
            case "draft":
                Session.objects.update(published_at=None)
            case "withdrawn":
                Recording.objects.update(withdrawn_at=NOW)
            case "session withdrawn":
                Session.objects.update(withdrawn_at=NOW)
            case "not over":
                Session.objects.update(ends_at=NOW + timedelta(days=9999))
        places = ["", f"communities/{series.community.slug}/", "series/talks/"]
        for client in (as_nobody, as_member):
            for place in places:
                for feed in self.FEEDS:
                    assert b"Secret" not in client.get(f"/{place}{feed}").content
            gone = 410 if "withdrawn" in how else 404
            assert client.get(f"/archive/{recording.slug}/chapters.json").status_code == gone

    def test_a_closed_community_has_none_and_its_page_says_why(
        self, as_nobody: Client, as_member: Client, closed_community: Community
    ) -> None:
        for name in (*self.FEEDS, "podcast.png"):
            assert as_member.get(f"/communities/cohort/{name}").status_code == 404
        assert as_nobody.get("/communities/cohort/podcast/").status_code == 404
        text = as_member.get("/communities/cohort/podcast/").content.decode()
        assert "there is no podcast" in text
        assert "podcast.xml" not in text

    def test_the_page_gives_the_address(self, as_nobody: Client, community: Community) -> None:
        make_series(community, slug="talks")
        for place in ("/", "/communities/savings/", "/series/talks/"):
            text = as_nobody.get(f"{place}podcast/").content.decode()
            assert f"{place}podcast.xml" in text
            assert f"{place}archive.atom" in text
        assert as_nobody.get("/series/nothing/podcast/").status_code == 404


ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=30)
ANYTHING |= ANYTHING.map(lambda text: text * 400)  # longer than what directories take


@given(title=ANYTHING, name=ANYTHING, about=ANYTHING)
def test_whatever_people_type_gives_a_feed_that_can_be_read(title: str, name: str, about: str) -> None:
    here = "https://example.org/a/"
    facts = {"slug": "a", "page": here, "permalink": here, "language": "en", "publisher_href": here}
    file = Format(uuid4(), "voice", False, "audio/mp4", 5, "00" * 32, f"{here}b.m4a", "f", seconds=0.2)
    described = Description(
        uuid=uuid4(), title={"en": title}, abstract={"en": about}, publisher={"en": name}, changed_at=NOW,
        creators=(Agent(name, name, SpeakerRole.SPEAKER, uuid4(), here),), formats=(file,), **facts,
    )  # fmt: skip
    words = {"en": title}
    collection = Collection("site", "", uuid4(), words, words, {"en": name}, "/", "en", None)  # type: ignore[arg-type]
    show = Show(collection, "https://example.org/podcast.xml", here, f"{here}i.png", "en")
    body = rss(show, [described], chaptered={}, mail="a@example.org")
    assert wrong_with(body) == []
    subject = Subject(name=title, page=here, language="en")
    news = write_atom(subject, [with_files(described, "en")], address=here, language="en", heading="News")
    assert atom.wrong_with(news) == []


def test_integrity_is_subresource_integrity() -> None:
    assert integrity("00" * 32) == "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
