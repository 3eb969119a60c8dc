"""Rows as the database holds them: where thousands are read, Django's look at each value takes most of the time."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def stored(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of `values_list`, not converted: on SQLite booleans are 0 and 1. One query."""
    try:
        statement, values = rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
