"""Every word of ours is there in Swedish too, placeholders kept, and the compiled catalogue is the written one."""

import ast
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from tests.conftest import need

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "seminars" / "locale"
LANGUAGES = [tag for tag, _name in settings.LANGUAGES if tag != "en"]
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language, domain="django")


def texts(message: Message, part: str) -> list[str]:
    value = getattr(message, part)
    return [value] if isinstance(value, str) else list(value)


def said(found: Catalog) -> dict[tuple[str | None, str], list[str]]:
    return {(m.context, str(m.id)): texts(m, "string") for m in found if m.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    missing = [m.id for m in catalogue(language) if m.id and (m.fuzzy or not all(texts(m, "string")))]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(language: str) -> None:
    """A lost name would show a hole; one that was never given would break the page."""
    wrong = []
    for message in catalogue(language):
        if message.id:
            given = {place for text in texts(message, "id") for place in PLACE.findall(text)}
            wrong += [text for text in texts(message, "string") if not set(PLACE.findall(text)) <= given]
            said = {place for text in texts(message, "string") for place in PLACE.findall(text)}
            wrong += [str(message.id)] if said != given else []
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    """After a change: `uv run pybabel compile --domain django --directory seminars/locale`."""
    made = BytesIO()
    write_mo(made, catalogue(language))
    made.seek(0)
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        kept = said(read_mo(file))
    assert kept == said(read_mo(made))
    assert len(kept) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_from_the_catalogue(language: str, tmp_path: Path) -> None:
    """Extracts the texts anew from code and templates, as `manage.py makemessages` does, and compares."""
    need("gettext", present=shutil.which("xgettext") is not None)
    copied = tmp_path / "project"
    for name in ("seminars", "recordings", "templates"):
        shutil.copytree(
            ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__", "media", "*.mo")
        )
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, copied)
    command = [sys.executable, "manage.py", "makemessages", "-l", language, "--no-location", "--no-obsolete"]
    subprocess.run(
        command,
        cwd=copied,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "MERIDIAN_DATA": str(tmp_path / "data")},
    )
    with (copied / "seminars" / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        found = {(m.context, str(m.id)) for m in read_po(file) if m.id}
    assert found == {(m.context, str(m.id)) for m in catalogue(language) if m.id}


@pytest.mark.parametrize("folder", ["seminars", "recordings"])
def test_no_text_hides_in_an_f_string(folder: str) -> None:
    """The tool that collects the texts does not look there: such a text would stay English for ever."""
    calls = {"_", "gettext", "ngettext", "pgettext", "gettext_lazy", "ngettext_lazy", "pgettext_lazy"}
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in calls
    ]
    assert hidden == []
