"""Queries whose shape never changes, put into SQL once: building one anew takes ten times as long as asking it."""

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

_NAME, _KEY = "prepared-name", "prepared-key"


def first(
    build: Callable[..., QuerySet[Any]], name: str, key: str, *shape: Hashable
) -> dict[str, Any] | None:
    """Return the first row of `build(name, key, *shape)` by column; None if there is none.

    build: a plain function that returns `.values(…)` of a query in which name and key are nothing but parameters.
    shape: what else makes the query; each is put into SQL anew. Columns come as the driver gives them. Raises
    DatabaseError.
    """
    connection = connections[
        DEFAULT_DB_ALIAS
    ]  # looked up once: the name Django gives it looks it up at each use
    sql, bare, given, columns = _statement(build, shape, connection.vendor)
    told = {place: name if each == _NAME else key if each == _KEY else each for place, each in given}
    if connection.vendor != "sqlite" or connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(sql, told)
            row = cursor.fetchone()
    else:
        row = _straight(connection, bare, told)
    return None if row is None else dict(zip(columns, row, strict=True))


def _straight(connection: BaseDatabaseWrapper, sql: str, told: dict[str, Any]) -> tuple[Any, ...] | None:
    """Ask SQLite's driver itself: the cursors around it rewrite the SQL each time, slower than the answer."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        row: tuple[Any, ...] | None = connection.connection.execute(sql, told).fetchone()
    return row


def rows(build: Callable[..., QuerySet[Any]], pks: Iterable[int], *shape: Hashable) -> list[tuple[Any, ...]]:
    """Return what `build(pks, *shape)` finds; nothing, and nothing is asked, without any.

    build: a plain function that returns `.values_list(…)` of a query in which the pks are nothing but parameters.
    Columns come as the driver gives them. Raises DatabaseError.
    """
    wanted = list(pks)
    if not wanted:
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    wanted += wanted[-1:] * (
        (1 << (len(wanted) - 1).bit_length()) - len(wanted)
    )  # few lengths, few statements
    sql, given = _listed(build, len(wanted), shape, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(
            sql, [wanted[-1 - each] if isinstance(each, int) and each < 0 else each for each in given]
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def objects(model: type[Model], column: str, pks: Iterable[int]) -> list[Any]:
    """Return the models whose `column` (of whole numbers) is among `pks`, in the order of their kind."""
    found = rows(_whole, pks, model, column)
    if not found:
        return []
    connection = connections[DEFAULT_DB_ALIAS]
    names = [field.attname for field in model._meta.concrete_fields]
    compiler = model._default_manager.all().query.get_compiler(connection=connection)
    columns = [field.get_col(model._meta.db_table) for field in model._meta.concrete_fields]
    if converters := compiler.get_converters(columns):  # as for every query of models
        found = compiler.apply_converters(found, converters)
    return [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in found]


def _whole(pks: Sequence[int], model: type[Model], column: str) -> QuerySet[Any]:
    names = [field.attname for field in model._meta.concrete_fields]
    return model._default_manager.filter(**{f"{column}__in": pks}).values_list(*names)


def object_of(stored: Any) -> Any:
    """Return a JSON column as it is meant: drivers give text."""
    return json.loads(stored) if isinstance(stored, str) else stored


def moment_of(stored: str | datetime) -> datetime:
    """Return a time as it is meant, aware UTC: SQLite's driver gives text in UTC, PostgreSQL's what it is."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


@lru_cache(maxsize=512)
def _statement(
    build: Callable[..., QuerySet[Any]], shape: tuple[Hashable, ...], _vendor: str
) -> tuple[str, str, list[tuple[str, Any]], list[str]]:
    """As Django's cursors take it, as SQLite's driver does, its parameters by name, and its columns."""
    query = build(_NAME, _KEY, *shape).order_by("pk")[:1].query
    sql, given = query.sql_with_params()
    named = [(f"p{place}", _bare(each)) for place, each in enumerate(given)]
    columns = [*query.values_select, *query.annotation_select]
    bare = sql % tuple(f":{place}" for place, _each in named)
    sql = sql.replace("%%", "%%%%") % tuple(f"%({place})s" for place, _each in named)
    return sql, bare, named, columns


@lru_cache(maxsize=512)
def _listed(
    build: Callable[..., QuerySet[Any]], count: int, shape: tuple[Hashable, ...], _vendor: str
) -> tuple[str, list[Any]]:
    """With the place of each pk, from the first one on -1, -2 …, where it belongs among the parameters."""
    sql, given = build([-1 - place for place in range(count)], *shape).query.sql_with_params()
    return sql, [_bare(each) for each in given]


def _bare(given: Any) -> Any:
    """A choice as the text that it is: a driver would ask itself each time what it may be."""
    return str(given) if isinstance(given, str) else given
