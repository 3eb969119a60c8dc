"""The promise: "every second Tuesday at 15:00 in Lisbon". Owns Series; the cadence and fairness are plain Python.

Uses people, changes, fields, words, clock.
"""
