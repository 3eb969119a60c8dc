"""What sessions say about things to read, hear and watch. The only writer of Material; the bytes live elsewhere."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from seminars.sessions.facts import with_state
from seminars.sessions.models import Material, MaterialState, Session
from seminars.sessions.revising import locked, revise
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
    poster: str = "",
    pending: bool = False,
    now: datetime,
    actor_id: int | None = None,
) -> Material:
    """Return the material of `source`, made or brought up to date; its session is revised, so that feeds tell it.

    source: the uuid that the owner of the bytes gave it; the same again, unchanged, writes nothing. size: bytes.
    seconds: how long it plays. path: below MERIDIAN_URL, or a whole address elsewhere. poster: the same, of a still
    picture of it. pending: announced, not yet here. The passed session is brought up to date.
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
        "poster": poster,
        "state": (MaterialState.PENDING if pending else MaterialState.PUBLISHED).value,
    }
    with transaction.atomic():
        current = locked(session.pk)
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
        there = Material.objects.filter(source=source).values_list("session_id", flat=True).first()
        if there is None:
            return None
        current = locked(there)
        material = Material.objects.select_for_update().get(source=source)
        if material.state == MaterialState.WITHDRAWN:
            return material
        material.state = MaterialState.WITHDRAWN
        material.save(update_fields=["state"])
        _tell(current, f"{material.kind} withdrawn", now=now, actor_id=actor_id)
    return material


def _tell(session: Session, note: str, *, now: datetime, actor_id: int | None) -> None:
    updates = with_state(session, now, {})
    revise(session, kind="material", now=now, actor_id=actor_id, note=note, **updates)


def _bring_up(session: Session, current: Session) -> None:
    for name in ("state", "revision", "sequence", "changed_at"):
        setattr(session, name, getattr(current, name))
