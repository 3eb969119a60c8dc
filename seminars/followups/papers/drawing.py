"""A paper as a PDF of A4 pages, made by the typst compiler from one template. No file is written, no network asked."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import typst

from seminars.followups.papers.marking import blocks

TEMPLATE = Path(__file__).with_name("paper.typ")
LOGOS = (b"\x89PNG", b"\xff\xd8\xff")


@dataclass(frozen=True)
class Sheet:
    """All that stands on it, in words of its language. accent: as `#rrggbb`. body: Markdown. logo: a PNG or JPEG."""

    language: str
    accent: str
    community: str
    label: str
    title: str
    authors: tuple[str, ...]
    line: str
    summary_is: str
    summary: str
    body: str
    sources_are: str
    sources: tuple[str, ...]
    log_is: str
    log: tuple[str, ...]
    foot: tuple[str, ...]
    page_is: str
    stamp: str = ""
    logo: bytes = field(default=b"", repr=False)


def draw(sheet: Sheet) -> bytes:
    """Return the PDF. The same sheet gives the same pages.

    Scripts that no font of the machine has are left out by the compiler: see README on fonts.
    """
    facts = {
        **vars(sheet),
        "language": sheet.language.split("-")[0],  # the compiler knows no region
        "summary": blocks(sheet.summary),
        "body": blocks(sheet.body),
        # The compiler takes text only as a file beside the template: the logo's bytes go with the facts, as numbers.
        "logo": list(sheet.logo) if sheet.logo.startswith(LOGOS) else [],
    }
    told = {"facts": json.dumps(facts, ensure_ascii=False)}
    files = {"main.typ": TEMPLATE.read_bytes()}
    made: bytes = typst.compile(files, format="pdf", sys_inputs=told)  # type: ignore[call-overload]  # not in its stubs
    return made
