"""PPTX: its words in any case, its pages where LibreOffice is; hostile ones are refused with a reason."""

import os
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from recordings.assets import store
from recordings.assets.probing import Unacceptable, inspect
from recordings.assets.sniffing import PPTX
from recordings.catalogue.models import Original
from recordings.renditions import children
from recordings.renditions.models import Rendition
from recordings.slides import ordering, paging
from recordings.slides.models import SlidePage
from seminars.queue.models import Job
from tests.factories import make_session
from tests.recordings.cast import ZOO, take

SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def shape(kind: str, *lines: str) -> str:
    paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    holder = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    return f"<p:sp>{holder}<p:txBody>{paragraphs}</p:txBody></p:sp>"


def slide(*shapes: str, more: str = "") -> str:
    return f"<p:sld {SPACES}{more}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:sld>"


def relations(*rows: tuple[str, str, str]) -> str:
    inner = "".join(f'<Relationship Id="{i}" Type="{RELATED}/{kind}" Target="{to}"/>' for i, kind, to in rows)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def pptx(path: Path, **changes: str | bytes) -> Path:
    """Write a presentation of three slides, the second hidden, the last first in the file."""
    listed = "".join(f'<p:sldId id="{256 + n}" r:id="rId{n}"/>' for n in (1, 2, 3))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": f"<p:presentation {SPACES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"rId{n}", "slide", f"slides/slide{n}.xml") for n in (1, 2, 3))
        ),
        "ppt/slides/slide3.xml": slide(shape("", "No title here", "only   words")),
        "ppt/slides/slide2.xml": slide(shape("title", "Hidden"), more=' show="0"'),
        "ppt/slides/slide1.xml": slide(
            shape("body", "One", "Två"), shape("ctrTitle", "Savings & groups".replace("&", "&amp;"))
        ),
        "ppt/slides/_rels/slide1.xml.rels": relations(("rId1", "notesSlide", "../notesSlides/n1.xml")),
        "ppt/notesSlides/n1.xml": slide(shape("body", "Say hello"), shape("sldNum", "1")),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (parts | {key.replace("__", "/"): value for key, value in changes.items()}).items():
            archive.writestr(name, data)
    return path


def kept(tmp_path: Path, now: datetime) -> Original:
    return take(make_session(), str(pptx(tmp_path / "talk.pptx")), "slides", now)


def make(given: Original, now: datetime) -> list[SlidePage]:
    return paging.make(slides=given, clock=lambda: now, progress=lambda *_p: None)


@pytest.fixture
def libreoffice(tmp_path: Path, settings: Any) -> Callable[[str], Path]:
    """Put a program in LibreOffice's place that does what the given lines say, with `outdir`."""

    def put(lines: str) -> Path:
        program = tmp_path / "soffice"
        head = (
            f"#!{sys.executable}\nimport os, shutil, sys\noutdir = sys.argv[sys.argv.index('--outdir') + 1]\n"
        )
        program.write_text(f"{head}{lines}\n")
        program.chmod(0o755)
        settings.SOFFICE = str(program)
        return program

    return put


@pytest.mark.django_db
def test_without_libreoffice_the_words_are_kept(tmp_path: Path, now: datetime, settings: Any) -> None:
    settings.SOFFICE = str(tmp_path / "none")
    given = kept(tmp_path, now)
    assert (given.asset.media_type, given.asset.probe["pages"]) == (PPTX, 2)
    rows = make(given, now)
    assert [(row.number, row.title, row.text, row.notes) for row in rows] == [
        (1, "Savings & groups", "One\nTvå\nSavings & groups", "Say hello"),
        (2, "No title here only words", "No title here\nonly words", ""),
    ]
    assert {row.asset for row in rows} == {None}
    assert make(given, now) == rows


