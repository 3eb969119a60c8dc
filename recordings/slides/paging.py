"""Makes the pages of a deck: a picture and the words of each. Doing it again gives the same rows at their addresses."""

import json
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from recordings.assets.sniffing import PPTX
from recordings.catalogue.models import Original, Recording
from recordings.renditions import children
from recordings.renditions.models import Rendition
from recordings.slides import office
from recordings.slides.models import SlidePage

VERSION = 1
WITH_OFFICE = 1000  # added where LibreOffice drew them
SLIDES_PDF = "slides_pdf"  # the edition that LibreOffice makes of a PPTX
KIND = "slides.pages"
CHILD = Path(__file__).resolve().with_name("page_child.py")
BOX = 960, 1400  # pixels a page fits into: sharp on a phone, some 20 KB
MOST_PAGES = 1000
SECONDS = 900  # for a deck
MADE_ANEW = ["asset", "width", "height", "title", "text", "notes", "language", "made_version"]
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
    """Return the pages of a deck, drawn and kept; those of this version that are there are returned as they are.

    Of a PPTX without LibreOffice, only the words. progress: called with pages done and in all. Raises CannotMake,
    store.DiskFull.
    """
    version = version_of(slides.asset.media_type)
    pages = SlidePage.objects.filter(slides=slides).order_by("number")
    if there := list(pages.filter(made_version__in=good_versions(slides.asset.media_type))):
        return there
    source = store.path_of(slides.asset.sha256)
    if slides.asset.media_type != PPTX:
        return write(slides, _drawn(slides, source, clock, progress), version)
    program = office.executable()
    try:
        told = office.words(source)
        if not pages.filter(
            asset__isnull=False
        ).exists():  # pictures that are there serve until there are others
            write(slides, [(facts, None) for facts in told], VERSION)
        if program is None:
            return list(pages)
        with office.as_pdf(source, program, lambda: progress(0, len(told))) as pdf:
            kept = _drawn(slides, pdf, clock, progress)
            keep_pdf(slides, pdf, clock())
    except office.CannotConvert as wrong:
        raise CannotMake(str(wrong), wrong.last_words) from wrong
    if len(kept) == len(told):  # else nobody knows which notes belong to which page
        kept = [
            (facts | {"notes": own["notes"]}, asset) for (facts, asset), own in zip(kept, told, strict=True)
        ]
    return write(slides, kept, version)


def version_of(media_type: str) -> int:
    """Return the version of pages of a deck of this type: a PPTX is worth doing again once there is LibreOffice."""
    return VERSION + WITH_OFFICE if media_type == PPTX and office.executable() else VERSION


def good_versions(media_type: str) -> set[int]:
    """Return the versions of pages that need no doing again; what LibreOffice drew stays good when it goes."""
    return {version_of(media_type), VERSION + WITH_OFFICE} if media_type == PPTX else {VERSION}


def keep_pdf(slides: Original, pdf: Path, now: datetime) -> Rendition:
    """Return the edition that a PDF of a presentation is, at its address if there was one before."""
    staged = store.in_place(pdf)
    with store.keeping(staged, media_type="application/pdf", now=now) as asset:
        given = {"asset": asset, "made_at": now, "recipe_version": VERSION}
        spare(
            Asset.objects.filter(renditions__original=slides, renditions__recipe=SLIDES_PDF).exclude(
                pk=asset.pk
            )
        )
        return Rendition.objects.update_or_create(original=slides, recipe=SLIDES_PDF, defaults=given)[0]


def _drawn(
    slides: Original, source: Path, clock: Callable[[], datetime], progress: Callable[[int, int], None]
) -> list[tuple[Facts, Asset | None]]:
    total = int(slides.asset.probe.get("pages") or 0)
    with drawn(source, lambda done: progress(done, total)) as pages:
        return [(facts, _picture(path, facts, clock())) for facts, path in pages]


def write(
    slides: Original, kept: Sequence[tuple[Facts, Asset | None]], version: int = VERSION
) -> list[SlidePage]:
    """Return the rows of a deck's pages, all written at once. A page that is there keeps its row and its address."""
    rows = [
        SlidePage(
            slides=slides,
            number=facts["number"],
            asset=asset,
            width=facts.get("width", 0),
            height=facts.get("height", 0),
            title=facts["title"],
            text=facts["text"],
            notes=facts.get("notes", ""),
            language=slides.language,
            made_version=version,
        )
        for facts, asset in kept
    ]
    pages = SlidePage.objects.filter(slides=slides).order_by("number")
    with transaction.atomic():
        Recording.objects.filter(pk=slides.recording_id).update(indexed_revision=0)  # search reads them again
        before = set(pages.filter(asset__isnull=False).values_list("asset", flat=True))
        SlidePage.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["slides", "number"], update_fields=MADE_ANEW
        )
        pages.filter(number__gt=len(rows)).delete()
    spare(Asset.objects.filter(pk__in=before - {asset.pk for _facts, asset in kept if asset}))
    return list(pages)


def spare(replaced: Iterable[Asset]) -> None:
    """Keep the files of replaced pictures for a week; then a night lets go what nobody needs."""
    for asset in replaced:
        store.spare(asset.sha256)


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
    return store.keep(store.in_place(path), media_type="image/webp", probe=probe, now=now)
