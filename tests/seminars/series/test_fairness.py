"""Fairness as figures: the weights of an hour, shares, the worst zone, clock shifts, and what is suggested."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars import clock
from seminars.series.fairness import (
    FairnessError,
    Heads,
    Season,
    Weights,
    heads,
    local_minutes,
    measure,
)
from seminars.series.suggesting import (
    Anchor,
    Kind,
    Reason,
    always,
    anchors,
    best_slot,
    corridor,
    hour_of,
    outcome_of,
    suggest,
)

DAY = date(2027, 1, 13)
YEAR = [DAY + timedelta(weeks=4 * number) for number in range(12)]
# The 175 members of the design document. It gives their figures, not their zones: these are zones that give them all.
MEXICO_TO_MANILA = {
    "Africa/Johannesburg": 25,
    "Africa/Lagos": 25,
    "Africa/Accra": 20,
    "Africa/Nairobi": 20,
    "America/New_York": 20,
    "Asia/Kolkata": 15,
    "America/Mexico_City": 12,
    "Europe/Berlin": 10,
    "America/Lima": 8,
    "Africa/Cairo": 5,
    "America/Tijuana": 5,
    "Asia/Manila": 5,
    "Europe/London": 5,
}
ONE_PLACE = {"UTC": 10}
ZONES = [
    *MEXICO_TO_MANILA,
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "UTC",
]
some_counts = st.dictionaries(st.sampled_from(ZONES), st.integers(1, 40), min_size=1, max_size=8)
some_days = st.lists(st.dates(date(2025, 1, 1), date(2029, 12, 31)), min_size=1, max_size=4, unique=True)


def percent(share: float) -> int:
    return round(100 * share)


@pytest.mark.parametrize(
    ("hour", "weight"),
    [
        ("00:00", 10),
        ("05:30", 10),
        ("06:00", 4),
        ("06:30", 4),
        ("07:00", 2),
        ("08:00", 1),
        ("08:30", 1),
        ("09:00", 0),
        ("16:30", 0),
        ("17:00", 1),
        ("18:30", 1),
        ("19:00", 2),
        ("20:30", 2),
        ("21:00", 4),
        ("22:00", 4),
        ("22:30", 10),
    ],
)
def test_each_half_hour_has_its_weight(hour: str, weight: float) -> None:
    season = measure(ONE_PLACE, [DAY], minutes=30)
    slot = next(slot for slot in season.slots if hour_of(slot.start // 30) == hour)
    assert (slot.burden, slot.worst, slot.worst_burden) == (weight, "UTC", weight)
    assert slot.awake == (weight < 10)
    assert slot.office == (weight == 0)


def test_a_meeting_counts_all_through() -> None:
    season = measure(ONE_PLACE, [DAY], minutes=120)
    late = season.slots[43]  # 21:30 to 23:30
    assert (late.burden, late.awake) == (7, 0)
    assert (season.slots[32].burden, season.slots[32].office) == (0.5, 0)  # 16:00 to 18:00


def test_weights_can_be_changed_and_hours_stay() -> None:
    changed = measure(ONE_PLACE, [DAY], minutes=30, weights=Weights(night=50, office=3))
    assert (changed.slots[0].burden, changed.slots[0].awake) == (50, 0)
    assert (changed.slots[20].burden, changed.slots[20].office) == (3, 1)


def test_offsets_that_are_no_whole_hours() -> None:
    kathmandu = measure({"Asia/Kathmandu": 1}, [DAY], minutes=30).rows["Asia/Kathmandu"]
    assert [(cell.local, cell.burden) for cell in kathmandu[32:34]] == [(21 * 60 + 45, 4), (22 * 60 + 15, 7)]


def test_clock_shifts_within_a_season() -> None:
    season = measure({"America/New_York": 1}, [date(2027, 3, 8), date(2027, 3, 22)], anchor="UTC", minutes=30)
    cell = season.rows["America/New_York"][24]  # 12:00 UTC is 07:00, then 08:00
    assert (cell.local, cell.burden) == (7 * 60, 1.5)
    own = measure({"America/New_York": 1}, season.days, anchor="America/New_York", minutes=30)
    assert own.rows["America/New_York"][18].burden == 0
    assert own.rows["America/New_York"][18].local == 9 * 60


def test_an_hour_that_the_anchor_skips_moves_forward() -> None:
    spring = measure({"Europe/Berlin": 1}, [date(2027, 3, 28)], anchor="Europe/Berlin", minutes=30)
    assert [cell.local for cell in spring.rows["Europe/Berlin"][3:7]] == [90, 180, 210, 180]


def test_the_example_of_the_design() -> None:
    assert sum(MEXICO_TO_MANILA.values()) == 175
    by_utc = measure(MEXICO_TO_MANILA, [DAY], anchor="UTC")
    by_washington = measure(MEXICO_TO_MANILA, [DAY], anchor="America/New_York")
    one, four = by_utc.slots[26], by_washington.slots[32]
    assert (percent(one.awake), percent(one.office)) == (97, 63)
    assert (percent(four.awake), percent(four.office)) == (40, 26)
    stay, second, turn = suggest(measure(MEXICO_TO_MANILA, YEAR, anchor="UTC"))
    assert (stay.kind, stay.reason, stay.advised) == (Kind.CORRIDOR, Reason.ENOUGH_AWAKE, True)
    assert (second.reason, second.advised) == (Reason.NO_NEED, False)
    assert (turn.reason, turn.advised) == (Reason.STAYS, False)
    assert turn.kept >= 11
    found = {
        each.zone: each.kept
        for each in anchors(MEXICO_TO_MANILA, first=datetime(2027, 1, 13, 13, tzinfo=UTC))
    }
    assert (found["UTC"], found["America/New_York"]) == (130, 25)


def test_two_sides_of_the_world_get_a_twin() -> None:
    apart = {"America/Los_Angeles": 30, "Asia/Tokyo": 30, "Europe/Berlin": 30}
    stay, second, turn = suggest(measure(apart, YEAR))
    assert (stay.advised, stay.reason) == (False, Reason.ASKS_MUCH)
    assert (second.kind, second.reason, second.advised) == (Kind.TWIN, Reason.TWO_SIDES, True)
    assert second.side == 30
    assert second.outcome.burden < 0.2 < 2 < stay.outcome.burden
    assert (second.outcome.awake, turn.reason) == (1, Reason.SECOND_FIRST)


def test_a_few_far_away_get_a_relay() -> None:
    stay, second, _turn = suggest(
        measure({"Africa/Lagos": 80, "Pacific/Auckland": 8, "Pacific/Honolulu": 9}, YEAR)
    )
    assert (second.kind, second.reason, second.side) == (Kind.RELAY, Reason.FEW_ELSEWHERE, 17)
    assert second.advised
    assert stay.outcome.worst == "Pacific/Honolulu"


def test_where_everybody_is_awake_nothing_else_is_advised() -> None:
    for each in suggest(measure({"Africa/Lagos": 9, "Europe/Berlin": 3}, YEAR)):
        assert each.advised == (each.kind is Kind.CORRIDOR)
        assert each.reason is (Reason.ALL_AWAKE if each.advised else Reason.NO_NEED)


def test_where_no_hour_weighs_anything_a_second_one_lifts_nothing() -> None:
    apart = {"America/Los_Angeles": 30, "Asia/Tokyo": 30, "Europe/Berlin": 30}
    reasons = [each.reason for each in suggest(measure(apart, YEAR, weights=Weights(0, 0, 0, 0, 0)))]
    assert reasons == [Reason.NONE_BETTER, Reason.LITTLE_GAIN, Reason.STAYS]


def test_one_date_has_nothing_to_rotate() -> None:
    assert suggest(measure({"America/Los_Angeles": 5, "Asia/Kolkata": 5}, [DAY]))[2].reason is Reason.ONE_DATE


def test_rotation_spreads_where_it_may() -> None:
    three = {"America/Los_Angeles": 30, "Asia/Tokyo": 30, "Europe/Berlin": 30}
    season = measure(three, YEAR)
    stay, _second, turn = suggest(season)
    assert turn.outcome.ledger[turn.outcome.worst] < stay.outcome.ledger[stay.outcome.worst]
    assert {slots[0] for slots in turn.outcome.plan} > {slots[0] for slots in stay.outcome.plan}
    assert turn.kept == 7


def test_a_plan_has_its_ledger() -> None:
    season = measure({"Africa/Lagos": 3, "Asia/Tokyo": 1}, YEAR[:2], anchor="Africa/Lagos", minutes=30)
    fixed = outcome_of(season, always(season, 18))  # 09:00 is 17:00 in Tokyo
    assert dict(fixed.ledger) == {"Africa/Lagos": 0, "Asia/Tokyo": 2}
    assert (fixed.burden, fixed.worst, fixed.awake, fixed.office) == (0.25, "Asia/Tokyo", 1, 0.75)
    turned = outcome_of(season, ((18,), (44,)))  # 22:00 is 06:00 in Tokyo
    assert dict(turned.ledger) == {"Africa/Lagos": 4, "Asia/Tokyo": 5}
    twice = outcome_of(season, always(season, 18, 2))  # 01:00 is 09:00 in Tokyo
    assert dict(twice.ledger) == {"Africa/Lagos": 0, "Asia/Tokyo": 0}


def test_the_corridor_may_pass_midnight() -> None:
    found = corridor(measure({"Pacific/Auckland": 5}, [date(2027, 7, 7)], anchor="UTC"))
    assert [hour_of(slot) for slot in (found[0], found[-1])] == ["20:30", "04:30"]
    assert len(found) == 17


def test_where_no_hour_weighs_anything_more_awake_wins() -> None:
    season = measure({"UTC": 3}, [DAY], weights=Weights(0, 0, 0, 0, 0))
    assert hour_of(best_slot(season)) == "09:00"
    assert len(corridor(season)) == 48


def test_anchor_zones_that_move_together_are_one() -> None:
    counts = {"Europe/Berlin": 3, "Europe/Lisbon": 4, "Africa/Lagos": 2}
    found = anchors(counts, first=datetime(2027, 1, 13, 13, tzinfo=UTC), among=["Africa/Accra"])
    assert found == [
        Anchor("Europe/Lisbon", 7, ("Europe/Lisbon", "Europe/Berlin")),
        Anchor("UTC", 2, ("UTC", "Africa/Lagos", "Africa/Accra")),
    ]


def test_heads_are_whole_members() -> None:
    assert heads(MEXICO_TO_MANILA, datetime(2027, 1, 13, 13, tzinfo=UTC)) == Heads(170, 110, 175)
    assert heads({}, datetime(2027, 1, 13, 13, tzinfo=UTC)) == Heads(0, 0, 0)


@pytest.mark.parametrize(
    ("counts", "days", "options"),
    [
        ({}, [DAY], {}),
        ({"UTC": 0}, [DAY], {}),
        ({"UTC": -1}, [DAY], {}),
        ({"UTC": 1}, [], {}),
        ({"UTC": 1}, [DAY + timedelta(days=n) for n in range(401)], {}),
        ({"UTC": 1}, [DAY], {"minutes": 0}),
        ({"UTC": 1}, [DAY], {"weights": Weights(night=-1)}),
        ({"UTC": 1}, [DAY], {"weights": Weights(night=float("nan"))}),
    ],
)
def test_what_says_nothing_is_refused(
    counts: dict[str, int], days: list[date], options: dict[str, int]
) -> None:
    with pytest.raises(FairnessError):
        measure(counts, days, **options)  # type: ignore[arg-type]


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(clock.ZoneError):
        measure({"Mars/Olympus": 1}, [DAY])


@given(some_counts, some_days, st.sampled_from(ZONES), st.integers(1, 180))
@settings(max_examples=60)
def test_every_figure_agrees_with_the_clock(
    counts: dict[str, int], days: list[date], anchor: str, minutes: int
) -> None:
    season = measure(counts, days, anchor=anchor, minutes=minutes)
    for slot in season.slots[::7]:
        assert 0 <= slot.office <= slot.awake + 1e-9 <= 1 + 1e-6
        assert 0 <= slot.burden <= slot.worst_burden + 1e-9 <= 10 + 1e-6
        wall = datetime.combine(season.days[0], datetime.min.time()) + timedelta(minutes=slot.start)
        instant = clock.to_instant(wall, anchor)
        for zone, row in season.rows.items():
            assert row[slot.start // 30].local == local_minutes(instant, zone)


@given(some_counts, some_days)
@settings(max_examples=60)
def test_twice_as_many_members_change_no_share(counts: dict[str, int], days: list[date]) -> None:
    one = measure(counts, days)
    two = measure({zone: 2 * n for zone, n in counts.items()}, reversed(days))
    for left, right in zip(one.slots, two.slots, strict=True):
        assert replace(left, burden=0, awake=0, office=0) == replace(right, burden=0, awake=0, office=0)
        assert (left.burden, left.awake) == pytest.approx((right.burden, right.awake))


@given(some_counts, some_days)
@settings(max_examples=60)
def test_suggestions_keep_their_promises(counts: dict[str, int], days: list[date]) -> None:
    season: Season = measure(counts, days)
    stay, second, turn = found = suggest(season)
    assert sum(each.advised for each in found) == 1
    assert best_slot(season) in corridor(season)
    assert stay.outcome.burden == pytest.approx(min(slot.burden for slot in season.slots))
    assert second.outcome.burden <= stay.outcome.burden + 1e-9
    assert second.side * 2 <= season.members
    for each in found:
        assert len(each.outcome.plan) == len(season.days)
        assert set(each.outcome.ledger) == set(season.counts)
        mean = sum(season.counts[zone] * borne for zone, borne in each.outcome.ledger.items())
        assert each.outcome.burden == pytest.approx(mean / season.members / len(season.days))
        assert each.outcome.ledger[each.outcome.worst] == max(each.outcome.ledger.values())

    def squares(ledger: dict[str, float]) -> float:
        return sum(season.counts[zone] * borne**2 for zone, borne in ledger.items())

    if len(days) == 1:
        assert squares(dict(turn.outcome.ledger)) <= squares(dict(stay.outcome.ledger)) + 1e-6


@given(some_counts, st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
@settings(max_examples=60)
def test_each_member_keeps_their_hour_with_one_anchor(counts: dict[str, int], first: datetime) -> None:
    found = anchors(counts, first=first)
    assert sum(each.kept for each in found) == sum(counts.values())
    for each in found:
        for zone in each.zones:
            for day in range(0, 365, 13):
                at = first + timedelta(days=day)
                apart = clock.offset(at, zone) - clock.offset(at, each.zone)
                assert apart == clock.offset(first, zone) - clock.offset(first, each.zone)
