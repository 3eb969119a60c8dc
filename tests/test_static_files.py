"""Scripts stay small: no page asks for more of ours than a slow line carries in a few seconds."""

from pathlib import Path

import pytest

MOST = 15_000  # bytes as they are written: where nothing compresses on the way, too
ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(
    path
    for app in ("seminars", "recordings")
    for path in (ROOT / app).rglob("*.js")
    if "vendor" not in path.parts
)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stays_under_the_mark(path: Path) -> None:
    assert path.stat().st_size <= MOST


def test_there_are_scripts() -> None:
    assert {"captions.js", "player.js", "send.js"} < {path.name for path in SCRIPTS}
