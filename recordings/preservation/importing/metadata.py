"""What a bag's metadata.json says, checked before anything of it is believed."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recordings.preservation.bags.paths import BadPath, checked
from recordings.preservation.bags.reading import Bag, NotABag
from recordings.preservation.bags.rows import Row
from recordings.preservation.bags.schema import FORMAT, TABLES, VERSION

PLACE = "data/metadata/metadata.json"
MOST = 512 * 1024**2


@dataclass(frozen=True)
class Metadata:
    """The rows by table. site: address of the Meridian that made the bag. places: where each file lies, by its hash."""

    site: str
    tables: dict[str, list[Row]]
    places: dict[str, str]


def read_metadata(bag: Bag) -> Metadata:
    """Return what the bag says. Raises NotABag for what no bag of ours says, naming the table and the row."""
    try:
        found: Any = json.loads(bag.content(PLACE, most=MOST))
    except (ValueError, RecursionError) as wrong:
        raise NotABag(_("%(path)s is not JSON in UTF-8. Copy the bag again.") % {"path": PLACE}) from wrong
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise NotABag(_("%(path)s does not say that Meridian made this bag.") % {"path": PLACE})
    version = found.get("version")
    if not isinstance(version, int) or version < 1:
        raise NotABag(_("%(path)s does not say its version.") % {"path": PLACE})
    if version > VERSION:
        words = _(
            "This bag was made by a newer Meridian (version %(theirs)d of its metadata; this one reads %(ours)d). "
            "Update this Meridian, then import it."
        )
        raise NotABag(words % {"theirs": version, "ours": VERSION})
    given = found.get("tables")
    if not isinstance(given, dict):
        raise NotABag(_("%(path)s has no tables.") % {"path": PLACE})
    tables = {table.name: _rows(table.name, given.get(table.name, [])) for table in TABLES}
    if strange := sorted(given.keys() - tables.keys()):
        words = _("%(path)s has a table that nobody knows: %(name)s.")
        raise NotABag(words % {"path": PLACE, "name": str(strange[0])[:60]})
    return Metadata(str(found.get("site") or "")[:300], tables, _places(bag, tables["assets"]))


def _rows(name: str, rows: Any) -> list[Row]:
    if not isinstance(rows, list):
        raise _wrong(name, 1, _("this is no list of rows."))
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise _wrong(name, number, _("this is no row."))
    return rows


def _places(bag: Bag, assets: list[Row]) -> dict[str, str]:
    """Where each file lies; a row that names none has left a tombstone only."""
    found: dict[str, str] = {}
    for number, row in enumerate(assets, 1):
        place = row.pop("path", None)
        if place is None:
            continue
        try:
            path = f"data/{checked(str(place))}"
        except BadPath as wrong:
            raise _wrong("assets", number, str(wrong)) from wrong
        if path not in bag.files:
            raise _wrong("assets", number, _("%(path)s is not in the bag.") % {"path": path})
        if bag.files[path] != row.get("size"):
            raise _wrong("assets", number, _("%(path)s has another size.") % {"path": path})
        found[str(row.get("sha256"))] = path
    return found


def _wrong(name: str, number: int, words: str) -> NotABag:
    said = {"path": PLACE, "name": name, "number": number, "words": words}
    return NotABag(_("%(path)s, table %(name)s, row %(number)d: %(words)s") % said)
