"""One contract for the index of SQLite and that of PostgreSQL: it runs on the database of this suite."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from recordings.catalogue.models import OriginalKind, Recording
from recordings.search import extracts, indexing
from recordings.search.backends import back_end, postgresql, sqlite
from recordings.search.models import SearchDocument
from recordings.search.narrowing import Archive
from recordings.search.querying import Answer, find, search
from recordings.slides.keeping import keep_found
from recordings.slides.matching import Run
from recordings.slides.models import SlidePage
from seminars.people.models import Community, Joining, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session, Speaker
from seminars.sessions.topics import set_series_topics
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


@pytest.fixture
def topic() -> Topic:
    return Topic.objects.create(slug="bees", name={"en": "Beekeeping"}, made_at=NOW)


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
        assert recording.session
        Speaker.objects.create(session=recording.session, person=person, affiliation="Oxfam")
        indexing.index(recording.pk, now=NOW)
        assert slugs(asked) == ([recording.slug] if found else [])

    def test_best_first_title_before_speakers_before_abstract_before_captions(self) -> None:
        said = recorded(captions=b"WEBVTT\n\n00:01.000 --> 00:02.000\nmaize\n")
        abstract = recorded(abstract={"en": "On maize."})
        title = recorded(title={"en": "Maize"})
        spoken = recorded()
        assert spoken.session
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


class TestWords:
    """Forms of words, scripts, phrases over cues: what both back ends answer alike."""

    @pytest.mark.parametrize(
        ("language", "said", "asked", "found"),
        [
            ("en", "They keep their savings", "saving", True),
            ("en", "They keep their savings", '"saving"', False),
            ("sv", "Många spargrupper", "spargruppen nu", False),
            ("sv", "Många spargrupper", "spargruppen många", True),
            ("fr", "Les économies des femmes", "economie femme", True),
            ("pt-BR", "A poupança dos grupos", "poupancas grupo", True),
            ("ar", "الكتاب الجديد", "كتاب", True),
            ("ja", "東京都の貯蓄グループ", "貯蓄", True),
            ("ja", "東京都の貯蓄グループ", "蓄貯", False),
            ("zh", "小额信贷很重要", "信贷", True),
            ("zh", "小额信贷很重要", "重信", False),
            ("th", "กลุ่มออมทรัพย์", "ออม", True),
            ("xx", "mobile money", "mon", True),
        ],
    )
    def test_in_any_language(self, language: str, said: str, asked: str, found: bool) -> None:
        cue = f"WEBVTT\n\n00:05.000 --> 00:09.000\n{said}\n".encode()
        recording = recorded(captions=b"WEBVTT\n")
        make_original(recording, cue, language=language)
        indexing.index(recording.pk, now=NOW)
        assert slugs(asked) == ([recording.slug] if found else [])
        for hit in ask(asked).hits:
            assert "<mark>" in hit.quotes[0].html
            assert hit.quotes[0].seconds == 5.0

    def test_a_phrase_that_crosses_cues_is_quoted_from_the_first(self) -> None:
        recording = recorded()
        (quote,) = ask('"treasurer mobile money"').hits[0].quotes
        assert quote.seconds == 15.5
        assert "a <mark>treasurer. Mobile money</mark> keeps" in quote.html
        assert slugs('"evening and welcome the metal box"') == [recording.slug]
        assert slugs('"a treasurer keeps"') == slugs('"metal box has locks"') == []

    def test_a_phrase_that_crosses_pieces(self) -> None:
        lines = [
            f"00:{at:02}.000 --> 00:{at:02}.900\n{' '.join(f'w{at}x{n}' for n in range(30))}"
            for at in range(12)
        ]
        recording = recorded(captions=("WEBVTT\n\n" + "\n\n".join(lines) + "\n").encode())
        for at in range(11):
            asked = f'"w{at}x28 w{at}x29 w{at + 1}x0 w{at + 1}x1"'
            assert slugs(asked) == [recording.slug]
            assert ask(asked).hits[0].quotes[0].seconds == at

    def test_pairs_alone_are_no_phrase(self) -> None:
        recording = recorded(captions=b"WEBVTT\n\n00:01.000 --> 00:02.000\nred box, blue; box blue sky\n")
        assert slugs('"red box blue sky"') == []
        assert slugs('"box blue sky"') == [recording.slug]
        assert slugs('red -"red box blue sky"') == [recording.slug]

    def test_what_is_said_often_comes_first(self) -> None:
        line = b"WEBVTT\n\n00:01.000 --> 00:02.000\n"
        often = recorded(captions=line + b"maize " * 6 + b"\n", wall=datetime(2024, 3, 1, 15, 0))
        once = recorded(captions=line + b"maize\n")
        assert slugs("maize") == [often.slug, once.slug]

    def test_topics_are_found(self, topic: Topic) -> None:
        recording = recorded()
        assert recording.session is not None
        recording.session.topics.add(topic)
        indexing.index(recording.pk, now=NOW)
        assert slugs("beekeeping") == [recording.slug]

    def test_topics_of_the_series_are_its_sessions_topics(self, topic: Topic) -> None:
        recording = recorded()
        assert recording.session is not None
        set_series_topics(series=recording.session.series, names=["Beekeeping"], now=NOW, actor_id=None)
        assert indexing.due() == [recording.pk]
        indexing.index(recording.pk, now=NOW)
        assert slugs("beekeeping") == [recording.slug]
        assert recording.card.topics == str(topic.pk)

    def test_slides_are_quoted_with_page_and_second(self) -> None:
        recording = recorded()
        deck = make_original(recording, b"%PDF-1", kind=OriginalKind.SLIDES, media_type="application/pdf")
        film = make_original(
            recording, b"film", kind=OriginalKind.VIDEO, media_type="video/mp4", probe={"seconds": 900.0}
        )
        for number, text in ((1, "Welcome"), (2, "Interest rates"), (3, "Hidden fees")):
            SlidePage.objects.create(slides=deck, number=number, text=text, language="en", made_version=1)
        keep_found(video=film, slides=deck, runs=[Run(0.0, 1, 1.0), Run(845.0, 2, 1.0)], now=NOW)
        assert indexing.due() == [recording.pk]
        indexing.index(recording.pk, now=NOW)
        (quote,) = ask("interest rate").hits[0].quotes
        assert (quote.field, quote.page, quote.seconds) == ("slides", 2, 845.0)
        (quote,) = ask("fees").hits[0].quotes
        assert (quote.page, quote.seconds) == (3, None)


class TestMending:
    """Typing mistakes, by words that the visitor may see."""

    def look(self, asked: str, visitor: Visitor = NOBODY, **options: Any) -> Answer:
        archive = Archive(Recording.objects.kept(now=NOW).visible_to(visitor), visitor)
        return find(asked, archive, **options)

    @pytest.mark.parametrize(
        ("asked", "instead"),
        [
            ("tresurer", "treasurer"),
            ("TREASURRE", "treasurer"),
            ("moble money", "mobile money"),
            ("moblie reciept", "mobile receipt"),
            ('tresurer "three locks" -bicycles', 'treasurer "three locks" -bicycles'),
        ],
    )
    def test_a_mistake_is_mended(self, asked: str, instead: str) -> None:
        recording = recorded()
        answer = self.look(asked)
        assert ([hit.recording for hit in answer.hits], answer.mended) == ([recording], instead)
        typed = self.look(asked, as_typed=True)
        assert (typed.hits, typed.mended, typed.spellings[0]) == ([], "", instead)

    def test_what_is_found_is_not_mended(self) -> None:
        recorded()
        assert self.look("treasurer").mended == ""
        assert self.look("treasurer bicycles").mended == ""

    def test_nothing_hidden_is_ever_offered(
        self, closed_community: Community, member: User, stranger: User
    ) -> None:
        secret = recorded(closed_community, captions=b"WEBVTT\n\n00:01.000 --> 00:02.000\nembezzlement\n")
        recorded()
        for visitor in (NOBODY, Visitor(stranger.pk)):
            answer = self.look("embezlement", visitor)
            assert (answer.hits, answer.total, answer.mended, answer.spellings) == ([], 0, "", ())
        answer = self.look("embezlement", Visitor(member.pk))
        assert ([hit.recording for hit in answer.hits], answer.mended) == ([secret], "embezzlement")

    def test_the_queries_of_a_mended_question(self, django_assert_max_num_queries: Any) -> None:
        recorded()
        with django_assert_max_num_queries(8):
            self.look("tresurer", chosen={"year": "2026"})


def test_a_paper_for_members_is_found_by_members_though_guests_see_the_session(
    closed_community: Community, member: User, stranger: User
) -> None:
    series = make_series(closed_community)
    session = make_session(series, wall=datetime(2026, 3, 1, 15, 0))
    session.named.add(stranger.person)
    recording = make_recording(session)
    make_original(recording, CAPTIONS)
    loaded = Session.objects.select_related("series__community").get(pk=session.pk)
    out(kept(begun([loaded]), body="## Found\n\nThe *slush* fund of the treasurer"))
    indexing.index(recording.pk, now=NOW)
    guest, insider = Visitor(stranger.pk), Visitor(member.pk)

    def look(asked: str, visitor: Visitor, **chosen: str) -> Answer:
        return find(
            asked, Archive(Recording.objects.kept(now=NOW).visible_to(visitor), visitor), chosen=chosen
        )

    for visitor, may in ((guest, False), (insider, True), (NOBODY, False)):
        assert look("slush", visitor).total == may
        assert look("sluhs", visitor).mended == ("slush" if may else "")
        assert look('"slush fund of the"', visitor).total == may
        assert look("treasurer", visitor, paper="yes").total == may
    assert [quote.field for quote in look("treasurer", guest).hits[0].quotes] == ["caption"]
    assert [quote.field for quote in look("treasurer", insider).hits[0].quotes] == ["paper", "caption"]
    assert look("treasurer", guest).counts["paper"] == {}
    Community.objects.filter(pk=closed_community.pk).update(joining=Joining.OPEN)
    assert look("slush", guest).total == 1
