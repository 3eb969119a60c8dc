"""Make the words of many mails: once for each group that reads the same, with each reader's own addresses put in.

Templates are rendered with marks that nobody can guess in place of what is one reader's alone. The first mail of a
group is made both ways: if they differ by one letter, each mail of the group is rendered by itself. A group is made
anew whenever anything that it tells has changed, and each minute.
"""

import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from html import escape
from typing import Any

from django.db.models import Model

from seminars.notifications.letters import Told, Written, write

MOST = 500  # groups that are remembered
_MARK = secrets.token_hex(8)
_FIND = re.compile(f"q{_MARK}([0-9]+)z")
log = logging.getLogger(__name__)


class Press:
    """Remembers what was made for groups of readers; one of them lasts as long as a worker sends."""

    def __init__(self) -> None:
        self._frames: dict[tuple[Any, ...], Written | None] = {}
        self._prints: dict[int, tuple[object, Any]] = {}

    def begin(self) -> None:
        """Begin a batch: its facts are new objects, so those of before are let go."""
        self._prints.clear()

    def write(self, name: str, told: Told, *, language: str, zone: str, now: datetime) -> Written:
        """Return the words of one mail of the kind `name`, as `letters.write` would make them."""
        names = tuple(sorted(name for name, value in told.own.items() if value))
        minute = now.replace(second=0, microsecond=0)
        key = (name, language, zone, minute, names, self._print(told.shared))
        if key not in self._frames:
            if len(self._frames) >= MOST:
                self._frames.clear()
            whole = write(name, told.whole, language=language, zone=zone, now=now)
            self._frames[key] = self._frame(name, told, names, whole, language=language, zone=zone, now=now)
            return whole
        frame = self._frames[key]
        if frame is None:
            return write(name, told.whole, language=language, zone=zone, now=now)
        return spliced(frame, [told.own[each] for each in names])

    def _frame(
        self, name: str, told: Told, names: tuple[str, ...], whole: Written, **how: Any
    ) -> Written | None:
        """The words with marks; None where putting values in does not give what rendering gives."""
        marks = {each: mark(place) for place, each in enumerate(names)}
        frame = write(name, {**told.whole, **marks}, **how)
        if spliced(frame, [told.own[each] for each in names]) == whole:
            return frame
        log.warning("Mails “%s” use what is a reader's own for more than printing: each is made alone", name)
        return None

    def _print(self, shared: Mapping[str, Any]) -> Any:
        """What tells these facts from others; made once for each object of a batch."""
        kept = self._prints.get(id(shared))
        if kept is None or kept[0] is not shared:
            kept = (shared, fingerprint(shared))
            self._prints[id(shared)] = kept
        return kept[1]


def mark(place: int) -> str:
    """Return what stands for a value: letters and digits, which no escaping changes."""
    return f"q{_MARK}{place}z"


def spliced(frame: Written, values: Iterable[str]) -> Written:
    """Return the words with `values` in place of the marks: escaped in the HTML, as they are elsewhere."""
    plain = list(values)
    safe = [escape(each) for each in plain]

    def put(text: str, chosen: list[str]) -> str:
        return _FIND.sub(lambda found: chosen[int(found[1])], text)

    return replace(
        frame,
        subject=put(frame.subject, plain),
        text=put(frame.text, plain),
        html=put(frame.html, safe),
        reply_to=put(frame.reply_to, plain),
        headers={name: put(value, plain) for name, value in frame.headers.items()},
        calendar=put(frame.calendar, plain),
    )


def fingerprint(value: Any, depth: int = 0) -> Any:
    """Return what is equal for two facts only if they tell the same: every column of every row they reach.

    What it cannot take apart is told by its identity: then nothing is shared beyond that object.
    """
    if isinstance(value, Model) and depth < 8:
        state = value._state.fields_cache
        known = {name: state[name] for name in sorted(state) if state[name] is not None}
        columns = tuple(value.__dict__.get(each.attname) for each in value._meta.concrete_fields)
        return (type(value).__name__, repr(columns), fingerprint(known, depth + 1))
    if isinstance(value, Mapping) and depth < 8:
        return tuple((str(name), fingerprint(each, depth + 1)) for name, each in value.items())
    if isinstance(value, list | tuple) and depth < 8:
        return tuple(fingerprint(each, depth + 1) for each in value)
    if is_dataclass(value) and not isinstance(value, type) and depth < 8:
        return (
            type(value).__name__,
            fingerprint([getattr(value, each.name) for each in fields(value)], depth + 1),
        )
    if value is None or isinstance(value, str | bytes | int | float | datetime):
        return repr(value)
    return id(value)
