"""The numbers of the house: questions to the database for each page, the same however many rows there are."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import Recording
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Speaker
from tests.factories import (
    NOW,
    make_community,
    make_material,
    make_member,
    make_person,
    make_series,
    make_session,
)

pytestmark = pytest.mark.django_db
FEW, MORE = 2, 8
PAGES = {
    "/": 12,
    "/communities/savings/": 12,
    "/series/after-hours/": 12,
    "/sessions/after-hours-1/": 12,
    "/sessions/breakfast-1/": 15,  # in the archive
    "/subscribe/": 12,
    "/communities/savings/subscribe/": 12,
    "/series/after-hours/subscribe/": 12,
    "/archive/": 12,
    "/archive/?q=session": 12,
    "/accounts/login/": 12,
    "/organise/": 17,  # also what waits, and drafts of newsletters
}
# The session, the account, and whose member they are.
SIGNED_IN = 3
FEEDS = ["/calendar.ics", "/communities/savings/calendar.ics", "/series/after-hours/calendar.ics"]


def fill(community: Community, rows: int) -> None:
    """Give the site `rows` more of everything that pages list: communities, coming and past sessions, recordings."""
    coming, past = (
        Series.objects.filter(slug=slug).first() or make_series(community, slug=slug)
        for slug in ("after-hours", "breakfast")
    )
    for _row in range(rows):
        other = make_community()
        make_member(other)
        make_session(make_series(other))
        days = timedelta(days=7 * coming.next_number)
        later = make_session(coming, wall=datetime(2027, 1, 5, 15, 0) + days)
        held = make_session(past, wall=datetime(2026, 9, 1, 9, 0) - days, state="archived")
        for session in (later, held):
            Speaker.objects.create(session=session, person=make_person())
        make_material(held, "slides")
        make_material(held, "recording", media_type="video/mp4")
        Recording.objects.create(
            slug=held.slug, session=held, title=held.title, published_at=NOW, made_at=NOW, language="en"
        )


def questions(client: Client, address: str, **headers: str) -> tuple[int, Any]:
    """How many questions a request asks, and its answer. The cache starts empty."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers=headers or None)
    return len(asked), answer


@pytest.mark.parametrize(
    ("who", "address"),
    [("as_nobody", address) for address in PAGES if address != "/organise/"]
    + [("as_organiser", address) for address in PAGES if address != "/accounts/login/"],
)
def test_pages_ask_little_however_many_rows(
    request: pytest.FixtureRequest, community: Community, stopped: object, address: str, who: str
) -> None:
    client: Client = request.getfixturevalue(who)
    fill(community, FEW)
    few, answer = questions(client, address)
    assert answer.status_code == 200
    fill(community, MORE)
    many, answer = questions(client, address)
    assert many <= few
    assert many <= PAGES[address] + (0 if who == "as_nobody" else SIGNED_IN)


@pytest.mark.parametrize("address", FEEDS)
def test_feeds_ask_little_and_an_unchanged_one_once(
    community: Community, stopped: object, as_nobody: Client, address: str
) -> None:
    fill(community, FEW)
    few, _answer = questions(as_nobody, address)
    fill(community, MORE)
    many, answer = questions(as_nobody, address)
    assert answer.status_code == 200
    assert many <= max(few, 15)
    again, unchanged = questions(as_nobody, address, if_none_match=answer["ETag"])
    assert (unchanged.status_code, again <= 1) == (304, True)
