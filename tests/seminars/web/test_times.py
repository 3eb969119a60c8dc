"""The time component: whose hour, which day, which week, in whose words."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import translation

from seminars.sessions.models import Precision, Session
from seminars.web.times import Reader, days_words, locale_of, near_words, was_at, was_words, when_of

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def session(**fields: object) -> Session:
    """A session of 16 September 2026, 09:00 to 10:00 in New York, never stored."""
    given = {
        "zone": "America/New_York",
        "local_date": date(2026, 9, 16),
        "local_time": time(9),
        "starts_at": datetime(2026, 9, 16, 13, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 9, 16, 14, 0, tzinfo=UTC),
    }
    return Session(**given | fields)


@pytest.mark.parametrize(
    ("zone", "locale", "own", "whose", "others"),
    [
        (
            "Africa/Maputo",
            "en_GB",
            "Wednesday 16 September 2026, 15:00–16:00",
            "your time – Maputo (UTC+2)",
            ["13:00–14:00 UTC", "09:00–10:00 in New York"],
        ),
        (
            "Asia/Kolkata",
            "en_US",
            "Wednesday, September 16, 2026, 6:30–7:30\u202fPM",
            "your time – Kolkata (UTC+5:30)",
            ["1:00–2:00\u202fPM UTC", "9:00–10:00\u202fAM in New York"],
        ),
        (
            "America/New_York",
            "en_GB",
            "Wednesday 16 September 2026, 09:00–10:00",
            "your time – New York (UTC\N{MINUS SIGN}4)",
            ["13:00–14:00 UTC"],
        ),
        (
            "Europe/Stockholm",
            "sv",
            "onsdag 16 september 2026 (v 38), 15:00–16:00",
            "your time – Stockholm (UTC+2)",
            ["13:00–14:00 UTC", "09:00–10:00 in New York"],
        ),
        (
            "",
            "en_GB",
            "Wednesday 16 September 2026, 09:00–10:00",
            "time in New York (UTC\N{MINUS SIGN}4)",
            ["13:00–14:00 UTC"],
        ),
        (
            "UTC",
            "en_GB",
            "Wednesday 16 September 2026, 13:00–14:00",
            "your time – UTC",
            ["09:00–10:00 in New York"],
        ),
    ],
)
def test_own_time_stands_first(zone: str, locale: str, own: str, whose: str, others: list[str]) -> None:
    found = when_of(session(), Reader(zone, "cookie" if zone else "", locale), NOW)
    assert (found.own, found.whose, found.others) == (own, whose, others)


def test_a_differing_day_is_said() -> None:
    found = when_of(session(), Reader("Pacific/Auckland", "cookie"), NOW)
    assert found.own == "Thursday 17 September 2026, 01:00–02:00"
    assert found.others == ["13:00–14:00 Wednesday UTC", "09:00–10:00 Wednesday in New York"]
    assert found.notes == ["Thursday for you"]


def test_past_midnight_names_the_next_day() -> None:
    late = session(
        starts_at=datetime(2026, 9, 16, 21, 30, tzinfo=UTC), ends_at=datetime(2026, 9, 16, 23, 0, tzinfo=UTC)
    )
    found = when_of(late, Reader("Africa/Maputo", "cookie"), NOW)
    assert found.own == "Wednesday 16 September 2026, 23:30–01:00 (Thursday)"


def test_a_session_of_several_days_with_hours_says_both_dates() -> None:
    long = session(ends_at=datetime(2026, 9, 18, 14, 0, tzinfo=UTC))
    found = when_of(long, Reader("UTC", "cookie"), NOW)
    assert found.own == "Wednesday 16 September 2026, 13:00 – Friday 18 September 2026, 14:00"
    assert found.others == ["Wed 16 Sept 2026, 09:00 – Fri 18 Sept 2026, 10:00 in New York"]


def test_who_is_not_known_yet_gets_every_clock_with_its_day_for_the_script() -> None:
    found = when_of(session(), Reader(), NOW)
    assert found.event == "13:00–14:00 Wednesday UTC · 09:00–10:00 Wednesday in New York"
    assert when_of(session(), Reader("Africa/Maputo", "cookie"), NOW).event == ""


def test_clocks_that_part_are_told() -> None:
    """In the last week of October Europe has changed its clocks and New York not yet."""
    apart = session(
        local_date=date(2026, 10, 28),
        starts_at=datetime(2026, 10, 28, 13, 0, tzinfo=UTC),
        ends_at=datetime(2026, 10, 28, 14, 0, tzinfo=UTC),
    )
    found = when_of(apart, Reader("Europe/Lisbon", "cookie"), NOW)
    assert found.notes == [
        "13:00 this time, not 14:00 as it would be today: clocks change in Lisbon before then."
    ]
    assert when_of(apart, Reader("America/New_York", "cookie"), NOW).notes == []
    assert when_of(session(), Reader("Europe/Lisbon", "cookie"), NOW).notes == []


@pytest.mark.parametrize(
    ("days", "locale", "words"),
    [
        (1, "en_GB", "Saturday 8 May 2027"),
        (2, "en_GB", "Saturday 8 – Sunday 9 May 2027"),
        (30, "en_GB", "Saturday 8 May – Sunday 6 June 2027"),
        (2, "sv", "lördag 8 – söndag 9 maj 2027 (v 18)"),
        (1, "sv", "lördag 8 maj 2027 (v 18)"),
        (2, "en_US", "Saturday, May 8, 2027 – Sunday, May 9, 2027"),
    ],
)
def test_whole_days(days: int, locale: str, words: str) -> None:
    whole = session(local_date=date(2027, 5, 8), local_time=None, days=days, zone="Europe/Stockholm")
    found = when_of(whole, Reader("Asia/Kolkata", "cookie", locale), NOW)
    assert (found.own, found.starts) == (
        words,
        "",
    )  # a date is the date where it happens: no script rewrites it


def test_days_across_a_new_year_name_both_years() -> None:
    assert days_words(date(2026, 12, 31), 2, "en_GB") == "Thursday 31 December 2026 – Friday 1 January 2027"


def test_what_is_dated_by_week_or_month_or_not_at_all() -> None:
    reader = Reader("", "", "en_GB")
    week = session(local_date=date(2023, 4, 24), precision=Precision.WEEK)
    assert when_of(week, reader, NOW).own == "Week 17, 24–30 April 2023"
    assert when_of(week, reader, NOW).whose == "The day is not yet set."
    month = session(local_date=date(2006, 6, 1), precision=Precision.MONTH)
    month.ends_at = datetime(2006, 7, 1, tzinfo=UTC)
    assert (when_of(month, reader, NOW).own, when_of(month, reader, NOW).whose) == ("June 2006", "")
    undated = session(
        local_date=None, local_time=None, starts_at=None, ends_at=None, precision=Precision.NONE
    )
    assert when_of(undated, reader, NOW).own == "Date to be announced"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 9, 14, 12, 59, tzinfo=UTC), ""),
        (datetime(2026, 9, 16, 10, 55, tzinfo=UTC), "Starts in 2 h 5 min"),
        (datetime(2026, 9, 16, 12, 56, tzinfo=UTC), "Starts in 4 min"),
        (datetime(2026, 9, 14, 13, 0, tzinfo=UTC), "Starts in 2 days"),
        (datetime(2026, 9, 16, 13, 12, tzinfo=UTC), "Started 12 min ago"),
        (datetime(2026, 9, 16, 14, 0, tzinfo=UTC), ""),
    ],
)
def test_distance_within_48_hours(now: datetime, words: str) -> None:
    found = session()
    assert found.starts_at
    assert found.ends_at
    assert near_words(found.starts_at, found.ends_at, now) == words


def test_a_moved_session_says_where_it_was() -> None:
    moved = session(moved_from={"date": "2026-09-09", "time": "09:00", "fold": 0, "zone": "America/New_York"})
    assert was_words(was_at(moved), moved.zone, Reader("Africa/Maputo", "cookie")) == "Wed 9 Sept 2026, 15:00"
    assert was_words(was_at(session()), "UTC", Reader()) == ""


@pytest.mark.parametrize(
    ("language", "accepted", "locale"),
    [
        ("en", "", "en_GB"),
        ("en", "en-US,en;q=0.9", "en_US"),
        ("en", "sv-SE,en;q=0.5", "en_GB"),
        ("sv", "en-US", "sv"),
        ("en", "en-XX;;,en-ZA", "en_ZA"),
    ],
)
def test_the_country_decides_the_clock(language: str, accepted: str, locale: str) -> None:
    assert locale_of(language, accepted) == locale


def test_swedish_says_swedish_days() -> None:
    with translation.override("sv"):
        found = when_of(session(), Reader("Africa/Cairo", "cookie", "sv"), NOW)
    assert found.own.startswith("onsdag 16 september 2026 (v 38)")
    assert "Kairo" in found.whose
