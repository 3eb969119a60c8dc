"""Which editions there should be of a file, made of what, and which of them are lacking."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from recordings.catalogue.models import Original
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import RECIPES, Recipe

EVEN = "even"
STALE = 0  # the version of what is to be made again
Progress = Callable[[int, int], None]


class Want(NamedTuple):
    """An edition that there should be. input: what it is made of beside the original, as `Rendition.input`."""

    original: Original
    recipe: Recipe
    input: str

    @property
    def job_input(self) -> str:
        """The hash of all that goes into it, for the key of its job."""
        whole = self.original.asset.sha256
        return sha256(f"{whole}\n{self.input}".encode()).hexdigest() if self.input else whole


@dataclass(frozen=True)
class Maker:
    """Makes editions that take more than the original and one run of ffmpeg.

    inputs: gives, by key of the original, what goes in beside it, at most 64 characters that change when that changes;
    an original without it gets no such edition. As few questions as can be, however many originals.
    write: writes the edition of an original to a path, and tells how many milliseconds of how many are done; it may
    raise encoding.CannotMake, ffmpeg.NoFfmpeg, store.DiskFull. What is written is probed and kept by `making.make`.
    """

    inputs: Callable[[Sequence[Original]], dict[int, str]]
    write: Callable[[Original, Recipe, Path, Progress], None]


MAKERS: dict[str, Maker] = {}


def register(recipe: Recipe, maker: Maker) -> None:
    """Have a recipe's editions made by `maker`; called once, when the app is ready."""
    MAKERS[recipe.name] = maker


def wants_of(originals: Iterable[Original]) -> list[Want]:
    """Return what there should be of these originals, in the order of need, originals first."""
    originals = list(originals)
    asked = {maker.inputs for maker in MAKERS.values()} if originals else set()  # some makers share theirs
    answers = {ask: ask(originals) for ask in asked}
    inputs = {name: answers[maker.inputs] for name, maker in MAKERS.items() if originals}
    found = []
    for original in originals:
        asset = original.asset
        for recipe in RECIPES.values():
            given = (
                inputs[recipe.name].get(original.pk) if recipe.name in inputs else input_of(original, recipe)
            )
            if given is not None and recipe.suits(asset.media_type, asset.probe, asset.size):
                found.append(Want(original, recipe, given))
    return found


def wanted(original: Original) -> list[Recipe]:
    """Return the recipes that suit an original."""
    return [want.recipe for want in wants_of([original])]


def input_of(original: Original, recipe: Recipe) -> str:
    """Return what goes into an ordinary edition beside the original."""
    return EVEN if recipe.sound and original.recording.even_sound else ""


def missing(originals: Iterable[Original]) -> list[Want]:
    """Return which editions these originals lack, in one query however many they are.

    Makers may add their own. One that is of an older recipe or was made of something else counts as lacking; of a file
    that another took the place of, only one that is to be made again: its address goes on answering.
    """
    originals = list(originals)
    made = set(
        Rendition.objects.filter(original__in=originals).values_list(
            "original_id", "recipe", "recipe_version", "input"
        )
    )
    stale = {row[:2] for row in made if row[2] == STALE}
    return [
        want
        for want in wants_of(originals)
        if (want.original.pk, want.recipe.name, want.recipe.version, want.input) not in made
        and (want.original.superseded_at is None or (want.original.pk, want.recipe.name) in stale)
    ]
