"""The index: made, brought up to date, made anew, and left whole by a crash."""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from recordings.catalogue.models import Recording
from recordings.publishing.releasing import release
from recordings.search import indexing
from recordings.search.backends import back_end
from recordings.search.checking import older_index
from recordings.search.models import SearchDocument, SearchWord
from recordings.search.querying import search
from seminars.followups.papers.publishing import withdraw
from seminars.followups.reports.issuing import publish, take_back
from seminars.followups.reports.writing import Given, begin, write
from seminars.sessions.models import Session
from seminars.sessions.rewording import edit_series
from tests.factories import NOW, make_original, make_recording
from tests.recordings.search.test_search import CAPTIONS, ask, recorded, slugs
from tests.seminars.followups.papers.test_papers import begun, kept, out

pytestmark = pytest.mark.django_db


def test_an_index_of_an_older_form_is_told_of_and_made_anew(capsys: pytest.CaptureFixture[str]) -> None:
    recording, other = recorded(), recorded()
    assert older_index(databases=["default"]) == []
    Recording.objects.filter(pk=other.pk).update(indexed_form=0)
    (told,) = older_index(databases=["default"])
    assert told.id == "recordings.I001"
    assert older_index() == []
    assert indexing.due() == [other.pk]
    call_command("index_search")
    assert "1 recordings indexed, 3 pieces" in capsys.readouterr().out
    assert not older_index(databases=["default"])
    assert not indexing.due()
    call_command("index_search", "--afresh")
    assert "2 recordings indexed, 6 pieces" in capsys.readouterr().out
    assert set(slugs("treasurer")) == {recording.slug, other.slug}


def test_an_index_from_before_two_letters_were_a_token_is_made_anew() -> None:
    recording = recorded()
    Recording.objects.filter(pk=recording.pk).update(indexed_form=3)
    assert indexing.due() == [recording.pk]


def test_until_its_turn_it_is_found_as_before_without_quotations() -> None:
    recording = recorded()
    assert recording.drawers.exists()
    recording.drawers.all().delete()  # as an older form left it
    (hit,) = ask("treasurer").hits
    assert (hit.recording, hit.quotes) == (recording, [])


def test_a_crash_in_the_middle_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = recorded()
    words = list(SearchWord.objects.order_by("word").values_list("word", "number"))
    monkeypatch.setattr(indexing, "write", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        indexing.index(recording.pk, now=NOW)
    assert slugs("treasurer") == [recording.slug]
    assert list(SearchWord.objects.order_by("word").values_list("word", "number")) == words


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
        Session.objects.filter(pk=recording.session.pk).update(
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

    def test_a_file_of_a_recording_that_never_was_a_session(self, now: datetime) -> None:
        recording = make_recording(title={"en": "Field visit"})
        indexing.index(recording.pk, now=now)
        make_original(recording, CAPTIONS)
        release(recording=recording, now=now)
        assert indexing.due() == [recording.pk]
        indexing.index(recording.pk, now=now)
        assert slugs("treasurer") == [recording.slug]

    def test_another_title_of_the_series(self, now: datetime) -> None:
        recording = recorded()
        assert recording.session is not None
        edit_series(series=recording.session.series, title={"en": "Early Hours"}, now=now, actor_id=None)
        assert indexing.due() == [recording.pk]
        indexing.index(recording.pk, now=now)
        assert (slugs("after hours"), slugs("early hours")) == ([], [recording.slug])

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
