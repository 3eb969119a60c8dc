"""What hangs on many rows, each kind by one query that was put into SQL once.

As `prefetch_related`, which builds its queries anew, and makes another for each row and each kind only to ask nothing
with it: a third of the time that a calendar from nothing takes, and of that after one edit.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import ForeignKey, ManyToManyField, ManyToOneRel, Model, OneToOneRel, QuerySet

from seminars.calendars import prepared

_GATHERED = "_prefetched_objects_cache"  # where Django looks too


def gather(rows: Sequence[Model], *names: str) -> None:
    """Give each row what `names` says, ready for its `.all()`.

    rows: of one kind. names: as `prefetch_related` takes them. Raises DatabaseError.
    """
    if not rows:
        return
    for name in names:
        first, _sep, further = name.partition("__")
        found = _hanging(rows, type(rows[0])._meta.get_field(first))
        if further:
            gather(found, further)


def of(row: Model, name: str) -> Iterable[Any]:
    """Return what `row.<name>.all()` does; where it was gathered, without the manager that each such look makes."""
    found: Iterable[Any] | None = row.__dict__.get(_GATHERED, {}).get(name)
    return getattr(row, name).all() if found is None else found


def _hanging(rows: Sequence[Model], relation: Any) -> list[Model]:
    if isinstance(relation, ForeignKey):
        return _of_one(rows, relation)
    if isinstance(relation, OneToOneRel):
        return _of_other(rows, relation)
    if isinstance(relation, ManyToOneRel):
        return _of_many(rows, relation)
    return _shared(rows, relation)


def _of_one(rows: Sequence[Model], relation: "ForeignKey[Any, Any]") -> list[Model]:
    """Each of them once, however many rows share it; where nobody has one nothing is asked."""
    lacking = [each for each in rows if not relation.is_cached(each)]
    wanted = {getattr(each, relation.attname) for each in lacking} - {None}
    model: Any = relation.related_model
    found = {each.pk: each for each in prepared.objects(model, "pk", sorted(wanted))}
    for row in lacking:
        relation.set_cached_value(row, found.get(getattr(row, relation.attname)))
    there = [relation.get_cached_value(each) for each in rows]
    return list({id(each): each for each in there if each is not None}.values())


def _of_other(rows: Sequence[Model], relation: OneToOneRel) -> list[Model]:
    field, by_pk = relation.field, {row.pk: row for row in rows}
    model: Any = relation.related_model
    found: list[Model] = prepared.objects(model, field.name, by_pk)
    for row in rows:
        relation.set_cached_value(row, None)
    for other in found:
        owner = by_pk[getattr(other, field.attname)]
        field.set_cached_value(other, owner)
        relation.set_cached_value(owner, other)
    return found


def _of_many(rows: Sequence[Model], relation: ManyToOneRel) -> list[Model]:
    field, by_pk = relation.field, {row.pk: row for row in rows}
    model: Any = relation.related_model
    found: list[Model] = prepared.objects(model, field.name, by_pk)
    own: dict[int, list[Model]] = defaultdict(list)
    for each in found:
        owner = getattr(each, field.attname)
        field.set_cached_value(each, by_pk[owner])
        own[owner].append(each)
    _give(rows, relation.accessor_name or relation.name, model, own)
    return found


def _shared(rows: Sequence[Model], field: "ManyToManyField[Any, Any]") -> list[Model]:
    model: Any = field.related_model
    through: Any = field.remote_field.through
    columns = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    pairs = prepared.rows(_pairs, [row.pk for row in rows], through, *columns)
    found = prepared.objects(model, "pk", sorted({other for _owner, other in pairs}))
    having: dict[int, set[int]] = defaultdict(set)
    for owner, other in pairs:
        having[other].add(owner)
    own: dict[int, list[Model]] = defaultdict(list)
    for each in found:  # in their order
        for owner in having[each.pk]:
            own[owner].append(each)
    _give(rows, field.name, model, own)
    return found


def _pairs(pks: Sequence[int], through: Any, owner: str, other: str) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = through._default_manager.filter(**{f"{owner}__in": pks})
    return found.values_list(owner, other)


def _give(rows: Sequence[Model], name: str, model: Any, own: dict[int, list[Model]]) -> None:
    """Those without any share one answer."""
    whole = model._default_manager.all()
    nothing = _answer(whole, [])
    for row in rows:
        mine = own.get(row.pk)
        row.__dict__.setdefault(_GATHERED, {})[name] = _answer(whole, mine) if mine else nothing


def _answer(whole: Any, rows: list[Model]) -> Any:
    """A query that has been asked. Not a copy of `whole`, which would read everything."""
    answer = type(whole)(whole.model, whole.query, whole.db)
    answer._result_cache, answer._prefetch_done = rows, True
    return answer
