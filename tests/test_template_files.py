"""Every template can be read: a page that nobody opens in a test is no place for a slip of the pen."""

from pathlib import Path

import pytest
from django.template.loader import get_template

TEMPLATES = Path(__file__).parents[1] / "templates"
FILES = sorted(
    str(file.relative_to(TEMPLATES))
    for file in TEMPLATES.rglob("*")
    if file.is_file() and file.suffix in {".html", ".txt"}
)


def test_there_are_templates() -> None:
    assert len(FILES) > 300


@pytest.mark.parametrize("folder", sorted({str(Path(file).parent) for file in FILES}))
def test_every_template_can_be_read(folder: str) -> None:
    for file in FILES:
        if str(Path(file).parent) == folder:
            get_template(file)
