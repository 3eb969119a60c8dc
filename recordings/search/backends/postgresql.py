"""Search in PostgreSQL: GIN indexes over the tokens, which are `tsvector` without places."""

from collections.abc import Sequence

from django.db.models.expressions import RawSQL

from recordings.search.tokens import Need, Token


class Gin:
    """The indexes `recordings_search` and `recordings_spelling`: PostgreSQL itself keeps them up to date.

    The function is there for its setting: a word that is everywhere would have the planner read the whole table, and
    take each transcript apart again, where the index knows the answer.
    """

    def create(self) -> list[str]:
        """Return the statements that make indexes and function."""
        return [
            "CREATE INDEX recordings_search ON recordings_searchtokens USING gin (tokens)",
            "CREATE INDEX recordings_spelling ON recordings_searchword USING gin (tokens)",
            "CREATE FUNCTION recordings_searched(asked tsquery) RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 500"
            " SET enable_seqscan TO off"
            " AS 'SELECT text_id FROM recordings_searchtokens WHERE tokens @@ asked'",
        ]

    def drop(self) -> list[str]:
        """Return the statements that take them away; the column `words` is of an older form."""
        return [
            "ALTER TABLE recordings_searchdocument DROP COLUMN IF EXISTS words",
            "DROP FUNCTION IF EXISTS recordings_searched(tsquery)",
            "DROP INDEX IF EXISTS recordings_search",
            "DROP INDEX IF EXISTS recordings_spelling",
        ]

    def refresh(self) -> list[str]:
        """Return nothing: rows that are written anew take their place in the indexes, and nobody waits."""
        return []

    def holding(self, needs: Sequence[Need]) -> tuple[str, list[str]]:
        """Return the statement that finds the fields with what is needed, and its values."""
        # In FROM, the function is run at once; in SELECT it would be called again for each row: thrice the time.
        each = "SELECT {} AS term, found AS id FROM recordings_searched(%s::tsquery) found"
        return " UNION ALL ".join(map(each.format, range(len(needs)))), [_asked(need) for need in needs]

    def near(self, slips: list[str]) -> RawSQL:
        """Return the primary keys of words with any of `slips`."""
        # One after the other: of all at once the planner expects so many that it reads the whole table instead.
        return RawSQL(
            "SELECT held.id FROM unnest(%s::tsquery[]) slip CROSS JOIN LATERAL"
            " (SELECT id FROM recordings_searchword WHERE tokens @@ slip OFFSET 0) held",
            [[_quoted(Token(slip)) for slip in slips]],
        )


def _asked(need: Need) -> str:
    return " & ".join(f"({' | '.join(map(_quoted, group))})" for group in need)


def _quoted(token: Token) -> str:
    return f"'{token.text}'" + (":*" if token.prefix else "")
