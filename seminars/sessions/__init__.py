"""The meeting itself: planning rows from promises, moving and cancelling them, speakers, materials, the state.

Uses series, people, changes, fields, words, clock. Other areas learn of a session's turns from its Change rows.
"""
