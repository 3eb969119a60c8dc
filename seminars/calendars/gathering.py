"""What hangs on many sessions, each kind by one query.

As `prefetch_related`, which makes a query object for each session and each kind, asks nothing with it, and so spends a
third of the time that a calendar from nothing takes.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import ForeignKey, ManyToOneRel, Model, OneToOneRel, prefetch_related_objects

from seminars.sessions.models import Session


def gather(sessions: Sequence[Session], *names: str) -> None:
    """Give each session what `names` says, ready for its `.all()`.

    names: as `prefetch_related` takes them; the first part of each is a relation of sessions.
    """
    rest = []
    for name in names:
        first, _sep, further = name.partition("__")
        relation = Session._meta.get_field(first)
        if isinstance(relation, ForeignKey) and not any(getattr(each, relation.attname) for each in sessions):
            continue  # nobody has one; to ask that of the database would cost as much as an answer
        if isinstance(relation, ManyToOneRel) and not isinstance(relation, OneToOneRel):
            found = _of_many(sessions, relation)
            if further:
                prefetch_related_objects(found, further)
        else:
            rest.append(name)
    prefetch_related_objects(sessions, *rest)


def _of_many(sessions: Sequence[Session], relation: ManyToOneRel) -> list[Model]:
    field, by_pk = relation.field, {session.pk: session for session in sessions}
    model: Any = relation.related_model
    found: list[Model] = list(model._default_manager.filter(**{f"{field.name}__in": list(by_pk)}))
    rows: dict[int, list[Model]] = defaultdict(list)
    for row in found:
        owner = getattr(row, field.attname)
        setattr(row, field.name, by_pk[owner])
        rows[owner].append(row)
    whole = model._default_manager.all()
    for session in sessions:
        answer = type(whole)(model, whole.query, whole.db)  # not a copy, which would read everything
        answer._result_cache, answer._prefetch_done = rows.get(session.pk, []), True
        kept: dict[str, Any] = session.__dict__.setdefault("_prefetched_objects_cache", {})
        kept[relation.accessor_name or relation.name] = answer
    return found


def gather_shared(sessions: Sequence[Session], name: str) -> None:
    """Likewise of a many-to-many that few sessions have: those without any share one answer."""
    field: Any = Session._meta.get_field(name)
    owner = field.m2m_field_name()
    through = field.remote_field.through._default_manager.filter(
        **{f"{owner}__in": [session.pk for session in sessions]}
    )
    having = set(through.values_list(f"{owner}_id", flat=True))
    nothing = field.related_model._default_manager.all()
    nothing._result_cache, nothing._prefetch_done = [], True
    for session in sessions:
        if session.pk not in having:
            session.__dict__.setdefault("_prefetched_objects_cache", {})[name] = nothing
    prefetch_related_objects([session for session in sessions if session.pk in having], name)
