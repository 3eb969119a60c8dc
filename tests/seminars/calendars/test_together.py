"""Many readers while somebody writes: each gets at least what was committed before they asked."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from seminars.calendars import feeds, tokens
from seminars.calendars.models import FeedToken
from seminars.calendars.scopes import Kind, Scope
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from tests.factories import NOW, make_series, make_session, make_user
from tests.seminars.calendars.reading import entries_of

CHANGES, READERS = 12, 4


@pytest.mark.django_db(transaction=True)
def test_no_answer_is_older_than_its_question() -> None:
    session = make_session(make_series(slug="talks"), title={"en": "0"})
    scope, committed, done = Scope(Kind.SERIES, "talks"), [0], threading.Event()

    def write() -> None:
        try:
            for number in range(1, CHANGES + 1):
                revise(Session.objects.get(pk=session.pk), kind="edit", now=NOW, title={"en": str(number)})
                committed[0] = number
        finally:
            done.set()
            connection.close()

    def poll() -> list[tuple[int, int]]:
        seen = []
        try:
            while not done.is_set():
                before = committed[0]
                body, _compressed = feeds.read(feeds.answer(scope, now=NOW), compressed=False)
                [event] = entries_of(body)
                seen.append((before, int(str(event["SUMMARY"]))))
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(READERS + 1) as pool:
        readers = [pool.submit(poll) for _reader in range(READERS)]
        pool.submit(write).result(timeout=120)
        answers = [answer for reader in readers for answer in reader.result(timeout=120)]
    assert answers
    assert [pair for pair in answers if pair[1] < pair[0]] == []
    body, _compressed = feeds.read(feeds.answer(scope, now=NOW), compressed=False)
    assert str(entries_of(body)[0]["SUMMARY"]) == str(CHANGES)


@pytest.mark.django_db(transaction=True)
def test_two_resets_at_once_leave_one_secret_and_no_error() -> None:
    user = make_user()
    old = tokens.make(user=user, now=NOW).token
    start = threading.Barrier(2)

    def reset() -> str:
        try:
            start.wait(60)
            return tokens.reset(user=user, now=NOW).token
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        given = [each.result(timeout=120) for each in [pool.submit(reset) for _click in range(2)]]
    valid = FeedToken.objects.get(user=user, revoked_at=None)
    assert valid.token in given
    assert old not in given
