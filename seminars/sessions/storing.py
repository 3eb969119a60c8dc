"""Many sessions changed at once, each with its Change: what `revising.revise` is to one, with few questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, ProtectedError, prefetch_related_objects
from django.utils.translation import gettext as _

from seminars.changes.models import Change
from seminars.changes.recording import plain
from seminars.changes.refusing import UserError
from seminars.people.models import Person
from seminars.series.models import Series
from seminars.series.topics.models import Topic
from seminars.sessions.facts import state_after
from seminars.sessions.models import Session, Speaker
from seminars.sessions.revising import subject_of

ORIGINAL = ("original_date", "original_time")
LISTED: dict[str, type[Model]] = {"named": Person, "topics": Topic}
"""Whom and what a session lists, beside its columns and speakers."""


@dataclass(frozen=True)
class Written:
    """One session and the columns it gets. visible: whether a subscriber can see the difference."""

    session: Session
    kind: str
    updates: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    visible: bool = True


def held(series: Series) -> list[Session]:
    """Return the sessions of `series` with their facts, held until the transaction ends; all share `series`."""
    rows = Session.objects.filter(series=series).select_for_update(of=("self",)).order_by("pk")
    sessions = list(rows.select_related("checklist").prefetch_related("materials", "speakers", "items"))
    prefetch_related_objects([series], "owed")
    for session in sessions:
        session.series = series
    return sessions


def store(written: Sequence[Written], *, now: datetime, actor_id: int | None) -> list[Change]:
    """Store each with its state, raise its revision, and once its SEQUENCE where it is out; return the Changes.

    Call it inside `atomic`, with sessions from `held`, and raise the scopes' versions afterwards.
    """
    changes = [_apply(each, now, actor_id) for each in written]
    sessions = [each.session for each in written]
    moving = [each.session.pk for each in written if "original_date" in each.updates]
    # Two sessions may trade places in the rhythm: for a moment neither has one, so that no date is there twice.
    Session.objects.filter(pk__in=moving).update(original_date=None)
    names = {name for each in written for name in each.updates} | {
        "revision",
        "sequence",
        "changed_at",
        "state",
    }
    Session.objects.bulk_update(sessions, sorted(names), batch_size=100)
    return Change.objects.bulk_create(changes, batch_size=200)


def remove(sessions: Iterable[Session], *, now: datetime, actor_id: int | None) -> list[Change]:
    """Delete drafts that nobody saw; return Changes that hold all there was. Raises UserError for one with files."""
    changes = []
    for session in sessions:
        before = {
            each.attname: plain(getattr(session, each.attname)) for each in session._meta.concrete_fields
        }
        before["speakers"] = [
            [each.person_id, each.role, each.affiliation, each.order] for each in session.speakers.all()
        ]
        before |= {name: sorted(each.pk for each in getattr(session, name).all()) for name in LISTED}
        changes.append(
            Change(kind="removed", subject=subject_of(session), at=now, actor_id=actor_id, before=before)
        )
        try:
            Session.objects.filter(pk=session.pk).delete()
        except ProtectedError as error:
            words = _("Session %(n)d has files. Remove them first, or let it stay.") % {"n": session.number}
            raise UserError({"": words}) from error
    return Change.objects.bulk_create(changes)


def restore(before: dict[str, Any]) -> Session:
    """Return a removed draft, there again as it was, with its own UID and address."""
    speakers, beside = before.get("speakers", []), {"speakers", *LISTED}
    session = Session(**{name: value_of(name, value) for name, value in before.items() if name not in beside})
    session.save(force_insert=True)
    for name, model in LISTED.items():
        # Somebody who was erased since, or a topic that is gone, stays so.
        getattr(session, name).set(model._default_manager.filter(pk__in=before.get(name, [])))
    Speaker.objects.bulk_create(
        Speaker(session=session, person_id=person, role=role, affiliation=text, order=place)
        for person, role, text, place in speakers
    )
    return session


def value_of(name: str, value: Any, model: type[Model] = Session) -> Any:
    """Return what `recording.plain` made of a column of `model`, as the column holds it."""
    fields = {key: each for each in model._meta.concrete_fields for key in (each.name, each.attname)}
    return fields[name].to_python(value)


# Below: how it is done.


def _apply(each: Written, now: datetime, actor_id: int | None) -> Change:
    session = each.session
    before = {name: plain(getattr(session, name)) for name in (*each.updates, "state")}
    for name, value in each.updates.items():
        setattr(session, name, value)
    session.state = state_after(session, now).value
    session.revision += 1
    if each.visible:
        session.changed_at = max(now.replace(microsecond=0), session.changed_at + timedelta(seconds=1))
        session.sequence += 1 if session.published_at else 0
    after = {name: plain(getattr(session, name)) for name in before}
    names = [name for name in before if before[name] != after[name]]
    return Change(
        kind=each.kind,
        subject=subject_of(session),
        at=now,
        actor_id=actor_id,
        before={name: before[name] for name in names},
        after={name: after[name] for name in names},
        note=each.note,
    )
