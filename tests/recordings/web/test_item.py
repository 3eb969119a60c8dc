"""The page of an archive item and what hangs on it: ways to hear and see it, cite, print, embed, corrections."""

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.assets.models import Asset
from recordings.catalogue.models import Origin, Original, OriginalKind, Recording
from recordings.renditions.models import Rendition
from recordings.slides.models import Chapter, Chapters, SlidePage, SlideTime, Timeline
from seminars.followups.reports.models import Report
from seminars.people.models import Community
from seminars.sessions.models import MaterialKind, Session, Speaker
from seminars.sessions.speaking.models import Engagement
from tests.factories import (
    NOW,
    make_material,
    make_original,
    make_person,
    make_recording,
    make_series,
    make_session,
)

pytestmark = pytest.mark.django_db
SITE = settings.MERIDIAN_URL
CAPTIONS = (
    "WEBVTT\n\n00:15.500 --> 00:20.000\nThe metal box has {} locks.\n\n01:23.000 --> 01:29.000\nA receipt.\n"
)
MADE = {
    "voice_opus": ("audio/ogg", 6_500_000),
    "voice": ("audio/mp4", 15_000_000),
    "video_360": ("video/mp4", 48_000_000),
    "slides_voice": ("video/webm", 8_000_000),
    "slides_voice_old": ("video/mp4", 16_000_000),
    "poster": ("image/webp", 20_000),
}


def file(recording: Recording, kind: str, media_type: str, size: int, **fields: Any) -> Original:
    """A file whose bytes nobody asks for."""
    number = Asset.objects.count()
    probe = {"seconds": 3600.0, "width": 1280, "height": 720} if media_type.startswith("video/") else {}
    asset = Asset.objects.create(
        sha256=f"{number:064x}", size=size, media_type=media_type, probe=probe, kept_at=NOW, verified_at=NOW
    )
    given = {"language": "en", "filename": f"{kind}.bin", "added_at": NOW} | fields
    return Original.objects.create(recording=recording, asset=asset, kind=kind, **given)


def whole(community: Community | None = None, **fields: Any) -> Recording:
    """An archive item that has everything: editions, slides in step, chapters, words in two languages, a report."""
    given = {
        "title": {"en": "Savings boxes"},
        "abstract": {"en": "On trust."},
        "wall": datetime(2026, 3, 3, 15, 0),
    }
    session = make_session(make_series(community), state="archived", **given | fields)
    person = make_person(name="Amina Diallo")
    Speaker.objects.create(session=session, person=person, affiliation="Oxfam")
    Engagement.objects.create(
        session=session, person=person, asked_at=NOW, consented_at=NOW, may_publish=True, licence="cc-by-4.0"
    )
    recording = make_recording(session)
    video = file(recording, OriginalKind.VIDEO, "video/mp4", 400_000_000)
    slides = file(recording, OriginalKind.SLIDES, "application/pdf", 900_000)
    make_original(recording, CAPTIONS.format("three").encode(), language="en")
    make_original(recording, CAPTIONS.format("tre").encode(), language="sv", origin=Origin.AUTOMATIC)
    for recipe, (media_type, size) in MADE.items():
        made_of = slides if recipe.startswith("slides") else video
        given_asset = {"size": size, "media_type": media_type, "probe": {"width": 640, "height": 360}}
        moments = {"kept_at": NOW, "verified_at": NOW}
        asset, _made = Asset.objects.get_or_create(sha256=f"{recipe:0>64}", defaults=given_asset | moments)
        Rendition.objects.create(original=made_of, recipe=recipe, recipe_version=1, asset=asset, made_at=NOW)
    timeline = Timeline.objects.create(video=video, slides=slides, found_version=1, found_at=NOW)
    for number, start in enumerate((0.0, 62.5, 95.0), 1):
        SlidePage.objects.create(
            slides=slides, number=number, text=f"Page {number} says <b>", made_version=1, language="en",
            asset=slides.asset, width=640, height=360,
        )  # fmt: skip
        SlideTime.objects.create(timeline=timeline, start=start, page=number)
    chapters = Chapters.objects.create(recording=recording, changed_at=NOW)
    for start, title in ((0.0, "Boxes"), (62.5, "Telephones")):
        Chapter.objects.create(chapters=chapters, start=start, title=title)
    Report.objects.create(
        session=session, uuid=recording.uuid, answers={"arguments": "- Trust first\n- Then a phone"},
        published_at=NOW, changed_at=NOW,
    )  # fmt: skip
    for kind in (MaterialKind.RECORDING, MaterialKind.SLIDES, MaterialKind.CAPTIONS, MaterialKind.REPORT):
        make_material(session, kind)
    return recording


