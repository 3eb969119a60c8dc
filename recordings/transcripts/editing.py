"""What an editor of captions does to them: split, join, insert, take out, shift, replace. Pure.

Each deed returns what it changes and nothing else: lines by key, None for one that goes. So several hands send each
other little, and a change is undone by its opposite. The browser's script does the same without a line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from recordings.transcripts.vtt import LONGEST_HOURS, Cue

LATEST = LONGEST_HOURS * 3_600_000
"""Milliseconds."""
INSERTED = 2000  # milliseconds that a new line lasts, where there is room
SHORTEST = 100


@dataclass(frozen=True)
class Line:
    """Words from `start` to `end`, in milliseconds; its rows are ended by line feeds. voice: who says it, if known."""

    start: int
    end: int
    text: str
    voice: str = ""


Lines = Mapping[str, Line]
Changes = dict[str, Line | None]


class CannotEdit(ValueError):
    """That cannot be done to these lines; the message says why."""


def lines_of(cues: Iterable[Cue]) -> dict[str, Line]:
    """Return cues as lines, in their order under the keys 1, 2, 3 …"""
    return {
        str(number): Line(round(cue.start * 1000), round(cue.end * 1000), cue.text, cue.voice)
        for number, cue in enumerate(cues, 1)
    }


def cues_of(lines: Lines) -> list[Cue]:
    """Return lines as cues in their order; those without words are left out."""
    return [
        Cue(each.start / 1000, each.end / 1000, each.text, each.voice)
        for _key, each in ordered(lines)
        if each.text.strip()
    ]


def ordered(lines: Lines) -> list[tuple[str, Line]]:
    """Return keys and lines by when they begin."""
    return sorted(lines.items(), key=lambda pair: (pair[1].start, pair[1].end, len(pair[0]), pair[0]))


def changed(lines: Lines, changes: Mapping[str, Line | None]) -> dict[str, Line]:
    """Return the lines with the changes made."""
    after = {**lines, **changes}
    return {key: line for key, line in after.items() if line is not None}


def split(lines: Lines, key: str, at: int, new_key: str) -> Changes:
    """Cut a line before the character `at`; the second half is `new_key`, the time is shared by length.

    Raises CannotEdit where one half would have no words, or no time.
    """
    line = lines[key]
    first, second = line.text[:at].strip(), line.text[at:].strip()
    if not first or not second:
        raise CannotEdit(_("Put the cursor between two words of the line that is to be split."))
    middle = line.start + round((line.end - line.start) * len(first) / (len(first) + len(second)))
    if not line.start < middle < line.end:
        raise CannotEdit(_("This line is too short to be split."))
    return {key: replace(line, end=middle, text=first), new_key: replace(line, start=middle, text=second)}


def merge(lines: Lines, key: str) -> Changes:
    """Join a line with the one after it. Raises CannotEdit for the last."""
    after = following(lines, key)
    if after is None:
        raise CannotEdit(_("There is no line after this one."))
    line, other = lines[key], lines[after]
    mark = f"{other.voice}: " if other.voice and other.voice != line.voice else ""
    text = "\n".join(each for each in (line.text, f"{mark}{other.text}") if each.strip())
    return {key: replace(line, end=max(line.end, other.end), text=text), after: None}


def insert(lines: Lines, key: str | None, new_key: str) -> Changes:
    """Put an empty line after `key` (None: before all), as long as there is room until the next."""
    start = lines[key].end if key else 0
    after = following(lines, key) if key else next((each for each, _line in ordered(lines)), None)
    room = lines[after].start - start if after else INSERTED
    return {new_key: Line(start, start + min(INSERTED, max(room, SHORTEST)), "")}


def delete(lines: Lines, key: str) -> Changes:
    """Take a line out."""
    return {key: None} if key in lines else {}


def shift(lines: Lines, by: int) -> Changes:
    """Move every line by so many milliseconds. Raises CannotEdit where one would begin before 0."""
    if any(not 0 <= each.start + by <= each.end + by <= LATEST for each in lines.values() if by):
        raise CannotEdit(_("Then a line would begin before the recording does. Shift by less."))
    moved = ((key, replace(each, start=each.start + by, end=each.end + by)) for key, each in lines.items())
    return dict(moved) if by else {}


def replace_all(lines: Lines, find: str, put: str, *, match_case: bool = False) -> Changes:
    """Write `put` for every `find` in the words. An empty `find` changes nothing."""
    pattern = re.compile(re.escape(find), 0 if match_case else re.IGNORECASE)
    after = {
        key: replace(each, text=pattern.sub(lambda _match: put, each.text)) for key, each in lines.items()
    }
    return {key: each for key, each in after.items() if find and each != lines[key]}


def following(lines: Lines, key: str) -> str | None:
    """Return the key of the line after `key`; None after the last."""
    keys = [each for each, _line in ordered(lines)]
    place = keys.index(key) + 1
    return keys[place] if place < len(keys) else None
