"""Suggestions in words: what to do, why or why not, and what each way means for a season, clock by clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from seminars import clock
from seminars.series.fairness import SLOT_MINUTES, Season
from seminars.series.suggesting import Anchor, Kind, Outcome, Reason, Suggestion, anchors, hour_of
from seminars.web.organise.strip import Row, Words
from seminars.web.times import day_words

ANCHORS = 4
SECOND = (Kind.TWIN, Kind.RELAY)
TITLES = {
    Kind.CORRIDOR: gettext_lazy("Stay in the best corridor"),
    Kind.TWIN: gettext_lazy("Add a twin session"),
    Kind.RELAY: gettext_lazy("Add a relay of the recording"),
    Kind.ROTATION: gettext_lazy("Rotate the hour"),
}
REASONS = {
    Reason.ALL_AWAKE: gettext_lazy("Everybody is awake at every session. Nothing else is needed."),
    Reason.ENOUGH_AWAKE: gettext_lazy(
        "%(awake)s%% of members are awake. One hour that people can learn serves them best."
    ),
    Reason.ASKS_MUCH: gettext_lazy(
        "It is the best single hour, yet it asks much: %(awake)s%% are awake all through."
    ),
    Reason.NONE_BETTER: gettext_lazy(
        "It asks much of some, but neither a second hour nor rotating would do much better."
    ),
    Reason.TWO_SIDES: gettext_lazy(
        "Members live on several sides of the world. Hold each topic twice; the mean burden falls from %(stay)s to"
        " %(burden)s."
    ),
    Reason.FEW_ELSEWHERE: gettext_lazy(
        "A few live far from the rest. Show them the recording at their hour, with a host; the mean burden falls"
        " from %(stay)s to %(burden)s."
    ),
    Reason.NO_NEED: gettext_lazy("Not needed: one hour serves nearly everybody."),
    Reason.LITTLE_GAIN: gettext_lazy(
        "It would lift little: the mean burden falls only from %(stay)s to %(burden)s."
    ),
    Reason.SPREADS: gettext_lazy(
        "It shares the burden: the worst zone bears %(worst)s over the season instead of %(before)s, and the mean goes"
        " from %(stay)s to %(burden)s."
    ),
    Reason.SECOND_FIRST: gettext_lazy(
        "A second hour does more: rotating takes from one zone what it gives to another."
    ),
    Reason.STAYS: gettext_lazy(
        "Not by reflex: even the fairest season keeps %(kept)d of %(dates)d sessions in the corridor."
    ),
    Reason.COSTS_MORE: gettext_lazy(
        "Not by reflex: it would cost the others more than it spares the worst zone."
    ),
    Reason.ONE_DATE: gettext_lazy("One date leaves nothing to rotate."),
}


@dataclass(frozen=True)
class Card:
    """One suggestion. `start` is the hour to choose; `when` the hours in words; `turns` date and hour of a rotation."""

    kind: Kind
    title: str
    when: str
    why: str
    advised: bool
    awake: str
    office: str
    burden: str
    worst: str
    start: str
    turns: list[tuple[str, str]]


@dataclass(frozen=True)
class Ledger:
    """What a member bears over the season, by clock, for each way; below it the means."""

    heads: list[str]
    rows: list[tuple[Row, list[str]]]
    burden: list[str]
    awake: list[str]


def cards_of(season: Season, found: Sequence[Suggestion], kept: Sequence[int], words: Words) -> list[Card]:
    """Return the suggestions in words, in their order. kept: the slots of the corridor."""
    stay = found[0].outcome
    cards = []
    for each in found:
        made = each.outcome
        said = {
            "awake": words.percent(made.awake),
            "stay": words.figure(stay.burden),
            "burden": words.figure(made.burden),
            "worst": words.figure(made.ledger[made.worst]),
            "before": words.figure(stay.ledger[stay.worst]),
            "kept": each.kept,
            "dates": len(season.days),
        }
        cards.append(
            Card(
                kind=each.kind,
                title=str(TITLES[each.kind]),
                when=_when(each, kept),
                why=str(REASONS[each.reason]) % said,
                advised=each.advised,
                awake=words.percent(made.awake),
                office=words.percent(made.office),
                burden=words.figure(made.burden),
                worst=_worst(made, words),
                start=hour_of(made.plan[0][0]),
                turns=_turns(season, made, words) if each.kind is Kind.ROTATION else [],
            )
        )
    return cards


def ledger_of(rows: Sequence[Row], found: Sequence[Suggestion], chosen: Outcome, words: Words) -> Ledger:
    """Return the burden of a season by clock: the chosen hour beside the three suggestions."""
    ways = [chosen, *(each.outcome for each in found)]
    heads = [hour_of(chosen.plan[0][0])]
    heads += [_("Corridor, %(hour)s") % {"hour": hour_of(found[0].outcome.plan[0][0])}]
    heads += [
        _("%(one)s and %(two)s") % dict(zip(("one", "two"), _pair(found[1]), strict=True)),
        _("Rotation"),
    ]
    return Ledger(
        heads,
        [(row, [words.figure(_of(row, way)) for way in ways]) for row in rows],
        [words.figure(way.burden) for way in ways],
        [words.percent(way.awake) for way in ways],
    )


def anchor_words(season: Season, slot: int, home: str, words: Words) -> list[str]:
    """Return, a sentence for each clock worth fixing the hour to, how many members keep their local hour all year."""
    wall = datetime.combine(season.days[0], time()) + timedelta(minutes=slot * SLOT_MINUTES)
    found = anchors(season.counts, first=clock.to_instant(wall, season.anchor), among=[home, season.anchor])
    shown = [
        each for index, each in enumerate(found) if index < ANCHORS or {home, season.anchor} & {*each.zones}
    ]
    return [_anchor(each, season.members, words, {home, season.anchor}) for each in shown]


def _anchor(each: Anchor, members: int, words: Words, first: set[str]) -> str:
    # UTC stands for every clock that never changes; else the city that the organiser knows names the group.
    named = sorted(each.zones, key=lambda zone: (zone != "UTC", zone not in first))
    text = ngettext(
        "Fixed to %(city)s, the hour stays the same all year for %(kept)d of %(n)d member.",
        "Fixed to %(city)s, the hour stays the same all year for %(kept)d of %(n)d members.",
        members,
    )
    cities = (
        words.names(named[:1])
        if len(named) == 1
        else _("%(city)s (or %(others)s)")
        % {
            "city": words.city(named[0]),
            "others": words.names(named[1:]),
        }
    )
    return text % {"city": cities, "kept": each.kept, "n": members}


def _when(each: Suggestion, kept: Sequence[int]) -> str:
    hours = {"hour": hour_of(each.outcome.plan[0][0]), "first": hour_of(kept[0]), "last": hour_of(kept[-1])}
    if each.kind is Kind.CORRIDOR:
        if len(kept) == 1:
            return _("Start at %(hour)s.") % hours
        return _("Start at %(hour)s; any start from %(first)s to %(last)s is nearly as good.") % hours
    if each.kind in SECOND:
        one, two = _pair(each)
        text = ngettext(
            "Held at %(one)s for most, and at %(two)s for %(n)d member.",
            "Held at %(one)s for most, and at %(two)s for %(n)d members.",
            each.side,
        )
        return text % {"one": one, "two": two, "n": each.side}
    starts = sorted({hour_of(slots[0]) for slots in each.outcome.plan})
    return _("Starts at %(hours)s by turns.") % {"hours": ", ".join(starts)} if len(starts) > 1 else ""


def _pair(each: Suggestion) -> tuple[str, str]:
    one, two = each.outcome.plan[0]
    return hour_of(one), hour_of(two)


def _worst(made: Outcome, words: Words) -> str:
    borne = made.ledger[made.worst]
    if not borne:
        return _("nobody bears anything")
    return _("%(city)s: %(borne)s over the season") % {
        "city": words.city(made.worst),
        "borne": words.figure(borne),
    }


def _turns(season: Season, made: Outcome, words: Words) -> list[tuple[str, str]]:
    if len({slots[0] for slots in made.plan}) == 1:
        return []
    return [
        (day_words(day, words.locale, short=True), hour_of(slots[0]))
        for day, slots in zip(season.days, made.plan, strict=True)
    ]


def _of(row: Row, way: Outcome) -> float:
    """What a member in a row bears: its zones keep the same hours, so any of them tells."""
    return way.ledger[row.zones[0]]
