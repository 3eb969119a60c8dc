"""The promise: "every second Tuesday at 15:00 in Lisbon". Owns Series and the cadence, which is plain Python.

Uses people, changes, fields, words, clock.
"""
