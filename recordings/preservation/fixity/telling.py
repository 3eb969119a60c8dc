"""What everybody may know of the archive's files: when each was last read, where its copies are, what was wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from recordings.assets.models import Asset
from recordings.catalogue.addresses import file_path
from recordings.catalogue.models import Original, Recording
from recordings.catalogue.standing import stands
from recordings.preservation.fixity.belonging import files_of
from recordings.preservation.fixity.models import Copy, Outcome, Verification
from recordings.preservation.fixity.nightly import WITHIN
from recordings.renditions.models import Rendition
from recordings.slides.models import SlidePage

MOST_NAMED = 50


@dataclass(frozen=True)
class FileFacts:
    """One file of a recording. kind: an OriginalKind, a recipe, or "slide". current: no newer version took its place.

    made: from another file, and so could be made again. copied_at: when its second copy was last found good. href: ""
    for what was taken off: it was a mistake, so it is verified and its address given to nobody.
    """

    name: str
    kind: str
    href: str
    asset: Asset
    current: bool
    made: bool
    copied_at: datetime | None

    @property
    def copies(self) -> int:
        """How many good ones there are: of store and second copy."""
        return int(not (self.asset.damaged_at or self.asset.absent)) + int(self.copied_at is not None)


@dataclass(frozen=True)
class Figures:
    """All files together. oldest: when the one that waits longest was last read; None where there are no files."""

    files: int
    bytes: int
    fresh: int
    oldest: datetime | None
    damaged: int
    copied: int
    repaired: int
    recordings: list[Recording] = field(default_factory=list)

    @property
    def percent(self) -> int:
        """How many of a hundred files were read within 90 days, rounded down."""
        return self.fresh * 100 // self.files if self.files else 100


def facts_of(recording: Recording) -> list[FileFacts]:
    """Return the files of a recording: as they came, then what was made from them. Five queries."""
    rows: list[tuple[Any, Original, str, bool]] = []
    originals = list(
        Original.objects.filter(recording=recording).select_related("asset").order_by("added_at", "pk")
    )
    standing = {each.pk for each in originals if stands(each, originals)}
    rows += [(each, each, each.kind, False) for each in originals]
    made = Rendition.objects.filter(original__recording=recording).select_related("asset", "original")
    rows += [(each, each.original, each.recipe, True) for each in made.order_by("original", "recipe", "pk")]
    pages = SlidePage.objects.filter(slides__recording=recording, asset__isnull=False)
    rows += [(each, each.slides, "slide", True) for each in pages.select_related("asset", "slides")]
    copied = copied_at([each.asset for each, _original, _kind, _made in rows])
    found = [fact(recording, *row, copied) for row in rows]
    return [
        each if row[1].pk in standing else replace(each, href="")
        for each, row in zip(found, rows, strict=True)
    ]


def fact(
    recording: Recording,
    file: Any,
    original: Original,
    kind: str,
    made: bool,
    copied: dict[int, datetime],
) -> FileFacts:
    """Return what is told of one file."""
    asset: Asset = file.asset
    href = file_path(recording, file.uuid, kind=kind, language=original.language, media_type=asset.media_type)
    return FileFacts(
        name=href.rpartition("/")[2],
        kind=kind,
        href=href,
        asset=asset,
        current=original.superseded_at is None,
        made=made,
        copied_at=copied.get(asset.pk),
    )


def copied_at(assets: Iterable[Asset]) -> dict[int, datetime]:
    """Return when the second copy of each file was last found good; those without a good one are left out."""
    keys = {each.pk for each in assets}
    rows = Copy.objects.filter(asset__in=keys, damaged_at=None).order_by("verified_at")
    return dict(rows.values_list("asset_id", "verified_at"))


def figures_of(recordings: "QuerySet[Recording]", *, now: datetime) -> Figures:
    """Return the figures of the files of these recordings, and no others'. now: aware UTC. Four queries."""
    files = files_of(recordings).here()
    good = Q(damaged_at=None)
    found = files.aggregate(
        files=Count("pk"),
        bytes=Sum("size"),
        fresh=Count("pk", filter=good & Q(verified_at__gte=now - WITHIN)),
        oldest=Min("verified_at"),
        damaged=Count("pk", filter=~good),
    )
    copied = Copy.objects.filter(asset__in=files.values("pk"), damaged_at=None)
    begun = datetime(now.year, 1, 1, tzinfo=UTC)
    repaired = Verification.objects.filter(
        asset__in=files.values("pk"), outcome=Outcome.REPAIRED, at__gte=begun
    )
    found |= {"copied": copied.values("asset").distinct().count(), "repaired": repaired.count()}
    found["bytes"] = found["bytes"] or 0
    return Figures(**found, recordings=broken(recordings) if found["damaged"] else [])


def broken(recordings: "QuerySet[Recording]") -> list[Recording]:
    """Return those of these recordings with a damaged file, the first fifty."""
    bad = Asset.objects.filter(damaged_at__isnull=False)
    theirs = (
        Q(originals__asset__in=bad)
        | Q(originals__renditions__asset__in=bad)
        | Q(originals__pages__asset__in=bad)
    )
    rows = recordings.filter(theirs).select_related("session__series").distinct().order_by("slug")
    return list(rows[:MOST_NAMED])
