"""A certificate as a PDF page, made by the typst compiler from one template. No file is written, no network asked."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import segno
import typst

TEMPLATE = Path(__file__).with_name("certificate.typ")
LONGEST = 1500
LOGOS = (b"\x89PNG", b"\xff\xd8\xff")


@dataclass(frozen=True)
class Sheet:
    """All that stands on it, in words. accent: as `#rrggbb`. logo: bytes of a PNG or JPEG, or none."""

    language: str
    accent: str
    community: str
    heading: str
    says: str
    name: str
    took: str
    title: str
    series: str
    lines: tuple[str, ...]
    words: str
    signed: str
    check: str
    address: str
    code_is: str
    code: str
    logo: bytes = field(default=b"", repr=False)


def draw(sheet: Sheet) -> bytes:
    """Return the PDF. The same sheet gives the same page.

    Scripts that no font of the machine has are left out by the compiler: see README on fonts.
    """
    facts = {
        name: value[:LONGEST] if isinstance(value, str) else value for name, value in vars(sheet).items()
    }
    # The compiler takes text only as a file beside the template: the logo's bytes go with the facts, as numbers.
    facts["logo"] = list(sheet.logo) if sheet.logo.startswith(LOGOS) else []
    code = io.BytesIO()
    segno.make(sheet.address, error="m", micro=False).save(code, kind="svg", border=1, xmldecl=False)
    files = {"main.typ": TEMPLATE.read_bytes(), "qr.svg": code.getvalue()}
    told = {"facts": json.dumps(facts, ensure_ascii=False)}
    made: bytes = typst.compile(files, format="pdf", sys_inputs=told)  # type: ignore[call-overload]  # not in its stubs
    return made
