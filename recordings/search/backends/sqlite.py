"""Search in SQLite: an FTS5 table over the documents' folded text, kept up to date by triggers."""

from django.db.models.expressions import RawSQL

from recordings.search.parsing import Term


class Fts5:
    """The index `recordings_search`: it holds no text of its own (external content), triggers keep it right."""

    def create(self) -> list[str]:
        """Return the statements that make table and triggers and fill them.

        SQLite rebuilds a table when a migration alters it, and its triggers go: such a migration makes them again.
        """
        into = "INSERT INTO recordings_search"
        gone = f"{into}(recordings_search, rowid, folded) VALUES ('delete', old.id, old.folded)"
        come = f"{into}(rowid, folded) VALUES (new.id, new.folded)"
        table = "recordings_searchdocument"
        return [
            f"CREATE VIRTUAL TABLE recordings_search USING fts5(folded, content='{table}', content_rowid='id',"
            " tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\")",
            f"CREATE TRIGGER recordings_search_come AFTER INSERT ON {table} BEGIN {come}; END",
            f"CREATE TRIGGER recordings_search_gone AFTER DELETE ON {table} BEGIN {gone}; END",
            f"CREATE TRIGGER recordings_search_changed AFTER UPDATE ON {table} BEGIN {gone}; {come}; END",
            f"{into}(recordings_search) VALUES ('rebuild')",
        ]

    def drop(self) -> list[str]:
        """Return the statements that take triggers and table away."""
        triggers = [
            f"DROP TRIGGER IF EXISTS recordings_search_{name}" for name in ("come", "gone", "changed")
        ]
        return [*triggers, "DROP TABLE IF EXISTS recordings_search"]

    def matching(self, term: Term) -> RawSQL:
        """Return the primary keys of documents with the term. FTS5 takes a quoted string as a phrase of plain words."""
        match = f'"{" ".join(term.words)}"' + ("*" if term.prefix else "")
        return RawSQL("SELECT rowid FROM recordings_search WHERE recordings_search MATCH %s", [match])
