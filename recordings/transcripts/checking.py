"""What may be wrong with lines of captions: hard to read, or against the clock. Pure. The browser's script agrees."""

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from recordings.transcripts.editing import Line

FASTEST = 25
"""Characters a second that people can read."""
LONGEST = 84
"""Characters: two rows of 42 on a small screen."""


class Fault(StrEnum):
    """What is wrong with a line."""

    BACKWARDS = "backwards"
    OVERLAP = "overlap"
    FAST = "fast"
    LONG = "long"
    EMPTY = "empty"


WORDS = {
    Fault.BACKWARDS: _("It ends before it starts."),
    Fault.OVERLAP: _("It starts before the line above ends."),
    Fault.FAST: _("Too fast to read: more than 25 characters a second."),
    Fault.LONG: _("Too long: more than 84 characters. Split it."),
    Fault.EMPTY: _("No words: it is left out when you publish."),
}


def faults_of(line: Line, before: Line | None = None) -> list[Fault]:
    """Return what is wrong with a line. before: the one above it."""
    lasts, length = line.end - line.start, len(" ".join(line.text.split()))
    found = {
        Fault.BACKWARDS: lasts <= 0,
        Fault.OVERLAP: before is not None and line.start < before.end,
        Fault.FAST: lasts > 0 and length * 1000 > FASTEST * lasts,
        Fault.LONG: length > LONGEST,
        Fault.EMPTY: not length,
    }
    return [fault for fault, is_so in found.items() if is_so]


def faults(lines: Iterable[tuple[str, Line]]) -> dict[str, list[Fault]]:
    """Return the faults by key, of lines in their order; nothing for a line that has none."""
    found: dict[str, list[Fault]] = {}
    before: Line | None = None
    for key, line in lines:
        if wrong := faults_of(line, before):
            found[key] = wrong
        before = line
    return found
