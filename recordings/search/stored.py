"""Rows as the database holds them: where thousands are read, Django's look at each value takes most of the time."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def stored(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of `values_list`, not converted: on SQLite booleans are 0 and 1. One query."""
    try:
        return fetched(*statement_of(rows))
    except EmptyResultSet:
        return []


def statement_of(rows: QuerySet[Any, Any]) -> tuple[str, Sequence[Any]]:
    """Return the statement that asks for `rows`, and its values. Raises EmptyResultSet where there can be none."""
    statement, values = rows.query.get_compiler(connection=connection).as_sql()
    return statement, values


def fetched(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows that a statement finds. One query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
