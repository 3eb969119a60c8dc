"""What search engines are told in pages: true, linked both ways, nothing closed, and nothing that breaks out."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from recordings.catalogue.models import OriginalKind, Recording
from recordings.preservation.linked_data import clips, duration
from recordings.slides.models import Chapter, Chapters
from recordings.slides.reading import Mark
from seminars.people.models import Community, Form, Joining
from seminars.series.models import Audience
from seminars.sessions.models import Material, MaterialKind, Session, Speaker
from seminars.web.linked_data import script_of
from tests.factories import (
    NOW,
    make_material,
    make_original,
    make_person,
    make_recording,
    make_series,
    make_session,
)
from tests.formats import schema_org, sitemap

HELD = datetime(2026, 3, 1, 15, 0)
CAPTIONS = b"WEBVTT\n\n00:01.000 --> 00:02.000\nThree locks.\n\n00:02.000 --> 00:03.000\nOne box.\n"


def filmed(**fields: Any) -> Recording:
    """Return a recording with video, captions and two chapters, as its session's page shows it."""
    session = make_session(**{"wall": HELD, "title": {"en": "Tea </script><b>"}} | fields)
    Speaker.objects.create(session=session, person=make_person(name="Amina"), affiliation="Oxfam")
    recording = make_recording(session)
    facts = {"media_type": "video/mp4", "probe": {"seconds": 3723.4}}
    make_original(recording, b"video", kind=OriginalKind.VIDEO, **facts)
    make_original(recording, CAPTIONS)
    film = {"media_type": "video/mp4", "seconds": 3723.4, "poster": "/archive/a/files/b/poster.webp"}
    make_material(session, MaterialKind.RECORDING, **film)
    make_material(session, MaterialKind.SLIDES, title={})
    rows = Chapters.objects.create(recording=recording, changed_at=NOW)
    Chapter.objects.create(chapters=rows, start=0, title="Hello")
    Chapter.objects.create(chapters=rows, start=60.9, title="Locks")
    return recording


def said(page: str) -> dict[str, dict[str, Any]]:
    """Return what the scripts of a page say, by their type."""
    parts = page.split('<script type="application/ld+json"')[1:]
    found = [json.loads(part.split(">", 1)[1].split("</script>")[0]) for part in parts]
    assert {each["@type"]: schema_org.wrong_with(each) for each in found} == {
        each["@type"]: [] for each in found
    }
    return {each["@type"]: each for each in found}


def whole(page: str) -> str:
    """Return where the head of a page says that there is more."""
    return page.split('rel="describedby"')[1].split('href="')[1].split('"')[0]


def framed(client: Client, film: dict[str, Any]) -> bool:
    """Return whether the player for other sites is where it is said to be, and may be shown there."""
    answer = client.get(film["embedUrl"].removeprefix(settings.MERIDIAN_URL))
    anybody = "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    return answer.status_code == 200 and "X-Frame-Options" not in answer.headers and anybody


