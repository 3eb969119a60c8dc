"""A report on A4: filled in, or with empty lines to write on. No file is written, no network asked."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("report.typ")
LINES = {"line": 1, "number": 1, "text": 8, "list": 6, "quotes": 5}
"""Empty lines to write on, by kind of field."""


@dataclass(frozen=True)
class Asked:
    """One field on paper. help: words beside its label. lines: the answer; none: `empty` lines to write on."""

    label: str
    help: str
    kind: str
    lines: tuple[str, ...]
    empty: int


@dataclass(frozen=True)
class Paper:
    """All that stands on it, in words. accent: as `#rrggbb`. foot: on every page."""

    language: str
    accent: str
    community: str
    heading: str
    title: str
    lines: tuple[str, ...]
    fields: Sequence[Asked]
    address: str
    foot: str


def draw(paper: Paper) -> bytes:
    """Return the PDF. The same paper gives the same pages. Scripts that no font of the machine has are left out."""
    told = {"facts": json.dumps(asdict(paper), ensure_ascii=False)}
    files = {"main.typ": TEMPLATE.read_bytes()}
    made: bytes = typst.compile(files, format="pdf", sys_inputs=told)  # type: ignore[call-overload]  # not in its stubs
    return made
