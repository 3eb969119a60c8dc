"""The one way to change a session: against the revision the person saw, with its Change, in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Value

from seminars.changes.recording import plain, record
from seminars.series.models import Series
from seminars.sessions.models import Material, Session, SessionQuerySet, Speaker
from seminars.sessions.state import HEARD

ONLY = ("archive", "external")


class Stale(Exception):
    """Somebody else changed the session since the form was opened; `current` is what is there now."""

    def __init__(self, current: Session) -> None:
        super().__init__(f"{current.slug} is at revision {current.revision}")
        self.current = current


def subject_of(session: Session) -> str:
    """Return the name under which the session's changes are kept."""
    return f"session:{session.uid}"


def scopes_of(session: Session) -> list[str]:
    """Return the scopes that a change of the session touches, as it is stored now. One query."""
    return scopes_of_each([session])


def scopes_of_each(sessions: Iterable[Session]) -> list[str]:
    """Return the scopes that changes of these sessions touch, as they are stored now. One query; load `series`."""
    keys, found = [], set[str]()
    for each in sessions:
        keys.append(each.pk)
        found |= {f"series:{each.series_id}", f"community:{each.series.community_id}"}
        found.add(f"language:{each.language}")
    return sorted(found | _parts(Session.objects.filter(pk__in=keys)))


def scopes_of_series(series: Series) -> list[str]:
    """Return the scopes that a change of many or all sessions of the series touches. Two queries."""
    return scopes_of_all(series.sessions.all()) or [f"series:{series.pk}", f"community:{series.community_id}"]


def scopes_of_all(sessions: SessionQuerySet) -> list[str]:
    """Return the scopes that changes of all these sessions touch. Two queries."""
    found = _parts(sessions)
    for series, community, language in sessions.order_by().values_list(
        "series_id", "series__community_id", "language"
    ):
        found |= {f"series:{series}", f"community:{community}", f"language:{language}"}
    return sorted(found)


def _parts(sessions: SessionQuerySet) -> set[str]:
    """What feeds choose sessions by, besides series, community and language, in one query.

    A session with a recording that was withdrawn still touches the archive: it has just left it.
    """
    ids = sessions.order_by().values("pk")
    through, of_series = Session.topics.through.objects, Series.topics.through.objects
    rows = through.filter(session_id__in=ids).values_list(Value("topic"), "topic_id")
    kept = Material.objects.filter(session_id__in=ids, kind__in=HEARD).order_by()
    external = Series.objects.filter(sessions__in=ids, external=True).order_by()
    found = rows.union(
        of_series.filter(series__sessions__in=ids).values_list(Value("topic"), "topic_id"),
        Speaker.objects.filter(session_id__in=ids).order_by().values_list(Value("speaker"), "person_id"),
        kept.values_list(Value("only"), Value(0)),
        external.values_list(Value("only"), Value(1)),
    )
    return {f"{area}:{ONLY[pk]}" if area == "only" else f"{area}:{pk}" for area, pk in found}


def scopes_of_language(updates: Mapping[str, Any]) -> list[str]:
    """Return the scope that a session enters with another language; nothing where that stays."""
    return [f"language:{updates['language']}"] if "language" in updates else []


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
    touching: Iterable[str] = (),
    **updates: Any,
) -> Session:
    """Return the session with `updates` applied, its revision raised and a Change written.

    now: aware UTC. seen: the revision the person looked at; None trusts `session`. visible: whether a subscriber can
    see the difference; then SEQUENCE rises (once published) and `changed_at` with it, by whole seconds, always upwards.
    touching: scopes besides those of the session as it is now, such as the topic it was just taken from.
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
            scopes={*scopes_of(current), *scopes_of_language(updates), *touching},
            now=now,
            actor_id=actor_id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            note=note,
        )
    return session