@pytest.mark.django_db
def test_with_libreoffice_there_are_pictures_too_and_it_is_done_again_when_it_comes(
    tmp_path: Path, now: datetime, settings: Any, libreoffice: Callable[[str], Path]
) -> None:
    settings.SOFFICE = str(tmp_path / "none")
    given = kept(tmp_path, now)
    before = make(given, now)
    Job.objects.all().delete()
    libreoffice(
        f"assert 'SECRET_KEY' not in os.environ\nshutil.copy({str(ZOO / 'one-page.pdf')!r}, outdir + '/slides.pdf')"
    )
    assert [each.pk for each in ordering.unordered()] == [given.recording_id]
    rows = make(given, now)
    assert [(row.pk, row.number) for row in rows] == [(before[0].pk, 1)]
    assert rows[0].asset is not None
    pdf = Rendition.objects.get(recipe="slides_pdf")
    assert store.path_of(pdf.asset.sha256).read_bytes() == (ZOO / "one-page.pdf").read_bytes()
    assert make(given, now) == rows
    assert [path for path in store.staging_folder().iterdir() if path.suffix != ".lock"] == []
    settings.SOFFICE = str(tmp_path / "none")  # what it drew stays when it goes
    Job.objects.all().delete()
    assert ordering.unordered() == []
    assert ordering.ensure([given], now=now) == 0
    assert make(given, now) == rows
    assert not ordering.redraw(given, now=now)


@pytest.mark.django_db
def test_the_lease_is_kept_while_libreoffice_says_nothing(
    tmp_path: Path, now: datetime, libreoffice: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lost(Exception):
        pass

    def lost(*progress: int) -> None:
        assert progress == (0, 2)
        raise Lost

    monkeypatch.setattr(children, "TELL_SECONDS", 0.1)
    libreoffice("import time\ntime.sleep(600)")
    given = kept(tmp_path, now)
    with pytest.raises(Lost):
        paging.make(slides=given, clock=lambda: now, progress=lost)
    assert not list(store.staging_folder().glob("office-*"))


@pytest.mark.django_db
def test_pictures_serve_while_others_are_drawn_even_if_that_fails(
    tmp_path: Path, now: datetime, libreoffice: Callable[[str], Path]
) -> None:
    libreoffice(f"shutil.copy({str(ZOO / 'one-page.pdf')!r}, outdir + '/slides.pdf')")
    given = kept(tmp_path, now)
    picture = make(given, now)[0].asset
    assert picture
    assert ordering.redraw(given, now=now)
    libreoffice("sys.exit(77)")
    with pytest.raises(paging.CannotMake):
        make(given, now)
    assert SlidePage.objects.get().asset == picture


@pytest.mark.django_db
@pytest.mark.parametrize("lines", ["sys.exit(77)", "open(outdir + '/slides.pdf', 'w').write('no')", "pass"])
def test_a_failed_conversion_says_so_and_keeps_the_words(
    lines: str, tmp_path: Path, now: datetime, libreoffice: Callable[[str], Path]
) -> None:
    libreoffice(lines)
    given = kept(tmp_path, now)
    with pytest.raises(paging.CannotMake, match="LibreOffice could not make a PDF"):
        make(given, now)
    assert SlidePage.objects.count() == 2
    assert not os.path.lexists(store.staging_folder() / "slides.pptx")
    assert [path for path in store.staging_folder().iterdir() if path.suffix != ".lock"] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ppt__presentation.xml": f"<p:presentation {SPACES}/>"}, "has no slides"),
        ({"ppt__slides__slide1.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}, "cannot be read"),
        ({"ppt__slides__slide1.xml": "<broken"}, "cannot be read"),
        ({"ppt__slides__slide1.xml": b" " * (17 * 1024**2)}, "far too large"),
    ],
)
def test_what_is_hostile_or_empty_is_refused(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(Unacceptable, match=words):
        inspect(pptx(tmp_path / "talk.pptx", **changes), "slides")


def test_a_presentation_is_no_video_and_no_paper(tmp_path: Path) -> None:
    path = pptx(tmp_path / "talk.pptx")
    for kind in ("video", "paper", "handout"):
        with pytest.raises(Unacceptable, match="PowerPoint presentation"):
            inspect(path, kind)
