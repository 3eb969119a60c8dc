"""Dates that do not suit: what becomes of them, and why."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars import clock
from seminars.series import skips
from seminars.series.skips import Busy, Outcome, Promise, Reason, Rule, Rules, Then

KEEP, SKIP, MOVE = Then.KEEP, Then.SKIP, Then.MOVE


def promise(
    *days: date, at: time | None = time(15), zone: str = "Africa/Johannesburg", **given: object
) -> Promise:
    def span(day: date) -> tuple[datetime, datetime]:
        start = clock.to_instant(datetime.combine(day, at or time.min), zone)
        return start, start + timedelta(hours=1)

    return Promise(days, span, at, **given)  # type: ignore[arg-type]


def outcome(day: date, rules: Rules, busy: Sequence[Busy] = (), **given: object) -> Outcome:
    (found,) = skips.resolve(promise(day, **given), rules, busy)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("ZA", date(2026, 9, 24), "Heritage Day"),
        ("SE", date(2029, 6, 6), "National Day"),
        ("US", date(2026, 11, 26), "Thanksgiving Day"),
        ("US", date(2027, 11, 25), "Thanksgiving Day"),
        ("EG", date(2026, 7, 23), "July 23 Revolution Day"),
        ("EG", date(2026, 3, 20), "Eid al-Fitr"),
        ("ZA", date(2026, 9, 25), ""),
        ("GB", date(2026, 11, 26), ""),
    ],
)
def test_known_holidays(country: str, day: date, name: str) -> None:
    assert skips.holiday(country, day) == name


def test_a_holiday_is_said_in_the_readers_language_or_in_english() -> None:
    day = date(2029, 6, 6)
    assert skips.holiday("SE", day, "sv") == "Nationaldagen"
    assert skips.holiday("SE", day, "fr") == "National Day"
    assert skips.holiday("ZA", date(2026, 9, 24), "sv") == "Heritage Day"


@pytest.mark.parametrize(
    ("country", "day", "free"),
    [
        ("EG", date(2026, 11, 20), True),  # a Friday
        ("EG", date(2026, 11, 21), True),
        ("EG", date(2026, 11, 22), False),
        ("SE", date(2026, 11, 20), False),
        ("SE", date(2026, 11, 22), True),
        ("AE", date(2020, 11, 20), True),  # until 2021 Friday and Saturday,
        ("AE", date(2026, 11, 20), False),  # now Saturday and Sunday
    ],
)
def test_weekends_by_country(country: str, day: date, free: bool) -> None:
    assert skips.is_weekend(country, day) is free


def test_ramadan_by_the_umm_al_qura_calendar() -> None:
    assert not skips.in_ramadan(date(2026, 2, 17))
    assert skips.in_ramadan(date(2026, 2, 18))
    assert skips.in_ramadan(date(2026, 3, 19))
    assert not skips.in_ramadan(date(2026, 3, 20))
    assert not skips.in_ramadan(date(2100, 1, 1))
    assert not skips.in_ramadan(date(1900, 1, 1))


def test_keep_skip_and_move_a_holiday() -> None:
    day, why = date(2026, 9, 24), Reason(Rule.HOLIDAY, "ZA", "Heritage Day")
    rules = {then: Rules(("ZA",), {Rule.HOLIDAY: then}) for then in Then}
    assert outcome(day, rules[KEEP]) == Outcome(day, day, why)
    assert outcome(day, rules[SKIP]) == Outcome(day, None, why)
    assert outcome(day, rules[MOVE]) == Outcome(day, date(2026, 9, 25), why)


def test_a_move_goes_past_weekends_and_holidays_of_all_countries() -> None:
    rules = Rules(("EG", "SE"), {Rule.HOLIDAY: MOVE})
    # Thursday 23 July is a holiday in Egypt; Friday to Sunday are free in one of the two.
    assert outcome(date(2026, 7, 23), rules).to == date(2026, 7, 27)
    # 25 December, a Friday; 26 too in Sweden; then Sunday.
    assert outcome(date(2026, 12, 25), Rules(("SE",), {Rule.HOLIDAY: MOVE})).to == date(2026, 12, 28)


def test_what_skips_goes_before_what_moves() -> None:
    saturday = date(2026, 12, 26)
    rules = Rules(("ZA",), {Rule.HOLIDAY: MOVE, Rule.WEEKEND: SKIP})
    assert outcome(saturday, rules) == Outcome(saturday, None, Reason(Rule.WEEKEND, "ZA"))


def test_only_evenings_are_kept_free_in_ramadan() -> None:
    day, rules = date(2027, 2, 10), Rules((), {Rule.RAMADAN: MOVE})
    assert outcome(day, rules, at=time(16, 59)) == Outcome(day, day)
    assert outcome(day, rules, at=None) == Outcome(day, day)
    found = outcome(day, rules, at=time(17))
    assert (found.reason, found.to) == (Reason(Rule.RAMADAN), date(2027, 3, 9))


def test_a_clash_is_an_overlap_not_a_touch() -> None:
    day = date(2026, 12, 8)
    start = datetime(2026, 12, 8, 13, tzinfo=UTC)
    hour = timedelta(hours=1)
    rules = Rules((), {Rule.ROOM: MOVE})
    before, during = (
        Busy(start - hour, start, Rule.ROOM),
        Busy(start - hour, start + hour / 60, Rule.ROOM, "Choir"),
    )
    assert outcome(day, rules, [before, Busy(start + hour, start + 2 * hour, Rule.ROOM)]) == Outcome(day, day)
    assert outcome(day, rules, [before, during]) == Outcome(
        day, date(2026, 12, 9), Reason(Rule.ROOM, name="Choir")
    )
    assert outcome(day, Rules((), {Rule.AUDIENCE: MOVE}), [during]) == Outcome(day, day)
    week_long = Busy(start - 5 * 24 * hour, start + 30 * hour, Rule.ROOM)
    shorts = [Busy(start - n * hour, start - n * hour + hour / 2, Rule.ROOM) for n in range(2, 60)]
    assert outcome(day, rules, [*shorts, week_long]).to == date(2026, 12, 10)


def test_without_a_free_day_before_the_next_date_it_is_skipped() -> None:
    friday, monday = date(2026, 12, 25), date(2026, 12, 28)
    rules = Rules(("SE",), {Rule.HOLIDAY: MOVE})
    assert outcome(friday, rules, after=monday) == Outcome(
        friday, None, Reason(Rule.HOLIDAY, "SE", "Christmas Day"), crowded=True
    )
    assert outcome(friday, rules, after=monday + timedelta(days=1)).to == monday
    assert outcome(friday, rules, after=monday + timedelta(days=1), lasts=2).crowded
    assert outcome(friday, rules, taken={monday}).to == monday + timedelta(days=1)


def test_rules_and_outcomes_survive_storing() -> None:
    rules = Rules(("EG", "ZA"), {Rule.HOLIDAY: MOVE, Rule.ROOM: SKIP}, tell=True)
    assert skips.read(rules.stored()) == rules
    assert skips.read({}) == Rules()
    for found in (
        outcome(date(2026, 9, 24), rules),
        Outcome(date(2026, 9, 1), None, Reason(Rule.ROOM, name="Choir"), crowded=True),
        Outcome(date(2026, 9, 1), date(2026, 9, 1)),
    ):
        assert skips.outcome_of(found.stored()) == found


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        ({"countries": ["XX"], "then": {}}, "unknown"),
        ({"countries": ["Sweden"], "then": {}}, "unknown"),
        ({"countries": [], "then": {"holiday": "move"}}, "countries"),
        ({"then": {"weekend": "skip"}}, "countries"),
        ({"then": {"moon": "skip"}}, "unreadable"),
        ({"then": {"room": "paint"}}, "unreadable"),
        ({"countries": "ZA"}, "unreadable"),
    ],
)
def test_rules_that_cannot_be_kept(stored: dict[str, object], code: str) -> None:
    with pytest.raises(skips.RuleError) as refused:
        skips.read(stored)
    assert refused.value.code == code


def test_weekends_may_be_kept_without_a_country() -> None:
    assert skips.read({"then": {"weekend": "keep", "holiday": "keep"}}).acting == frozenset()


# Whatever the rules, of whatever countries: the promise of the order, and that a moved date is a working day.

DAYS = st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=1, max_size=40, unique=True).map(
    sorted
)
RULES = st.builds(
    Rules,
    st.lists(st.sampled_from(["EG", "IR", "SE", "US", "ZA"]), min_size=1, max_size=3, unique=True).map(tuple),
    st.dictionaries(st.sampled_from(list(Rule)), st.sampled_from(list(Then))),
)
BUSY = st.lists(
    st.builds(
        lambda start, hours, rule: Busy(start, start + timedelta(hours=hours), rule),
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
        st.integers(1, 100),
        st.sampled_from(sorted(skips.CLASHES)),
    ),
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(DAYS, RULES, BUSY, st.sampled_from([None, time(9), time(18)]))
def test_what_holds_for_all_rules(days: list[date], rules: Rules, busy: list[Busy], at: time | None) -> None:
    asked = promise(*days, at=at)
    found = skips.resolve(asked, rules, busy)
    assert [each.day for each in found] == days
    there = [each.to for each in found if each.to]
    assert there == sorted(set(there))
    for each in found:
        if each.skipped or each.moved:
            assert each.reason is not None
            then = rules.then[each.reason.rule]
            assert then == (SKIP if each.skipped and not each.crowded else MOVE)
        if each.moved:
            assert each.to is not None
            assert timedelta() < each.to - each.day <= timedelta(days=skips.FURTHEST)
            assert not any(
                skips.is_weekend(code, each.to) or skips.holiday(code, each.to) for code in rules.countries
            )
            starts_at, ends_at = asked.span(each.to)
            acting = [other for other in busy if other.rule in rules.acting]
            assert not any(other.starts_at < ends_at and other.ends_at > starts_at for other in acting)


@settings(max_examples=60, deadline=None)
@given(DAYS, RULES, BUSY, st.integers(0, 40))
def test_topping_up_decides_as_the_preview_did(
    days: list[date], rules: Rules, busy: list[Busy], cut: int
) -> None:
    at = min(cut, len(days) - 1)
    first, rest = days[:at], days[at:]
    whole = skips.resolve(promise(*days), rules, busy)
    parts = skips.resolve(promise(*first, after=rest[0]), rules, busy) if first else []
    assert parts + skips.resolve(promise(*rest), rules, busy) == whole
