"""What is owed around each session: the checklist, its promise, the session report.

Reads Material (an item is done by fact). Uses sessions, series, people, changes, words, clock.
"""
