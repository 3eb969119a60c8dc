"""What goes onto a stick: which sessions and recordings, which of their files, and what a size leaves out.

The visitor for whom it is made decides what may be on it at all: without one it holds what everybody may see.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.renditions.models import Rendition
from recordings.slides.models import SlidePage
from seminars.followups.papers.models import Paper, PaperSession
from seminars.followups.reports.models import Report
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import WHOLE
from seminars.sessions.models import Session

VOICE, SLIDES, SLIDES_VOICE, SMALL, ORIGINAL = "voice", "slides", "slides-voice", "video-360", "original"
EDITIONS = (VOICE, SLIDES, SLIDES_VOICE, SMALL, ORIGINAL)
"""What can be chosen; captions, texts, reports and papers always go along."""
RECIPES = {
    "poster": "",
    "voice": VOICE,
    "voice_opus": VOICE,
    "slides_voice": SLIDES_VOICE,
    "slides_voice_old": SLIDES_VOICE,
    "video_360": SMALL,
}
CHUNK = 200
LEAVES = {ORIGINAL: 2, SMALL: 1}
"""What a size leaves out, the highest first; what is not here stays, whatever the size."""


@dataclass(frozen=True)
class Order:
    """What somebody wants on a stick. communities, series, sessions: slugs; languages: tags, in capitals or small
    letters (RFC 5646 §2.1.1); none: all there are.

    editions: of EDITIONS. limit: bytes, None where size is no matter. language: of the pages. for_members: it is
    passed on to all members of a community, so nothing is on it that is for a cohort or named people.
    """

    visitor: Visitor = NOBODY
    communities: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    editions: frozenset[str] = frozenset(EDITIONS)
    limit: int | None = None
    language: str = "en"
    for_members: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One file of an item. edition: of EDITIONS, "" for what always goes along.

    kind: an OriginalKind, a recipe, or `slide`. size: bytes. number: of a slide. original: of captions, to read them;
    a bag has many thousands of these, so others keep no rows in memory.
    """

    sha256: str
    size: int
    media_type: str
    edition: str
    kind: str
    language: str = ""
    seconds: float = 0
    original: Original | None = field(default=None, compare=False)
    number: int = 0


def sessions_of(order: Order, now: datetime) -> QuerySet[Session]:
    """Return the sessions on it: over, out, not withdrawn, with something to read, hear or watch. The latest first."""
    rows = Session.objects.visible_to(order.visitor).published().past(now=now)
    rows = rows.filter(withdrawn_at=None, cancelled_at=None)
    if order.for_members:
        rows = rows.filter(audience__in=WHOLE)
    if order.communities:
        rows = rows.filter(series__community__slug__in=order.communities)
    if order.series:
        rows = rows.filter(series__slug__in=order.series)
    if order.sessions:
        rows = rows.filter(slug__in=order.sessions)
    kept = recordings_of(order, now).filter(session=OuterRef("pk"))
    reports = Report.objects.out().filter(session=OuterRef("pk"))
    visible = Paper.objects.visible_to(order.visitor).filter(withdrawn_at=None)
    papers = PaperSession.objects.filter(session=OuterRef("pk"), paper__in=visible.order_by().values("pk"))
    texts = (Exists(reports) | Exists(papers)) & _speaks(order, "")
    return rows.filter(Exists(kept) | texts & ~Q(archived__withdrawn_at__isnull=False))


def recordings_of(order: Order, now: datetime) -> QuerySet[Recording]:
    """Return the recordings on it."""
    rows = Recording.objects.visible_to(order.visitor).kept(now=now)
    if order.for_members:
        rows = rows.filter(Q(session=None) | Q(session__audience__in=WHOLE))
    if order.communities:
        rows = rows.filter(session__series__community__slug__in=order.communities)
    if order.series:
        rows = rows.filter(session__series__slug__in=order.series)
    if order.sessions:
        rows = rows.filter(Q(session__slug__in=order.sessions) | Q(session=None, slug__in=order.sessions))
    captioned = Original.objects.filter(
        _speaks(order, ""), recording=OuterRef("pk"), kind=OriginalKind.CAPTIONS, superseded_at=None
    )
    return (
        rows.filter(Exists(captioned) | _speaks(order, "session__") | Q(session=None) & _speaks(order, ""))
        if order.languages
        else rows
    )


def _speaks(order: Order, before: str) -> Q:
    any_of = (Q((f"{before}language__iexact", tag)) for tag in order.languages)
    return reduce(or_, any_of) if order.languages else Q(pk__isnull=False)


def files_of(recordings: Iterable[Recording]) -> dict[int, list[File]]:
    """Return, by key of each recording, its current files, the latest of each edition, and the pictures of its slides.

    Three questions, however many recordings: some dozens at a time.
    """
    found: dict[int, list[File]] = {each.pk: [] for each in recordings}
    current = Original.objects.filter(recording__in=list(found), superseded_at=None)
    made = Rendition.objects.filter(original__in=current.order_by().values("pk"))
    made = made.select_related("asset", "original").order_by("recipe_version", "pk")
    latest = {
        (each.original_id, each.recipe): (each.original.recording_id, _made(each))
        for each in made.iterator(chunk_size=CHUNK)
    }
    heard = {key for (_original, recipe), (key, _file) in latest.items() if RECIPES.get(recipe) == VOICE}
    for original in current.select_related("asset").iterator(chunk_size=CHUNK):
        key = original.recording_id
        found[key].append(_came(original, heard=key in heard))
    for _pair, (key, file) in sorted(latest.items(), key=lambda each: each[0]):
        found[key].append(file)
    for key, picture in _pictures(current):
        found[key].append(picture)
    return found


def _came(original: Original, *, heard: bool) -> File:
    asset = original.asset
    return File(
        sha256=asset.sha256,
        size=asset.size,
        media_type=asset.media_type,
        edition=_edition(original, heard=heard),
        kind=original.kind,
        language=original.language,
        seconds=float(asset.probe.get("seconds") or 0),
        original=original if original.kind == OriginalKind.CAPTIONS else None,
    )


def _made(rendition: Rendition) -> File:
    asset = rendition.asset
    return File(
        sha256=asset.sha256,
        size=asset.size,
        media_type=asset.media_type,
        edition=RECIPES.get(rendition.recipe, ORIGINAL),
        kind=rendition.recipe,
        language=rendition.original.language,
        seconds=float(asset.probe.get("seconds") or 0),
    )


def _edition(original: Original, *, heard: bool) -> str:
    if original.kind == OriginalKind.AUDIO and not heard:
        return VOICE  # the only voice there is
    if original.kind in (OriginalKind.VIDEO, OriginalKind.AUDIO):
        return ORIGINAL
    return SLIDES if original.kind == OriginalKind.SLIDES else ""


def _pictures(originals: QuerySet[Original]) -> Iterator[tuple[int, File]]:
    """The pictures of slides, each with the key of its recording."""
    rows = SlidePage.objects.filter(slides__in=originals.order_by().values("pk"), asset__isnull=False)
    rows = rows.select_related("asset", "slides").order_by("slides", "number")
    for page in rows.iterator(chunk_size=CHUNK):
        if page.asset:
            picture = File(
                page.asset.sha256,
                page.asset.size,
                page.asset.media_type,
                SLIDES,
                "slide",
                page.language,
                number=page.number,
            )
            yield page.slides.recording_id, picture
