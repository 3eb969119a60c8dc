"""Reminders that a subscriber asked for, put into entries that are stored without them."""

from dataclasses import replace
from datetime import date

import pytest

from seminars.calendars import ical
from tests.seminars.calendars.reading import entries_of
from tests.seminars.calendars.test_ical import FACTS, alone, check_octets


def test_each_entry_gets_them_the_earliest_first() -> None:
    text = ical.vevent(replace(FACTS, summary="Savings, " + "é" * 60 + " \\ groups", language="en"))
    body = ical.join(ical.CalendarFacts("N"), [ical.with_alarms(text * 2, [10, 60, 10])], [])
    check_octets(body)
    for event in entries_of(body):
        assert [str(each.get("TRIGGER").to_ical(), "ascii") for each in event.walk("VALARM")] == [
            "-PT1H",
            "-PT10M",
        ]
        assert {str(each["DESCRIPTION"]) for each in event.walk("VALARM")} == {str(event["SUMMARY"])}
        assert {str(each["ACTION"]) for each in event.walk("VALARM")} == {"DISPLAY"}


def test_without_any_nothing_changes() -> None:
    assert ical.with_alarms(ical.vevent(FACTS), []) == ical.vevent(FACTS)


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, status="CANCELLED"),
        replace(FACTS, start=date(2026, 5, 8), end=date(2026, 5, 9)),
    ],
)
def test_what_is_off_or_has_no_hour_reminds_nobody(facts: ical.EntryFacts) -> None:
    assert ical.with_alarms(ical.vevent(facts), [10]) == ical.vevent(facts)


def test_whole_calendars_too_and_words_that_look_like_an_entry_are_left_alone() -> None:
    facts = replace(FACTS, description="BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 3)
    body = ical.with_alarms(alone(facts).decode(), [5])
    assert body.count("BEGIN:VALARM") == 1
    [event] = entries_of(body.encode())
    assert str(event["DESCRIPTION"]) == ical.clean(facts.description).strip()


@pytest.mark.parametrize("minutes", [[-1], [1, 2, 3, 4, 5, 6]])
def test_others_are_refused(minutes: list[int]) -> None:
    with pytest.raises(ValueError, match="up to 5"):
        ical.with_alarms(ical.vevent(FACTS), minutes)
