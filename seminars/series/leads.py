"""How long before a session its reminders come: the names that are stored, the usual ones, and which are known."""

from collections.abc import Iterable
from datetime import timedelta

BEFORE = {
    "week": timedelta(days=7),
    "3days": timedelta(days=3),
    "day": timedelta(days=1),
    "3hours": timedelta(hours=3),
    "hour": timedelta(hours=1),
    "15min": timedelta(minutes=15),
}
"""Stored names, the longest first."""


def usual() -> list[str]:
    """Return when reminders come where nobody chose: a week, a day and an hour before."""
    return ["week", "day", "hour"]


def ordered(names: Iterable[str]) -> list[str]:
    """Return the known ones among `names`, each once, the longest first."""
    wanted = set(names)
    return [each for each in BEFORE if each in wanted]
