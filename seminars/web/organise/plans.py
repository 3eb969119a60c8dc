"""A plan of changes in words: before and after on three clocks, who is affected, what was done by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from seminars import clock
from seminars.people.models import Form
from seminars.series.models import Audience, Precision
from seminars.series.skips import outcome_of
from seminars.series.suiting import outcome_words
from seminars.sessions.edits import Conflict, Fate, Plan, Row
from seminars.sessions.expanding import Planned
from seminars.sessions.spans import Slot
from seminars.web.forms.zones import city_of
from seminars.web.organise.history import FIELDS
from seminars.web.times import day_words, days_words, hours_words, span_words, week_span_words
from seminars.words import say

SHOWN = 60
CHOICES: dict[str, Any] = {"form": Form, "audience": Audience}
ZONES_SHOWN = 8
BADGES = {
    Fate.KEPT: (gettext_lazy("Stays"), "", "check"),
    Fate.MOVED: (gettext_lazy("Moves"), "warning", "move"),
    Fate.EDITED: (gettext_lazy("Changes"), "warning", "edit"),
    Fate.BACK: (gettext_lazy("Takes place again"), "ok", "repeat"),
    Fate.WITHDRAWN: (gettext_lazy("Is cancelled"), "error", "cross"),
    Fate.REMOVED: (gettext_lazy("Is removed"), "error", "cross"),
    "added": (gettext_lazy("Is new"), "ok", "plus"),
}


@dataclass(frozen=True)
class Line:
    """One session: what it is called, its fate, and its time before and after on each clock; "" for none."""

    name: str
    badge: str
    look: str
    icon: str
    before: list[str]
    after: list[str]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Choice:
    """A session with something done by hand: keep it, or let it follow."""

    pk: int
    name: str
    said: list[str]
    follows: bool


@dataclass(frozen=True)
class Affected:
    """The members of one clock, and their hours before and after, of the first session that moves."""

    city: str
    members: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """All that the page says of a plan."""

    summary: list[str]
    lines: list[Line]
    more: int
    choices: list[Choice]
    affected: list[Affected]
    example: str = ""
    skipped: list[str] = field(default_factory=list)


def shown(plan: Plan, *, zones: list[str], people: dict[str, int], locale: str, language: str) -> Shown:
    """Return the plan in words. zones: the clocks of each line, the series' first. people: members by zone."""
    rows = [row for row in plan.rows if row.changes]
    words = _Words(zones, locale, language)
    lines = [words.line(row) for row in rows] + [words.added(slot) for slot in plan.added]
    moved = [row for row in rows if row.fate == Fate.MOVED and row.standing.starts_at and row.bounds]
    # Whole days are so everywhere.
    moved = [row for row in moved if row.updates["local_time"] and row.standing.values["local_time"]]
    choices = [
        Choice(row.standing.pk, _name(row, language), words.by_hand(row), row.follows)
        for row in plan.conflicts
    ]
    return Shown(
        summary=_summary(plan),
        lines=lines[:SHOWN],
        more=max(0, len(lines) - SHOWN),
        choices=choices,
        affected=words.affected(moved[0], people) if moved else [],
        example=_name(moved[0], language) if moved else "",
        skipped=[outcome_words(each, language, open_names=True) for each in plan.skipped[:SHOWN]],
    )


# Below: how it is done.


def _summary(plan: Plan) -> list[str]:
    moved, edited = len(plan.of(Fate.MOVED)), len(plan.of(Fate.EDITED))
    kept, back = len(plan.of(Fate.KEPT)), len(plan.of(Fate.BACK))
    gone, removed, added = len(plan.of(Fate.WITHDRAWN)), len(plan.of(Fate.REMOVED)), len(plan.added)
    said = [
        (moved, ngettext("%(n)d session moves.", "%(n)d sessions move.", moved)),
        (edited, ngettext("%(n)d session changes.", "%(n)d sessions change.", edited)),
        (added, ngettext("%(n)d session is new.", "%(n)d sessions are new.", added)),
        (back, ngettext("%(n)d session takes place again.", "%(n)d sessions take place again.", back)),
        (gone, ngettext("%(n)d session is cancelled.", "%(n)d sessions are cancelled.", gone)),
        (removed, ngettext("%(n)d draft is removed.", "%(n)d drafts are removed.", removed)),
        (kept, ngettext("%(n)d session stays as it is.", "%(n)d sessions stay as they are.", kept)),
        (
            plan.out_of_reach,
            ngettext(
                "%(n)d other session is not touched.",
                "%(n)d other sessions are not touched.",
                plan.out_of_reach,
            ),
        ),
    ]
    return [words % {"n": number} for number, words in said if number]


def _name(row: Row, language: str) -> str:
    title = say(row.standing.values["title"], language)
    return title or _("Session %(n)d") % {"n": row.standing.number}


