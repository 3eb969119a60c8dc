"""What is in a bag: files as they came and small ones, texts, reports and papers, descriptions, rows, offline pages."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from recordings.assets.models import Asset
from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.preservation.bags.choosing import ALL, COMMUNITY, MUST, SERIES, SESSION, Chosen, Scope
from recordings.preservation.bags.freezing import Frozen
from recordings.preservation.bags.rows import Row, metadata
from recordings.preservation.bags.schema import FORMAT, VERSION, Table
from recordings.preservation.bags.streaming import Label
from recordings.preservation.describing import describe, dublin_core
from recordings.preservation.sticks.choosing import File, Order
from recordings.preservation.sticks.fitting import NOT_WANTED
from recordings.preservation.sticks.pieces import Piece, lost, text_piece
from recordings.preservation.sticks.sheets import paper_pieces
from recordings.preservation.sticks.showing import Files, file_name_of
from recordings.preservation.sticks.site import site_pieces
from recordings.renditions.models import Rendition
from recordings.slides.models import SlidePage
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import CaptionError
from seminars.followups.papers.models import PaperVersion

PLACE = "metadata/metadata.json"
BLOCK = 256 * 1024


def label_of(scope: Scope, now: datetime) -> Label:
    """Return what the bag is called."""
    identifier = f"{settings.MERIDIAN_URL}/#{scope.kind}{f':{scope.slug}' if scope.slug else ''}"
    said = "The whole archive" if scope.kind == ALL else f"The archive of the {scope.kind} {scope.slug}"
    return Label(f"{scope.name}-{now.date().isoformat()}", identifier, f"{said}: {settings.SITE_NAME}")


def pieces_of(frozen: Frozen, *, language: str = "en") -> Iterator[Piece]:
    """Yield the payload of a bag, piece by piece, each made when it is written. language: of its pages.

    Raises pieces.Damaged.
    """
    chosen = frozen.chosen
    files = Files(left=dict.fromkeys(_unwanted(chosen), NOT_WANTED), only=frozen.going, items=frozen.items)
    with override(language):
        title = _title(chosen.scope)
    yield from site_pieces(_order(chosen, language), files, title=title, now=chosen.now)
    yield from _descriptions(frozen, files)
    yield from _beside_the_pages(frozen, files)
    yield from _papers(chosen, files)
    yield Piece(PLACE, partial(_metadata, frozen, files))
    facts = {"scope": chosen.scope, "title": title, "site": settings.MERIDIAN_URL, "made": chosen.now}
    yield text_piece("README.txt", lambda: render_to_string("recordings/offline/README.txt", facts))


def missing(chosen: Chosen) -> list[str]:
    """Return a sentence for each file that is gone from the store or cut, told without reading any."""
    rows = _present(chosen).iterator(chunk_size=500)
    return lost(Piece(f"files/{each.sha256[:12]}", size=each.size, sha256=each.sha256) for each in rows)


def size_of(chosen: Chosen) -> tuple[int, int]:
    """Return how many files of the store go into the bag, and their bytes."""
    sizes = list(_present(chosen).values_list("size", flat=True))
    return len(sizes), sum(sizes)


# Below: how it is done.


def _title(scope: Scope) -> str:
    if scope.kind == ALL:
        return _("The archive of %(site)s") % {"site": settings.SITE_NAME}
    return _("From the archive of %(site)s") % {"site": settings.SITE_NAME}


def _order(chosen: Chosen, language: str) -> Order:
    field = {COMMUNITY: "communities", SERIES: "series", SESSION: "sessions"}.get(chosen.scope.kind)
    narrowed: dict[str, Any] = {field: (chosen.scope.slug,)} if field else {}
    return Order(visitor=chosen.reader, language=language, **narrowed)


def _unwanted(chosen: Chosen) -> set[str]:
    """Hashes of editions that stay at home."""
    if chosen.editions is None:
        return set()
    rows = Rendition.objects.filter(original__in=chosen.originals.values("pk"))
    return set(rows.exclude(recipe__in=chosen.editions | MUST).values_list("asset__sha256", flat=True))


def _present(chosen: Chosen) -> Any:
    """Assets whose bytes go along."""
    gone = chosen.withheld.values("pk")
    here = Original.objects.filter(recording__in=chosen.recordings.exclude(pk__in=gone).values("pk"))
    renditions = chosen.renditions.filter(original__in=here.values("pk"))
    pages = SlidePage.objects.filter(slides__in=here.values("pk"), asset__isnull=False)
    keys = (
        here.order_by()
        .values("asset")
        .union(renditions.order_by().values("asset"), pages.order_by().values("asset"))
    )
    return Asset.objects.filter(pk__in=keys).order_by("pk")


def _descriptions(frozen: Frozen, files: Files) -> Iterator[Piece]:
    for uuid in frozen.recordings:
        recording = Recording.objects.select_related("session").filter(uuid=uuid).first()
        if recording:
            name = files.names.take("metadata", f"{recording.slug.lower()}.xml")
            yield Piece(name, partial(_described, recording, frozen.chosen))


def _beside_the_pages(frozen: Frozen, files: Files) -> Iterator[Piece]:
    """Files that the offline pages do not show: superseded ones, older editions; and what was said as plain text."""
    for each in frozen.files():
        file = File(each.sha256, each.size, each.media_type, "", each.kind, each.language, number=each.number)
        piece = files.place(each.slug, file_name_of(each.slug, file), each.sha256, each.size)
        if piece:
            yield piece
        if each.kind == OriginalKind.CAPTIONS and (text := _plain_text(each.original)):
            name = f"{each.slug.lower()[:60]}-transcript-{each.language}.txt"
            yield text_piece(files.names.take(f"files/{each.slug.lower()}", name), partial(str, text))


def _plain_text(uuid: str) -> str:
    """What was said, a cue a line; "" where the file cannot be read: it goes along as it is."""
    original = Original.objects.select_related("asset").filter(uuid=uuid).first()
    if original is None:
        return ""
    try:
        return "\n".join(cue.text for cue in cues(original)) + "\n"
    except (CaptionError, OSError):
        return ""


def _described(recording: Recording, chosen: Chosen) -> list[bytes]:
    return [dublin_core(describe(recording, visitor=chosen.reader))]


def _papers(chosen: Chosen, files: Files) -> Iterator[Piece]:
    """Versions of papers; the latest of those that an item shows are there already."""
    out = chosen.papers.filter(withdrawn_at=None).values("pk")
    # Keys first: a question to the database must not stay open as long as somebody's line is slow.
    for key in list(PaperVersion.objects.filter(paper__in=out).order_by("pk").values_list("pk", flat=True)):
        version = PaperVersion.objects.select_related("paper__community").filter(pk=key).first()
        if version and not files.names.is_taken(f"papers/{version.paper.slug}-v{version.version}.md"):
            yield from paper_pieces(files.names, version.paper, version)


def _metadata(frozen: Frozen, files: Files) -> Iterator[bytes]:
    chosen = frozen.chosen
    head: Row = {
        "format": FORMAT,
        "version": VERSION,
        "software": "Meridian",
        "site": settings.MERIDIAN_URL,
        "scope": {"kind": chosen.scope.kind, "slug": chosen.scope.slug},
        "made_at": chosen.now.isoformat(),
    }
    held = bytearray()
    for part in metadata(head, (_with_places(table, rows, files) for table, rows in frozen.tables())):
        held += part
        if len(held) >= BLOCK:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _with_places(table: Table, rows: Iterator[Row], files: Files) -> tuple[Table, Iterator[Row]]:
    """Say of each file where it lies in the bag; null: only its tombstone goes along."""
    if table.name != "assets":
        return table, rows
    return table, (row | {"path": files.path_of(row["sha256"]) or None} for row in rows)
