"""The promise of a series: its dates, its errors, and its description."""

import itertools
import time
from calendar import monthrange
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seminars.series import cadence, stepping
from seminars.series.cadence import Cadence, CadenceError, Description, Rhythm, occurrences

quick = settings(max_examples=150, deadline=None)
days = st.dates(date(2060, 1, 1), date(2080, 12, 31))
intervals = st.integers(1, 12)
ends = st.one_of(
    st.just({}),
    st.builds(lambda count: {"count": count}, st.integers(1, 400)),
    st.builds(lambda until: {"until": until}, st.dates(date(2081, 1, 1), date(2090, 1, 1))),
)


def shown(kind: Rhythm, interval: int, end: dict[str, Any], **facts: Any) -> Description:
    return Description(kind, interval, **facts, **end)


@st.composite
def built(draw: st.DrawFn) -> tuple[str, Description]:
    """A builder's rule, and what it must be described as."""
    interval, end = draw(intervals), draw(ends)
    match draw(st.sampled_from(sorted(Rhythm))):
        case Rhythm.DAILY:
            return cadence.daily(interval=interval, **end), shown(Rhythm.DAILY, interval, end)
        case Rhythm.MONTHLY_DAY:
            day = draw(st.integers(1, 31))
            text = cadence.monthly_day(day=day, interval=interval, **end)
            return text, shown(Rhythm.MONTHLY_DAY, interval, end, day=day)
        case Rhythm.MONTHLY_WEEKDAY:
            nth, weekday = draw(st.sampled_from([1, 2, 3, 4, -1])), draw(st.integers(0, 6))
            text = cadence.monthly_weekday(nth=nth, weekday=weekday, interval=interval, **end)
            return text, shown(Rhythm.MONTHLY_WEEKDAY, interval, end, nth=nth, weekdays=(weekday,))
        case Rhythm.YEARLY:
            month = draw(st.integers(1, 12))
            day = draw(st.integers(1, monthrange(2000, month)[1]))
            text = cadence.yearly(month=month, day=day, interval=interval, **end)
            return text, shown(Rhythm.YEARLY, interval, end, day=day, month=month)
        case _:
            chosen = draw(st.sets(st.integers(0, 6)))
            text = cadence.weekly(interval=interval, weekdays=chosen, **end)
            return text, shown(Rhythm.WEEKLY, interval, end, weekdays=tuple(sorted(chosen)))


def keeps(day: date, first: date, facts: Description) -> bool:
    """Whether `day` satisfies a rule, told without dateutil."""
    months = (day.year - first.year) * 12 + day.month - first.month
    length = monthrange(day.year, day.month)[1]
    match facts.kind:
        case Rhythm.DAILY:
            return (day - first).days % facts.interval == 0
        case Rhythm.WEEKLY:
            monday = first - timedelta(days=first.weekday())
            in_turn = (day - monday).days // 7 % facts.interval == 0
            return in_turn and day.weekday() in (facts.weekdays or (first.weekday(),))
        case Rhythm.MONTHLY_DAY:
            assert facts.day is not None
            return months % facts.interval == 0 and day.day == min(facts.day, length)
        case Rhythm.MONTHLY_WEEKDAY:
            nth = -1 if facts.nth == -1 and day.day + 7 > length else (day.day + 6) // 7
            return months % facts.interval == 0 and day.weekday() == facts.weekdays[0] and nth == facts.nth
        case _:
            assert facts.day is not None
            in_turn = (day.year - first.year) % facts.interval == 0 and day.month == facts.month
            return in_turn and day.day == min(facts.day, length)


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@quick
@given(built())
def test_every_builders_rule_is_described_back(rule: tuple[str, Description]) -> None:
    text, facts = rule
    assert cadence.describe(text) == facts


@quick
@given(built(), days)
def test_dates_are_exactly_those_that_keep_the_rule(rule: tuple[str, Description], first: date) -> None:
    text, facts = rule
    if facts.until and not any(keeps(day, first, facts) for day in span(first, facts.until)):
        with pytest.raises(CadenceError, match="No date is left"):
            occurrences(Cadence(first, text))
        return  # such as: every ten years, and the last date comes before the second time
    assume(
        facts.until is None or (facts.until - first).days < cadence.MOST
    )  # more dates than that are refused
    found = list(occurrences(Cadence(first, text), limit=12))
    assert 1 <= len(found) <= 12
    assert all(one < two for one, two in itertools.pairwise(found))
    horizon = min(found[-1], first + timedelta(days=2500))
    expected = []
    for number in range((horizon - first).days + 1):
        if keeps(first + timedelta(days=number), first, facts):
            expected.append(first + timedelta(days=number))
    assert [day for day in found if day <= horizon] == expected[: facts.count]


