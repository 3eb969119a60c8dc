"""The archive's pages: search, the list, a recording's own address, and what each visitor may know of."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import OriginalKind, Recording
from recordings.search import indexing
from seminars.followups.models import Item, ItemState
from seminars.people.models import Community
from seminars.sessions.models import MaterialKind, MaterialState, Session, Speaker
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
CAPTIONS = b"""WEBVTT

00:15.500 --> 00:20.000
The metal box has three locks & a treasurer.

01:23.000 --> 01:29.000
Mobile money keeps a receipt.
"""


def recorded(community: Community | None = None, **fields: Any) -> Recording:
    """Return the indexed recording of a session with captions, a speaker and two materials."""
    fields = {"title": {"en": "Savings boxes"}, "abstract": {"en": "On trust."}} | fields
    fields = {"wall": datetime(2026, 3, 1, 15, 0)} | fields
    session = make_session(make_series(community), **fields)
    Speaker.objects.create(session=session, person=make_person(name="Amina Diallo"), affiliation="Oxfam")
    recording = make_recording(session)
    make_original(recording, CAPTIONS)
    make_material(session, MaterialKind.RECORDING, media_type="video/mp4", size=1_200_000)
    make_material(session, MaterialKind.SLIDES)
    indexing.index(recording.pk, now=NOW)
    return recording


def page(client: Client, query: str = "") -> str:
    """Return the archive's page as text."""
    response = client.get(f"/archive/{query}")
    assert response.status_code == 200
    return response.content.decode()


class TestSearch:
    """`?q=`"""

    def test_a_hit_in_the_captions_quotes_the_words_and_opens_at_their_second(
        self, as_nobody: Client
    ) -> None:
        recording = recorded()
        text = page(as_nobody, "?q=receipt")
        assert f'href="/sessions/{recording.slug}/?t=83&amp;transcript=en#player"' in text
        assert "1:23" in text
        assert "Mobile money keeps a <mark>receipt</mark>." in text
        assert "1 recording for “receipt”" in text

    @pytest.mark.parametrize("asked", ["savings", "diallo", "oxfam", "trust", "treasurer", "TREASÜRER"])
    def test_title_speaker_abstract_and_spoken_words(self, as_nobody: Client, asked: str) -> None:
        recording = recorded()
        assert f'<h3><a href="/sessions/{recording.slug}/">' in page(as_nobody, f"?q={asked}")

    def test_a_title_that_answers_is_marked_and_not_said_twice(self, as_nobody: Client) -> None:
        recorded(title={"en": "Savings & loans"})
        text = page(as_nobody, "?q=savings")
        assert "<mark>Savings</mark> &amp; loans</a></h3>" in text
        assert text.count("<mark>") == 1

    def test_words_are_quoted_escaped(self, as_nobody: Client) -> None:
        recorded(abstract={"en": "<script>alert(1)</script> trust"})
        text = page(as_nobody, "?q=trust")
        assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>trust</mark>" in text
        assert "three locks &amp; a" in page(as_nobody, "?q=treasurer")

    def test_the_question_is_shown_back_escaped(self, as_nobody: Client) -> None:
        assert "<b>x" not in page(as_nobody, '?q="><b>x')

    def test_nothing_found_says_so_and_leads_on(self, as_nobody: Client) -> None:
        recorded()
        text = page(as_nobody, "?q=bicycles&year=2026")
        assert "Nothing found for “bicycles”" in text
        assert 'href="?q=bicycles"' in text
        assert "See the whole archive" in text

    def test_a_long_question_is_not_the_headline(self, as_nobody: Client) -> None:
        text = page(as_nobody, "?q=" + "x" * 900)
        headline = text[text.index('<h2 id="found"') :].split("</h2>")[0]
        assert len(headline) < 200
        assert f'value="{"x" * 900}"' in text

    @pytest.mark.parametrize("asked", ["***", "%22%22", "((((" * 2_500, "-" * 10_000])
    def test_only_operators(self, as_nobody: Client, asked: str) -> None:
        recorded()
        text = page(as_nobody, f"?q={asked}")
        assert "There is no word to look for" in text
        assert "See the whole archive" in text

    def test_a_very_long_question_is_answered(self, as_nobody: Client) -> None:
        recorded()
        assert "only its first words" in page(as_nobody, "?q=" + "word+" * 2_000)

    def test_an_empty_archive_has_words_and_a_way_on(self, as_nobody: Client) -> None:
        text = page(as_nobody)
        assert "Nothing is in the archive yet" in text
        assert 'href="/"' in text


