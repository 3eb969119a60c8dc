"""Captions written in one text field, without a script: some lines as WebVTT, read back as what was changed. Pure."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from recordings.transcripts.editing import Changes, Line, lines_of
from recordings.transcripts.vtt import CaptionError, parse, stamp, with_tags

Rows = Sequence[tuple[str, Line]]
_HEAD = 2  # lines that are put before the text so that it is read as WebVTT


def sheet_of(rows: Rows, first: int) -> str:
    """Return lines as text to edit, each under its number; `first` is that of the first."""
    parts = []
    for number, (_key, line) in enumerate(rows, first):
        times = f"{stamp(line.start / 1000)} --> {stamp(line.end / 1000)}"
        parts.append(f"{number}\n{times}\n{with_tags(line.text, line.voice)}\n")
    return "\n".join(parts)


def changes_in(text: str, was: Rows, new_key: Callable[[], str]) -> Changes:
    """Return what an edited text changes of the lines that it was made of.

    was: those lines, in their order. new_key: gives keys for lines that are new. Raises CaptionError that names the
    line of the text.
    """
    before = [line for _key, line in was]
    after = list(_read(text).values())
    keys = [key for key, _line in was]
    changes: Changes = {}
    for what, old, old_end, new, new_end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if what == "equal":
            continue
        shared = min(old_end - old, new_end - new)
        changes |= {keys[old + each]: after[new + each] for each in range(shared)}
        changes |= dict.fromkeys(keys[old + shared : old_end])
        changes |= {new_key(): line for line in after[new + shared : new_end]}
    return changes


def _read(text: str) -> dict[str, Line]:
    if not text.strip():
        return {}
    try:
        return lines_of(parse("WEBVTT\n\n" + text, keep_lines=True))
    except CaptionError as wrong:
        if not wrong.line:
            raise
        line = wrong.line - _HEAD
        raise CaptionError(re.sub(r"\d+", str(line), str(wrong), count=1), line) from wrong
