"""What sessions say about things to read, hear and watch. The only writer of Material; the bytes live elsewhere."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from seminars.sessions.facts import with_state
from seminars.sessions.models import Material, MaterialState, Session
from seminars.sessions.revising import revise
from seminars.words import Words


def publish(
    *,
    source: UUID,
    session: Session,
    kind: str,
    title: Words,
    language: str = "",
    media_type: str = "",
    size: int = 0,
    seconds: float | None = None,
    path: str,
    pending: bool = False,
    now: datetime,
    actor_id: int | None = None,
) -> Material:
    """Return the material of `source`, made or brought up to date; its session is revised, so that feeds tell it.

    source: the uuid that the owner of the bytes gave it; the same again, unchanged, writes nothing. size: bytes.
    seconds: how long it plays. path: below MERIDIAN_URL, or a whole address elsewhere. pending: announced, not yet
    here. The passed session is brought up to date.
    """
    values: dict[str, Any] = {
        "session_id": session.pk,
        "kind": kind,
        "title": dict(title),
        "language": language,
        "media_type": media_type,
        "size": size,
        "seconds": seconds,
        "path": path,
        "state": (MaterialState.PENDING if pending else MaterialState.PUBLISHED).value,
    }
    with transaction.atomic():
        current = _locked(session.pk)
        material = Material.objects.select_for_update().filter(source=source).first()
        if material and all(getattr(material, name) == value for name, value in values.items()):
            return material
        if material is None:
            material = Material(source=source)
        for name, value in values.items():
            setattr(material, name, value)
        if not pending and material.published_at is None:
            material.published_at = now
        material.save()
        _tell(current, f"{kind} {values['state']}", now=now, actor_id=actor_id)
    _bring_up(session, current)
    return material


def withdraw(*, source: UUID, now: datetime, actor_id: int | None = None) -> Material | None:
    """Return the material of `source`, withdrawn, or None where there is none; its session is revised."""
    with transaction.atomic():
        material = Material.objects.select_for_update().filter(source=source).first()
        if material is None or material.state == MaterialState.WITHDRAWN:
            return material
        current = _locked(material.session_id)
        material.state = MaterialState.WITHDRAWN
        material.save(update_fields=["state"])
        _tell(current, f"{material.kind} withdrawn", now=now, actor_id=actor_id)
    return material


def _locked(pk: int) -> Session:
    """The session, held until the transaction ends, so that two files that arrive together both count."""
    return Session.objects.select_for_update(of=("self",)).select_related("series").get(pk=pk)


def _tell(session: Session, note: str, *, now: datetime, actor_id: int | None) -> None:
    updates = with_state(session, now, {})
    revise(session, kind="material", now=now, actor_id=actor_id, note=note, **updates)


def _bring_up(session: Session, current: Session) -> None:
    for name in ("state", "revision", "sequence", "changed_at"):
        setattr(session, name, getattr(current, name))