class TestAccess:
    """Who finds what."""

    def test_a_closed_communitys_words_are_for_its_members(
        self,
        closed_community: Community,
        as_nobody: Client,
        as_stranger: Client,
        as_member: Client,
        as_organiser: Client,
        as_administrator: Client,
    ) -> None:
        secret = recorded(closed_community, title={"en": "Secret ledger"}, language="fr")
        open_one = recorded(title={"en": "Open books"})
        for query in ("?q=treasurer", "?q=ledger", "?q=diallo", "", "?community=cohort", "?language=fr"):
            for client in (as_nobody, as_stranger):
                text = page(client, query)
                for leak in (secret.slug, "Secret", "The cohort", "French"):
                    assert leak not in text, (query, leak)
            for client in (as_member, as_organiser, as_administrator):
                assert secret.slug in page(client, query), query
        assert open_one.slug in page(as_nobody, "?q=treasurer")

    def test_its_own_address(
        self, closed_community: Community, as_nobody: Client, as_stranger: Client, as_member: Client
    ) -> None:
        secret = recorded(closed_community)
        for client in (as_nobody, as_stranger):
            hidden, missing = client.get(f"/archive/{secret.slug}/"), client.get("/archive/nothing-here/")
            assert (hidden.status_code, missing.status_code) == (404, 404)
            assert "Savings" not in hidden.content.decode()
        answer = as_member.get(f"/archive/{secret.slug}/?t=83")
        assert (answer.status_code, answer["Location"]) == (301, f"/sessions/{secret.slug}/?t=83")

    def test_what_is_withdrawn_is_found_by_nobody_and_its_address_says_why(
        self, closed_community: Community, as_nobody: Client, as_member: Client, as_administrator: Client
    ) -> None:
        gone, secret = recorded(), recorded(closed_community)
        Recording.objects.update(withdrawn_at=NOW, withdrawn_reason="The speaker asked <us>.")
        for each in (gone, secret):
            indexing.index(each.pk, now=NOW)
        for client in (as_nobody, as_member, as_administrator):
            for query in ("", "?q=treasurer", "?q=savings"):
                assert gone.slug not in page(client, query)
                assert secret.slug not in page(client, query)
        answer = as_nobody.get(f"/archive/{gone.slug}/")
        assert answer.status_code == 410
        for words in ("Savings boxes", "16 November 2026", "The speaker asked &lt;us&gt;."):
            assert words in answer.content.decode()
        assert as_nobody.get(f"/archive/{secret.slug}/").status_code == 404
        assert as_member.get(f"/archive/{secret.slug}/").status_code == 410

    def test_what_is_not_out(self, community: Community, as_nobody: Client, as_organiser: Client) -> None:
        draft = recorded(community)
        Recording.objects.update(published_at=None)
        indexing.index(draft.pk, now=NOW)
        assert as_nobody.get(f"/archive/{draft.slug}/").status_code == 404
        assert as_organiser.get(f"/archive/{draft.slug}/").status_code == 301
        assert draft.slug not in page(as_organiser) + page(as_organiser, "?q=savings")

    def test_an_unknown_address(self, as_nobody: Client) -> None:
        assert as_nobody.get("/archive/nothing/").status_code == 404


