"""The texts of entries that this process has read lately, so that one edit does not read a whole calendar again.

Only a hint: the database says which revision and stamp each entry must have now, and another one is read anew. What is
read within a transaction is not kept: it may be undone, and then another text gets the same revision. Bounded, and
shared by all threads of the process.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from django.db import transaction

from seminars.calendars.contents import Candidate, Chosen

MOST = 12_000_000
"""Characters: the entries of some ten large calendars."""
MOST_ROWS = 8000


Key = tuple[object, str, bool, int, str, int]
"""One writing of one entry: the session's UUID as the driver gives it, which no other session ever had; language,
whether in UTC, revision, stamp, edition."""


class Written(NamedTuple):
    """An entry's text, and the TZID that it names ("" where it names none)."""

    text: str
    zone: str


_texts: OrderedDict[Key, Written] = OrderedDict()
_lists: OrderedDict[Hashable, Sequence[Any]] = OrderedDict()
choices: deque[tuple[list[Candidate], datetime, Chosen]] = deque(maxlen=8)
"""Of calendars too large for all: of which sessions, from when on (aware UTC), which were chosen."""
_lock = Lock()
_size = [0]


def is_tentative() -> bool:
    """Return whether what is read now may still be undone. A test's own transaction does not count."""
    connection = transaction.get_connection()
    return any(not block._from_testcase for block in connection.atomic_blocks)


def known(keys: Iterable[Key]) -> dict[Key, Written]:
    """Return what is remembered, by key."""
    with _lock:
        found = {key: written for key in keys if (written := _texts.get(key)) is not None}
        for key in found:
            _texts.move_to_end(key)
    return found


def remember(texts: Mapping[Key, Written]) -> None:
    """Keep them, unless they may be undone, and forget those that nobody asked for the longest."""
    if is_tentative():
        return
    with _lock:
        for key, written in texts.items():
            before = _texts.pop(key, None)
            _texts[key] = written
            _size[0] += len(written.text) - (len(before.text) if before else 0)
        while _size[0] > MOST:
            _key, gone = _texts.popitem(last=False)
            _size[0] -= len(gone.text)


def known_rows(name: Hashable) -> Sequence[Any]:
    """Return the rows that a calendar showed when it was last made; nothing where that is forgotten."""
    with _lock:
        if name in _lists:
            _lists.move_to_end(name)
        return _lists.get(name, ())


def remember_rows(name: Hashable, rows: Sequence[Any]) -> None:
    """Likewise keep rows, with all that must be as it was for them to hold in their name; forget those of long ago."""
    if is_tentative():
        return
    with _lock:
        _lists[name] = rows
        _lists.move_to_end(name)
        while sum(map(len, _lists.values())) > MOST_ROWS:
            _lists.popitem(last=False)


def forget() -> None:
    """Forget everything."""
    with _lock:
        _texts.clear()
        _lists.clear()
        choices.clear()
        _size[0] = 0
