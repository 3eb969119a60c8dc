"""A community's logo stands on the papers that are drawn for it."""

from dataclasses import fields
from pathlib import Path

import pytest

from seminars.sessions.certificates.drawing import Sheet, draw

LOGO = (Path(__file__).parent / "zoo" / "logos" / "red.png").read_bytes()
IMAGE = b"/Subtype/Image"


def sheet(logo: bytes) -> Sheet:
    """A certificate of plain words."""
    words = {each.name: each.name for each in fields(Sheet)}
    return Sheet(**words | {"language": "en", "accent": "#1d5c63", "lines": ("one",), "logo": logo})  # type: ignore[arg-type]


@pytest.mark.parametrize(("logo", "images"), [(LOGO, 1), (b"", 0), (b"no picture", 0)])
def test_a_certificate_has_the_logo_of_its_community(logo: bytes, images: int) -> None:
    made = draw(sheet(logo)).replace(b" ", b"")
    assert made.startswith(b"%PDF")
    assert min(1, made.count(IMAGE)) == images
