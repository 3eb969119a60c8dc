"""The two indexes behind search, SQLite's FTS5 and PostgreSQL's GIN, and the one interface to them.

Each keeps itself up to date with the table of documents; search above it never knows which one answers.
"""

from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL

from recordings.search.backends import postgresql, sqlite
from recordings.search.parsing import Term


class BackEnd(Protocol):
    """An index over the folded text of all search documents."""

    def create(self) -> list[str]:
        """Return the statements that make the index, filled from the documents that are there."""
        ...

    def drop(self) -> list[str]:
        """Return the statements that take the index away, whether or not it is there."""
        ...

    def matching(self, term: Term) -> RawSQL:
        """Return the subquery of the primary keys of documents that hold `term`."""
        ...


def back_end(connection: BaseDatabaseWrapper) -> BackEnd:
    """Return the back end of a database connection."""
    return sqlite.Fts5() if connection.vendor == "sqlite" else postgresql.Gin()
