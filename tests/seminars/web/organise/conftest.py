"""What the pages below /organise/ are tried with."""

from typing import Any

import pytest

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.factories import make_series, make_session


@pytest.fixture
def series(community: Community) -> Series:
    """A published monthly series of the open community."""
    return make_series(community, slug="after-hours", title={"en": "After Hours"})


@pytest.fixture
def session(series: Series) -> Session:
    """Its session of 1 December 2026, 15:00 in Johannesburg, which is 13:00 UTC."""
    return make_session(series, title={"en": "Savings by phone"})


@pytest.fixture
def plan(community: Community) -> dict[str, Any]:
    """What a browser sends from *Plan a series*: the second Tuesday of each month, 15:00 to 16:30."""
    return {
        "form_key": "k1",
        "title": "Harvest hour",
        "community": community.slug,
        "slug": "",
        "abstract": "",
        "language": "en",
        "zone": "Africa/Johannesburg",
        "rhythm": "monthly-weekday",
        "every_days": "1",
        "every": "1",
        "nth": "2",
        "weekday": "1",
        "months": "1",
        "years": "1",
        "day": "1",
        "first_date": "2026-12-01",
        "last_date": "",
        "dates": "",
        "weeks": "",
        "extra": "",
        "ends": "count",
        "count": "4",
        "until": "",
        "left_out": "",
        "local_time": "15:00",
        "minutes": "1:30",
        "days": "1",
        "form": "hybrid",
        "room": "Room 1.205",
        "join_url": "https://meet.example.org/harvest",
        "view_url": "",
        "dial_in": "+27 10 123 4567",
        "audience": "everyone",
        "owed": ["slides", "recording", "captions", "report"],
    }
