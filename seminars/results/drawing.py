"""Results as a paper of A4 pages, made by the typst compiler from one template. It writes no file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("report.typ")


def draw(facts: Mapping[str, Any], *, logo: bytes = b"") -> bytes:
    """Return the PDF. facts: what the template names, in words. logo: bytes of a PNG, or none.

    Scripts that no font of the machine has are left out by the compiler: see README on fonts.
    """
    files = {"main.typ": TEMPLATE.read_bytes()}
    # The compiler takes text only as a file beside the template: the logo's bytes go with the facts, as numbers.
    told = {"facts": json.dumps({**facts, "logo": list(logo)}, ensure_ascii=False)}
    made: bytes = typst.compile(files, format="pdf", sys_inputs=told)  # type: ignore[call-overload]  # not in its stubs
    return made
