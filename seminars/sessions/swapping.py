"""Two sessions of a series change places: each keeps its words, speakers, files, UID and address, and takes the
other's slot. So registrations, uploads and links follow the topic, and the rhythm keeps each of its dates."""

from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import SITE, raise_versions
from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.sessions.carrying import CARRIED, belonging, follows, refuse_misfits
from seminars.sessions.models import Precision, Session
from seminars.sessions.revising import Stale, scopes_of_series
from seminars.sessions.spans import wall_of
from seminars.sessions.storing import Written, held, store

SLOT = (
    "original_date",
    "original_time",
    "local_date",
    "local_time",
    "fold",
    "zone",
    "minutes",
    "days",
    "starts_at",
    "ends_at",
    "tzdata_release",
)


def swap(
    *, session: Session, other: Session, seen: int | None = None, now: datetime, actor_id: int | None
) -> Session:
    """Return `session` in the slot of `other`, which takes its place; both are told of as moved.

    seen: the revision of `session` that the person looked at. Raises Stale, and UserError unless both are still to
    come, dated, of one series, and take place.
    """
    with transaction.atomic():
        series = Series.objects.select_for_update(of=("self",)).get(pk=session.series_id)
        rows = {each.pk: each for each in held(series)}
        one, two = rows[session.pk], rows.get(other.pk)
        if seen is not None and one.revision != seen:
            raise Stale(one)
        if two is None or one.pk == two.pk:
            raise UserError({"other": _("Choose another session of the same series.")})
        for each in (one, two):
            if not swappable(each, now):
                raise UserError(
                    {"other": _("Only sessions that are still to come, with a date, change places.")}
                )
        slots = [{name: getattr(each, name) for name in SLOT} for each in (one, two)]
        written = [
            Written(one, "swapped", _taking(one, slots[1])),
            Written(two, "swapped", _taking(two, slots[0])),
        ]
        before = {each.pk: copy(each) for each in (one, two)}
        store(written, now=now, actor_id=actor_id)
        for each in (one, two):
            theirs = belonging(each, rows.values())
            found = ((mine, follows(mine, before[each.pk], each, now)) for mine in theirs)
            carried = [Written(mine, CARRIED, updates) for mine, updates in found if updates]
            store(carried, now=now, actor_id=actor_id)
            refuse_misfits(each, theirs, now)
        raise_versions({*scopes_of_series(series), SITE})
    return one


def swappable(session: Session, now: datetime) -> bool:
    """Return whether the session may change places at `now` (aware UTC); what belongs to it goes along."""
    off = session.cancelled_at or session.postponed_at or session.withdrawn_at or session.closed_at
    dated = session.starts_at is not None and session.precision == Precision.DAY
    if session.within_id is not None or session.lead_id is not None:
        return False  # its place is that of its event, or after its lead
    return bool(dated and not off and session.starts_at and session.starts_at > now)


# Below: how it is done.


def _taking(session: Session, slot: dict[str, Any]) -> dict[str, Any]:
    if not session.published_at or session.local_date is None:
        return slot | {"moved_from": None}
    was = session.moved_from or wall_of(session.local_date, session.local_time, session.fold, session.zone)
    new = wall_of(slot["local_date"], slot["local_time"], slot["fold"], slot["zone"])
    return slot | {"moved_from": None if was == new else was}