@quick
@given(built(), st.dates(date(1900, 1, 1), date(2190, 12, 31)))
def test_arithmetic_gives_what_dateutil_gives(rule: tuple[str, Description], first: date) -> None:
    text = rule[0].partition(";UNTIL=")[0]
    slow = rrulestr(text, dtstart=datetime.combine(first, time_of_day()))
    asked = [each.date() for each in itertools.islice(slow, 60)]
    assert list(occurrences(Cadence(first, text), limit=60)) == asked


def test_arithmetic_ends_with_the_calendar() -> None:
    first = date(9990, 1, 1)
    for text in ("FREQ=DAILY", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8"):
        slow = [each.date() for each in rrulestr(text, dtstart=datetime.combine(first, time_of_day()))]
        assert list(stepping.usual(cadence.describe(text), first) or ()) == slow
    # dateutil fails in the last week.
    assert list(stepping.by_weeks(date(9999, 12, 1), 1, [0, 4]))[-2:] == [
        date(9999, 12, 27),
        date(9999, 12, 31),
    ]


@quick
@given(built(), days, st.integers(0, 900), st.integers(0, 900), st.integers(0, 20))
def test_windows_are_slices_of_the_whole(
    rule: tuple[str, Description], first: date, skip: int, span: int, limit: int
) -> None:
    assume(rule[1].until is None or (rule[1].until - first).days < cadence.MOST)
    promise = Cadence(first, rule[0], rdates=(first + timedelta(days=100),), exdates=(first,))
    after, until = first + timedelta(days=skip), first + timedelta(days=skip + span)
    whole = list(occurrences(promise, until=until))
    assert list(occurrences(promise, after=after, until=until)) == [day for day in whole if day > after]
    assert list(occurrences(promise, until=until, limit=limit)) == whole[:limit]
    assert first not in whole
    assert promise.rdates[0] in whole or until < promise.rdates[0]


def take(first: date, text: str, limit: int = 4) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in occurrences(Cadence(first, text), limit=limit)]


def test_known_promises() -> None:
    first = date(2026, 1, 31)
    assert take(first, cadence.monthly_day(day=31)) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]
    assert take(first, cadence.monthly_day(day=30, interval=3), 2) == ["2026-04-30", "2026-07-30"]
    third = cadence.monthly_weekday(nth=2, weekday=1, interval=3)
    assert take(date(2020, 9, 8), third, 2) == ["2020-09-08", "2020-12-08"]
    assert take(date(2026, 11, 17), cadence.weekly(interval=2, weekdays=[1]), 2) == [
        "2026-11-17",
        "2026-12-01",
    ]
    assert take(date(2026, 12, 1), cadence.monthly_weekday(nth=-1, weekday=4), 2) == [
        "2026-12-25",
        "2027-01-29",
    ]
    assert take(date(2027, 1, 1), cadence.yearly(month=2, day=29), 2) == ["2027-02-28", "2028-02-29"]
    assert take(first, cadence.daily(interval=10, until=date(2026, 2, 20))) == [
        "2026-01-31",
        "2026-02-10",
        "2026-02-20",
    ]
    assert cadence.monthly_day(day=30) == "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"


def test_single_dates_need_no_rule() -> None:
    promise = cadence.dates([date(2026, 5, 2), date(2026, 3, 1), date(2026, 5, 2)])
    assert promise == Cadence(date(2026, 3, 1), rdates=(date(2026, 5, 2),))
    assert list(occurrences(promise)) == [date(2026, 3, 1), date(2026, 5, 2)]
    assert cadence.describe(promise.rrule) == Description(Rhythm.DATES)


