"""Makes the editions: one job for each original and recipe. Disposable: a lost edition is simply made again."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from PIL import Image

from recordings.assets import store
from recordings.assets.probing import Unacceptable, inspect
from recordings.catalogue.models import Original
from recordings.renditions import ffmpeg
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import DEMUXERS, RECIPES, Recipe, command
from seminars.queue import jobs
from seminars.queue.models import Job, JobState

DOOR = "recordings.tasks.make_rendition"
KIND = "rendition"
SPEED = 0.5  # of real time: slower than this on any machine, and something is wrong
LEAST_SECONDS = 300


class CannotMake(Exception):
    """The edition cannot be made of this file, however often it is tried; the message is for the organiser."""

    def __init__(self, why: str, last_words: str = "") -> None:
        super().__init__(why)
        self.last_words = last_words


def wanted(original: Original) -> list[Recipe]:
    """Return the recipes that suit an original."""
    asset = original.asset
    return [recipe for recipe in RECIPES.values() if recipe.suits(asset.media_type, asset.probe)]


def missing(originals: Iterable[Original]) -> list[tuple[Original, Recipe]]:
    """Return which editions the current ones among these originals lack, in two queries however many they are."""
    current = [original for original in originals if original.superseded_at is None]
    made = set(
        Rendition.objects.filter(original__in=current).values_list("original_id", "recipe", "recipe_version")
    )
    return [
        (original, recipe)
        for original in current
        for recipe in wanted(original)
        if (original.pk, recipe.name, recipe.version) not in made
    ]


def ensure(originals: Iterable[Original], *, now: datetime) -> int:
    """Return for how many missing editions there is a job now."""
    lacking = missing(originals)
    for original, recipe in lacking:
        jobs.ensure(
            kind=f"{KIND}.{recipe.name}",
            subject=f"original:{original.pk}",
            input_sha256=original.asset.sha256,
            recipe_version=recipe.version,
            door=DOOR,
            cluster="media",
            now=now,
            asked_by_id=original.added_by_id,
        )
    return len(lacking)


def is_under_way(original: Original) -> bool:
    """Return whether an edition of this file is being made or waits for its turn, as a page may promise."""
    waiting = Job.objects.filter(kind__startswith=f"{KIND}.", subject=f"original:{original.pk}")
    return waiting.filter(state__in=[JobState.QUEUED, JobState.LEASED, JobState.FAILED]).exists()


def unordered(*, limit: int = 100) -> list[Original]:
    """Return published current originals, at most `limit` for each recipe, that lack an edition and its job."""
    found: dict[int, Original] = {}
    current = Original.objects.filter(superseded_at=None, recording__withdrawn_at=None)
    out = current.filter(recording__published_at__isnull=False, asset__media_type__in=list(DEMUXERS))
    for recipe in RECIPES.values():
        made = Rendition.objects.filter(
            original=OuterRef("pk"), recipe=recipe.name, recipe_version=recipe.version
        )
        asked = Job.objects.filter(
            kind=f"{KIND}.{recipe.name}",
            subject=Concat(Value("original:"), Cast(OuterRef("pk"), CharField())),
            input_sha256=OuterRef("asset__sha256"),
            recipe_version=recipe.version,
        )
        lacking = out.filter(~Exists(made), ~Exists(asked), asset__probe__has_key=recipe.needs)
        found |= {original.pk: original for original in lacking.select_related("asset")[:limit]}
    return list(found.values())


def ordered(job: Job) -> tuple[Original, Recipe] | None:
    """Return what a job is to make of what; None when the original is gone or the recipe has moved on."""
    recipe = RECIPES.get(job.kind.partition(".")[2])
    rows = Original.objects.select_related("asset", "recording__session")
    original = rows.filter(pk=int(job.subject.partition(":")[2])).first()
    if original is None or recipe is None or recipe.version != job.recipe_version:
        return None
    return original, recipe


def make(
    *,
    original: Original,
    recipe: Recipe,
    clock: Callable[[], datetime],
    progress: Callable[[int, int], None],
) -> Rendition:
    """Return the edition, made, probed and kept; one that is there already is returned as it is.

    progress: called with milliseconds done and in all. Raises CannotMake, ffmpeg.NoFfmpeg, store.DiskFull.
    """
    key = {"original": original, "recipe": recipe.name, "recipe_version": recipe.version}
    there = Rendition.objects.filter(**key).first()
    if there:
        return there
    seconds = float(original.asset.probe.get("seconds", 0))
    with store.draft_path(recipe.suffix) as draft:
        encode(original, recipe, draft, seconds, progress)
        facts = check(recipe, draft, seconds)
        with (
            store.staging(draft) as staged,
            store.keeping(staged, media_type=recipe.media_type, probe=facts, now=clock()) as asset,
        ):
            rendition, _made = Rendition.objects.get_or_create(
                **key, defaults={"asset": asset, "made_at": clock()}
            )
            return rendition


def encode(
    original: Original,
    recipe: Recipe,
    draft: Path,
    seconds: float,
    progress: Callable[[int, int], None],
) -> None:
    """Write the edition to `draft`. Raises CannotMake."""
    longest = max(LEAST_SECONDS, seconds / SPEED)
    arguments = command(
        recipe,
        source=str(store.path_of(original.asset.sha256)),
        media_type=original.asset.media_type,
        target=str(draft),
        seconds=seconds,
    )
    try:
        ffmpeg.run(
            arguments,
            timeout=longest,
            cpu_seconds=int(longest * 2),
            progress=lambda done: progress(int(done * 1000), int(seconds * 1000)),
        )
    except ffmpeg.Failed as wrong:
        why = _("The file could not be converted. People can still use it as it is.")
        raise CannotMake(why, f"{wrong}\n{wrong.last_words}") from wrong


def check(recipe: Recipe, draft: Path, seconds: float) -> dict[str, Any]:
    """Return the facts of what came out. Raises CannotMake where that is nothing, broken, or much too short."""
    why = _("What came out of the conversion is not whole. People can still use the file as it is.")
    if not draft.exists() or not draft.stat().st_size:
        raise CannotMake(why)
    if not recipe.kind:
        return picture_facts(draft, why)
    try:
        facts = inspect(draft, recipe.kind).probe
    except Unacceptable as wrong:
        raise CannotMake(why, str(wrong)) from wrong
    if facts.get("seconds", 0) < seconds * 0.8 - 1:
        raise CannotMake(why, f"{facts.get('seconds')} of {seconds} seconds")
    return facts


def picture_facts(draft: Path, why: str) -> dict[str, Any]:
    """Return the pixels of a picture. Raises CannotMake."""
    try:
        with Image.open(draft, formats=["WEBP"]) as picture:
            picture.load()
            return {"width": picture.width, "height": picture.height}
    except (OSError, SyntaxError, ValueError) as wrong:
        raise CannotMake(why, str(wrong)) from wrong
