"""The two indexes behind search, SQLite's FTS5 and PostgreSQL's GIN, and the one interface to them.

Each is an index of sets of tokens and keeps itself up to date with the tables that hold these sets; search above it
never knows which one answers. Nothing is ranked, parsed or stemmed in here, so both answer the same.
"""

from collections.abc import Sequence
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL

from recordings.search.backends import postgresql, sqlite
from recordings.search.tokens import Need


class BackEnd(Protocol):
    """An index over the tokens of all fields, and one over those of all words."""

    def create(self) -> list[str]:
        """Return the statements that make both indexes, filled from the rows that are there."""
        ...

    def drop(self) -> list[str]:
        """Return the statements that take them away, in this or an older form, whether or not they are there."""
        ...

    def refresh(self) -> list[str]:
        """Return the statements that fill what is there anew, while it is used."""
        ...

    def holding(self, needs: Sequence[Need]) -> tuple[str, list[str]]:
        """Return the statement that finds, as `term` and `id`, the number of a need and a `SearchText` that holds it.

        Its values are apart.
        """
        ...

    def near(self, slips: list[str]) -> RawSQL:
        """Return the subquery of the primary keys of `SearchWord` that hold any of `slips`."""
        ...


def back_end(connection: BaseDatabaseWrapper) -> BackEnd:
    """Return the back end of a database connection."""
    return sqlite.Fts5() if connection.vendor == "sqlite" else postgresql.Gin()
