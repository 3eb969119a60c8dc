"""What several sources say of one person's part in a session, made one. Plain Python.

A trace that is there twice, or two that overlap, count once: reading a file again changes nothing, and who comes in
with a phone and a laptop is there once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

STRONGEST = ("room", "site", "import", "phone", "join-link", "hand")
"""Ways, the one that says most first: who is seen in the room took part there, whatever a list says."""
JOINS_UP = 1  # seconds: lists are cut to whole ones
LONGEST = 14 * 24 * 3600

Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Trace:
    """What one source says. spans: seconds since 1970, from and to. seconds: in all, where only that is known."""

    way: str
    label: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    seconds: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Return it from its JSON values."""
        spans = tuple((int(first), int(last)) for first, last in stored["spans"])
        return cls(stored["way"], stored["label"], spans, stored["seconds"])

    def stored(self) -> dict[str, Any]:
        """Return it as JSON values."""
        spans = [list(each) for each in self.spans]
        return {"way": self.way, "label": self.label, "spans": spans, "seconds": self.seconds}


@dataclass(frozen=True)
class Merged:
    """What all say together: the columns of an attendance."""

    way: str
    first_at: datetime | None
    last_at: datetime | None
    seconds: int | None
    source: str

    def columns(self) -> dict[str, Any]:
        """Return it by column."""
        return dict(vars(self))


def union(spans: Sequence[tuple[int, int]]) -> Spans:
    """Return the same time in spans that do not touch, the earliest first. Those that end before they begin go."""
    found: Spans = []
    for start, end in sorted(span for span in spans if span[0] <= span[1]):
        if found and start <= found[-1][1] + JOINS_UP:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def merged(traces: Mapping[str, Mapping[str, Any]]) -> Merged:
    """Return what the stored `traces` (at least one) say together."""
    spans = [(int(a), int(b)) for each in traces.values() for a, b in each["spans"]]
    whole = union(spans)
    said = [each["seconds"] for each in traces.values() if each["seconds"] is not None]
    there = sum(end - start for start, end in whole)
    # A moment (the join link, a tap at the door) is a span of no length: it says that, not how long.
    known = [*said, there] if there else said
    # A stored object has no order of its own: PostgreSQL sorts its keys.
    labels = sorted(
        {each["label"] for each in traces.values() if each["label"]}, key=lambda x: (x.lower(), x)
    )
    return Merged(
        way=min((each["way"] for each in traces.values()), key=STRONGEST.index),
        first_at=_moment(whole[0][0]) if whole else None,
        last_at=_moment(whole[-1][1]) if there else None,
        seconds=min(max(known), LONGEST) if known else None,
        source=", ".join(labels)[:200],
    )


def joined(before: Mapping[str, Any] | None, trace: Trace) -> dict[str, Any]:
    """Return the stored trace of one source with what it says now added to what it said `before`."""
    if before is None:
        return trace.stored()
    spans = union([*((int(a), int(b)) for a, b in before["spans"]), *trace.spans])
    said = [each for each in (before["seconds"], trace.seconds) if each is not None]
    return Trace(trace.way, trace.label, tuple(spans), max(said) if said else None).stored()


def at(moment: datetime) -> tuple[tuple[int, int], ...]:
    """Return the span of one moment (aware)."""
    second = int(moment.timestamp())
    return ((second, second),)


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
