"""What an import would do, as plain data: which rows are new, which are here, which cannot be. Writes nothing.

A row that is here stays as it is: it may have been worked on since. A short name that something else has taken makes
the whole import impossible, for addresses must not change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.utils.translation import gettext as _

from recordings.catalogue.addresses import SUFFIXES
from recordings.preservation.bags.choosing import as_told
from recordings.preservation.bags.reading import NotABag
from recordings.preservation.bags.rows import Row, key_in, mark_of, row_of
from recordings.preservation.bags.schema import TABLES, Table
from recordings.preservation.importing.metadata import PLACE, Metadata

LOOSE = frozenset({"revision", "sequence", "next_number", "changed_at", "state", "tzdata_release", "votes"})
"""Columns that go on counting where a row lives; other values of them are no difference."""
MOST_TOLD = 50


@dataclass
class Plan:
    """What an import would do. new: rows to write, by table, in their order. known: primary keys by table and key.

    same: how many rows are here already. differing: those that say something else here, in words. conflicts: why it
    cannot be.
    """

    new: dict[str, list[Row]] = field(default_factory=dict)
    known: dict[str, dict[str, int]] = field(default_factory=dict)
    same: int = 0
    differing: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows are new."""
        return sum(map(len, self.new.values()))


def plan_of(metadata: Metadata) -> Plan:
    """Return what importing would do. Raises NotABag for rows that no table can hold, naming them."""
    plan = Plan()
    coming: dict[str, set[str]] = {}
    for table in TABLES:
        rows = metadata.tables[table.name]
        coming[table.name] = {key_in(table, row) for row in rows}
        plan.known[table.name], plan.new[table.name] = {}, []
        seen: set[str] = set()
        for number, row in enumerate(rows, 1):
            _check(table, row, number, coming)
            key = key_in(table, row)
            if key in seen:
                raise wrong(table, number, _("this row is here twice."))
            seen.add(key)
            _place(table, row, key, plan)
    return plan


def values_of(table: Table, row: Row, plan: Plan) -> dict[str, Any]:
    """Return the columns of a row as the model takes them; links that come later are left out."""
    values = {name: column(table, name).to_python(row[name]) for name in table.fields}
    for name, other in table.links.items():
        if name not in table.later:
            target = row[name]
            values[f"{name}_id"] = None if target is None else plan.known[other][mark_of(target)]
    return values


def column(table: Table, name: str) -> "Field[Any, Any]":
    """Return the model's field."""
    found: Field[Any, Any] = table.model._meta.get_field(name)  # type: ignore[assignment]  # never a reverse relation
    return found


def wrong(table: Table, number: int, words: str) -> NotABag:
    """Return the error that names a row."""
    said = {"path": PLACE, "name": table.name, "number": number, "words": words}
    return NotABag(_("%(path)s, table %(name)s, row %(number)d: %(words)s") % said)


# Below: how it is done.


def _place(table: Table, row: Row, key: str, plan: Plan) -> None:
    """Say whether the row is here, is new, or cannot be."""
    found = _here(table, row, plan)
    if found is None:
        plan.conflicts += [] if len(plan.conflicts) >= MOST_TOLD else list(_conflicts(table, row, plan))
        plan.new[table.name].append(row)
        return
    plan.known[table.name][key] = found.pk
    plan.same += 1
    other = as_told(table, row_of(table, found))
    names = [name for name in table.fields if name not in LOOSE and other[name] != row[name]]
    if names and len(plan.differing) < MOST_TOLD:
        said = {"what": _called(table, row), "names": ", ".join(names)}
        plan.differing.append(
            _("%(what)s is here and stays as it is; the bag says otherwise of: %(names)s.") % said
        )


def _here(table: Table, row: Row, plan: Plan) -> Model | None:
    """The row of this key that is here."""
    asked: dict[str, Any] = {}
    for name in table.key:
        if name in table.links:
            target = plan.known[table.links[name]].get(mark_of(row[name]))
            if target is None:
                return None  # what it belongs to is new, so it is
            asked[f"{name}_id"] = target
        else:
            asked[name] = column(table, name).to_python(row[name])
    rows = table.model._default_manager.filter(**asked).select_related(*table.links)
    found: Model | None = rows.order_by("pk").first()
    return found


def _conflicts(table: Table, row: Row, plan: Plan) -> Iterator[str]:
    for name in table.unique:
        if row[name] is None:
            continue
        value: Any = row[name]
        if name in table.links:
            value = plan.known[table.links[name]].get(mark_of(row[name]))
        if value is not None and table.model._default_manager.filter(**{name: value}).exists():
            words = _("%(what)s: another of %(table)s has “%(value)s” here already.")
            yield words % {"what": _called(table, row), "table": table.name, "value": row[name]}


def _called(table: Table, row: Row) -> str:
    return f"{table.name} {row.get('slug') or key_in(table, row)}"


def _check(table: Table, row: Row, number: int, coming: Mapping[str, set[str]]) -> None:
    """Every column is there, holds what it can hold, and what it links to is in the bag."""
    wanted = {*table.fields, *table.links, *table.many}
    if missing := sorted(wanted - row.keys()):
        raise wrong(table, number, _("“%(name)s” is missing.") % {"name": missing[0]})
    if strange := sorted(row.keys() - wanted):
        raise wrong(table, number, _("“%(name)s” is not known here.") % {"name": strange[0][:60]})
    for name in table.fields:
        _check_value(table, row, number, name)
    for name, other in table.links.items():
        target = row[name]
        if target is None and not column(table, name).null:
            raise wrong(table, number, _("“%(name)s” is empty.") % {"name": name})
        if target is not None and name not in table.later and mark_of(target) not in coming[other]:
            raise wrong(table, number, _("“%(name)s” names a row that is not in the bag.") % {"name": name})
    for name, other in table.many.items():
        targets = row[name] if isinstance(row[name], list) else [None]
        if any(mark_of(each) not in coming[other] for each in targets):
            raise wrong(table, number, _("“%(name)s” names a row that is not in the bag.") % {"name": name})
    if table.name == "assets" and row["media_type"] not in SUFFIXES:
        said = {"name": str(row["media_type"])[:60]}
        raise wrong(table, number, _("files of the type “%(name)s” are not kept here.") % said)
    if table.name == "assets" and not _is_probe(row["probe"]):
        raise wrong(table, number, "“probe”: " + _("this value is not one of those it can have."))
    if table.name == "materials" and not str(row["path"]).startswith(("/", "https://", "http://")):
        raise wrong(table, number, _("“%(name)s” is no address.") % {"name": "path"})


def _is_probe(given: Any) -> bool:
    """Whether pages can reckon with what is said of a file: what it measures are numbers."""
    return isinstance(given, dict) and all(
        given.get(name) is None or (isinstance(given[name], int | float) and isfinite(given[name]))
        for name in ("seconds", "width", "height", "pages")
    )


def _check_value(table: Table, row: Row, number: int, name: str) -> None:
    given = column(table, name)
    try:
        if row[name] is None and given.null:
            return
        value = given.to_python(row[name])
        given.run_validators(value)
        if value is None or (given.choices and value and value not in dict(given.flatchoices)):
            raise ValueError(_("this value is not one of those it can have."))
    except (ValidationError, TypeError, ValueError, OverflowError) as refused:
        words = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
        raise wrong(table, number, f"“{name}”: {words}") from refused
