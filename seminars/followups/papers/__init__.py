"""Discussion papers: what came of sessions, written together, reviewed, numbered, and kept in all its versions."""
