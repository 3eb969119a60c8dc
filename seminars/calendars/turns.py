"""One at a time: of many polls that find the same calendar changed, one makes it anew and the others wait for it.

Within this process; two processes may make it at once, and the database says whose is kept. Plain Python.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

LONGEST = 5.0
"""Seconds: whoever has waited so long goes on, whatever holds the other up."""
_turns = tuple(
    Lock() for _place in range(64)
)  # bounded; two calendars that share one only wait for each other


@contextmanager
def waited(key: str) -> Iterator[bool]:
    """Hold the turn of `key`, and tell whether somebody else had it before."""
    turn = _turns[zlib.crc32(key.encode()) % len(_turns)]
    free = turn.acquire(blocking=False)
    held = free or turn.acquire(timeout=LONGEST)
    try:
        yield not free
    finally:
        if held:
            turn.release()
