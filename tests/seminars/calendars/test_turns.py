"""Of many that find a calendar changed, one makes it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection

from seminars.calendars import feeds, turns
from seminars.calendars.scopes import Kind, Scope
from seminars.people.models import Community
from seminars.sessions.revising import revise
from tests.factories import NOW, make_series, make_session


def test_who_waited_is_told_so() -> None:
    inside, go = Event(), Event()

    def first() -> bool:
        with turns.waited("one") as others:
            inside.set()
            assert go.wait(60)
            return others

    def second() -> bool:
        with turns.waited("one") as others:
            return others

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert inside.wait(60)
        two = pool.submit(second)
        go.set()
        assert one.result(60) is False
        assert two.result(60) in {True, False}  # False where it came only after the first had gone
    with turns.waited("one") as others:
        assert others is False


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", 0.01)
    with turns.waited("one") as before, ThreadPoolExecutor(1) as pool:
        assert before is False
        assert pool.submit(lambda: turns.waited("one").__enter__()).result(60) is True
    with turns.waited("one") as after:
        assert after is False


def test_a_turn_is_given_back_when_it_fails() -> None:
    with pytest.raises(ValueError, match="broken"), turns.waited("one"):
        raise ValueError("broken")
    with turns.waited("one") as others:
        assert others is False


@pytest.mark.django_db(transaction=True)
def test_a_calendar_that_many_find_changed_is_made_once(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(make_series(community, slug="talks"))
    scope = Scope(Kind.SERIES, "talks")
    feeds.answer(scope, now=NOW)
    revise(session, kind="edit", now=NOW, title={"en": "Changed"})
    made: list[object] = []
    compose: Any = feeds._compose

    def counting(*given: Any) -> Any:
        made.append(given)
        return compose(*given)

    monkeypatch.setattr(feeds, "_compose", counting)

    def ask(_number: int) -> str:
        try:
            return feeds.answer(scope, now=NOW).etag
        finally:
            connection.close()  # the thread's own

    with ThreadPoolExecutor(8) as pool:
        etags = set(pool.map(ask, range(8)))
    assert len(etags) == 1
    assert len(made) < 8  # one, but for those that looked before and came to their turn after it was done
