"""Search in PostgreSQL: a GIN index over the documents' folded text, without stemming, as on SQLite."""

from django.db.models.expressions import RawSQL

from recordings.search.parsing import Term


class Gin:
    """The index `recordings_search` over a generated column, `words`: PostgreSQL itself keeps both up to date.

    The column is there so that a plan which passes the index by need not take every text apart again.
    """

    def create(self) -> list[str]:
        """Return the statements that make column and index."""
        table = "ALTER TABLE recordings_searchdocument"
        return [
            f"{table} ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', folded)) STORED",
            "CREATE INDEX recordings_search ON recordings_searchdocument USING gin (words)",
        ]

    def drop(self) -> list[str]:
        """Return the statement that takes the column, and with it the index, away."""
        return ["ALTER TABLE recordings_searchdocument DROP COLUMN IF EXISTS words"]

    def matching(self, term: Term) -> RawSQL:
        """Return the primary keys of documents with the term: words side by side, `:*` where the last may go on."""
        words = [f"'{word}'" for word in term.words]
        if term.prefix:
            words[-1] += ":*"
        return RawSQL(
            "SELECT id FROM recordings_searchdocument WHERE words @@ to_tsquery('simple', %s)",
            [" <-> ".join(words)],
        )
