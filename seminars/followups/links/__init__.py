"""Addresses elsewhere on pages of ours: found where they stand, looked at with patience, told to who can mend them.

`places` finds them, `judging` (pure) reads what answers, `looking` asks: a few an hour, and few of one host. Uses what
papers, sessions, series and communities hold, `elsewhere` and the queue.
"""
