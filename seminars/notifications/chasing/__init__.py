"""One mail a day about what somebody owes: who is reminded of what and when, what it says, and how it is stopped.

Uses followups, sessions, series, people, clock, and the rest of notifications.
"""
