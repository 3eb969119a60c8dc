"""Apply an import: against what was shown, in one transaction, whole or not at all. Again changes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from seminars import clock
from seminars.calendars.importing.copies import WHEN
from seminars.calendars.importing.incoming import Reading
from seminars.calendars.importing.matching import standing_of
from seminars.calendars.importing.models import ImportedEntry
from seminars.calendars.importing.planning import Fate, Plan, Row, as_json, plan_import
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.adding import add_all
from seminars.sessions.drafting import draft_series
from seminars.sessions.facts import with_state
from seminars.sessions.models import Precision, Session
from seminars.sessions.planning import inherited, publish
from seminars.sessions.revising import revise
from seminars.sessions.spans import Slot, wall_of


class ImportStale(Exception):
    """Something changed since the plan was shown; `plan` is what the import would do now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the plan is another one by now")
        self.plan = plan


@dataclass(frozen=True)
class Target:
    """Where sessions go: into `series`, or, where that is None, into a new one.

    title, external, published, key: of the new one; key makes a double click give one series.
    """

    community: Community
    series: Series | None = None
    title: str = ""
    external: bool = False
    published: bool = False
    source_url: str = ""
    key: str = ""


def decide(
    *,
    target: Target,
    reading: Reading,
    source: str,
    withdraw: bool = False,
    follow: Collection[str] = (),
    now: datetime,
) -> Plan:
    """Return what importing `reading` would do at `now` (aware UTC); nothing is written. Two queries."""
    standing = standing_of(community=target.community, series=target.series, reading=reading, now=now)
    return plan_import(reading, standing, source=source, withdraw=withdraw, follow=follow)


def apply_import(
    *,
    target: Target,
    reading: Reading,
    source: str,
    withdraw: bool = False,
    follow: Collection[str] = (),
    seal: str = "",
    now: datetime,
    actor_id: int | None,
) -> tuple[Series | None, Plan]:
    """Do what `decide` says, in one transaction; return the series and the plan that was applied.

    seal: of the plan that was shown, "" to take it as it is now. No series comes of a plan that adds nothing to a new
    one. Raises ImportStale, and UserError where a session or the new series cannot be as the calendar says.
    """
    with transaction.atomic():
        if target.series is not None:
            Series.objects.select_for_update(of=("self",)).get(pk=target.series.pk)
        asked = {"target": target, "reading": reading, "source": source, "withdraw": withdraw}
        plan = decide(**asked, follow=follow, now=now)  # type: ignore[arg-type]  # one dict of several kinds
        if seal and seal != plan.seal:
            raise ImportStale(plan)
        _change(plan, now, actor_id)
        added = plan.of(Fate.ADD)
        series = target.series or (_new_series(target, added, now, actor_id) if added else None)
        if series is not None:
            made = _add(series, target, added, now, actor_id)
            _remember(series, plan, made, source, now)
            if target.series is None and target.published:
                publish(series=series, now=now, actor_id=actor_id)
    return series, plan


# Below: how it is done.


def _change(plan: Plan, now: datetime, actor_id: int | None) -> None:
    rows = {row.standing.pk: row for row in plan.of(Fate.CHANGE, Fate.WITHDRAW) if row.standing}
    if not rows:
        return
    held = Session.objects.filter(pk__in=list(rows)).select_for_update(of=("self",)).order_by("pk")
    for session in held.with_facts():
        row = rows[session.pk]
        updates, reason = _columns(session, row, now)
        if row.standing and session.revision != row.standing.revision:
            raise ImportStale(plan)
        updates = with_state(session, now, updates)
        kind = _kind(row)
        revise(session, kind=kind, now=now, actor_id=actor_id, note=reason, **updates)


def _kind(row: Row) -> str:
    if row.updates.get("cancelled"):
        return "cancelled"
    if "cancelled" in row.updates:
        return "reinstated"
    if row.updates.get("postponed"):
        return "postponed"
    return "rescheduled" if WHEN[1] in row.updates or WHEN[2] in row.updates else "edited"


def _columns(session: Session, row: Row, now: datetime) -> tuple[dict[str, Any], str]:
    """The columns that differ, and the reason that everybody sees."""
    updates = {name: value for name, value in row.updates.items() if name not in ("cancelled", "postponed")}
    if any(name in updates for name in WHEN):
        updates |= _times({name: updates.get(name, getattr(session, name)) for name in WHEN})
        updates["moved_from"] = _moved_from(session, updates)
    if "room" in updates:
        updates["place_id"] = None
    if "title" in updates and updates["title"] == session.series.title and not session.title:
        del updates["title"]
    for name in ("cancelled", "postponed"):
        if name in row.updates:
            updates[f"{name}_at"] = now if row.updates[name] else None
            said = row.updates.get("reason") or _why(row, name)
            updates["reason"] = said if row.updates[name] else updates.get("reason", "")
    return updates, str(updates.get("reason", ""))


def _why(row: Row, name: str) -> str:
    if row.fate == Fate.WITHDRAW:
        return _("It is no longer in the calendar it comes from.")
    if name == "postponed":
        return _("Postponed in the calendar it comes from.")
    return _("Cancelled in the calendar it comes from.")


