"""What a file says, as plain data: entries, what was not understood, and what to know about the whole. No database."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 10 * 1024**2
MOST_ENTRIES = 5000
"""Entries of one file, before repetitions are written out."""

MOST_SESSIONS = 5000
"""Sessions that one file may give, repetitions written out."""


class Unreadable(Exception):
    """Nothing of it can be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Incoming:
    """One entry that would be one session.

    recurrence: the original wall time of one of a repeated entry, ISO 8601, else "". where: "line 12", for people.
    values: by column of a session, those that the file speaks of, as the column holds them; `cancelled` and
    `postponed` are truth values. whole: it is a whole copy of a session of ours, made by `exporting`.
    """

    uid: str
    recurrence: str
    where: str
    values: Mapping[str, Any]
    whole: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unclear:
    """A line that gives no session: its place, its title and UID as far as there are any, and why."""

    where: str
    title: str
    reason: str
    uid: str = ""


@dataclass(frozen=True)
class Reading:
    """All of a file. name: the calendar's own. complete: False where the file ends too early.

    columns: of a table, which header stands for which of our columns; `headers` are all there are.
    """

    entries: tuple[Incoming, ...]
    unclear: tuple[Unclear, ...] = ()
    notes: tuple[str, ...] = ()
    name: str = ""
    complete: bool = True
    headers: tuple[str, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)


def derived_uid(*parts: str) -> str:
    """Return a UID for an entry that has none: the same for the same words."""
    digest = hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"derived-{digest}"
