"""Queries whose shape never changes, put into SQL once: building one anew takes ten times as long as asking it."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_NAME, _KEY = "prepared-name", "prepared-key"


def first(build: Callable[[str, str], QuerySet[Any]], name: str, key: str) -> dict[str, Any] | None:
    """Return the first row of `build(name, key)` by column; None if there is none.

    build: a plain function that returns `.values(…)` of a query in which name and key are nothing but parameters.
    Columns of JSON are read; all else comes as the driver gives it. Raises DatabaseError.
    """
    sql, given, columns = _statement(build, connection.vendor)
    told = {_NAME: name, _KEY: key}
    with connection.cursor() as cursor:
        cursor.execute(sql, [told.get(each, each) for each in given])
        row = cursor.fetchone()
    return None if row is None else dict(zip(columns, row, strict=True))


def object_of(stored: Any) -> Any:
    """Return a JSON column as it is meant: drivers give text."""
    return json.loads(stored) if isinstance(stored, str) else stored


@lru_cache(maxsize=64)
def _statement(
    build: Callable[[str, str], QuerySet[Any]], _vendor: str
) -> tuple[str, tuple[Any, ...], list[str]]:
    query = build(_NAME, _KEY).order_by("pk")[:1].query
    sql, given = query.sql_with_params()
    return sql, tuple(given), [*query.values_select, *query.annotation_select]