def page(client: Client, recording: Recording, rest: str = "") -> str:
    """The item's page as text."""
    answer = client.get(f"/sessions/{recording.slug}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


class TestItem:
    """A session's page after its end."""

    def test_text_stands_before_sound_and_sound_before_pictures(self, as_nobody: Client) -> None:
        text = page(as_nobody, whole())
        said = [
            "Key points",
            "Trust first",
            'id="transcript"',
            "<strong>Listen",
            "<strong>Slides and voice",
            "<strong>Watch",
        ]
        assert [text.index(each) for each in said] == sorted(text.index(each) for each in said)
        assert '<h2 id="materials">Read, listen, watch</h2>' in text

    def test_each_way_says_what_it_costs(self, as_nobody: Client) -> None:
        text = " ".join(page(as_nobody, whole()).split())
        assert (
            '<strong>Slides and voice</strong> <span class="muted small">8 MB · 17 minutes at 64 kbit/s'
            in text
        )
        assert '<strong>Listen</strong> <span class="muted small">6.5 MB · 14 minutes at 64 kbit/s' in text
        assert '<strong>Watch</strong> <span class="muted small">48 MB · 100 minutes at 64 kbit/s' in text
        assert '<strong>Watch in full quality</strong> <span class="muted small">400 MB' in text
        assert "for older phones (M4A, 15 MB)" in text
        assert "Recording: 1 h</p>" in text

    def test_nothing_plays_before_a_click_and_plain_links_and_players_without_a_script(
        self, as_nobody: Client
    ) -> None:
        text = page(as_nobody, whole())
        before, _noscript, _after = text.partition("<noscript>")
        assert "<video" not in before
        assert "<audio" not in before
        assert 'preload="none"' in text
        assert 'class="way-to" href="/archive/' in text

    def test_slides_lead_to_their_moments_and_moments_to_slides(self, as_nobody: Client) -> None:
        recording = whole()
        text = page(as_nobody, recording)
        assert 'data-steps="[[0.0,1],[62.5,2],[95.0,3]]"' in text
        assert '<li id="slide-2" data-page="2" lang="en">' in text
        assert 'href="?t=62#player" data-t="62.50"' in text
        assert "Page 2 says &lt;b&gt;" in text
        opened = page(as_nobody, recording, "?slide=2")
        assert 'data-start="62"' in opened
        assert '<details class="deck" id="slides" open>' in opened
        assert "it starts at 1:02" in opened

    @pytest.mark.parametrize(
        "asked", ["?slide=99", "?slide=-1", "?slide=x", "?slide=" + "9" * 90, "?t=x&slide=²"]
    )
    def test_a_slide_that_is_none_changes_nothing(self, as_nobody: Client, asked: str) -> None:
        assert "data-start" not in page(as_nobody, whole(), asked)

    def test_a_browser_that_saves_data_gets_no_picture_before_play(self, as_nobody: Client) -> None:
        recording = whole()
        assert 'class="poster"' in page(as_nobody, recording)
        thrifty = page(Client(headers={"Save-Data": "on"}), recording)
        assert 'class="poster"' not in thrifty
        assert "data-thrifty" in thrifty

    def test_the_keys_that_are_marks_of_html_are_escaped(self, as_nobody: Client) -> None:
        assert "&lt; and &gt; change the speed" in page(as_nobody, whole())

    def test_chapters(self, as_nobody: Client) -> None:
        recording = whole()
        assert "<bdi>Telephones</bdi>" in page(as_nobody, recording)
        Recording.objects.update(language="ar")
        assert '<bdi lang="ar" dir="rtl">Telephones</bdi>' in page(as_nobody, recording)
        printed = as_nobody.get(f"/archive/{recording.slug}/print/").content.decode()
        assert '<bdi lang="ar" dir="rtl">Telephones</bdi>' in printed

    def test_words_say_where_they_come_from_in_each_language(self, as_nobody: Client) -> None:
        recording = whole()
        english = page(as_nobody, recording)
        assert "has three locks" in english
        assert "Written by people." in english
        # Its name is a word of the page's language: nobody is told to read "Swedish" aloud as Swedish.
        assert '<a href="?transcript=sv#transcript" hreflang="sv">Swedish</a>' in english
        swedish = page(as_nobody, recording, "?transcript=sv")
        assert "has tre locks" in swedish
        assert "Written by a program, not yet checked by a person." in swedish
        assert "has three locks" not in swedish

    def test_licence_and_last_verified(self, as_nobody: Client) -> None:
        recording = whole()
        text = page(as_nobody, recording)
        licence, verified = text[text.index('class="kept') :].split("</p>")[0].split(" · ")
        assert "CC BY 4.0" in licence
        assert "last verified 16 November 2026" in verified
        Asset.objects.filter(originals__kind="slides").update(damaged_at=NOW)
        assert "last verified" not in page(as_nobody, recording)

    def test_one_speaker_who_said_nothing_keeps_the_licence_back(self, as_nobody: Client) -> None:
        recording = whole()
        assert recording.session
        Speaker.objects.create(session=recording.session, person=make_person())
        text = page(as_nobody, recording)
        assert "No licence was given" in text
        kept = text[text.index('class="kept') :].split("</p>")[0]
        assert "last verified" in kept
        assert "·" not in kept  # after a full stop, at the end of a phone's line
        Recording.objects.update(licence="cc-by-nc-4.0")
        assert "CC BY-NC 4.0" in page(as_nobody, recording)

    def test_questions_to_the_database(self, as_nobody: Client, stopped: object) -> None:
        recording = whole()
        for number in range(6):
            make_recording(make_session(recording.session.series, wall=datetime(2026, 2, number + 1, 9, 0)))  # type: ignore[union-attr]
        page(as_nobody, recording)
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            page(as_nobody, recording)
        assert len(asked) <= 15, [each["sql"][:90] for each in asked.captured_queries]

    def test_related_are_of_the_same_people_and_series_and_never_hidden(
        self, as_nobody: Client, as_member: Client, closed_community: Community
    ) -> None:
        recording = whole()
        session = recording.session
        assert session is not None
        speaker = session.speakers.get().person
        near = make_recording(make_session(title={"en": "Near one"}, wall=datetime(2026, 2, 1, 9, 0)))
        far = make_recording(make_session(title={"en": "Far one"}, wall=datetime(2026, 2, 1, 9, 0)))
        hidden = make_recording(
            make_session(
                make_series(closed_community), title={"en": "Hidden one"}, wall=datetime(2026, 2, 1, 9, 0)
            )
        )
        for each in (near, hidden):
            assert each.session
            Speaker.objects.create(session=each.session, person=speaker)
        for each in (near, far, hidden):
            make_material(each.session)  # type: ignore[arg-type]
        text = page(as_nobody, recording)
        assert "Near one" in text
        assert "Far one" not in text
        assert "Hidden one" not in text
        assert "Hidden one" in page(as_member, recording)


class TestCiting:
    """/archive/<slug>/cite/"""

    @pytest.mark.parametrize("place", ["cite", "print"])
    def test_the_address_is_readable_in_a_reference_that_runs_from_the_right(
        self, as_nobody: Client, place: str
    ) -> None:
        recording = whole()
        Session.objects.filter(archived=recording).update(title={"ar": "التمويل"}, language="ar")
        text = as_nobody.get(f"/archive/{recording.slug}/{place}/").content.decode()
        assert f'<bdi dir="ltr">{settings.MERIDIAN_URL}/archive/{recording.slug}/</bdi></p>' in text

    def test_the_page_has_reference_licence_and_versions(self, as_nobody: Client) -> None:
        recording = whole()
        old = file(
            recording,
            OriginalKind.SLIDES,
            "application/pdf",
            700,
            added_at=datetime(2026, 1, 1, tzinfo=NOW.tzinfo),
        )
        Original.objects.filter(pk=old.pk).update(superseded_at=NOW)
        mistake = file(recording, OriginalKind.HANDOUT, "application/pdf", 701, superseded_at=NOW)
        text = as_nobody.get(f"/archive/{recording.slug}/cite/").content.decode()
        assert "Amina Diallo (2026, March 3). Savings boxes [Video]." in text
        assert str(old.uuid) in text
        assert "replaced on" in text
        assert old.asset.sha256[:12] in text
        assert str(mistake.uuid) not in text
        assert "creativecommons.org/licenses/by/4.0/" in text
        assert "&lt;iframe src=&quot;" in text

    @pytest.mark.parametrize(
        ("form", "kind"),
        [
            ("bib", "application/x-bibtex"),
            ("ris", "application/x-research-info-systems"),
            ("json", "application/vnd.citationstyles.csl+json"),
            ("txt", "text/plain"),
        ],
    )
    def test_files(self, as_nobody: Client, form: str, kind: str) -> None:
        recording = whole()
        answer = as_nobody.get(f"/archive/{recording.slug}/cite.{form}")
        assert answer["Content-Type"].startswith(kind)
        assert answer["Content-Disposition"] == f'attachment; filename="{recording.slug}.{form}"'
        assert "Savings boxes" in answer.content.decode()

    def test_what_was_withdrawn_says_so(self, as_nobody: Client) -> None:
        recording = whole()
        Recording.objects.update(withdrawn_at=NOW, withdrawn_reason="The speaker asked.")
        for rest in ("cite/", "cite.bib", "print/", "correct/"):
            answer = as_nobody.get(f"/archive/{recording.slug}/{rest}")
            assert answer.status_code == 410
            assert "The speaker asked." in answer.content.decode()
        assert as_nobody.get(f"/archive/{recording.slug}/embed/").status_code == 410
        Recording.objects.update(withdrawn_at=None)
        Session.objects.update(withdrawn_at=NOW, reason="A court asked.")
        for rest in ("cite/", "cite.bib", "print/", "correct/"):
            answer = as_nobody.get(f"/archive/{recording.slug}/{rest}", follow=True)
            assert answer.status_code == 410
            assert "A court asked." in answer.content.decode()
        assert as_nobody.get(f"/archive/{recording.slug}/embed/").status_code == 410


def test_on_paper(as_nobody: Client) -> None:
    recording = whole()
    text = as_nobody.get(f"/archive/{recording.slug}/print/").content.decode()
    for said in (
        "Trust first",
        "has three locks",
        "1:23",
        "Page 2 says &lt;b&gt;",
        "Telephones",
        "Amina Diallo (2026, March 3)",
    ):
        assert said in text, said
    assert (
        "has tre locks" in as_nobody.get(f"/archive/{recording.slug}/print/?transcript=sv").content.decode()
    )