def test_a_date_added_twice_comes_once_and_a_left_out_one_never() -> None:
    first = date(2026, 1, 5)
    week = timedelta(days=7)
    promise = Cadence(
        first,
        cadence.weekly(count=4),
        rdates=(first + week, first + timedelta(days=1)),
        exdates=(first + 2 * week,),
    )
    assert list(occurrences(promise)) == [first, first + timedelta(days=1), first + week, first + 3 * week]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", "never"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "never"),
        ("FREQ=HOURLY", "freq"),
        ("FREQ=SECONDLY;COUNT=3", "freq"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20300101", "ends"),
        ("FREQ=DAILY;UNTIL=20200101", "until"),
        ("FREQ=DAILY;UNTIL=20301301", "until"),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=2;UNTIL=20270601", "empty"),
        ("FREQ=DAILY;COUNT=10001", "many"),
        ("FREQ=DAILY;UNTIL=20991231", "many"),
        ("every Tuesday", "unreadable"),
        ("INTERVAL=2", "unreadable"),
        ("FREQ=DAILY;INTERVAL=0", "unreadable"),
        ("FREQ=DAILY;FREQ=WEEKLY", "unreadable"),
        ("FREQ=DAILY;BYHOUR=9", "unreadable"),
        ("FREQ=WEEKLY;BYDAY=2TU", "unreadable"),
        ("FREQ=MONTHLY;BYDAY=0TU", "unreadable"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "unreadable"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "unreadable"),
        ("FREQ=MONTHLY;BYSETPOS=1", "unreadable"),
        ("FREQ=DAILY\nRDATE:20270101", "unreadable"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused_quickly(text: str, code: str) -> None:
    began = time.process_time()
    with pytest.raises(CadenceError) as caught:
        cadence.check(Cadence(date(2027, 6, 1), text))
    assert caught.value.code == code
    with pytest.raises(CadenceError):
        occurrences(Cadence(date(2027, 6, 1), text))
    assert time.process_time() - began < 3


def test_a_rare_rule_is_kept() -> None:
    assert take(date(2099, 3, 1), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 1) == ["2104-02-29"]
    assert take(date(2026, 1, 1), "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU", 1) == ["2032-02-29"]


def test_dates_before_the_first_and_promises_without_a_date_are_refused() -> None:
    first = date(2026, 1, 5)
    with pytest.raises(CadenceError, match="before the first"):
        cadence.check(Cadence(first, rdates=(date(2026, 1, 4),)))
    with pytest.raises(CadenceError, match="No date is left"):
        cadence.check(Cadence(first, exdates=(first,)))
    with pytest.raises(CadenceError, match="at least one"):
        cadence.dates([])


def test_an_endless_rule_is_lazy_and_stops_at_the_cap() -> None:
    endless = occurrences(Cadence(date(2026, 1, 1), cadence.daily()))
    assert sum(1 for _ in itertools.islice(endless, cadence.MOST)) == cadence.MOST
    with pytest.raises(CadenceError, match="More than 10,000"):
        next(endless)
    with pytest.raises(CadenceError, match="More than 10,000"):
        occurrences(Cadence(date(2026, 1, 1), cadence.daily()), limit=cadence.MOST + 1)
    assert next(occurrences(Cadence(date(2026, 1, 1), cadence.daily()), after=date(2060, 1, 1))).year == 2060


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: cadence.daily(interval=0),
        lambda: cadence.daily(count=0),
        lambda: cadence.daily(count=3, until=date(2030, 1, 1)),
        lambda: cadence.weekly(weekdays=[7]),
        lambda: cadence.monthly_day(day=32),
        lambda: cadence.monthly_weekday(nth=5, weekday=0),
        lambda: cadence.yearly(month=4, day=31),
        lambda: cadence.yearly(month=13, day=1),
    ],
)
def test_builders_refuse_what_makes_no_rule(wrong: Any) -> None:
    with pytest.raises(CadenceError):
        wrong()


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=3",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
        "nonsense",
    ],
)
def test_rules_of_others_are_not_misread(text: str) -> None:
    assert cadence.describe(text).kind is Rhythm.OTHER


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("RRULE:FREQ=WEEKLY;WKST=MO;BYDAY=TU", cadence.weekly(weekdays=[1])),
        ("freq=monthly;byday=+2tu", cadence.monthly_weekday(nth=2, weekday=1)),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1", cadence.monthly_weekday(nth=-1, weekday=1)),
    ],
)
def test_other_spellings_of_our_rules_are_recognised(text: str, same: str) -> None:
    assert cadence.describe(text) == cadence.describe(same)
    assert take(date(2026, 1, 1), text) == take(date(2026, 1, 1), same)
