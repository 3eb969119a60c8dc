"""What is owed around each session: the checklist, its promise, the session report.

Reads Material (an item is done by fact); `ticking` stores each turn of an item, `checklist` holds the verbs. Uses
sessions, series, people, changes, words, clock.
"""
