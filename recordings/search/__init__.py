"""The index of the archive and its two back ends, SQLite FTS5 and PostgreSQL, behind one interface."""
