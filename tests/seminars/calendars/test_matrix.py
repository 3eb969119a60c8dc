"""Which program reads which property of our golden calendars: `pytest -s tests/seminars/calendars/test_matrix.py`.

A table of properties and parsers: of how many golden entries each gives back the value that stands in the file.
"""

import re
from pathlib import Path

import pytest

from tests.seminars.calendars.parsers import PARSERS, Read, by_icalendar
from tests.seminars.calendars.test_ical import check_octets

ZOO = Path(__file__).parents[2] / "zoo"
FILES = sorted(ZOO.glob("*.ics"))
PROPERTIES = ("UID", "SEQUENCE", "START", "END", "SUMMARY", "DESCRIPTION", "LOCATION")

MISREAD = {("node-ical", "nasty.ics"): {"SUMMARY", "DESCRIPTION"}}
"""What other programs read otherwise than it is written: node-ical makes a line break of a backslash before N."""


def written(body: bytes) -> Read:
    """Return what stands in a file with one entry, read by hand: unfold, split at the first colon outside quotes."""
    lines = body.decode().replace("\r\n ", "").split("\r\n")
    entry = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT")]
    found: Read = {}
    for line in entry[1:]:
        quoted, at = False, 0
        while quoted or line[at] != ":":
            quoted, at = quoted ^ (line[at] == '"'), at + 1
        found.setdefault(line[:at].partition(";")[0], line[at + 1 :])
    plain = {name: _unescaped(found.get(name, "")) for name in ("UID", "SUMMARY", "DESCRIPTION", "LOCATION")}
    return plain | {"SEQUENCE": int(found["SEQUENCE"])}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def counted(parser: str) -> dict[str, int]:
    """Return how many golden entries `parser` gives back right, by property; times as the strict parser has them.

    What is known to be misread must be misread: else our table is out of date.
    """
    right = dict.fromkeys(PROPERTIES, 0)
    for path in FILES:
        body = path.read_bytes()
        check_octets(body)
        [(uid, strict)] = by_icalendar(body).items()
        truth = written(body) | {"START": strict["START"], "END": strict["END"]}
        [(read_uid, found)] = PARSERS[parser](body).items()
        assert uid == truth["UID"]
        same = {name for name in PROPERTIES if (found | {"UID": read_uid})[name] == truth[name]}
        assert set(PROPERTIES) - same == MISREAD.get((parser, path.name), set()), path.name
        for name in same:
            right[name] += 1
    return right


@pytest.mark.parametrize("parser", PARSERS)
def test_every_parser_gives_every_property_back(parser: str) -> None:
    right = counted(parser)
    print(f"\n{parser:22}" + "  ".join(f"{name} {count}/{len(FILES)}" for name, count in right.items()))
    missed = [name for (who, _file), names in MISREAD.items() if who == parser for name in names]
    assert right == {name: len(FILES) - missed.count(name) for name in PROPERTIES}