def _times(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a time, instants included. A time that clocks skip moves forward (RFC 5545 §3.3.5)."""
    columns = dict(values) | {"tzdata_release": clock.release(), "starts_at": None, "ends_at": None}
    if values["local_date"] is not None:
        slot = Slot(
            *(values[name] for name in ("local_date", "local_time", "zone", "minutes", "days", "fold"))
        )
        columns["starts_at"], columns["ends_at"] = slot.bounds()
    return columns


def _moved_from(session: Session, updates: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was announced first; None for a draft, and once it is back where it was."""
    if not session.published_at or not session.local_date or session.precision != Precision.DAY:
        return None
    was = session.moved_from or wall_of(session.local_date, session.local_time, session.fold, session.zone)
    if updates["local_date"] is None:
        return None
    new = wall_of(updates["local_date"], updates["local_time"], updates["fold"], updates["zone"])
    return None if was == new else was


def _new_series(target: Target, added: list[Row], now: datetime, actor_id: int | None) -> Series:
    """A series whose one promised date is the first entry's; the others stand beside it."""
    dated = [row.incoming.values for row in added if row.incoming and row.incoming.values["local_date"]]
    if not dated:
        raise UserError({"": _("No entry has a date, so no new series can be made. Choose a series.")})
    first = min(dated, key=lambda each: (each["local_date"], str(each["local_time"] or "")))
    return draft_series(
        community=target.community,
        title=target.title,
        zone=first["zone"],
        first_date=first["local_date"],
        local_time=first["local_time"],
        minutes=first.get("minutes", 60),
        days=first["days"],
        external=target.external,
        source_url=target.source_url,
        form_key=target.key or None,
        now=now,
        actor_id=actor_id,
    )


def _add(
    series: Series, target: Target, added: list[Row], now: datetime, actor_id: int | None
) -> dict[str, Session]:
    prefetch_related_objects([series], "owed")
    found = {row.key: _session(series, row, now) for row in added}
    promised = series.first_date if target.series is None else None
    for session in found.values():
        # The promise of a new series is kept by its first entry, so that publishing it makes no other one.
        if promised and session.local_date == promised and session.local_time == series.local_time:
            session.original_date, session.original_time = promised, series.local_time
            break
    add_all(series=series, sessions=list(found.values()), now=now, actor_id=actor_id)
    return found


def _session(series: Series, row: Row, now: datetime) -> Session:
    assert row.incoming is not None  # only entries are added
    given = dict(row.incoming.values)
    columns = inherited(series)
    given = {
        name: value for name, value in given.items() if value or name not in columns or row.incoming.whole
    }
    cancelled, postponed = given.pop("cancelled", False), given.pop("postponed", False)
    when = {"minutes": series.minutes, "days": 1} | {name: given.pop(name) for name in WHEN if name in given}
    if given.get("room"):
        columns["place_id"] = None
    columns |= given | _times(when)
    if cancelled or postponed:
        columns["cancelled_at" if cancelled else "postponed_at"] = now
        columns["reason"] = columns.get("reason") or _why(row, "cancelled" if cancelled else "postponed")
    made = Session(series=series, **columns)
    if made.is_wider_than_its_series:
        made.audience = series.audience
    return made


def _remember(series: Series, plan: Plan, made: Mapping[str, Session], source: str, now: datetime) -> None:
    """Keep what each entry said, as the base of the next time; what was followed or taken over included."""
    kept = {each.session_id: each for each in ImportedEntry.objects.filter(series=series)}
    fresh: list[ImportedEntry] = []
    again: list[ImportedEntry] = []
    for row in plan.rows:
        pk = (
            made[row.key].pk if row.key in made and row.fate == Fate.ADD else row.standing and row.standing.pk
        )
        if not pk or row.fate == Fate.UNCLEAR or (row.standing and not row.standing.here):
            continue
        entry = kept.get(pk)
        if row.incoming is None:
            if row.fate == Fate.WITHDRAW and entry:
                entry.values = {**entry.values, "cancelled": True}
                again.append(entry)
            continue
        if row.standing and row.standing.own_uid == row.incoming.uid:
            continue  # ours from the beginning: nobody else's words are its base
        values = as_json(row.incoming.values)
        if entry is None:
            entry = ImportedEntry(series=series, session_id=pk)
            fresh.append(entry)
        else:
            values = {**values, **_kept(row, entry)}
            again.append(entry)
        entry.source, entry.uid, entry.recurrence = source, row.incoming.uid, row.incoming.recurrence
        entry.values, entry.seen_at = values, now
    ImportedEntry.objects.bulk_create(fresh, batch_size=100)
    fields = ["source", "uid", "recurrence", "values", "seen_at"]
    ImportedEntry.objects.bulk_update(again, fields, batch_size=100)


def _kept(row: Row, entry: ImportedEntry) -> dict[str, Any]:
    """The old base of what was changed by hand and kept: it stays a conflict until somebody decides."""
    names = {name for each in row.conflicts for name in (WHEN if each.name == "when" else (each.name,))}
    names -= row.updates.keys()
    return {name: entry.values[name] for name in names if name in entry.values}
