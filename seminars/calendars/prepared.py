"""Queries whose shape never changes, put into SQL once: building one anew takes ten times as long as asking it."""

import json
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

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


def object_of(stored: Any) -> Any:
    """Return a JSON column as it is meant: drivers give text."""
    return json.loads(stored) if isinstance(stored, str) else stored


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


def _bare(given: Any) -> Any:
    """A choice as the text that it is: a driver would ask itself each time what it may be."""
    return str(given) if isinstance(given, str) else given
