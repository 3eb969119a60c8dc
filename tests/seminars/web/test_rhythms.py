"""A rhythm in words."""

from datetime import date, time

import pytest
from django.utils import translation

from seminars.series.models import Series
from seminars.web.rhythms import rhythm_words


@pytest.mark.parametrize(
    ("rrule", "words"),
    [
        ("FREQ=MONTHLY;BYDAY=2TU", "The second Tuesday of every month, 15:00–16:30 in Lisbon"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "The last Friday of every month, 15:00–16:30 in Lisbon"),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=4TU",
            "The fourth Tuesday of every quarter (January, April, July and October), 15:00–16:30 in Lisbon",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=6;BYDAY=4TU",
            "The fourth Tuesday of every 6 months (January and July), 15:00–16:30 in Lisbon",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=12;BYDAY=4TU",
            "The fourth Tuesday of January, every year, 15:00–16:30 in Lisbon",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "The last day of every month, 15:00–16:30 in Lisbon",
        ),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=6;BYMONTHDAY=14", "Every 2 years on 14 June, 15:00–16:30 in Lisbon"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=8", "Day 8 of every 2 months, 15:00–16:30 in Lisbon"),
        ("FREQ=WEEKLY", "Every week on Thursday, 15:00–16:30 in Lisbon"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
            "Every 2 weeks on Monday and Wednesday, 15:00–16:30 in Lisbon",
        ),
        ("FREQ=DAILY", "Every day, 15:00–16:30 in Lisbon"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=14", "Every year on 14 June, 15:00–16:30 in Lisbon"),
        ("", ""),
    ],
)
def test_every_kind(rrule: str, words: str) -> None:
    series = Series(
        rrule=rrule, zone="Europe/Lisbon", first_date=date(2026, 1, 8), local_time=time(15), minutes=90
    )
    assert rhythm_words(series, "en_GB") == words


def test_listed_dates_and_whole_days() -> None:
    series = Series(rdates=["2026-02-01"], zone="Europe/Lisbon", first_date=date(2026, 1, 8), local_time=None)
    assert rhythm_words(series, "en_GB") == "On chosen dates"


@pytest.mark.parametrize(
    ("rrule", "words"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "Varannan vecka på måndagar och onsdagar"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO", "Var 3:e vecka på måndagar"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU", "Den andra tisdagen varannan månad"),
        ("FREQ=DAILY;INTERVAL=2", "Varannan dag"),
    ],
)
def test_swedish_has_a_word_for_every_second_one(rrule: str, words: str) -> None:
    series = Series(rrule=rrule, zone="Europe/Stockholm", first_date=date(2026, 1, 8), local_time=None)
    with translation.override("sv"):
        assert rhythm_words(series, "sv") == words