class TestList:
    """Without a question."""

    def test_the_newest_first_with_sizes(self, as_nobody: Client) -> None:
        older = recorded(wall=datetime(2025, 3, 1, 15, 0))
        newer = recorded(wall=datetime(2026, 3, 1, 15, 0))
        text = page(as_nobody)
        assert text.index(newer.slug) < text.index(older.slug)
        assert "Recording (MP4, 1.2 MB, English)" in text
        assert f'href="/sessions/{newer.slug}/#player"' in text

    def test_facets_narrow_down(self, community: Community, as_nobody: Client) -> None:
        ours = recorded(community, wall=datetime(2025, 3, 1, 15, 0), language="sv")
        theirs = recorded(wall=datetime(2026, 3, 1, 15, 0))
        text = page(as_nobody)
        for link in ("?community=savings", "?year=2025", "?language=sv"):
            assert f'href="{link}"' in text
            narrowed = page(as_nobody, link)
            assert (ours.slug in narrowed, theirs.slug in narrowed) == (True, False)
        assert "No recording is of all these" in page(as_nobody, "?community=savings&year=2026")

    @pytest.mark.parametrize(
        "query",
        ["?q=%00", "?year=x", "?year=²²²²", "?community=%00", "?page=-1", "?page=²", "?page=9999999999"],
    )
    def test_odd_filters(self, as_nobody: Client, query: str) -> None:
        recorded()
        page(as_nobody, query)

    def test_pages(self, as_nobody: Client) -> None:
        for _ in range(21):
            recorded()
        assert 'rel="next" href="?q=savings&amp;page=2"' in page(as_nobody, "?q=savings")
        assert page(as_nobody, "?page=2").count("<h3>") == 1

    def test_a_recording_that_never_was_a_session_has_a_page(self, as_nobody: Client) -> None:
        recording = make_recording(title={"en": "Field visit"}, abstract={"en": "Bees."})
        make_original(recording, b"%PDF-1" * 2_000, kind=OriginalKind.SLIDES, media_type="application/pdf")
        indexing.index(recording.pk, now=NOW)
        assert f'href="/archive/{recording.slug}/"' in page(as_nobody, "?q=bees")
        text = as_nobody.get(f"/archive/{recording.slug}/").content.decode()
        assert "Bees." in text
        assert "Slides (PDF, 12 kB, English)" in text

    @pytest.mark.parametrize("query", ["", "?q=treasurer", "?q=savings+trust&language=en"])
    def test_queries_do_not_grow(self, as_nobody: Client, query: str) -> None:
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                page(as_nobody, query)
            return len(caught)

        recorded()
        few = count()
        for _ in range(5):
            recorded()
        assert count() == few <= 8


