"""The same facts in other people's calendars: entries, feeds, personal addresses. `ical`, `vtimezone`: plain Python.

Uses followups, sessions, series, people, changes, fields, words, clock.
"""
