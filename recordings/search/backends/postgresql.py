"""Search in PostgreSQL: a GIN index over the documents' folded text, without stemming, as on SQLite."""

from django.db.models.expressions import RawSQL

from recordings.search.parsing import Term


class Gin:
    """The index `recordings_search`, an expression index: PostgreSQL itself keeps it up to date."""

    def create(self) -> list[str]:
        """Return the statement that makes the index."""
        return [
            "CREATE INDEX recordings_search ON recordings_searchdocument"
            " USING gin (to_tsvector('simple', folded))"
        ]

    def drop(self) -> list[str]:
        """Return the statement that takes the index away."""
        return ["DROP INDEX IF EXISTS recordings_search"]

    def matching(self, term: Term) -> RawSQL:
        """Return the primary keys of documents with the term: words side by side, `:*` where the last may go on."""
        words = [f"'{word}'" for word in term.words]
        if term.prefix:
            words[-1] += ":*"
        return RawSQL(
            "SELECT id FROM recordings_searchdocument"
            " WHERE to_tsvector('simple', folded) @@ to_tsquery('simple', %s)",
            [" <-> ".join(words)],
        )