class TestPlayer:
    """The player on a session's page, without a browser."""

    @pytest.fixture
    def watch(self, as_nobody: Client) -> Callable[[Recording, str], str]:
        """A function that returns the session page of a recording."""

        def open_(recording: Recording, query: str = "") -> str:
            assert recording.session is not None
            response = as_nobody.get(f"/sessions/{recording.session.slug}/{query}")
            assert response.status_code == 200
            return response.content.decode()

        return open_

    @pytest.fixture
    def film(self) -> Recording:
        """A recording with a video, of a session that is over."""
        recording = recorded(wall=datetime(2026, 3, 1, 15, 0))
        facts = {"seconds": 90.0, "width": 1280, "height": 720, "video_codec": "h264"}
        make_original(recording, b"x" * 960_000, kind=OriginalKind.VIDEO, media_type="video/mp4", probe=facts)
        return recording

    def test_it_offers_what_there_is_with_its_cost(
        self, watch: Callable[[Recording, str], str], film: Recording
    ) -> None:
        text = watch(film, "")
        assert "<strong>Watch</strong>" in text
        assert "960 kB · 2 minutes at 64 kbit/s" in text
        assert 'preload="none" width="1280" height="720"' in text
        assert '<track kind="captions"' in text
        assert "three locks &amp; a treasurer" in text

    def test_little_is_not_called_a_minute(
        self, watch: Callable[[Recording, str], str], film: Recording
    ) -> None:
        make_original(film, b"%PDF" + b"x" * 30_000, kind=OriginalKind.SLIDES, media_type="application/pdf")
        assert "less than a minute at 64 kbit/s" in watch(film, "")

    @pytest.mark.parametrize(
        ("query", "fragment"),
        [("?t=83", "#t=83"), ("?t=1:23", "#t=83"), ("?t=01:00:00", "#t=3600"), ("?t=16.5", "#t=16")],
    )
    def test_it_starts_where_the_address_says(
        self, watch: Callable[[Recording, str], str], film: Recording, query: str, fragment: str
    ) -> None:
        text = watch(film, query)
        assert f'.mp4{fragment}"' in text
        assert '<details class="transcript" id="transcript" open>' in text

    @pytest.mark.parametrize("query", ["", "?t=", "?t=x", "?t=-5", "?t=0", '?t="><b>', "?t=1:99", "?t=²"])
    def test_an_address_that_names_no_second(
        self, watch: Callable[[Recording, str], str], film: Recording, query: str
    ) -> None:
        text = watch(film, query)
        assert "#t=" not in text
        assert "<b>" not in text

    def test_the_second_of_a_hit_marks_its_cue(
        self, watch: Callable[[Recording, str], str], film: Recording
    ) -> None:
        assert '<span data-t="15.50" class="here">' in watch(film, "?t=15")
        assert '<span data-t="83.00" class="here">' in watch(film, "?t=83")

    def test_nothing_published_nothing_shown(
        self, watch: Callable[[Recording, str], str], film: Recording
    ) -> None:
        Recording.objects.update(published_at=None)
        assert 'id="player"' not in watch(film, "")

    def test_withdrawn_says_so(self, watch: Callable[[Recording, str], str], film: Recording) -> None:
        Recording.objects.update(withdrawn_at=NOW, withdrawn_reason="The speaker asked.")
        text = watch(film, "")
        assert "The speaker asked." in text
        assert "<video" not in text

    def test_captions_that_cannot_be_read_cost_the_transcript_only(
        self, watch: Callable[[Recording, str], str], film: Recording, caplog: pytest.LogCaptureFixture
    ) -> None:
        make_original(film, b"no captions", language="sv")
        text = watch(film, "?transcript=sv")
        assert text.count('class="transcript"') == 1
        assert "three locks" in text
        assert "cannot be shown" in caplog.text

    def test_sound_alone(self, watch: Callable[[Recording, str], str]) -> None:
        recording = recorded()
        make_original(recording, b"x" * 48_000, kind=OriginalKind.AUDIO, media_type="audio/mp4")
        text = watch(recording, "?t=15")
        assert "<video" not in text
        assert '.m4a#t=15" type="audio/mp4">' in text
        assert "<strong>Listen</strong>" in text

    def test_a_transcript_too_long_for_a_page_leads_to_its_file(
        self, watch: Callable[[Recording, str], str], film: Recording, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "The whole transcript" not in watch(film, "")
        monkeypatch.setattr("recordings.web.viewing.MOST_CUES", 1)
        text = watch(film, "")
        assert "The whole transcript is in the caption file" in text
        assert "three locks" in text
        assert "receipt" not in text

    def test_queries_of_an_archive_item(self, as_member: Client, film: Recording) -> None:
        assert film.session is not None
        with CaptureQueriesContext(connection) as caught:
            as_member.get(f"/sessions/{film.session.slug}/?t=15")
        # Three of these are for who is signed in: who they are, and whether they plan for this community.
        assert len(caught) <= 18, "\n".join(each["sql"] for each in caught)
        assert Session.objects.count() == 1


class TestMaterials:
    """The table of what there is and what is still owed."""

    def test_what_is_there_and_what_is_coming(self, as_nobody: Client) -> None:
        recording = recorded(wall=datetime(2026, 11, 10, 15, 0))
        session = recording.session
        assert session is not None
        make_material(session, MaterialKind.HANDOUT, state=MaterialState.WITHDRAWN)
        due = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # in Johannesburg it is the 21st already
        for kind in (MaterialKind.REPORT, MaterialKind.SLIDES):
            Item.objects.create(
                session=session,
                kind=kind,
                due_at=due,
                first_due_at=due,
                opened_at=NOW,
                state=ItemState.WAITING,
            )
        Item.objects.filter(kind=MaterialKind.REPORT).update(moves=1, first_due_at=due - timedelta(days=2))
        text = " ".join(as_nobody.get(f"/sessions/{session.slug}/").content.decode().split())
        table = text[text.index('<table class="plain stack">') : text.index("</table>")]
        assert "expected by 21 November 2026" in table
        assert "(moved once, from 19 November 2026)" in table
        assert table.count("expected by") == 1  # the slides are there
        assert '<td class="size">1.2 MB</td><td>ready</td>' in table
        assert "Handout" not in table


def test_home_takes_no_more_words_than_the_archive(as_nobody: Client, community: Community) -> None:
    for address in ("/", "/archive/"):
        box = re.search(r'<input type="search"[^>]*>', as_nobody.get(address).content.decode())
        assert box
        assert 'maxlength="1000"' in box[0], address
