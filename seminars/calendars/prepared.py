"""Queries whose shape never changes, put into SQL once: building one anew takes ten times as long as asking it."""

import json
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from django.db import connection
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
    sql, given, columns = _statement(build, shape, connection.vendor)
    told = {_NAME: name, _KEY: key}
    with connection.cursor() as cursor:
        cursor.execute(sql, {place: told.get(each, each) for place, each in given})
        row = cursor.fetchone()
    return None if row is None else dict(zip(columns, row, strict=True))


def object_of(stored: Any) -> Any:
    """Return a JSON column as it is meant: drivers give text."""
    return json.loads(stored) if isinstance(stored, str) else stored


@lru_cache(maxsize=512)
def _statement(
    build: Callable[..., QuerySet[Any]], shape: tuple[Hashable, ...], _vendor: str
) -> tuple[str, list[tuple[str, Any]], list[str]]:
    """With its parameters by name: of those by place Django rewrites all of the SQL for SQLite at each execution."""
    query = build(_NAME, _KEY, *shape).order_by("pk")[:1].query
    sql, given = query.sql_with_params()
    named = [(f"p{place}", each) for place, each in enumerate(given)]
    sql = sql.replace("%%", "%%%%") % tuple(f"%({place})s" for place, _each in named)
    return sql, named, [*query.values_select, *query.annotation_select]