@dataclass(frozen=True)
class _Words:
    zones: list[str]
    locale: str
    language: str

    def line(self, row: Row) -> Line:
        badge, look, icon = BADGES[row.fate]
        now = self.standing(row)
        after = self.on_clocks(_later(row)) if row.fate in (Fate.MOVED, Fate.BACK, Fate.EDITED) else []
        remarks = self.changed(row.updates, row.standing.values) + self.why(row)
        if row.bounds and (slot := _later(row)):
            remarks += _clocks(slot)
        return Line(
            _name(row, self.language), str(badge), look, icon, now, after if after != now else [], remarks
        )

    def standing(self, row: Row) -> list[str]:
        """When it is so far: some week, where it is planned by weeks."""
        day = row.standing.values["local_date"]
        if day is not None and row.standing.values.get("precision") == Precision.WEEK:
            return [str(week_span_words(day - timedelta(days=day.weekday()), self.locale))]
        return self.on_clocks(row.standing.slot)

    def why(self, row: Row) -> list[str]:
        """What a rule for dates that do not suit does to it."""
        if not (row.restated and row.ruled) and "ruled" not in row.updates:
            return []
        if not row.ruled:
            return []
        return [
            words for words in [outcome_words(outcome_of(row.ruled), self.language, open_names=True)] if words
        ]

    def added(self, slot: Slot) -> Line:
        badge, look, icon = BADGES["added"]
        return Line(_("One more"), str(badge), look, icon, [], self.on_clocks(slot), _clocks(slot))

    def on_clocks(self, slot: Slot | None) -> list[str]:
        if slot is None:
            return [_("not yet dated")]
        if slot.local_time is None:
            return [days_words(slot.local_date, slot.days, self.locale, short=True)]
        bounds = slot.bounds()
        first = self.span(bounds, slot.zone, whole=True)
        others = [zone for zone in self.zones if zone != slot.zone][: 2 if slot.zone in self.zones else 3]
        return [first, *(self.span(bounds, zone, near=slot) for zone in others)]

    def span(
        self, bounds: tuple[datetime, datetime], zone: str, *, whole: bool = False, near: Slot | None = None
    ) -> str:
        first, last = (clock.to_wall(each, zone) for each in bounds)
        city = city_of(zone, self.language)
        if whole or first.date() != last.date():
            return f"{span_words(first, last, self.locale, short=True)} {city}"
        hours = hours_words(first, last, self.locale)
        if near and first.date() != near.local_date:
            return f"{day_words(first.date(), self.locale, short=True)}, {hours} {city}"
        return f"{hours} {city}"

    def changed(self, updates: Any, there: Any) -> list[str]:
        """What else differs, column by column."""
        names = [
            name for name in FIELDS if name in updates and name not in ("local_date", "local_time", "zone")
        ]
        return [
            _("%(field)s: %(new)s") % {"field": FIELDS[name], "new": self.value(name, updates[name])}
            for name in names
            if name in there and updates[name] != there[name] and name != "reason"
        ]

    def by_hand(self, row: Row) -> list[str]:
        return [self.conflict(each, row) for each in row.conflicts]

    def conflict(self, each: Conflict, row: Row) -> str:
        if each.name in ("time", "cancelled", "postponed"):
            has = self.on_clocks(row.standing.slot)[0]
            wanted = {**row.standing.values, **each.wanted}
            slot = Slot(
                wanted["local_date"], wanted["local_time"], wanted["zone"], wanted["minutes"], wanted["days"]
            )
            said = {"has": has, "wanted": self.on_clocks(slot)[0]}
            if each.name == "cancelled":
                return _("Cancelled by hand. It would take place on %(wanted)s.") % said
            if each.name == "postponed":
                return _("Postponed by hand. It would take place on %(wanted)s.") % said
            return _("Moved by hand to %(has)s. It would be on %(wanted)s.") % said
        if each.name == "unpromised":
            return _("Somebody worked on it, and the new rhythm has no place for it. It would be cancelled.")
        said = {"field": str(FIELDS[each.name]), "has": self.value(each.name, each.has)}
        said["wanted"] = self.value(each.name, each.wanted)
        return _("%(field)s, by hand: %(has)s. It would be: %(wanted)s.") % said

    def value(self, name: str, value: Any) -> str:
        if value in (None, "", {}):
            return "–"
        if isinstance(value, dict):
            return say(value, self.language)
        if name in CHOICES and value in CHOICES[name].values:
            return str(CHOICES[name](value).label)
        return (
            str(Locale.parse(self.locale).languages.get(value, value)) if name == "language" else str(value)
        )

    def affected(self, row: Row, people: dict[str, int]) -> list[Affected]:
        """Members by the hours they meet at, the most first; zones that agree stand in one line."""
        was = (row.standing.starts_at, row.standing.ends_at)
        hours: dict[tuple[str, str], list[str]] = {}
        for zone in people:
            key = (self.hours(was, zone), self.hours(row.bounds, zone))
            hours.setdefault(key, []).append(zone)
        found = sorted(hours.items(), key=lambda each: -sum(people[zone] for zone in each[1]))[:ZONES_SHOWN]
        return [
            Affected(
                ", ".join(city_of(zone, self.language) for zone in zones[:3])
                + ("…" if len(zones) > 3 else ""),
                ngettext("%(n)d member", "%(n)d members", number) % {"n": number},
                before,
                after,
            )
            for (before, after), zones in found
            for number in [sum(people[zone] for zone in zones)]
        ]

    def hours(self, bounds: Any, zone: str) -> str:
        first, last = (clock.to_wall(each, zone) for each in bounds)
        return span_words(first, last, self.locale, short=True)


def _later(row: Row) -> Slot | None:
    value = {**row.standing.values, **row.updates}
    if value["local_date"] is None:
        return None
    times = (value["local_date"], value["local_time"], value["zone"])
    return Slot(*times, value["minutes"], value["days"], value["fold"])


def _clocks(slot: Slot) -> list[str]:
    """What to know about a time that clocks skip, or show twice."""
    starts_at, ends_at = slot.bounds()
    kind, seen = clock.inspect(slot.wall, slot.zone).kind, clock.to_wall(starts_at, slot.zone)
    said = Planned(slot.local_date, slot.local_time, slot.zone, starts_at, ends_at, kind, seen).note
    return [said] if said else []


def clocks_for(zone: str, people: Iterable[str], at: datetime) -> list[str]:
    """Return the series' zone, UTC, and the zone of most members whose hours differ from both."""
    found = list(dict.fromkeys([zone, "UTC"]))
    hours = {clock.offset(at, each) for each in found}
    other = next((each for each in people if clock.offset(at, each) not in hours), None)
    return [*found, *([other] if other else [])]
