"""Bytes of an iCalendar file to components and their properties, however broken the lines are. No database.

RFC 5545 §3.1 asks for CRLF, UTF-8 and folds that begin with a space. Real files end lines in any way, open with a byte
order mark, are Latin-1, fold inside a character or without the space, and go on after END:VCALENDAR. All of that is
read; the time it takes grows with the bytes only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

DEEPEST = 8
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*)([;:])")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)((?:,(?:"[^"]*"|[^";:,]*))*)')
_NAMES = (
    "begin end version prodid method calscale name description summary dtstart dtend duration rrule rdate exdate"
    " exrule uid location url status sequence categories class created dtstamp organizer attendee conference geo"
    " transp attach tzid tzoffsetto tzname priority image color link source last-modified tzoffsetfrom trigger"
    " recurrence-id related-to refresh-interval action comment contact"
)
_KNOWN = frozenset(_NAMES.split())
_ESCAPES = re.compile(r"\\([\\;,nN:\"])")


@dataclass(frozen=True)
class Property:
    """One content line: `name` and the names of parameters in capitals, `value` as it stands."""

    name: str
    value: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as TEXT (RFC 5545 §3.3.11), also where somebody escaped more than is asked for."""
        return _ESCAPES.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value).strip()


@dataclass
class Component:
    """What stands between BEGIN and END. line: where it begins, counted from 1. whole: its END was there."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)
    whole: bool = False

    def get(self, name: str) -> Property | None:
        """Return the first property `name`, or None."""
        return next((each for each in self.properties if each.name == name), None)

    def all(self, name: str) -> list[Property]:
        """Return every property `name`."""
        return [each for each in self.properties if each.name == name]

    def text(self, name: str) -> str:
        """Return the first property `name` as TEXT, "" if there is none."""
        found = self.get(name)
        return found.text if found else ""


@dataclass
class Tree:
    """Everything in the file, the calendars' own properties together. notes: what was mended."""

    calendar: Component
    events: list[Component] = field(default_factory=list)
    journals: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ended: bool = True


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Return the text of `data` and what there is to say about how it was written. Folds stay."""
    for mark, code in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(code, "replace").replace("\x00", ""), []
    try:
        return data.decode("utf-8").replace("\x00", ""), []
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace").replace("\x00", "")
        return text, [_("The file is not in UTF-8: it was read as Latin-1. Look at letters such as é and å.")]


def tree_of(data: bytes) -> Tree:
    """Return what is in an iCalendar file. Never raises: whatever is no content line is passed over."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decoded(data)[0].encode("utf-8", "replace")
    # Unfolded before it is decoded: a fold may lie inside a character of several bytes.
    pieces = _unfolded(re.sub(rb"\r\n?", b"\n", data))
    text, notes = decoded(b"\n".join(piece.text for piece in pieces))
    tree = Tree(Component("VCALENDAR", 1), notes=notes)
    stack: list[Component] = []
    opened = closed = 0
    for number, line in _logical(pieces, text.split("\n")):
        found = _property(line)
        if found is None:
            continue
        name = found.value.strip().upper()
        if found.name == "BEGIN":
            if name == "VCALENDAR":
                opened += 1
            stack = [*stack, Component(name, number)][:DEEPEST]
        elif found.name == "END":
            if name == "VCALENDAR":
                closed += 1
            stack = _end(stack, name, tree)
        else:
            _put(stack, found, tree)
    for left in stack:
        _keep(left, tree)
    tree.ended = opened > 0 and closed >= opened
    return tree


# Below: how it is done.


@dataclass(frozen=True)
class _Piece:
    """A line with its folds undone: its number, and how wide its last part was.

    A full one was cut by a program, a short one ended by a person.
    """

    number: int
    text: bytes
    width: int


def _unfolded(data: bytes) -> list[_Piece]:
    found: list[_Piece] = []
    held: list[bytes] = []
    start = 1
    for number, raw in enumerate(data.split(b"\n"), 1):
        if held and raw[:1] in (b" ", b"\t"):
            held.append(raw[1:])
            continue
        if held:
            found.append(_Piece(start, b"".join(held), len(held[-1])))
        held, start = [raw], number
    return [*found, _Piece(start, b"".join(held), len(held[-1]))]


def _logical(pieces: list[_Piece], texts: list[str]) -> Iterator[tuple[int, str]]:
    """Content lines with their numbers; what is none goes on with the one before, unless that is a BEGIN or END."""
    start, held, width = 1, [""], 0
    for piece, line in zip(pieces, texts, strict=True):
        if not line.strip():
            continue
        if _begins(line):
            if held[0]:
                yield start, "".join(held)
            start, held = piece.number, [line]
        elif held[0] and not held[0][:6].upper().startswith(("BEGIN:", "END:")):
            held.append(line if width >= 70 else f"\\n{line}")
        width = piece.width
    if held[0]:
        yield start, "".join(held)


def _begins(line: str) -> bool:
    found = _NAME.match(line)
    if found is None:
        return False
    name = found[1]
    return name.lower() in _KNOWN or name.upper().startswith("X-") or (name.isupper() and len(name) > 3)


def _property(line: str) -> Property | None:
    found = _NAME.match(line)
    if found is None:
        return None
    at, params = found.end(1), {}
    while each := _PARAMETER.match(line, at):
        value = each[2] + each[3]
        params[each[1].upper()] = value.replace('"', "").strip()
        at = each.end()
    colon = line.find(":", at)
    if colon < 0:
        return None
    return Property(found[1].upper(), line[colon + 1 :], params)


def _put(stack: list[Component], found: Property, tree: Tree) -> None:
    if not stack or stack[-1].name == "VCALENDAR":
        tree.calendar.properties.append(found)
    elif len(stack[-1].properties) < 2000:
        stack[-1].properties.append(found)


def _end(stack: list[Component], name: str, tree: Tree) -> list[Component]:
    """Close `name` and what was left open inside it; an END without its BEGIN closes nothing."""
    if not any(each.name == name for each in stack):
        return stack
    while stack:
        last, stack = stack[-1], stack[:-1]
        last.whole = last.name == name
        if stack and stack[-1].name not in ("VCALENDAR", "VEVENT"):
            stack[-1].parts.append(last)
        else:
            _keep(last, tree)
        if last.name == name:
            break
    return stack


def _keep(part: Component, tree: Tree) -> None:
    places = {"VEVENT": tree.events, "VTIMEZONE": tree.zones, "VJOURNAL": tree.journals}
    if part.name in places:
        places[part.name].append(part)
