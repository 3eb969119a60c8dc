"""One contract for the index of SQLite and that of PostgreSQL: it runs on the database of this suite."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from recordings.catalogue.models import Recording
from recordings.search import extracts, indexing
from recordings.search.backends import back_end, postgresql, sqlite
from recordings.search.models import SearchDocument
from recordings.search.querying import Answer, search
from seminars.followups.papers.publishing import withdraw
from seminars.followups.reports.issuing import publish, take_back
from seminars.followups.reports.writing import Given, begin, write
from seminars.people.models import Community, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.sessions.models import Session, Speaker
from tests.factories import NOW, make_original, make_person, make_recording, make_series, make_session
from tests.seminars.followups.papers.test_papers import begun, kept, out

pytestmark = pytest.mark.django_db

CAPTIONS = b"""WEBVTT

00:01.000 --> 00:04.000
Good evening, and welcome.

00:15.500 --> 00:20.000
The metal box has three locks & a <i>treasurer</i>.

01:23.000 --> 01:29.000
Mobile money keeps a receipt of each deposit.
"""


def recorded(community: Community | None = None, *, captions: bytes = CAPTIONS, **fields: Any) -> Recording:
    """Return the indexed recording of a new session, with captions."""
    series = make_series(community, title={"en": "After Hours"})
    recording = make_recording(make_session(series, **{"wall": datetime(2026, 3, 1, 15, 0)} | fields))
    make_original(recording, captions)
    indexing.index(recording.pk, now=NOW)
    return recording


def ask(asked: str, visitor: Visitor = NOBODY, page: int = 1) -> Answer:
    """Return the answer to `asked`."""
    return search(asked, recordings=Recording.objects.kept(now=NOW).visible_to(visitor), page=page)


def slugs(asked: str, visitor: Visitor = NOBODY) -> list[str]:
    """Return the slugs of what answers `asked`, in order."""
    return [hit.recording.slug for hit in ask(asked, visitor).hits]


def test_the_back_end_is_that_of_the_database() -> None:
    expected = {"sqlite": sqlite.Fts5, "postgresql": postgresql.Gin}[connection.vendor]
    assert isinstance(back_end(connection), expected)


class TestSearch:
    """What both back ends promise."""

    def test_a_hit_in_the_captions_quotes_the_words_and_knows_their_second(self) -> None:
        recording = recorded()
        (hit,) = ask("treasurer").hits
        (quote,) = hit.quotes
        assert hit.recording == recording
        assert (quote.seconds, quote.field, quote.language) == (15.5, "caption", "en")
        assert quote.html == "The metal box has three locks &amp; a <mark>treasurer</mark>."

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("ROSTANGA", True),
            ("röstå", True),
            ("rostanga savings", True),
            ("rostanga treasurer diallo", True),
            ("rostanga bicycles", False),
            ('"three locks"', True),
            ('"locks three"', False),
            ('"three lock"', False),
            ('"mobile money" -treasurer', False),
            ('"mobile money" -bicycles', True),
            ('"mobile money" -"locks three"', True),
            ("-bicycles", False),
            ("oxfam", True),
            ("after hours", True),
            ("spargrupp", True),
            ("loc three", False),
            ("check-in", True),
            ("check in", True),
            ("in check", True),
            ('"in check"', False),
        ],
    )
    def test_what_is_found(self, asked: str, found: bool) -> None:
        session_words = {"en": "Savings in Röstånga", "sv": "Spargrupper"}
        recording = recorded(title=session_words, abstract={"en": "A weekly check-in."})
        person = make_person(name="Amina Diallo")
        Speaker.objects.create(session=recording.session, person=person, affiliation="Oxfam")
        indexing.index(recording.pk, now=NOW)
        assert slugs(asked) == ([recording.slug] if found else [])

    def test_best_first_title_before_speakers_before_abstract_before_captions(self) -> None:
        said = recorded(captions=b"WEBVTT\n\n00:01.000 --> 00:02.000\nmaize\n")
        abstract = recorded(abstract={"en": "On maize."})
        title = recorded(title={"en": "Maize"})
        spoken = recorded()
        Speaker.objects.create(session=spoken.session, person=make_person(name="Ann Maize"))
        indexing.index(spoken.pk, now=NOW)
        assert slugs("maize") == [title.slug, spoken.slug, abstract.slug, said.slug]

    def test_the_newest_first_among_equals(self) -> None:
        older = recorded(wall=datetime(2025, 1, 1, 15, 0))
        newer = recorded(wall=datetime(2026, 1, 1, 15, 0))
        oldest = recorded(wall=datetime(2024, 1, 1, 15, 0))
        assert slugs("receipt") == [newer.slug, older.slug, oldest.slug]

    @pytest.mark.parametrize(
        "asked",
        [
            "",
            " ",
            '"',
            '""',
            "-",
            "*",
            "(",
            "a OR",
            "NOT",
            "'; --",
            "\x00",
            ":*",
            "<->",
            "&|!",
            "{a}:b",
            "%s",
        ],
    )
    def test_no_operator_breaks_it(self, asked: str) -> None:
        recorded()
        assert ask(asked).total == 0

    def test_very_long_questions(self) -> None:
        recorded()
        for asked in (
            "(" * 10_000,
            "a" * 10_000,
            "\U0001d7ce" * 10_000,
            '"' + "locks " * 5_000,
            "-x " * 5_000,
        ):
            assert ask(asked).total == 0
        words = " ".join(f"w{number}" for number in range(5_000))
        assert (ask(words).total, ask(words).query.cut) == (0, True)

    def test_a_closed_communitys_words_are_found_by_its_members_only(
        self, closed_community: Community, member: User, stranger: User
    ) -> None:
        secret = recorded(closed_community, title={"en": "Secret ledger"})
        for asked in ("treasurer", "ledger", "after hours"):
            assert slugs(asked, Visitor(member.pk)) == [secret.slug]
            for visitor in (NOBODY, Visitor(stranger.pk)):
                answer = ask(asked, visitor)
                assert (answer.hits, answer.total) == ([], 0)

    def test_what_is_not_out_or_withdrawn_has_no_documents(self) -> None:
        changes: list[tuple[type[Recording] | type[Session], dict[str, Any]]] = [
            (Recording, {"published_at": None}),
            (Recording, {"withdrawn_at": NOW}),
            (Session, {"withdrawn_at": NOW}),
            (Session, {"published_at": None}),
        ]
        for model, change in changes:
            recording = recorded()
            key = recording.pk if model is Recording else recording.session_id
            model.objects.filter(pk=key).update(**change)
            assert indexing.index(recording.pk, now=NOW) == 0
            assert not SearchDocument.objects.filter(recording=recording).exists()
        assert slugs("treasurer") == []

    def test_slides_of_a_session_still_ahead_are_not_in_the_archive_yet(self) -> None:
        ahead = recorded(wall=datetime(2026, 12, 1, 15, 0))
        assert slugs("treasurer") == []
        later = Recording.objects.kept(now=NOW + timedelta(days=30)).visible_to(NOBODY)
        assert [hit.recording for hit in search("treasurer", recordings=later).hits] == [ahead]

    def test_pages_hold_twenty(self) -> None:
        for _ in range(21):
            recorded()
        first, last, beyond = ask("receipt"), ask("receipt", page=2), ask("receipt", page=99)
        assert [len(first.hits), len(last.hits)] == [20, 1]
        assert (first.total, first.pages) == (21, 2)
        assert beyond == last
        assert ask("receipt", page=-3).page == 1

    def test_the_number_of_queries_does_not_grow(self, django_assert_num_queries: Any) -> None:
        recorded()
        with django_assert_num_queries(4):
            ask("three locks receipt -bicycles")
        for _ in range(4):
            recorded()
        with django_assert_num_queries(4):
            assert len(ask("three locks receipt -bicycles").hits) == 5

    def test_three_quotations_at_most_the_fullest_first(self) -> None:
        lines = b"".join(b"\n00:%02d.000 --> 00:%02d.900\nlocks %d\n" % (n, n, n) for n in range(1, 9))
        recorded(captions=b"WEBVTT\n" + lines + b"\n00:30.000 --> 00:31.000\nthree locks\n")
        (hit,) = ask("locks three").hits
        assert [quote.seconds for quote in hit.quotes] == [30.0, 1.0, 2.0]
        assert len(hit.quotes) == extracts.QUOTES


class TestIndexing:
    """The documents of a recording."""

    def test_again_gives_the_same(self) -> None:
        recording = recorded()
        rows = SearchDocument.objects.order_by("pk")
        before = list(rows.values_list("field", "language", "seconds", "text", "folded"))
        assert indexing.index(recording.pk, now=NOW) == len(before) == 3
        assert list(rows.values_list("field", "language", "seconds", "text", "folded")) == before

    def test_a_change_of_the_session_is_due_until_it_is_indexed(self) -> None:
        recording = recorded(title={"en": "Old words"})
        assert indexing.due() == []
        assert recording.session is not None
        Session.objects.filter(pk=recording.session_id).update(
            title={"en": "New words"}, revision=recording.session.revision + 1
        )
        assert indexing.due() == [recording.pk]
        indexing.index(recording.pk, now=NOW)
        assert indexing.due() == []
        assert (slugs("old"), slugs("new")) == ([], [recording.slug])

    def test_a_recording_that_never_was_a_session(self) -> None:
        recording = make_recording(title={"en": "Field visit"}, abstract={"en": "Bees"})
        assert indexing.due() == [recording.pk]
        indexing.index(recording.pk, now=NOW)
        assert indexing.due() == []
        assert slugs("bees visit") == [recording.slug]

    def test_a_recording_that_is_gone(self) -> None:
        assert indexing.index(12345, now=NOW) == 0

    def test_captions_that_cannot_be_read_cost_their_cues_only(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        recording = recorded(captions=b"\xff\xfe not captions", title={"en": "Broken"})
        assert slugs("broken") == [recording.slug]
        assert "cannot be searched" in caplog.text

    def test_superseded_captions_are_forgotten(self) -> None:
        recording = recorded()
        recording.originals.update(superseded_at=NOW)
        indexing.index(recording.pk, now=NOW)
        assert slugs("treasurer") == []

    def test_the_index_can_be_made_afresh(self) -> None:
        recording = recorded()
        with connection.cursor() as cursor:
            connection.check_constraints()
            for statement in back_end(connection).drop():
                cursor.execute(statement)
        indexing.make_indexes()
        assert slugs("treasurer") == [recording.slug]


def test_what_a_report_says_is_found_once_it_is_out_and_no_more_when_it_is_taken_back() -> None:
    recording = recorded(captions=b"WEBVTT\n")
    session = Session.objects.get(archived=recording)
    report = begin(session=session, start={"results": "A toolbox of savings"}, now=NOW)
    write(report=report, given={"who": Given("Lund", 0)}, hand="page-1", now=NOW)
    assert slugs("toolbox") == []
    for step, found in ((publish, [recording.slug]), (take_back, [])):
        more = {"reason": "A name too many"} if step is take_back else {}
        step(report=report, now=NOW, actor_id=None, **more)
        assert recording.pk in indexing.due()
        indexing.index(recording.pk, now=NOW)
        assert slugs("toolbox") == found
    publish(report=report, now=NOW, actor_id=None)
    write(report=report, given={"results": Given("A toolbin of savings", 9)}, hand="page-1", now=NOW)
    indexing.index(recording.pk, now=NOW)
    publish(report=report, now=NOW, actor_id=None)  # as long as before
    assert recording.pk in indexing.due()
    indexing.index(recording.pk, now=NOW)
    assert [slugs("toolbin"), slugs("toolbox")] == [[recording.slug], []]
    assert search("toolbin", recordings=Recording.objects.all()).hits[0].quotes[0].field == "report"


def test_what_a_paper_says_is_found_in_its_latest_version_and_no_more_when_it_is_withdrawn() -> None:
    recording = recorded(captions=b"WEBVTT\n")
    session = Session.objects.select_related("series__community").get(archived=recording)
    paper = kept(begun([session]), body="## Found\n\nA *toolbox* of savings")
    out(paper)
    assert recording.pk in indexing.due()
    indexing.index(recording.pk, now=NOW)
    assert slugs("toolbox") == [recording.slug]
    out(
        kept(paper, seen=2, body="## Found\n\nA *toolbin* of savings"), changes="A word."
    )  # as long as before
    assert recording.pk in indexing.due()
    indexing.index(recording.pk, now=NOW)
    assert [slugs("toolbin"), slugs("toolbox")] == [[recording.slug], []]
    assert search("toolbin", recordings=Recording.objects.all()).hits[0].quotes[0].field == "paper"
    withdraw(paper=paper, reason="A wrong figure.", now=NOW, actor_id=None)
    assert recording.pk in indexing.due()
    indexing.index(recording.pk, now=NOW)
    assert slugs("toolbin") == []
