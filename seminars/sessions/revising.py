"""The one way to change a session: against the revision the person saw, with its Change, in one transaction."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from seminars.changes.recording import plain, record
from seminars.sessions.models import Session


class Stale(Exception):
    """Somebody else changed the session since the form was opened; `current` is what is there now."""

    def __init__(self, current: Session) -> None:
        super().__init__(f"{current.slug} is at revision {current.revision}")
        self.current = current


def subject_of(session: Session) -> str:
    """Return the name under which the session's changes are kept."""
    return f"session:{session.uid}"


def scopes_of(session: Session) -> list[str]:
    """Return the scopes that a change of the session touches."""
    return [f"series:{session.series_id}", f"community:{session.series.community_id}"]


def locked(pk: int) -> Session:
    """Return the session, held until the transaction ends: first of all in a verb that also writes other rows.

    Everybody takes the session's row before the versions, so that two writers never wait for each other in a ring.
    """
    return Session.objects.select_for_update(of=("self",)).select_related("series").get(pk=pk)


def revise(
    session: Session,
    *,
    kind: str,
    now: datetime,
    actor_id: int | None = None,
    seen: int | None = None,
    note: str = "",
    visible: bool = True,
    **updates: Any,
) -> Session:
    """Return the session with `updates` applied, its revision raised and a Change written.

    now: aware UTC. seen: the revision the person looked at; None trusts `session`. visible: whether a subscriber can
    see the difference; then SEQUENCE rises (once published) and `changed_at` with it, by whole seconds, always upwards.
    Raises Stale, with nothing written, when the row is at another revision.
    """
    with transaction.atomic():
        current = Session.objects.select_related("series").get(pk=session.pk)
        if current.revision != (session.revision if seen is None else seen):
            raise Stale(current)
        before = {name: plain(getattr(current, name)) for name in updates}
        values = dict(updates) | {"revision": current.revision + 1}
        if visible:
            later = current.changed_at + timedelta(seconds=1)
            values["changed_at"] = max(now.replace(microsecond=0), later)
            values["sequence"] = current.sequence + (1 if current.published_at else 0)
        if not Session.objects.filter(pk=current.pk, revision=current.revision).update(**values):
            raise Stale(Session.objects.select_related("series").get(pk=session.pk))
        for name, value in values.items():
            setattr(session, name, value)
        after = {name: plain(value) for name, value in updates.items()}
        changed = {name for name in updates if before[name] != after[name]}
        record(
            kind=kind,
            subject=subject_of(current),
            scopes=scopes_of(current),
            now=now,
            actor_id=actor_id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            note=note,
        )
    return session
