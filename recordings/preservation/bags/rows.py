"""Rows as metadata.json has them: plain values, and other rows by what they are known by everywhere."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from recordings.preservation.bags.schema import BY_NAME, Table

Row = dict[str, Any]
CHUNK = 100


def rows_of(table: Table, found: QuerySet[Any]) -> Iterator[Row]:
    """Yield the rows of a table, a hundred in memory at a time."""
    paths = tuple(dict.fromkeys(_paths(table)))
    chosen = found.select_related(*paths).prefetch_related(*table.many).order_by("pk")
    for each in chosen.iterator(chunk_size=CHUNK):
        yield row_of(table, each)


def row_of(table: Table, found: Model) -> Row:
    """Return a row as plain values. Load what it links to with it."""
    row: Row = {name: plain(getattr(found, name)) for name in table.fields}
    for name, other in table.links.items():
        linked = getattr(found, name)
        row[name] = None if linked is None else key_of(BY_NAME[other], linked)
    for name, other in table.many.items():
        keys = [key_of(BY_NAME[other], each) for each in getattr(found, name).all()]
        row[name] = sorted(keys, key=json.dumps)
    return row


def key_of(table: Table, found: Model) -> Any:
    """Return what a row is known by: one value, or a list of several."""
    values = [
        key_of(BY_NAME[table.links[name]], getattr(found, name))
        if name in table.links
        else plain(getattr(found, name))
        for name in table.key
    ]
    return values[0] if len(values) == 1 else values


def key_in(table: Table, row: Row) -> str:
    """Return what a row of metadata.json is known by, as text to look it up with."""
    values = [row.get(name) for name in table.key]
    return mark_of(values[0] if len(values) == 1 else values)


def mark_of(key: Any) -> str:
    """Return a key as text to look it up with."""
    return json.dumps(key, sort_keys=True, ensure_ascii=False)


def plain(value: Any) -> Any:
    """Return a column's value as JSON can have it; moments keep their microseconds."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def metadata(head: Row, chosen: Iterable[tuple[Table, Iterable[Row]]]) -> Iterator[bytes]:
    """Yield metadata.json, a line for each row, so that two of them can be compared and none need be in memory."""
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}").encode() + b',\n "tables": {'
    comma = b""
    for table, rows in chosen:
        yield comma + f'\n  "{table.name}": ['.encode()
        comma, inner = b",", b"\n"
        for row in rows:
            yield inner + b"   " + json.dumps(row, ensure_ascii=False).encode()
            inner = b",\n"
        yield b"]"
    yield b"\n }\n}\n"


def _paths(table: Table) -> Iterator[str]:
    """Links whose key is made of further links: `timeline__video`."""
    for name, other in table.links.items():
        yield name
        for inner in BY_NAME[other].key:
            if inner in BY_NAME[other].links:
                yield f"{name}__{inner}"