@pytest.mark.django_db
class TestPages:
    """In the head of pages."""

    def test_event_and_recording_name_each_other(self, as_nobody: Client) -> None:
        recording = filmed()
        recording.licence = "cc-by-4.0"
        recording.save()
        page = as_nobody.get(f"/sessions/{recording.slug}/").content.decode()
        assert as_nobody.get(whole(page)).status_code == 200
        event, film = said(page)["Event"], said(page)["VideoObject"]
        assert film["identifier"] == f"urn:uuid:{recording.uuid}"
        assert film["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert event["recordedIn"]["@id"] == film["@id"]
        assert film["recordedAt"]["@id"] == event["@id"]
        assert film["name"] == event["name"] == "Tea </script><b>"
        assert film["duration"] == "PT1H2M3S"
        assert film["contentUrl"].startswith("http")
        assert framed(as_nobody, film)
        assert film["thumbnailUrl"][0].endswith("/poster.webp")
        assert film["uploadDate"].startswith("2026-11-16")
        assert film["creator"][0]["affiliation"]["name"] == "Oxfam"
        clips = [(each["name"], each["startOffset"], each["endOffset"]) for each in film["hasPart"]]
        assert clips == [("Hello", 0, 60), ("Locks", 60, 3723)]
        assert film["hasPart"][1]["url"].endswith("?t=60#player")
        assert event["workFeatured"][0]["@type"] == "PresentationDigitalDocument"
        assert event["superEvent"]["@type"] == "EventSeries"
        assert event["organizer"]["url"].startswith("http")

    def test_a_moved_session_says_from_when(self, as_nobody: Client) -> None:
        session = make_session(wall=datetime(2027, 3, 1, 15, 0))
        said_before = said(as_nobody.get(f"/sessions/{session.slug}/").content.decode())["Event"]
        assert "recordedIn" not in said_before
        assert said_before["eventStatus"].endswith("EventScheduled")
        Session.objects.update(cancelled_at=NOW)
        event = said(as_nobody.get(f"/sessions/{session.slug}/").content.decode())["Event"]
        assert event["eventStatus"].endswith("EventCancelled")

    @pytest.mark.parametrize("form", Form.values)
    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({}, "Scheduled"),
            ({"all_day": True, "days": 2}, "Scheduled"),
            ({"moved_from": {"date": "2027-02-28", "time": "15:00", "zone": "Asia/Kolkata"}}, "Rescheduled"),
            ({"moved_from": {"date": "2027-02-28"}}, "Rescheduled"),
            ({"postponed_at": NOW}, "Postponed"),
            ({"cancelled_at": NOW}, "Cancelled"),
        ],
    )
    def test_events_are_what_search_engines_ask_for(
        self, as_nobody: Client, form: str, fields: dict[str, Any], status: str
    ) -> None:
        """`said` holds each against their rules."""
        session = make_session(wall=datetime(2027, 3, 1, 15, 0), form=form, **fields)
        event = said(as_nobody.get(f"/sessions/{session.slug}/").content.decode())["Event"]
        assert event["eventStatus"].endswith(f"Event{status}")
        if "zone" in fields.get("moved_from", {}):
            assert event["previousStartDate"] == "2027-02-28T09:30:00+00:00"

    def test_what_has_no_day_yet_is_no_event(self, as_nobody: Client) -> None:
        session = make_session(form=Form.HYBRID)
        Session.objects.update(local_date=None, local_time=None, starts_at=None, ends_at=None)
        assert said(as_nobody.get(f"/sessions/{session.slug}/").content.decode()) == {}

    def test_a_film_without_a_still_has_its_publishers_picture(self, as_nobody: Client) -> None:
        recording = filmed()
        Material.objects.update(poster="")
        film = said(as_nobody.get(f"/sessions/{recording.slug}/").content.decode())["VideoObject"]
        [picture] = film["thumbnailUrl"]
        assert as_nobody.get(urlsplit(picture).path).headers["Content-Type"] == "image/png"

    @pytest.mark.parametrize("how", ["closed", "members", "draft"])
    def test_pages_that_only_some_may_see_say_nothing(self, as_administrator: Client, how: str) -> None:
        recording = filmed()
        if how == "closed":
            Community.objects.update(joining=Joining.CLOSED)
        else:
            fields = {"members": {"audience": Audience.MEMBERS}, "draft": {"published_at": None}}
            Session.objects.update(**fields[how])
        response = as_administrator.get(f"/sessions/{recording.slug}/")
        assert response.status_code == 200
        assert said(response.content.decode()) == {}

    def test_a_series_that_only_members_see_is_not_named(self, as_nobody: Client) -> None:
        series = make_series(audience=Audience.MEMBERS, title={"en": "Inner circle"})
        recording = filmed(series=series, audience=Audience.EVERYONE)
        event = said(as_nobody.get(f"/sessions/{recording.slug}/").content.decode())["Event"]
        assert "superEvent" not in event

    def test_an_archive_item_that_never_was_a_session(self, as_nobody: Client) -> None:
        recording = make_recording(title={"en": "Jingle"})
        facts = {"media_type": "audio/mpeg", "probe": {"seconds": 5}}
        make_original(recording, b"sound", kind=OriginalKind.AUDIO, **facts)
        found = said(as_nobody.get(f"/archive/{recording.slug}/").content.decode())
        assert found["AudioObject"]["identifier"] == f"urn:uuid:{recording.uuid}"
        assert "recordedAt" not in found["AudioObject"]
        assert framed(as_nobody, found["AudioObject"])

    def test_chapters_that_begin_together_or_past_the_end(self) -> None:
        marks = [Mark(60.9, "Locks"), Mark(0, "Hello"), Mark(60.1, "Keys"), Mark(90, "Late")]
        found = clips(marks, seconds=80.2, page="https://example.org/a/")
        assert [(each["name"], each["startOffset"], each.get("endOffset")) for each in found] == [
            ("Hello", 0, 60),
            ("Locks", 60, 80),
        ]
        [unknown] = clips([Mark(5, "All")], seconds=0, page="https://example.org/a/")
        assert "endOffset" not in unknown

    def test_it_costs_one_query(self, as_nobody: Client) -> None:
        recording = filmed()
        as_nobody.get(f"/sessions/{recording.slug}/")
        with CaptureQueriesContext(connection) as whole:
            as_nobody.get(f"/sessions/{recording.slug}/")
        ours = [each for each in whole.captured_queries if "recordings_chapter" in each["sql"]]
        assert 1 <= len(ours) <= 2  # one is the player's


