"""iCalendar (RFC 5545) to incoming entries. No database; never more than the bounds of `incoming`."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from seminars.calendars.importing import copies
from seminars.calendars.importing.expanding import is_for_all_later, moved_from, original, written_out
from seminars.calendars.importing.incoming import (
    MOST_ENTRIES,
    MOST_SESSIONS,
    Incoming,
    Reading,
    Unclear,
    Unreadable,
    derived_uid,
)
from seminars.calendars.importing.lines import Component, Tree, tree_of
from seminars.calendars.importing.moments import Moment, NotUnderstood, Zones, length, moment, whole_days
from seminars.calendars.importing.places import places_of
from seminars.calendars.importing.zones import by_name
from seminars.sessions.checking import ABSTRACT, TITLE

_TAGS = re.compile(r"<(?:br|p|div|a|b|i|ul|li|span|html|table|h\d)\b[^<>]*>", re.IGNORECASE)
_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d|/tr)\b[^>]{0,200}>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
MOST_LATER = 50
"""Changes "with all that follow" of one entry: each reaches all its repetitions."""


def read(data: bytes, *, zone: str, language: str, today: date) -> Reading:
    """Return what an iCalendar file says. zone: of times that name none. Raises Unreadable."""
    _refuse_many(data.upper().count(b"BEGIN:VEVENT"))  # at once; what is folded or in UTF-16 is counted below
    tree = tree_of(data)
    _refuse_many(len(tree.events) + len(tree.journals))
    zones = _zones(tree, zone)
    found: list[Incoming] = []
    undated = copies.undated(tree.journals)
    unclear: list[Unclear] = []
    cancelled = tree.calendar.text("METHOD").upper() == "CANCEL"
    reader = _Reader(zones, language, today, cancelled)
    for uid, group in _grouped(tree.events).items():
        for each in reader.group(uid, group):
            if isinstance(each, Unclear):
                unclear.append(each)
            else:
                found.append(each)
            if len(found) + len(undated) > MOST_SESSIONS:
                said = _("These are more than %(most)s sessions. Export a shorter time, and import that.")
                raise Unreadable(said % {"most": f"{MOST_SESSIONS:,}"})
    found += undated
    notes = [*tree.notes, *zones.notes]
    if not tree.ended:
        notes.append(_("The file ends too early: its last entries may be missing."))
    name = tree.calendar.text("X-WR-CALNAME") or tree.calendar.text("NAME")
    return Reading(tuple(found), tuple(unclear), tuple(notes), name[:TITLE], tree.ended)


# Below: how it is done.


def _refuse_many(entries: int) -> None:
    if entries > MOST_ENTRIES:
        said = _("The calendar has more than %(most)s entries. Export a shorter time, and import that.")
        raise Unreadable(said % {"most": f"{MOST_ENTRIES:,}"})


def _zones(tree: Tree, zone: str) -> Zones:
    own = by_name(tree.calendar.text("X-WR-TIMEZONE"))
    years = re.compile(r"(\d{4})\d{4}")
    seen = {
        int(found[1])
        for event in tree.events
        if (start := event.get("DTSTART")) and (found := years.match(start.value.strip()))
    }
    defined = {part.text("TZID"): part for part in tree.zones[:200]}
    around = tuple(sorted(year for year in seen if 1990 <= year <= 2100)[-3:]) or (2025, 2026, 2027)
    return Zones(own, own or zone, defined, around)


def _grouped(events: Iterable[Component]) -> dict[str, list[Component]]:
    found: dict[str, list[Component]] = defaultdict(list)
    times: dict[str, int] = defaultdict(int)
    for event in events:
        uid = event.text("UID")[:255]
        if not uid:
            start = event.get("DTSTART")
            uid = derived_uid(start.value if start else "", event.text("SUMMARY"))
            times[uid] += 1
            uid = uid if times[uid] == 1 else f"{uid}-{times[uid]}"
        found[uid].append(event)
    return found


class _Reader:
    def __init__(self, zones: Zones, language: str, today: date, cancelled: bool) -> None:
        self.zones, self.language, self.today, self.cancelled = zones, language, today, cancelled

    def group(self, uid: str, events: list[Component]) -> Iterator[Incoming | Unclear]:
        """The entries of one UID: the entry itself or its repetitions, changed ones in their places."""
        masters = [each for each in events if each.get("RECURRENCE-ID") is None]
        changed = [each for each in events if each.get("RECURRENCE-ID") is not None]
        master = max(masters, key=_sequence, default=None)
        for other in masters:
            if other is not master:
                yield self.unclear(
                    other, _("The same entry stands in the file twice: the newer one is taken.")
                )
        repeats = master is not None and bool(master.get("RRULE") or master.get("RDATE") or changed)
        found: dict[str, Incoming | Unclear] = {}
        start: Moment | None = None
        if master is not None:
            try:
                start = moment(master.get("DTSTART"), self.zones)
                if repeats:
                    found = self.repetitions(uid, master, start)
                else:
                    found[""] = self.entry(uid, "", master, start)
            except NotUnderstood as wrong:
                yield self.unclear(master, str(wrong))
        reaching = 0
        for each in sorted(changed, key=_in_turn):
            try:
                own = moment(each.get("DTSTART"), self.zones)
                which = original(each, start or own, self.zones)
                key = which.key if which else ""
                entry = self.entry(uid, key, each, own)
                if which and is_for_all_later(each):
                    if (reaching := reaching + 1) > MOST_LATER:
                        raise NotUnderstood(_("It repeats too often."))
                    found |= self.all_later(entry, moved_from(which, own, found))
                found[key] = entry
            except NotUnderstood as wrong:
                yield self.unclear(each, str(wrong))
        yield from found.values()

    def repetitions(self, uid: str, event: Component, start: Moment) -> dict[str, Incoming | Unclear]:
        walls, remarks = written_out(event, start, self.zones, today=self.today)
        first = self.entry(uid, start.key, event, start)
        days = {"local_date", "local_time", "fold", "zone"}
        found: dict[str, Incoming | Unclear] = {}
        for each in walls:
            when = {"local_date": each.day, "fold": each.fold, "zone": each.zone}
            if first.values["local_time"] is not None:
                when["local_time"] = each.time
            values = {**first.values, **{name: value for name, value in when.items() if name in days}}
            said = (*first.remarks, *remarks)
            found[each.key] = replace(first, recurrence=each.key, values=values, remarks=said)
        return found

    def all_later(
        self, entry: Incoming, walls: Iterable[tuple[str, Moment]]
    ) -> dict[str, Incoming | Unclear]:
        """The repetitions that a change reaches: each as it says, at an hour of its own."""
        said = (*entry.remarks, _("Changed with all that follow, by %(where)s.") % {"where": entry.where})
        later: dict[str, Incoming | Unclear] = {}
        for key, each in walls:
            when = {"local_date": each.day, "fold": 0, "zone": each.zone}
            if entry.values["local_time"] is not None:
                when["local_time"] = each.time
            later[key] = replace(entry, recurrence=key, values={**entry.values, **when}, remarks=said)
        return later

    def entry(self, uid: str, key: str, event: Component, start: Moment) -> Incoming:
        minutes, days, remarks = length(event, start, self.zones)
        if whole := whole_days(event, start, minutes):
            start, minutes, days = replace(start, time=None), None, whole
        places, more = places_of(event)
        values: dict[str, Any] = {
            "title": self.words(event.text("SUMMARY"), TITLE),
            "abstract": self.words(_plain(event.text("DESCRIPTION")), ABSTRACT),
            "precision": "day",
            "local_date": start.day,
            "local_time": start.time,
            "fold": start.fold,
            "zone": start.zone,
            "days": days,
            **({} if minutes is None else {"minutes": minutes}),
            **places,
            "cancelled": self.cancelled or event.text("STATUS").upper() == "CANCELLED",
        }
        found = Incoming(uid, key, _where(event), values, remarks=(*remarks, *more))
        try:
            return copies.completed(found, event)
        except copies.BROKEN:
            return found  # what stands there is not ours, or was broken: the plain properties say enough

    def words(self, text: str, most: int) -> dict[str, str]:
        text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\x01]", " ", text).strip()
        if most == TITLE:
            text = " ".join(text.split())
        text = text if len(text) <= most else text[: most - 1].rstrip() + "…"
        return {self.language: text} if text else {}

    def unclear(self, event: Component, reason: str) -> Unclear:
        return Unclear(_where(event), event.text("SUMMARY")[:TITLE], reason, event.text("UID")[:255])


def _where(event: Component) -> str:
    return _("line %(number)d") % {"number": event.line}


def _sequence(event: Component) -> tuple[int, str]:
    text = event.text("SEQUENCE")
    number = int(text) if re.fullmatch(r"\d{1,9}", text) else 0
    return number, event.text("LAST-MODIFIED") or event.text("DTSTAMP")


def _in_turn(event: Component) -> tuple[bool, str, tuple[int, str]]:
    """Changes of all later repetitions first, in order of time, then those of single ones."""
    which = event.get("RECURRENCE-ID")
    later = is_for_all_later(event)
    return not later, which.value.strip() if later and which else "", _sequence(event)


def _plain(text: str) -> str:
    """Text without HTML, which Google and Outlook put into DESCRIPTION."""
    if not _TAGS.search(text):
        return text
    text = _ANY_TAG.sub("", _BREAKS.sub("\n", text))
    return re.sub(r"\n{3,}", "\n\n", html.unescape(text)).strip()
