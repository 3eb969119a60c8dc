"""The README names every setting, command, periodic job and address; what it names is there."""

import contextlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from seminars.config.schedule import TIMETABLE

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "seminars" / "config" / "settings.py").read_text()
COMMANDS = [name for name, app in get_commands().items() if app in {"seminars", "recordings"}]
# `/zone/` · `/organise/…`: the first column of the table of addresses
ADDRESSES = re.findall(r"`(/[^`]*)`", "\n".join(re.findall(r"^\| (`/.*?) \|", README, re.MULTILINE)))
GIVEN = {
    "slug": "after-hours-44",
    "token": "t0ken",
    "uuid": "6f1c3f0e-8f5f-4a38-9a44-0a5b7a1c9e11",
    "filename": "a.pdf",
    "tag": "fr",
}


def ours(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every address of a page of ours, such as `/series/<slug>/`."""
    for each in resolver.url_patterns:
        route = before + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from ours(each, route)
        elif isinstance(each, URLPattern) and each.callback.__module__.startswith(("seminars", "recordings")):
            yield route


@pytest.mark.parametrize("name", sorted(set(re.findall(r'env\.\w+\(\s*"(MERIDIAN_\w+)"', SETTINGS))))
def test_every_setting_is_in_the_table(name: str) -> None:
    assert re.search(rf"^\| `{name}` \| .+ \| .+ \|$", README, re.MULTILINE)


def test_every_setting_of_the_table_is_read() -> None:
    named = set(re.findall(r"^\| `(MERIDIAN_\w+)` \|", README, re.MULTILINE))
    assert {name for name in named if f'"{name}"' not in SETTINGS} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    assert f"| `uv run manage.py {name}" in README


def test_every_command_of_the_table_exists() -> None:
    assert set(re.findall(r"^\| `uv run manage.py (\w+)", README, re.MULTILINE)) <= set(COMMANDS)


@pytest.mark.parametrize("line", TIMETABLE, ids=lambda line: line.name)
def test_every_periodic_job_is_there(line: object) -> None:
    assert f"| {line.name} | `{line.task}` |" in README  # type: ignore[attr-defined]


def test_every_address_is_in_the_list() -> None:
    whole = {address for address in ADDRESSES if not address.endswith("…")}
    below = tuple(address.removesuffix("…") for address in ADDRESSES if address.endswith("…"))
    pages = set(ours(get_resolver()))
    assert pages, "no addresses found"
    assert {page for page in pages if page not in whole and not page.startswith(below)} == set()


@pytest.mark.parametrize("address", [address for address in ADDRESSES if not address.endswith("…")])
def test_every_address_of_the_list_leads_somewhere(address: str) -> None:
    path = re.sub(r"<(\w+)>", lambda found: GIVEN[found[1]], address)
    with contextlib.suppress(Resolver404):
        assert resolve(path)
        return
    pytest.fail(f"nothing is at {address}")


def test_the_rooms_of_the_map_are_the_rooms_of_the_house() -> None:
    drawn = set(re.findall(r"^[├└]── ([\w.]+)/?", README, re.MULTILINE))
    doors = {
        "admin.py",
        "apps.py",
        "models.py",
        "management",
        "migrations",
        "templatetags",
        "static",
        "locale",
        "fields.py",
    }
    standing = {
        path.name
        for app in ("seminars", "recordings")
        for path in (ROOT / app).iterdir()
        if not path.name.startswith("_")
    }
    assert standing - drawn <= doors
    assert drawn - standing == set()


def test_the_changelog_has_the_version() -> None:
    version = re.search(r'^version = "(\d+\.\d+)', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_list_for_pip_fits_what_the_project_asks_for() -> None:
    """Renew it with `uv export --no-annotate --no-header --format requirements-txt -o .ci/requirements.txt`."""
    lines = (ROOT / ".ci" / "requirements.txt").read_text().splitlines()
    pinned = [Requirement(line.rstrip(" \\")) for line in lines if line and not line.startswith((" ", "#"))]
    versions = {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in pinned}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    wrong = [
        str(each)
        for each in map(Requirement, asked)
        if not each.specifier.contains(versions.get(canonicalize_name(each.name), "0"), prereleases=True)
    ]
    assert wrong == []
