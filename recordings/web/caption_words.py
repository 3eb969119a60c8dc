"""What the script of the captions' editor and the server say to each other, as JSON, and what the script says."""

import json
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from recordings.transcripts.checking import WORDS
from recordings.transcripts.editing import Changes, Line
from recordings.transcripts.models import CaptionAside
from recordings.transcripts.vtt import plain


def number(said: str | None) -> int:
    """Return a number that was sent; 0 for anything else."""
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else 0


def row_of(line: Line) -> list[object]:
    """Return a line as JSON holds it."""
    return [line.start, line.end, line.text, line.voice]


def changes_of(said: str, *, as_rows: bool = False) -> Changes | None:
    """Return changes, `{key: [start, end, text, voice] or null}`, or `[[key, start, …], …]`; None if unreadable."""
    try:
        given = json.loads(said or "{}")
        if as_rows:
            given = {row[0]: row[1:] for row in given}
        return {str(key): _line_of(row) if row is not None else None for key, row in given.items()}
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        return None


def _line_of(row: Any) -> Line:
    start, end, text, voice = row
    if isinstance(start, bool) or not all(isinstance(each, int) for each in (start, end)):
        raise TypeError
    rows = (" ".join(each.split()) for each in plain(str(text)).split("\n"))
    return Line(start, end, "\n".join(each for each in rows if each), " ".join(plain(str(voice)).split()))


def beside_of(aside: CaptionAside) -> dict[str, object]:
    """Return a text that stands beside a line, with who wrote it and when."""
    return {
        "id": aside.pk,
        "key": aside.key,
        "row": [aside.start, aside.end, aside.text, aside.voice] if aside.text is not None else None,
        "who": aside.who,
        "at": date_format(aside.at, "H:i"),
    }


def script_words() -> dict[str, object]:
    """Return what the script says."""
    return {
        "faults": {fault.value: str(words) for fault, words in WORDS.items()},
        "saved": _("Saved at %s"),
        "waits": _("Not saved yet"),
        "offline": _(
            "No connection, or you were signed out. Your words are kept on this device; trying again."
        ),
        "restored": _("Your last words had not reached the server. They are here again."),
        "line": _("Line %n"),
        "beside": _("%s wrote this meanwhile:"),
        "somebody": _("Somebody"),
        "gone": _("(taken out)"),
        "take": _("Use this one"),
        "leave": _("Leave it out"),
        "page": _("Lines %a to %b of %c"),
        "warned": _("Lines with a warning: %s"),
        "found": _("Found in lines: %s"),
        "replaced": _("Lines that are different now: %s"),
        "early": _("Then a line would begin before the recording does. Shift by less."),
        "cursor": _("Put the cursor between two words of the line that is to be split."),
        "time": _("Write the time like 01:02:03.500."),
        "full": _("This device has no room to keep your words. Stay online until they are saved."),
    }
