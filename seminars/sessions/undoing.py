"""Take the last change back, for ten minutes: one more change that restores what was.

What was is read from the Changes themselves: each holds the columns before and after. A change of a series carries
those of its sessions, written after it at the same moment. SEQUENCE keeps rising, since calendars may have seen both.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from seminars.changes.models import Change
from seminars.changes.recording import SITE, plain, raise_versions, record
from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.sessions.carrying import CARRIED
from seminars.sessions.models import Session
from seminars.sessions.revising import scopes_of_series, subject_of
from seminars.sessions.storing import ORIGINAL, Written, held, restore, store, value_of

WINDOW = timedelta(minutes=10)
OF_SERIES = frozenset({"replanned", "edited", "bulk"})
OF_SESSION = frozenset({"rescheduled", "cancelled", "postponed", "reinstated", "edited", "closed", "swapped"})
WITH_SERIES = frozenset({"followed", "dropped", "published", "removed", CARRIED})
"""What a session's change is called that came with one of its series."""
WITH_BULK = WITH_SERIES | {"cancelled"}
"""Likewise with a change of several sessions at once: those were cancelled by a person, with a reason."""
QUIET = frozenset({"state", "item", "checklist", "clocks", "material"})
"""What machines write meanwhile; it stands in nobody's way."""


def undoable(*, series: Series, session: Session | None = None, now: datetime) -> Change | None:
    """Return the last change of the session, or of the series, if it can be undone at `now` (aware UTC); else None.

    Where the session only followed its series, that is the change of the series.
    """
    of_series, subject = f"series:{series.uuid}", subject_of(session) if session else f"series:{series.uuid}"
    last = Change.objects.filter(subject=subject).exclude(kind__in=QUIET).order_by("-id").first()
    if last is None or last.at <= now - WINDOW:
        return None
    if session and last.kind in WITH_BULK and (together := _of_series(of_series, last)):
        last = together
    elif last.kind not in (OF_SESSION if session else OF_SERIES) or not (last.before or last.after):
        return None
    return last if last and _later(last, series) is None else None


def undo(*, series: Series, change: Change, now: datetime, actor_id: int | None) -> None:
    """Restore what was before `change` of the series or of one of its sessions, whole or not at all.

    Raises UserError when ten minutes have passed, or when somebody changed the same since; then nothing is done.
    """
    if change.at <= now - WINDOW:
        raise UserError({"": _("Ten minutes have passed. Change it back by hand.")})
    with transaction.atomic():
        current = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
        if (other := _later(change, current)) is not None:
            raise UserError({"": _reason(other)})
        scopes = set(scopes_of_series(current))  # what it leaves is touched as well as what it comes to
        sessions = {subject_of(each): each for each in held(current)}
        batch = list(_batch(change, current, sessions))
        if change.subject.startswith("series:"):
            _restore_series(current, change, now, actor_id)
        elif change.kind not in OF_SESSION:
            raise UserError({"": _("This change cannot be undone.")})
        written = [each for one in batch if (each := _back(sessions.get(one.subject), one, now)) is not None]
        store(written, now=now, actor_id=actor_id)
        for one in batch:
            if "topics" in one.before and one.subject in sessions:
                sessions[one.subject].topics.set(one.before["topics"])
            if one.kind == "removed":
                _restore_draft(one, now, actor_id)
        raise_versions({*scopes, *scopes_of_series(current), SITE})


# Below: how it is done.


def _of_series(subject: str, one: Change) -> Change | None:
    """The change of the series with which that of one session was written."""
    kinds = {"bulk"} if one.kind == "cancelled" else OF_SERIES
    with_it = Change.objects.filter(subject=subject, at=one.at, kind__in=kinds, id__lt=one.pk)
    return with_it.order_by("-id").first()


def _with(change: Change) -> frozenset[str]:
    return WITH_BULK if change.kind == "bulk" else WITH_SERIES


def _batch(change: Change, series: Series, subjects: Iterable[str]) -> Iterable[Change]:
    """The change itself, or all that were written with it: a series' with its sessions', both halves of a swap."""
    if change.subject.startswith("series:"):
        same = {"pk__gt": change.pk, "at": change.at}
        together = Change.objects.filter(**same, kind__in=_with(change)).order_by("id")
        mine = set(subjects)
        return [
            one
            for one in together
            if one.subject in mine or (one.kind == "removed" and one.before.get("series_id") == series.pk)
        ]
    if change.kind == "swapped":
        near = range(change.pk - 1, change.pk + 2)
        halves = list(Change.objects.filter(pk__in=near, at=change.at, kind="swapped"))
        return [*halves, *_carried(change, [half.subject for half in halves])]
    return [change, *_carried(change, [change.subject])]


def _carried(change: Change, subjects: Iterable[str]) -> list[Change]:
    """What parts and echoes did because of `change`: written after it, at the same moment."""
    uids = [subject.removeprefix("session:") for subject in subjects]
    family = Q(within__uid__in=uids) | Q(lead__uid__in=uids) | Q(lead__within__uid__in=uids)
    names = [subject_of(each) for each in Session.objects.filter(family).only("uid", "pk")]
    found = Change.objects.filter(pk__gt=change.pk, at=change.at, kind=CARRIED, subject__in=names)
    return list(found.order_by("id"))


def _later(change: Change, series: Series) -> Change | None:
    """The first change by a person after `change` of anything that it touched."""
    subjects = {subject_of(each) for each in Session.objects.filter(series=series).only("uid", "pk")}
    touched = {change.subject, *(one.subject for one in _batch(change, series, subjects))}
    since = (
        Change.objects.filter(pk__gt=change.pk).exclude(kind__in=QUIET).select_related("actor").order_by("id")
    )
    whole = change.subject.startswith("series:")
    for other in since:
        with_it = other.kind in _with(change) if whole else other.kind == change.kind == "swapped"
        with_it |= other.kind == CARRIED
        together = with_it and other.at == change.at
        if other.subject in touched and not together:
            return other
    return None


def _reason(other: Change) -> str:
    if other.kind == "undone":
        return _("This was undone already.")
    who = other.actor.email if other.actor else _("The site")
    said = {"who": who, "time": f"{other.at:%H:%M}"}
    return _("%(who)s changed this since, at %(time)s UTC. Look at it, and change it by hand.") % said


def _restore_series(series: Series, change: Change, now: datetime, actor_id: int | None) -> None:
    before = {name: plain(getattr(series, name)) for name in change.before}
    for name, value in change.before.items():
        setattr(series, name, value_of(name, value, Series))
    series.revision += 1
    series.save(update_fields=[*change.before, "revision"])
    record(
        kind="undone",
        subject=change.subject,
        scopes=(),
        now=now,
        actor_id=actor_id,
        before=before,
        after=change.before,
    )


def _back(session: Session | None, one: Change, now: datetime) -> Written | None:
    """What restores one session. One that the change had added was seen by calendars: it is cancelled, never lost."""
    if session is None or one.kind == "removed":
        return None
    if one.kind == "published":
        reason = _("Added by mistake, and taken back.")
        return Written(session, kind="dropped", updates={"cancelled_at": now, "reason": reason}, note=reason)
    updates: dict[str, Any] = {
        name: value_of(name, value) for name, value in one.before.items() if name not in ("state", "topics")
    }
    silent = bool(updates) and updates.keys() <= set(ORIGINAL)
    return Written(session, kind="undone", updates=updates, visible=not silent)


def _restore_draft(one: Change, now: datetime, actor_id: int | None) -> None:
    session = restore(one.before)
    record(kind="undone", subject=subject_of(session), scopes=(), now=now, actor_id=actor_id)
