"""Which sessions the table shows, in which order, page by page; and its lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from seminars.series.models import Series
from seminars.series.rooms.models import Room
from seminars.sessions.models import Session
from seminars.web.forms.sessions_table import Cell, Typed, cells_of, opened, spoken_in, tongue_of
from seminars.web.listing import Row, rows_of, with_series

LINES = 50
SHOWN: dict[str, str | Promise] = {
    "ahead": gettext_lazy("To come"),
    "drafts": gettext_lazy("Drafts"),
    "untitled": gettext_lazy("Without a title"),
    "past": gettext_lazy("Past"),
}


@dataclass(frozen=True)
class Line:
    """A session in the table. open: whether one can type in it. depth: 1 for what hangs on another session."""

    row: Row
    cells: dict[str, Cell]
    was: str
    tongue: str
    depth: int
    open: bool
    ticked: bool


@dataclass(frozen=True)
class Table:
    """One page of the table. counts: by filter. ahead, drafts: primary keys of those, on all pages, in order."""

    lines: list[Line]
    page: "Page[Session]"
    shown: str
    counts: list[tuple[str, str | Promise, int]]
    ahead: list[int]
    drafts: list[int]
    untitled: list[int]
    languages: list[tuple[str, str]] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)

    @property
    def all_untitled(self) -> bool:
        """Whether several are to come, and none has a title yet."""
        return len(self.ahead) > 1 and len(self.ahead) == len(self.untitled)


def sessions_of(series: Series) -> list[Session]:
    """Return all sessions of the series that a list may name, events and leads before what hangs on them. One query."""
    found = list(with_series(series.sessions.all()).order_by("starts_at", "number"))
    for session in found:
        session.series = series
    inside: dict[int, list[Session]] = {}
    known = {session.pk for session in found}
    tops = []
    for session in sorted(found, key=lambda each: (each.starts_at is None, each.starts_at or each.made_at)):
        head = session.within_id or session.lead_id
        if head in known:
            inside.setdefault(head, []).append(session)
        else:
            tops.append(session)
    ordered: list[Session] = []

    def put(session: Session) -> None:
        ordered.append(session)
        for each in inside.get(session.pk, ()):
            put(each)

    for session in tops:
        put(session)
    return ordered


def rooms_of(series: Series) -> dict[str, Room]:
    """Return the rooms that the community offers, by the words that a line has for them. One query."""
    return {room.label: room for room in Room.objects.filter(community=series.community_id, closed_at=None)}


def is_open(session: Session, now: datetime) -> bool:
    """Whether its line can be typed in: it is still to come, and not cancelled."""
    begun = not session.postponed_at and (
        (session.starts_at and session.starts_at <= now) or session.closed_at
    )
    return not (begun or session.cancelled_at)


def _by_kind(sessions: Sequence[Session], now: datetime) -> tuple[list[Session], dict[str, list[Session]]]:
    """Those that are open, and those that each choice of `SHOWN` shows."""
    coming: list[Session] = []
    past: list[Session] = []
    for each in sessions:
        is_past = each.ends_at and each.ends_at <= now and not each.postponed_at
        (past if is_past else coming).append(each)
    ahead = [each for each in coming if is_open(each, now)]
    return ahead, {
        "ahead": coming,
        "drafts": [each for each in sessions if not each.published_at],
        "untitled": [each for each in ahead if not each.title],
        "past": past[::-1],
    }


def table_of(
    request: HttpRequest,
    series: Series,
    sessions: Sequence[Session],
    *,
    typed: Typed | None = None,
    rooms: Sequence[str] = (),
    language: str,
    now: datetime,
) -> Table:
    """Return the page of the table that `?show=` and `?page=` ask for, with what was typed."""
    given: Any = request.POST if request.method == "POST" else request.GET
    ahead, kinds = _by_kind(sessions, now)
    shown = str(given.get("show") or "ahead")
    shown = shown if shown in kinds else "ahead"
    page = Paginator(kinds[shown], LINES).get_page(given.get("page") or 1)
    listed = list(page.object_list)
    ticked = set(request.POST.getlist("pick")) if request.method == "POST" else set()
    lines = [
        Line(
            row,
            cells_of(row.session, typed) if is_open(row.session, now) else {},
            was if (was := request.POST.get(f"s{row.session.pk}-was")) else opened(row.session),
            tongue_of(row.session),
            int(bool(row.session.within_id or row.session.lead_id)),
            is_open(row.session, now),
            str(row.session.pk) in ticked,
        )
        for row in rows_of(listed, now)
    ]
    return Table(
        lines,
        page,
        shown,
        [(name, label, len(kinds[name])) for name, label in SHOWN.items() if kinds[name] or name == "ahead"],
        [each.pk for each in ahead],
        [each.pk for each in kinds["drafts"]],
        [each.pk for each in kinds["untitled"]],
        spoken_in(listed, typed.raw if typed else {}, language),
        list(rooms),
    )
