"""The restore drill: what is saved is what comes back, on both databases, in processes of their own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from recordings.preservation.backups import manifest
from tests.databases import another_on_the_server

DRILL = Path(__file__).with_name("drill.py")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[dict[str, dict[str, str]]]:
    """The environments of two Meridians: one that is lost, one that is new. Each has a database of its own."""
    with ExitStack() as stack:
        found = {}
        for name in ("lost", "new"):
            on_server = connection.vendor == "postgresql"
            address = stack.enter_context(another_on_the_server()) if on_server else ""
            found[name] = {"MERIDIAN_DATA": str(tmp_path / name), "MERIDIAN_DATABASE": address}
        yield found


@pytest.fixture
def run(sites: dict[str, dict[str, str]]) -> Run:
    def go(site: str, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, **sites[site], "MERIDIAN_SITE_NAME": "Drill", "MERIDIAN_BACKUPS": ""}
        done = subprocess.run(
            [sys.executable, str(DRILL), *arguments], capture_output=True, text=True, env=environ, check=False
        )
        assert bool(done.returncode) == fails, done.stderr
        return done

    return go


def rows(run: Run, site: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(site, "show").stdout)
    return found


def test_everything_comes_back(run: Run, sites: dict[str, dict[str, str]], tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    run("lost", "fill")
    before = rows(run, "lost")
    assert "1 files of 15,000 bytes" in run("lost", "backup", str(folder)).stdout
    (place,) = manifest.all_of(folder)
    assert json.loads((place / "settings.json").read_text())["MERIDIAN_SITE_NAME"] == "Drill"
    secret = (Path(sites["lost"]["MERIDIAN_DATA"]) / "secret_key").read_text()
    assert all(secret not in each.read_bytes().decode(errors="replace") for each in place.iterdir())
    shutil.rmtree(sites["lost"]["MERIDIAN_DATA"] + "/store")

    run("new", "tables")
    said = run("new", "restore", str(folder)).stdout
    assert "1 mails were due then" in said
    after = rows(run, "new")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"seminars_message"}
    assert [each.count('"uncertain"') for each in after["seminars_message"]].count(1) == 1
    assert after["files"] == before["files"]
    again = run("new", "restore", str(folder), fails=True)
    assert "not empty" in again.stderr
    assert "1 files are back" in run("new", "restore", str(folder), "--media").stdout
