"""What came of sessions: who registered and came, later use of the archive, promises kept; and how each was counted.

Reads what the rooms below keep. Its own tables hold counted use, which nobody's name or address belongs to, and the
words of organisers for a report.
"""
