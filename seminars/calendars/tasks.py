"""What an organiser owes, as tasks in their own program: VTODO with DUE and STATUS (RFC 5545 §3.6.2)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid5

from django.db.models import Q
from django.utils.translation import gettext as _

from seminars.calendars import ical
from seminars.calendars.lines import clean, clean_line, instant, line, text_line, uri_line
from seminars.calendars.wording import address
from seminars.changes.models import Change
from seminars.followups.models import Item, ItemState
from seminars.people.visitors import Visitor
from seminars.sessions.revising import subject_of
from seminars.words import say

MOST = 1000
KEPT = timedelta(days=30)
"""How long what is done or waived stays, so that programs learn of it."""
STATUS = {ItemState.DONE: "COMPLETED", ItemState.WAIVED: "CANCELLED"}
PRIORITY = {ItemState.OVERDUE: 1, ItemState.DUE: 3}

Told = dict[tuple[str, str], list[datetime]]
"""When each item was last changed, by the session's subject and the item's kind."""


def items_of(user_id: int, *, now: datetime) -> list[Item]:
    """Return what the person owes or may work on, and what was settled in the last 30 days; open ones first."""
    fresh = Q(state__in=ItemState.open()) | Q(done_at__gt=now - KEPT)
    waived = Q(state=ItemState.WAIVED, due_at__gt=now - KEPT)
    mine = Item.objects.visible_to(Visitor(user_id)).filter(fresh | waived, session__withdrawn_at=None)
    off = Q(session__cancelled_at__isnull=False) | Q(session__postponed_at__isnull=False)
    mine = mine.exclude(off, state__in=ItemState.open())
    loaded = mine.select_related("session__series", "person").order_by("due_at", "id")
    return sorted(loaded, key=lambda item: item.state in STATUS)[:MOST]


def compose(
    user_id: int, facts: ical.CalendarFacts, *, language: str, now: datetime
) -> tuple[bytes, datetime | None, datetime | None]:
    """Return the calendar, its latest change, and when one of its tasks leaves by time (aware UTC; None for never).

    Call it with `language` active. now: aware UTC.
    """
    items = items_of(user_id, now=now)
    told = _told(items)
    body = ical.join(facts, [_task(item, told, language) for item in items], [])
    changed = max((_changed_at(item, told) for item in items), default=None)
    leaving = [_leaves_at(item) for item in items if item.state in STATUS]
    return body, changed, min(leaving, default=None)


def _leaves_at(item: Item) -> datetime:
    return (item.done_at or item.due_at) + KEPT


def _told(items: Iterable[Item]) -> Told:
    """One query. The history knows when an item turned; the item itself does not."""
    subjects = {subject_of(item.session) for item in items}
    found: Told = defaultdict(list)
    rows = Change.objects.filter(subject__in=subjects, kind="item").order_by("id")
    for subject, at, after in rows.values_list("subject", "at", "after"):
        found[subject, str(after.get("kind", ""))].append(at)
    return found


def _turns(item: Item, told: Told) -> list[datetime]:
    return told.get((subject_of(item.session), item.kind), [])


def _changed_at(item: Item, told: Told) -> datetime:
    return max([item.opened_at, item.session.changed_at, *_turns(item, told)]).replace(microsecond=0)


def _about(item: Item, held: str) -> str:
    """Why it is waived or waits, and who sees to it."""
    why = clean(held % {"reason": item.reason}) if item.reason else ""
    name = clean_line(item.person.name) if item.person and item.state in ItemState.open() else ""
    return "\n".join(filter(None, [why, _("%(name)s sees to it") % {"name": name} if name else ""]))


def _task(item: Item, told: Told, language: str) -> str:
    session, changed = item.session, instant(_changed_at(item, told))
    state = ItemState(item.state)
    said = {"what": item.what, "title": clean_line(say(session.heading, language))}
    held = _("Waiting for somebody else: %(reason)s") if state == ItemState.HELD else "%(reason)s"
    parts = [
        "BEGIN:VTODO\r\n",
        line("UID", str(uuid5(session.uid, f"task:{item.kind}"))),
        f"DTSTAMP:{changed}\r\n",
        f"LAST-MODIFIED:{changed}\r\n",
        f"SEQUENCE:{session.sequence + len(_turns(item, told))}\r\n",
        f"CREATED:{instant(item.opened_at)}\r\n",
        f"DUE:{instant(item.due_at)}\r\n",
        text_line("SUMMARY", _("%(what)s: %(title)s") % said),
        text_line("DESCRIPTION", _about(item, held)),
        uri_line("URL", address(f"/organise/sessions/{session.slug}/")),
        f"STATUS:{STATUS.get(state, 'NEEDS-ACTION')}\r\n",
    ]
    if state == ItemState.DONE and item.done_at:
        parts += [f"COMPLETED:{instant(item.done_at)}\r\n", "PERCENT-COMPLETE:100\r\n"]
    if state in PRIORITY:
        parts.append(f"PRIORITY:{PRIORITY[state]}\r\n")
    return "".join([*parts, line("RELATED-TO", str(session.uid)), "END:VTODO\r\n"])
