"""The texts of entries that this process has read lately, so that one edit does not read a whole calendar again.

Only a hint: the database says which revision and stamp each entry has now, and another one is read anew. Bounded, and
shared by all threads of the process.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock

MOST = 12_000_000
"""Characters: the entries of some ten large calendars."""


Key = tuple[object, str, bool, int | None, str | None]
"""One writing of one entry: the session's UUID as the driver gives it, which no other session ever had; language,
whether in UTC, revision, stamp."""

_texts: OrderedDict[Key, str] = OrderedDict()
_lock = Lock()
_size = [0]


def known(keys: Iterable[Key]) -> dict[Key, str]:
    """Return the texts that are remembered, by key."""
    with _lock:
        found = {key: text for key in keys if (text := _texts.get(key)) is not None}
        for key in found:
            _texts.move_to_end(key)
    return found


def remember(texts: Mapping[Key, str]) -> None:
    """Keep them, and forget those that nobody asked for the longest."""
    with _lock:
        for key, text in texts.items():
            before = _texts.pop(key, "")
            _texts[key] = text
            _size[0] += len(text) - len(before)
        while _size[0] > MOST:
            _key, gone = _texts.popitem(last=False)
            _size[0] -= len(gone)


def forget() -> None:
    """Forget everything."""
    with _lock:
        _texts.clear()
        _size[0] = 0
