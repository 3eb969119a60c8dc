"""Other calendars' entries become our sessions: read, planned, shown, and only then applied.

Owns calendars that are followed, what was imported last (so that what people changed by hand is seen), and files that
wait for a decision. Reading and planning know no database; applying goes through the verbs of sessions and series.
"""
