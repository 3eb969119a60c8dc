"""The memory of texts: bounded, and never believed against the database."""

import contextlib
from copy import copy
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from seminars.calendars import editions, entries, memory, stored
from seminars.calendars.models import Entry
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from seminars.sessions.state import State
from tests.factories import NOW, make_series, make_session
from tests.seminars.calendars.test_stored import SERIES, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions(community: Community) -> list[Session]:
    """Three sessions of a public series, shown once."""
    memory.forget()
    series = make_series(community, slug="talks")
    made = [make_session(series, title={"en": f"Title {number}"}) for number in range(3)]
    shown(SERIES)
    return made


def texts() -> list[str]:
    """Return the texts of all sessions as a calendar reads them."""
    return [row.text or "" for row in rows()]


def rows() -> list[stored.Row]:
    """Return what a calendar of everything reads."""
    return stored.rows(Session.objects.all, language="en", utc=False, edition=editions.FIRST)


def test_what_is_remembered_is_not_read_again(sessions: list[Session]) -> None:
    """The sessions and their series are; their entries only where they are not remembered."""
    with CaptureQueriesContext(connection) as asked:
        first = texts()
    assert len(asked) == 2
    memory.forget()
    with CaptureQueriesContext(connection) as asked:
        assert texts() == first
    assert len(asked) == 3


def test_what_another_process_rendered_is_read_and_not_rendered(
    sessions: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts()
    revise(sessions[0], kind="edit", now=NOW, title={"en": "Changed"})
    shown()
    theirs = texts()
    memory.forget()
    monkeypatch.setattr(entries, "_render", None)
    assert shown()[0] == "Changed"
    assert texts() == theirs


def test_a_text_of_before_is_never_taken_for_the_one_of_now(sessions: list[Session]) -> None:
    before = texts()
    revise(sessions[0], kind="edit", now=NOW, title={"en": "Changed"})
    assert not rows()[0].is_fresh
    assert "Changed" in shown()[0]
    Session.objects.filter(pk=sessions[1].pk).update(state=State.POSTPONED)
    Series.objects.update(title={"en": "Of another name"})
    assert not any(row.is_fresh for row in rows())
    assert texts()[1:] == before[1:]  # the last good ones, until they are rendered


def test_it_is_bounded_and_forgets_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    memory.forget()
    monkeypatch.setattr(memory, "MOST", 25)
    keys: list[memory.Key] = [(number, "en", False, 1, "stamp", 0) for number in range(3)]
    first, second, third = (memory.Written(letter * 10, "") for letter in "abc")
    memory.remember({keys[0]: first, keys[1]: second})
    memory.known([keys[0]])
    memory.remember({keys[2]: third})
    assert set(memory.known(keys)) == {keys[0], keys[2]}
    memory.remember({keys[0]: memory.Written("d" * 5, "")})
    assert memory.known(keys[:1]) == {keys[0]: ("d" * 5, "")}
    memory.forget()


def test_rows_are_remembered_by_name_until_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_ROWS", 5)
    memory.forget()
    memory.remember_rows("a", ["one", "two"])
    memory.remember_rows("b", ["other"])
    assert (memory.known_rows("a"), memory.known_rows("b")) == (["one", "two"], ["other"])
    assert len(memory.known_rows("c")) == 0
    memory.known_rows("a")
    memory.remember_rows("c", [""] * 3)
    assert [bool(memory.known_rows(name)) for name in "abc"] == [True, False, True]
    memory.forget()
    assert len(memory.known_rows("a")) == 0


class Undone(Exception):
    """Takes a transaction back."""


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_takes_back_is_never_served(community: Community, settings: Any) -> None:
    """Neither from memory, where the next change gets the same revision, nor from disk, where its version is higher."""
    memory.forget()
    session = make_session(make_series(community, slug="talks"), title={"en": "First"})
    assert shown() == ["First"]
    before = sorted(path.name for path in settings.FEEDS.rglob("*.ics*"))
    with contextlib.suppress(Undone), transaction.atomic():
        revise(copy(session), kind="edit", now=NOW, title={"en": "Never said"})
        assert shown() == ["Never said"]
        raise Undone
    assert shown() == ["First"]
    assert sorted(path.name for path in settings.FEEDS.rglob("*.ics*")) == before
    revise(session, kind="edit", now=NOW, title={"en": "Second"})
    assert shown() == ["Second"]
    assert Entry.objects.get(language="en").text.count("Second") == 1
