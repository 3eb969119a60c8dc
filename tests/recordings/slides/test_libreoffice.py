"""LibreOffice itself, where it is on this machine. MERIDIAN_TEST_ALL does not ask for it: CI installs none, for its
700 MB would be for these few tests; `test_office` covers the rest with a stand-in."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from recordings.assets import store
from recordings.renditions.models import Rendition
from recordings.slides import office, paging
from tests.factories import make_session
from tests.recordings.cast import ZOO, take

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
TALK = ZOO / "talk.pptx"
RED = (200, 30, 30)
WORKER = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from pathlib import Path
from django.conf import settings
from recordings.slides import office
settings.STORE = sys.argv[1]
with office.as_pdf(Path(sys.argv[2]), office.executable()) as pdf:
    pass
"""


def changed(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write the talk with parts of it changed."""
    with zipfile.ZipFile(TALK) as talk, zipfile.ZipFile(path, "w") as other:
        for name in talk.namelist():
            other.writestr(name, change(name, talk.read(name)))
    return path


def has_red(pdf: Path) -> bool:
    document = pypdfium2.PdfDocument(pdf)
    page = document[len(document) - 1].render().to_pil().convert("RGB")
    document.close()
    colours = page.getcolors(page.width * page.height)
    return any(max(abs(a - b) for a, b in zip(colour, RED, strict=True)) < 12 for _n, colour in colours)  # type: ignore[arg-type]


def convert(path: Path) -> bool:
    program = office.executable()
    assert program
    with office.as_pdf(path, program) as pdf:
        return has_red(pdf)


def running(mark: str) -> list[str]:
    """What of LibreOffice runs that has `mark` in its arguments."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            words = each.read_bytes().decode(errors="replace")
            found += [words] if mark in words and "-env:UserInstallation" in words else []
    return found


def nothing_runs(mark: str) -> bool:
    until = time.monotonic() + 60
    while running(mark) and time.monotonic() < until:
        time.sleep(0.1)
    return not running(mark)


@pytest.mark.django_db
def test_a_presentation_becomes_the_pages_that_were_shown(now: datetime) -> None:
    given = take(make_session(), "talk.pptx", "slides", now)
    told: list[tuple[int, int]] = []
    rows = paging.make(slides=given, clock=lambda: now, progress=lambda *p: told.append(p))
    assert [(row.number, row.title, row.notes) for row in rows] == [
        (1, "Savings & groups", "Say hello"),
        (2, "Questions", ""),
    ]
    assert "Två" in rows[0].text
    assert all(row.asset and row.width == paging.BOX[0] for row in rows)
    assert told[-1] == (2, 2)
    pdf = Rendition.objects.get(recipe=paging.SLIDES_PDF).asset
    assert has_red(store.path_of(pdf.sha256))
    assert [path for path in store.staging_folder().iterdir() if path.suffix != ".lock"] == []


def test_a_picture_that_lies_elsewhere_stays_there(tmp_path: Path) -> None:
    picture = tmp_path / "private.png"
    Image.new("RGB", (40, 30), RED).save(picture)
    relations = "ppt/slides/_rels/slide3.xml.rels"

    def linked(name: str, data: bytes) -> bytes:
        if name == "ppt/slides/slide3.xml":
            return data.replace(b"r:embed=", b"r:link=")
        outside = f'Target="{picture.as_uri()}" TargetMode="External"'.encode()
        return data.replace(b'Target="../media/image1.png"', outside) if name == relations else data

    assert convert(TALK)
    assert not convert(changed(tmp_path / "linked.pptx", linked))


def test_what_it_cannot_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(office.CannotConvert, match="could not make a PDF"):
        convert(changed(tmp_path / "broken.pptx", lambda _name, data: data[: len(data) // 2]))


def test_one_that_takes_too_long_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "SECONDS", 1)
    with pytest.raises(office.CannotConvert) as stopped:
        convert(TALK)
    assert "stopped after 1 seconds" in stopped.value.last_words
    assert nothing_runs(str(store.staging_folder()))
    assert not list(store.staging_folder().glob("office-*"))


def test_none_outlives_a_worker_that_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path), str(TALK)], cwd=root)
    mark, until = str(tmp_path / "staging"), time.monotonic() + 60
    while not any("soffice.bin" in words for words in running(mark)) and time.monotonic() < until:
        assert worker.poll() is None
        time.sleep(0.02)
    assert running(mark)
    worker.kill()
    worker.wait()
    assert nothing_runs(mark)
    assert os.listdir(tmp_path / "staging")  # swept by the next conversion, a day later
