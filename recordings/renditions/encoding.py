"""Writes editions with ffmpeg, several from one decoding where they go together, and checks what came out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.assets.probing import Unacceptable, inspect
from recordings.catalogue.models import Original
from recordings.renditions import evening, ffmpeg
from recordings.renditions.recipes import Recipe, command
from recordings.renditions.wanting import EVEN, Progress

SPEED = 0.5  # of real time: slower than this on any machine, and something is wrong
LEAST_SECONDS = 300
NO_ROOM = "No space left on device"


class CannotMake(Exception):
    """The edition cannot be made of this file, however often it is tried; the message is for the organiser."""

    def __init__(self, why: str, last_words: str = "") -> None:
        super().__init__(why)
        self.last_words = last_words


def seconds_of(original: Original) -> float:
    """Return how long a file plays, 0 where nobody knows."""
    return float(original.asset.probe.get("seconds") or 0)


def encode(original: Original, targets: Mapping[str, Path], given: str, progress: Progress) -> None:
    """Write editions of an original, a path by the name of each recipe, reading it once.

    given: what goes in beside it, see `Rendition.input`. Raises CannotMake, store.DiskFull, ffmpeg.NoFfmpeg.
    """
    seconds = seconds_of(original)
    arguments = command(
        {name: str(path) for name, path in targets.items()},
        source=str(store.path_of(original.asset.sha256)),
        media_type=original.asset.media_type,
        seconds=seconds,
        even=evened(original, progress) if given == EVEN else "",
    )
    run(arguments, seconds, progress)


def evened(original: Original, progress: Progress) -> str:
    """Return ffmpeg's filter that evens an original's sound out; it is measured the first time, and that is kept."""
    asset, seconds = original.asset, seconds_of(original)
    if evening.FACT not in asset.probe:
        arguments = evening.measuring(source=str(store.path_of(asset.sha256)), media_type=asset.media_type)
        # Measuring counts as the beginning, so the bar stands: what takes time comes after.
        said = run(arguments, seconds, lambda _done, total: progress(0, total))
        note(asset, evening.FACT, evening.read(said))
    return evening.filter_of(asset.probe[evening.FACT])


def note(asset: Asset, name: str, fact: object) -> None:
    """Write down what was learnt of a file while editions of it were made, beside what others learn of it just now."""
    with transaction.atomic():
        rows = Asset.objects.select_for_update().filter(pk=asset.pk)
        asset.probe = {**rows.values_list("probe", flat=True).get(), name: fact}
        rows.update(probe=asset.probe)


def run(arguments: list[str], seconds: float, progress: Progress) -> str:
    """Run ffmpeg over a file of so many seconds and return its last words. Raises as `encode`."""
    longest = max(LEAST_SECONDS, seconds / SPEED)
    try:
        return ffmpeg.run(
            arguments,
            timeout=longest,
            cpu_seconds=int(longest * 2),
            progress=lambda done: progress(int(done * 1000), int(seconds * 1000)),
        )
    except ffmpeg.Failed as wrong:
        if NO_ROOM in wrong.last_words:
            words = _("The server's disk is full. Tell its administrator, then try again.")
            raise store.DiskFull(words) from wrong
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
