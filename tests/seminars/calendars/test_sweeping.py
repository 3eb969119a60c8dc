"""Calendars of filters: kept while somebody comes, swept after 90 days, never more than a bound, always answering."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from seminars.calendars import shelf, sweeping
from seminars.calendars.models import Feed
from seminars.people.models import Community
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=91)
FILTERED = "/languages/en/calendar.ics"


@pytest.fixture
def data_with_feeds(community: Community, data: Path) -> Path:
    """A filter's calendar and two others, fetched once."""
    make_session(make_series(community, slug="talks"))
    for path in (FILTERED, "/calendar.ics", "/series/talks/calendar.ics"):
        fetch(path, NOW)
    return data


def fetch(path: str, at: datetime) -> bytes:
    """Return what a poll gets."""
    with time_machine.travel(at, tick=False):
        response = Client().get(path)
    assert response.status_code == 200
    return response.content


def keys() -> list[str]:
    """Return of which kinds calendars are kept."""
    return sorted(key.split("|")[0] for key in Feed.objects.values_list("key", flat=True))


def test_a_filter_that_nobody_asked_for_is_swept_and_answers_again(data_with_feeds: Path) -> None:
    first = fetch(FILTERED, NOW)
    folder = shelf.folder(Feed.objects.get(key__startswith="filter|").key)
    assert sweeping.sweep(now=NOW + timedelta(days=89)) == 0
    assert sweeping.sweep(now=LATER) == 1
    assert (keys(), folder.exists()) == (["series", "site"], False)
    assert fetch(FILTERED, LATER) == first
    assert keys() == ["filter", "series", "site"]


def test_one_that_is_asked_for_stays_though_it_never_changes(data_with_feeds: Path) -> None:
    fetch(FILTERED, NOW + timedelta(days=60))
    assert sweeping.sweep(now=LATER) == 0
    assert sweeping.sweep(now=NOW + timedelta(days=151)) == 1


def test_folders_without_a_row_go_when_they_are_old(data_with_feeds: Path) -> None:
    stray = data_with_feeds / "feeds" / "ab" / "cdef"
    stray.mkdir(parents=True)
    (stray / "x.ics").write_bytes(b"x")
    made = datetime.fromtimestamp(os.stat(stray).st_ctime, NOW.tzinfo)
    sweeping.sweep(now=made + timedelta(days=1))
    assert stray.exists()
    Feed.objects.filter(key__startswith="filter|").delete()
    sweeping.sweep(now=made + timedelta(days=91))
    assert not stray.exists()
    assert fetch("/calendar.ics", NOW)


def test_beyond_the_bound_calendars_are_made_but_not_kept(
    data_with_feeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MOST", 1)
    more = f"{FILTERED}?series=talks"
    assert b"BEGIN:VEVENT" in fetch(more, NOW)
    assert fetch(more, NOW) == fetch(more, NOW)
    assert keys() == ["filter", "series", "site"]
    assert fetch(FILTERED, NOW)
    assert b"BEGIN:VEVENT" in fetch("/series/talks/calendar.ics?past=all", NOW)