@pytest.mark.django_db
class TestDocument:
    """/archive/<slug>/about.jsonld"""

    def test_the_whole_of_it_with_digests_and_transcript(self, as_nobody: Client) -> None:
        recording = filmed()
        response = as_nobody.get(f"/archive/{recording.slug}/about.jsonld")
        assert response.headers["Content-Type"] == "application/ld+json"
        film, event = json.loads(response.content)["@graph"]
        assert schema_org.wrong_with(event) == []
        assert film["recordedAt"]["@id"] == event["@id"]
        assert framed(as_nobody, film)
        assert film["transcript"] == "Three locks. One box."
        assert film["encoding"][0]["sha256"] == recording.originals.get(kind="video").asset.sha256
        assert film["caption"][0]["encodingFormat"] == "text/vtt"
        tag = response.headers["ETag"]
        again = as_nobody.get(f"/archive/{recording.slug}/about.jsonld", headers={"If-None-Match": tag})
        assert again.status_code == 304

    @pytest.mark.parametrize("how", ["closed", "members", "draft", "withdrawn"])
    def test_nothing_of_what_only_some_may_see(self, as_administrator: Client, how: str) -> None:
        recording = filmed()
        if how == "closed":
            Community.objects.update(joining=Joining.CLOSED)
        elif how == "withdrawn":
            Recording.objects.update(withdrawn_at=NOW)
        else:
            fields = {"members": {"audience": Audience.MEMBERS}, "draft": {"published_at": None}}
            Session.objects.update(**fields[how])
        answer = as_administrator.get(f"/archive/{recording.slug}/about.jsonld")
        assert answer.status_code == (410 if how == "withdrawn" else 404)


@pytest.mark.django_db
class TestSitemap:
    """/sitemap.xml and its parts."""

    def places(self, client: Client) -> str:
        """Return all parts as one text."""
        index = client.get("/sitemap.xml").content.decode()
        parts = [each.split("</loc>")[0] for each in index.split("<loc>")[1:]]
        answers = [client.get("/" + each.split("/", 3)[3]) for each in parts]
        assert all(each.status_code == 200 for each in answers)
        for document in (index.encode(), *(each.content for each in answers)):
            assert sitemap.wrong_with(document, host=urlsplit(settings.MERIDIAN_URL).netloc) == []
        return "".join(each.content.decode() for each in answers)

    def test_pages_with_when_they_changed_and_videos(self, as_nobody: Client, community: Community) -> None:
        recording = filmed(series=make_series(community, slug="talks"))
        alone = make_recording(title={"en": "Jingle"})
        Session.objects.update(changed_at=NOW + timedelta(days=1))
        text = self.places(as_nobody)
        for place in (
            "/communities/savings/",
            "/series/talks/",
            f"/sessions/{recording.slug}/",
            f"/archive/{alone.slug}/",
        ):
            assert f"{place}</loc>" in text
        assert "<lastmod>2026-11-17T12:00:00Z</lastmod>" in text
        assert "<video:title>Tea &lt;/script&gt;&lt;b&gt;</video:title>" in text
        assert "<video:duration>3723</video:duration>" in text
        assert "/poster.webp</video:thumbnail_loc>" in text
        assert "Sitemap: http" in as_nobody.get("/robots.txt").content.decode()

    def test_hidden_things_are_not_there(self, as_administrator: Client, closed_community: Community) -> None:
        for fields in (
            {"series": make_series(closed_community, slug="inner")},
            {"audience": Audience.MEMBERS, "series": make_series(audience=Audience.MEMBERS)},
            {"published": False},
            {"withdrawn_at": NOW},
        ):
            filmed(title={"en": "Secret"}, slug=f"secret-{uuid4().hex[:8]}", **fields)
        make_recording(slug="secret-alone", withdrawn_at=NOW)
        make_recording(slug="secret-draft", published_at=None)
        text = self.places(as_administrator)
        assert "secret" not in text.lower()
        assert "inner" not in text
        assert "cohort" not in text

    def test_no_file_without_anything_in_it(self, as_nobody: Client) -> None:
        filmed()
        for name in (
            "papers.xml",
            "sessions.xml?page=2",
            "nothing.xml",
            "sessions.xml?page=0",
            "series.xml?page=x",
        ):
            assert as_nobody.get(f"/sitemap-{name}").status_code == 404

    def test_more_than_a_file_holds_goes_into_the_next(
        self, as_nobody: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("recordings.web.sitemaps.PAGE", 2)
        slugs = [filmed().slug for _each in range(3)]
        assert "sitemap-sessions.xml?page=2</loc>" in as_nobody.get("/sitemap.xml").content.decode()
        text = self.places(as_nobody)
        assert all(text.count(f"/sessions/{slug}/</loc>") == 1 for slug in slugs)

    def test_304_and_few_queries(self, as_nobody: Client) -> None:
        filmed()
        first = as_nobody.get("/sitemap-sessions.xml")
        again = as_nobody.get("/sitemap-sessions.xml", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        for _each in range(3):
            filmed()
        with CaptureQueriesContext(connection) as asked:
            as_nobody.get("/sitemap-sessions.xml")
        assert len(asked) <= 8


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, ""), (0.4, ""), (59.6, "PT1M"), (3600, "PT1H"), (3723.4, "PT1H2M3S")]
)
def test_lengths(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@given(words=st.text(st.characters(codec=None, exclude_categories=[])))
def test_nothing_gets_out_of_a_script(words: str) -> None:
    text = script_of({"name": words})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text)["name"].encode("utf-8", "replace") == words.encode("utf-8", "replace")
