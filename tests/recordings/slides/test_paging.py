"""Pages of a deck: a picture and words each, once, and a clear word where that cannot be."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.renditions import children
from recordings.slides import paging, reading
from recordings.slides.models import SlidePage
from tests.factories import make_session
from tests.recordings.cast import ZOO, take
from tests.recordings.slides.conftest import Webinar

pytestmark = pytest.mark.django_db


def left_over() -> list[Path]:
    return [path for path in store.staging_folder().iterdir() if path.suffix != ".lock"]


def test_each_page_gets_a_picture_and_its_words(webinar: Webinar, now: datetime) -> None:
    session = make_session()
    given = take(session, str(webinar.deck), "slides", now)
    told: list[tuple[int, int]] = []
    rows = paging.make(slides=given, clock=lambda: now, progress=lambda *p: told.append(p))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert told[-1] == (6, 6)
    for row in rows:
        assert row.asset is not None
        assert (row.width, row.height) == (960, 540)
        assert row.asset.size < 60_000
        with Image.open(store.path_of(row.asset.sha256)) as picture:
            assert (picture.format, picture.size) == ("WEBP", (960, 540))
    assert rows[3].title == "Two pages that are alike"
    assert rows[3].text.startswith("Two pages that are alike\n")
    assert (rows[0].title[:3], rows[0].language) == ("1. ", "en")
    pages = reading.pages_of(given.recording)
    assert [page.number for page in pages] == [1, 2, 3, 4, 5, 6]
    assert pages[0].href.endswith(f"/{rows[0].uuid}/{given.recording.slug}-slide-1.webp")
    assert left_over() == []


def test_doing_it_again_gives_the_same_rows_without_drawing(
    webinar: Webinar, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = take(make_session(), str(webinar.deck), "slides", now)
    first = paging.make(slides=given, clock=lambda: now, progress=lambda *_p: None)
    before = list(SlidePage.objects.values_list("uuid", "asset_id"))
    SlidePage.objects.update(made_version=0)  # as if an older program had made them: addresses stay
    assert paging.make(slides=given, clock=lambda: now, progress=lambda *_p: None) == first
    assert list(SlidePage.objects.values_list("uuid", "asset_id")) == before
    monkeypatch.setattr(children, "run", None)
    assert paging.make(slides=given, clock=lambda: now, progress=lambda *_p: None) == first


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("password.pdf", "The PDF asks for a password"),
        ("broken.pdf", "cannot be drawn"),
        ("no-pages.pdf", "cannot be drawn|no pages"),
        ("noise.mp4", "cannot be drawn"),
    ],
)
def test_what_cannot_be_drawn_says_why_and_leaves_nothing(name: str, words: str) -> None:
    with pytest.raises(paging.CannotMake, match=words), paging.drawn(ZOO / name, lambda _done: None):
        pass
    assert left_over() == []
    assert not Asset.objects.exists()


def test_a_child_that_eats_all_time_is_stopped_and_nothing_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    greedy = tmp_path / "greedy.py"
    greedy.write_text("import sys\nopen(sys.argv[2] + '1.webp', 'w').write('x')\nwhile True: pass\n")
    monkeypatch.setattr(paging, "CHILD", greedy)
    monkeypatch.setattr(paging, "SECONDS", 1)
    with (
        pytest.raises(paging.CannotMake, match="cannot be drawn"),
        paging.drawn(ZOO / "one-page.pdf", lambda _n: None),
    ):
        pass
    assert left_over() == []


def test_too_many_pages_and_a_huge_page(
    monkeypatch: pytest.MonkeyPatch, webinar: Webinar, tmp_path: Path
) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 5)
    with (
        pytest.raises(paging.CannotMake, match="more than 1,000 pages"),
        paging.drawn(webinar.deck, lambda _n: None),
    ):
        pass
    long = tmp_path / "long.pdf"
    long.write_bytes(pdf_of(b"[0 0 20 14400]"))
    with paging.drawn(long, lambda _n: None) as pages:
        assert pages[0][0]["height"] == 1400
        assert pages[0][0]["width"] <= 4


def pdf_of(box: bytes) -> bytes:
    """Return a PDF of one empty page with this MediaBox; readers rebuild the table that is not there."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox " + box + b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def test_the_child_writes_ascii_json_whatever_the_words(webinar: Webinar, tmp_path: Path) -> None:
    lines: list[Any] = []
    with paging.drawn(webinar.deck, lambda _n: None) as pages:
        lines = [json.dumps(facts) for facts, _path in pages]
    assert all(line.isascii() and "\\ud8" not in line and "\\u0000" not in line for line in lines)
