"""Every template can be read: a page that nobody opens in a test is no place for a slip of the pen."""

import re
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


DARK = re.compile(r"@media ?\(prefers-color-scheme: ?dark\) ?\{\s*:root ?\{([^{}]*)\}\s*\}")
STYLED = [
    path
    for folder in ("seminars", "recordings", "templates")
    for path in sorted((TEMPLATES.parent / folder).rglob("*"))
    if path.suffix in {".css", ".html", ".js"} and "prefers-color-scheme" in path.read_text()
]


@pytest.mark.parametrize("path", STYLED, ids=lambda path: path.name)
def test_dark_changes_colours_only(path: Path) -> None:
    """So the tests in a browser ask in dark only what depends on colours: see `axe` in tests/browser/conftest.py."""
    text = path.read_text()
    blocks = DARK.findall(text)
    assert len(blocks) == text.count("prefers-color-scheme")
    names = [line.partition(":")[0].strip() for block in blocks for line in block.split(";") if line.strip()]
    assert [name for name in names if not name.startswith("--")] == []


def test_there_are_styles_for_the_dark() -> None:
    assert len(STYLED) >= 3
