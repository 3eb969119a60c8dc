"""An import in words: a line for each entry, what it becomes, what was changed by hand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.calendars.importing.planning import Conflict, Fate, Plan, Row
from seminars.people.models import Form
from seminars.sessions.spans import Slot
from seminars.web.forms.zones import city_of
from seminars.web.organise.history import FIELDS
from seminars.web.times import days_words, span_words, week_span_words
from seminars.words import say

MOST = 300
LOOKS = {
    Fate.ADD: (gettext_lazy("Is new"), "ok", "plus"),
    Fate.CHANGE: (gettext_lazy("Changes"), "warning", "edit"),
    Fate.WITHDRAW: (gettext_lazy("Is cancelled"), "error", "cross"),
    Fate.UNCHANGED: (gettext_lazy("Stays"), "", "check"),
    Fate.UNCLEAR: (gettext_lazy("Not understood"), "error", "warning"),
}
_QUIET = ("fold", "days", "precision", "local_date", "local_time", "zone", "minutes")


@dataclass(frozen=True)
class Line:
    """One row of the table. asks: whether there is something changed by hand; follows: what was answered."""

    key: str
    title: str
    where: str
    when: str
    before: str
    badge: str
    look: str
    icon: str
    remarks: list[str]
    asks: bool
    follows: bool


@dataclass(frozen=True)
class Filter:
    """A kind of line, how many there are, and whether only they are shown."""

    name: str
    words: str
    number: int
    here: bool


@dataclass(frozen=True)
class Shown:
    """All that the page says of a plan."""

    lines: list[Line]
    filters: list[Filter]
    more: int
    seal: str


def shown(plan: Plan, *, only: str, locale: str, follow: Collection[str]) -> Shown:
    """Return the plan in words. only: a fate, or "" for all."""
    rows = [row for row in plan.rows if only in ("", row.fate.value)]
    filters = [
        Filter(fate.value, str(LOOKS[fate][0]), len(plan.of(fate)), only == fate.value)
        for fate in Fate
        if plan.of(fate)
    ]
    language = locale.partition("_")[0]
    lines = [_line(row, locale, language, follow) for row in rows[:MOST]]
    return Shown(lines, filters, max(0, len(rows) - MOST), plan.seal)


# Below: how it is done.


def _line(row: Row, locale: str, language: str, follow: Collection[str]) -> Line:
    badge, look, icon = LOOKS[row.fate]
    has = row.standing.values if row.standing else {}
    wanted = row.incoming.values if row.incoming else has
    before = _when(has, locale, language) if "local_date" in row.updates else ""
    now = {**has, **row.updates} if row.standing else wanted
    return Line(
        key=row.key,
        title=row.title or _("(no title)"),
        where=row.where,
        when=_when(now, locale, language),
        before=before,
        badge=str(badge),
        look=look,
        icon=icon,
        remarks=[
            *_changes(row, language),
            *row.remarks,
            *(_by_hand(each, locale, language) for each in row.conflicts),
        ],
        asks=bool(row.conflicts),
        follows=row.key in follow,
    )


def _when(values: Mapping[str, Any], locale: str, language: str) -> str:
    day = values.get("local_date")
    if not values:
        return ""
    if day is None:
        return _("not yet dated")
    if values.get("precision") == "week":
        return str(week_span_words(day - timedelta(days=day.weekday()), locale))
    if values.get("local_time") is None:
        return str(days_words(day, values.get("days", 1), locale, short=True))
    slot = Slot(
        *(values.get(name, 1) for name in ("local_date", "local_time", "zone", "minutes", "days", "fold"))
    )
    first, last = slot.wall, slot.wall + timedelta(minutes=slot.minutes, days=slot.days - 1)
    return f"{span_words(first, last, locale, short=True)} {city_of(slot.zone, language)}"


def _changes(row: Row, language: str) -> list[str]:
    """What else differs, column by column."""
    found = []
    for name, value in row.updates.items():
        if name == "cancelled" and row.incoming:
            found.append(_("It is cancelled.") if value else _("It takes place again."))
        elif name in FIELDS and name not in _QUIET and name not in ("reason", "abstract"):
            said = {"field": FIELDS[name], "new": _value(name, value, language)}
            found.append(_("%(field)s: %(new)s") % said)
        elif name == "abstract":
            found.append(_("Another description."))
    return found


def _by_hand(each: Conflict, locale: str, language: str) -> str:
    if each.name == "when":
        said = {"has": _when(each.has, locale, language), "wanted": _when(each.wanted, locale, language)}
        return _("Moved here by hand to %(has)s. The calendar says %(wanted)s.") % said
    if each.name == "cancelled":
        return _("Cancelled or reinstated here by hand. The calendar says otherwise.")
    said = {"field": str(FIELDS.get(each.name, each.name)), "has": _value(each.name, each.has, language)}
    said["wanted"] = _value(each.name, each.wanted, language)
    return _("%(field)s, changed here by hand: %(has)s. The calendar says: %(wanted)s.") % said


def _value(name: str, value: Any, language: str) -> str:
    if value in (None, "", {}):
        return "–"
    if isinstance(value, dict):
        text = say(value, language)
        return text if len(text) <= 120 else text[:119] + "…"
    return str(Form(value).label) if name == "form" else str(value)
