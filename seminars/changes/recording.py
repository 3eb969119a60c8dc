"""Write down what happened, in the transaction in which it happens, and count it for every scope it touches."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from seminars.changes.models import Change, Version

SITE = "site"


def record(
    *,
    kind: str,
    subject: str,
    scopes: Iterable[str],
    now: datetime,
    actor_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> Change:
    """Return a new Change and raise the version of each scope and of the site. Call it inside `atomic`.

    now: aware UTC. subject: such as `session:<uuid>`. scopes: such as `community:3`, `series:9`, `user:4`.
    before, after: what differs, as JSON values. Raises TransactionManagementError outside a transaction.
    """
    raise_versions({SITE, *scopes})
    return Change.objects.create(
        at=now,
        actor_id=actor_id,
        kind=kind,
        subject=subject,
        before=dict(before or {}),
        after=dict(after or {}),
        note=note,
    )


def plain(value: Any) -> Any:
    """Return `value` as a Change can hold it: dates and times in ISO 8601, a UUID as text, all else as it is."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def record_each(
    *,
    kind: str,
    subjects: Iterable[str],
    scopes: Iterable[str],
    now: datetime,
    actor_id: int | None = None,
    after: Mapping[str, Any] | None = None,
) -> list[Change]:
    """Return one new Change for each subject, written at once; each scope is raised by one. Else as `record`."""
    values = {"at": now, "actor_id": actor_id, "kind": kind, "after": dict(after or {})}
    return write_down((Change(subject=subject, **values) for subject in subjects), scopes=scopes)


def write_down(changes: Iterable[Change], *, scopes: Iterable[str]) -> list[Change]:
    """Return these new changes, written at once; each scope and the site are raised by one. Else as `record`."""
    raise_versions({SITE, *scopes})
    return Change.objects.bulk_create(changes)


def note(*, kind: str, subject: str, now: datetime, after: Mapping[str, Any]) -> Change:
    """Return a new Change of what no scope shows, such as how something is done; no version rises. Else as `record`."""
    return Change.objects.create(at=now, kind=kind, subject=subject, after=dict(after))


def raise_versions(scopes: Iterable[str]) -> None:
    """Count one more change in each scope: the site first, which puts writers in a row, then the others in order.

    So two of them never wait for each other in a ring, whatever else each touches in the same transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "A version is raised in the transaction of the fact it counts."
        )
    for scope in sorted(scopes, key=lambda each: (each != SITE, each)):
        if not Version.objects.filter(scope=scope).update(number=F("number") + 1):
            Version.objects.bulk_create([Version(scope=scope)], ignore_conflicts=True)
            Version.objects.filter(scope=scope).update(number=F("number") + 1)


def history(*, subject: str) -> list[Change]:
    """Return the changes of a subject, the latest first, with their actors."""
    return list(Change.objects.filter(subject=subject).select_related("actor").order_by("-id"))
