"""Search in SQLite: FTS5 tables over the tokens, kept up to date by triggers."""

from collections.abc import Sequence

from django.db.models.expressions import RawSQL

from recordings.search.tokens import Need, Token

INDEXES = {
    "recordings_search": ("recordings_searchtokens", "text_id"),
    "recordings_spelling": ("recordings_searchword", "id"),
}
_OPTIONS = "tokenize='ascii', detail=none, columnsize=0"


class Fts5:
    """The indexes hold no text of their own (external content) and no places (detail=none).

    The tokenizer parts words at spaces; whatever is not ASCII is a letter to it, so that no release of Unicode matters.
    """

    def create(self) -> list[str]:
        """Return the statements that make tables and triggers and fill them.

        SQLite rebuilds a table when a migration alters it, and its triggers go: such a migration makes them again.
        """
        made = []
        for name, (table, key) in INDEXES.items():
            into = f"INSERT INTO {name}"
            gone = f"{into}({name}, rowid, tokens) VALUES ('delete', old.{key}, old.tokens)"
            come = f"{into}(rowid, tokens) VALUES (new.{key}, new.tokens)"
            made += [
                f"CREATE VIRTUAL TABLE {name} USING fts5(tokens, content='{table}', content_rowid='{key}', {_OPTIONS})",
                f"CREATE TRIGGER {name}_come AFTER INSERT ON {table} BEGIN {come}; END",
                f"CREATE TRIGGER {name}_gone AFTER DELETE ON {table} BEGIN {gone}; END",
                f"CREATE TRIGGER {name}_changed AFTER UPDATE OF tokens ON {table} BEGIN {gone}; {come}; END",
                f"{into}({name}) VALUES ('rebuild')",
            ]
        return made

    def drop(self) -> list[str]:
        """Return the statements that take triggers and tables away."""
        gone = []
        for name in INDEXES:
            gone += [f"DROP TRIGGER IF EXISTS {name}_{event}" for event in ("come", "gone", "changed")]
            gone.append(f"DROP TABLE IF EXISTS {name}")
        return gone

    def refresh(self) -> list[str]:
        """Return the statements that fill the tables anew; who reads meanwhile has what was there before."""
        into = "INSERT INTO"
        return [f"{into} {name}({name}) VALUES ('rebuild')" for name in INDEXES]

    def holding(self, needs: Sequence[Need]) -> tuple[str, list[str]]:
        """Return the statement that finds the fields with what is needed, and its values."""
        each = "SELECT {} AS term, rowid AS id FROM recordings_search WHERE recordings_search MATCH %s"
        return " UNION ALL ".join(map(each.format, range(len(needs)))), [_asked(need) for need in needs]

    def near(self, slips: list[str]) -> RawSQL:
        """Return the primary keys of words with any of `slips`."""
        asked = " OR ".join(_quoted(Token(slip)) for slip in slips)
        return RawSQL("SELECT rowid FROM recordings_spelling WHERE recordings_spelling MATCH %s", [asked])


def _asked(need: Need) -> str:
    return " AND ".join(f"({' OR '.join(map(_quoted, group))})" for group in need)


def _quoted(token: Token) -> str:
    return f'"{token.text}"' + ("*" if token.prefix else "")
