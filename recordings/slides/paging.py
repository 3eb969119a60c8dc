"""Makes the pages of a deck: a picture and the words of each. Doing it again gives the same rows at their addresses."""

import json
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.assets.probing import BROKEN
from recordings.catalogue.models import Original
from recordings.slides import children
from recordings.slides.models import SlidePage

VERSION = 1
KIND = "slides.pages"
CHILD = Path(__file__).resolve().with_name("page_child.py")
BOX = 960, 1400  # pixels a page fits into: sharp on a phone, some 20 KB
MOST_PAGES = 1000
SECONDS = 900  # for a deck
Facts = dict[str, Any]
REASONS: dict[str, str | Promise] = BROKEN | {
    "too-many": gettext_lazy("The deck has more than 1,000 pages. Choose the slides that were shown."),
}


class CannotMake(Exception):
    """It cannot be made of this file, however often it is tried; the message is for the organiser."""

    def __init__(self, why: str, last_words: str = "") -> None:
        super().__init__(why)
        self.last_words = last_words


def make(
    *, slides: Original, clock: Callable[[], datetime], progress: Callable[[int, int], None]
) -> list[SlidePage]:
    """Return the pages of a PDF deck, drawn and kept; those of this version that are there are returned as they are.

    progress: called with pages done and in all. Raises CannotMake, store.DiskFull.
    """
    there = list(SlidePage.objects.filter(slides=slides, made_version=VERSION).order_by("number"))
    if there:
        return there
    total = int(slides.asset.probe.get("pages") or 0)
    with drawn(store.path_of(slides.asset.sha256), lambda done: progress(done, total)) as pages:
        kept = [(facts, _picture(path, facts, clock())) for facts, path in pages]
    return write(slides, kept)


def write(slides: Original, kept: Sequence[tuple[Facts, Asset | None]]) -> list[SlidePage]:
    """Return the rows of a deck's pages, all written at once. A page that is there keeps its row."""
    with transaction.atomic():
        rows = [
            SlidePage.objects.update_or_create(
                slides=slides,
                number=facts["number"],
                defaults={
                    "asset": asset,
                    "width": facts.get("width", 0),
                    "height": facts.get("height", 0),
                    "title": facts["title"],
                    "text": facts["text"],
                    "notes": facts.get("notes", ""),
                    "language": slides.language,
                    "made_version": VERSION,
                },
            )[0]
            for facts, asset in kept
        ]
        SlidePage.objects.filter(slides=slides, number__gt=len(rows)).delete()
    return rows


@contextmanager
def drawn(path: Path, told: Callable[[int], None]) -> Iterator[list[tuple[Facts, Path]]]:
    """Give the facts and the picture of each page of a PDF; the pictures are gone at the end. Raises CannotMake."""
    prefix = store.staging_folder() / f"{uuid.uuid4().hex}-"
    found: list[Facts] = []

    def hear(line: str) -> None:
        found.append(json.loads(line))
        told(len(found))

    sizes = [str(number) for number in (*BOX, MOST_PAGES)]
    unreadable = _("The pages of this PDF cannot be drawn. Save it as PDF again, then choose it again.")
    try:
        try:
            children.run(
                [sys.executable, "-I", str(CHILD), str(path), str(prefix), *sizes], seconds=SECONDS, told=hear
            )
        except (children.Failed, ValueError) as wrong:
            raise CannotMake(unreadable, getattr(wrong, "last_words", str(wrong))) from wrong
        code = found[-1].get("broken") if found else "unreadable"
        if code:
            raise CannotMake(str(REASONS.get(code) or unreadable))
        yield [(facts, Path(f"{prefix}{facts['number']}.webp")) for facts in found]
    finally:
        for left in prefix.parent.glob(f"{prefix.name}*.webp"):
            left.unlink(missing_ok=True)


def _picture(path: Path, facts: Facts, now: datetime) -> Asset:
    probe = {"width": facts["width"], "height": facts["height"]}
    with store.staging(path) as staged:
        return store.keep(staged, media_type="image/webp", probe=probe, now=now)
