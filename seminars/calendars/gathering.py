"""What hangs on many sessions, each kind by one query.

As `prefetch_related`, which makes a query object for each session and each kind, asks nothing with it, and so spends a
third of the time that a calendar from nothing takes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import ForeignKey, ManyToOneRel, Model, OneToOneRel, prefetch_related_objects

from seminars.sessions.models import Session

_GATHERED = "_prefetched_objects_cache"  # where Django looks too


def gather(sessions: Sequence[Session], *names: str) -> None:
    """Give each session what `names` says, ready for its `.all()`.

    names: as `prefetch_related` takes them; the first part of each is a relation of sessions.
    """
    rest = []
    for name in names:
        first, _sep, further = name.partition("__")
        relation = Session._meta.get_field(first)
        if isinstance(relation, ForeignKey):
            found = _of_one(sessions, relation)
        elif isinstance(relation, ManyToOneRel) and not isinstance(relation, OneToOneRel):
            found = _of_many(sessions, relation)
        else:
            rest.append(name)
            continue
        if further and found:
            prefetch_related_objects(found, further)
    if rest:
        prefetch_related_objects(sessions, *rest)


def of(row: Model, name: str) -> Iterable[Any]:
    """Return what `row.<name>.all()` does; where it was gathered, without the manager that each such look makes."""
    found: Iterable[Any] | None = row.__dict__.get(_GATHERED, {}).get(name)
    return getattr(row, name).all() if found is None else found


def _of_one(sessions: Sequence[Session], relation: "ForeignKey[Any, Any]") -> list[Model]:
    """Each of them once, however many sessions share it; where nobody has one nothing is asked."""
    lacking = [each for each in sessions if not relation.is_cached(each)]
    wanted = {getattr(each, relation.attname) for each in lacking} - {None}
    model: Any = relation.related_model
    found: dict[Any, Model] = model._default_manager.in_bulk(sorted(wanted)) if wanted else {}
    for session in lacking:
        relation.set_cached_value(session, found.get(getattr(session, relation.attname)))
    there = [relation.get_cached_value(each) for each in sessions]
    return list({id(each): each for each in there if each is not None}.values())


def _of_many(sessions: Sequence[Session], relation: ManyToOneRel) -> list[Model]:
    field, by_pk = relation.field, {session.pk: session for session in sessions}
    model: Any = relation.related_model
    whole = model._default_manager.all()
    found: list[Model] = list(whole.filter(**{f"{field.name}__in": list(by_pk)}))
    rows: dict[int, list[Model]] = defaultdict(list)
    for row in found:
        owner = getattr(row, field.attname)
        field.set_cached_value(row, by_pk[owner])
        rows[owner].append(row)
    name, nothing = relation.accessor_name or relation.name, _answer(whole, [])
    for session in sessions:
        own = rows.get(session.pk)
        session.__dict__.setdefault(_GATHERED, {})[name] = _answer(whole, own) if own else nothing
    return found


def _answer(whole: Any, rows: list[Model]) -> Any:
    """A query that has been asked. Not a copy of `whole`, which would read everything."""
    answer = type(whole)(whole.model, whole.query, whole.db)
    answer._result_cache, answer._prefetch_done = rows, True
    return answer


def gather_shared(sessions: Sequence[Session], name: str) -> None:
    """Likewise of a many-to-many that few sessions have: those without any share one answer."""
    field: Any = Session._meta.get_field(name)
    owner = field.m2m_field_name()
    through = field.remote_field.through._default_manager.filter(
        **{f"{owner}__in": [session.pk for session in sessions]}
    )
    having = set(through.values_list(f"{owner}_id", flat=True))
    nothing = _answer(field.related_model._default_manager.all(), [])
    for session in sessions:
        if session.pk not in having:
            session.__dict__.setdefault(_GATHERED, {})[name] = nothing
    if having:
        prefetch_related_objects([session for session in sessions if session.pk in having], name)
