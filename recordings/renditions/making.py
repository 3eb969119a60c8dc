"""Makes the editions: one job for each original and recipe. Disposable: a lost edition is simply made again."""

from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import CharField, Exists, FloatField, OuterRef, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from recordings.assets import store
from recordings.catalogue.models import Original
from recordings.renditions.encoding import CannotMake, check, encode, note, seconds_of
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import DEMUXERS, RECIPES, Recipe, along_with
from recordings.renditions.wanting import MAKERS, STALE, Progress, Want, missing, wanted, wants_of
from seminars.queue import jobs
from seminars.queue.models import Job, JobState

__all__ = [
    "CannotMake",
    "again",
    "come_again",
    "ensure",
    "is_under_way",
    "make",
    "missing",
    "ordered",
    "unordered",
    "wanted",
]
DOOR = "recordings.tasks.make_rendition"
KIND = "rendition"
OVER = (JobState.DONE, JobState.HELD, JobState.SKIPPED)
OPEN = (JobState.QUEUED, JobState.LEASED, JobState.FAILED)


def kind_of(recipe: Recipe) -> str:
    """Return the kind of the jobs that make a recipe's edition."""
    return f"{KIND}.{recipe.name}"


def subject_of(original: Original) -> str:
    """Return what the jobs of an original's editions are about."""
    return f"original:{original.pk}"


def ensure(originals: Iterable[Original], *, now: datetime) -> int:
    """Return for how many missing editions there is a job now, or one of another that makes them along."""
    lacking = missing(originals)
    for want in lacking:
        if rides_along(want, lacking):
            continue
        job = jobs.ensure(
            kind=kind_of(want.recipe),
            subject=subject_of(want.original),
            input_sha256=want.job_input,
            recipe_version=want.recipe.version,
            door=DOOR,
            cluster="media",
            now=now,
            asked_by_id=want.original.added_by_id,
        )
        come_again(job, now)
    return len(lacking)


def come_again(job: Job, now: datetime) -> bool:
    """Return whether a job that is over is done again, for what it makes is lacking: not one that a person gave up.

    What it made was lost, or is to be made of something else; or nobody had needed it for a while.
    """
    let_go = job.state == JobState.SKIPPED and job.decided_by_id is None
    return (let_go or job.state == JobState.DONE) and jobs.once_more(job, now)


def rides_along(want: Want, lacking: Collection[Want]) -> bool:
    """Return whether the job of another lacking edition is still to make this one with it."""
    lead = next(
        (w for w in lacking if w.original == want.original and w.recipe.name == want.recipe.along), None
    )
    return lead is not None and not job_of(lead).filter(state__in=OVER[1:]).exists()


def job_of(want: Want) -> "QuerySet[Job]":
    """Return the job of a wanted edition, where it was ordered."""
    return Job.objects.filter(
        kind=kind_of(want.recipe),
        subject=subject_of(want.original),
        input_sha256=want.job_input,
        recipe_version=want.recipe.version,
    )


def again(
    originals: Iterable[Original], *, recipes: Collection[str] = (), now: datetime, by_id: int | None
) -> int:
    """Return how many editions of these are made again: of these recipes, or all. The ones there serve meanwhile.

    by_id: the account of who wants it.
    """
    current = [original for original in originals if original.superseded_at is None]
    with transaction.atomic():
        rows = Rendition.objects.filter(original__in=current)
        if recipes:
            rows = rows.filter(recipe__in=recipes)
        rows.update(recipe_version=STALE)
        ensure(current, now=now)
        count = 0
        for want in missing(current):
            if recipes and want.recipe.name not in recipes:
                continue
            count += 1
            for job in job_of(want).filter(state__in=[JobState.HELD, JobState.FAILED, JobState.SKIPPED]):
                jobs.try_again(job, now, by_id=by_id)
    return count


def remake(rendition: Rendition, *, now: datetime) -> bool:
    """Return whether an edition whose bytes are lost is being made again, at its address.

    Also of a file that another took the place of. False where nobody wants it any more, or its making waits for
    a person.
    """
    original = rendition.original
    with transaction.atomic():
        Rendition.objects.filter(pk=rendition.pk).update(recipe_version=STALE)
        ensure([original], now=now)
    want = want_of(original, rendition.recipe)
    if want is None:
        return False
    lead = want_of(original, want.recipe.along)
    under_way = [each for each in (want, lead) if each and job_of(each).filter(state__in=OPEN).exists()]
    return bool(under_way)


def is_under_way(original: Original) -> bool:
    """Return whether an edition of this file is being made or waits for its turn, as a page may promise."""
    waiting = Job.objects.filter(kind__startswith=f"{KIND}.", subject=subject_of(original))
    return waiting.filter(state__in=OPEN).exists()


def unordered(*, limit: int = 100) -> list[Original]:
    """Return published current originals, at most `limit` for each recipe, that lack an edition and its job.

    Editions with a maker of their own are for that to order: only it knows what goes into them.
    """
    found: dict[int, Original] = {}
    current = Original.objects.filter(superseded_at=None, recording__withdrawn_at=None)
    out = current.filter(recording__published_at__isnull=False, asset__media_type__in=list(DEMUXERS))
    seconds = Cast(KeyTextTransform("seconds", "asset__probe"), FloatField())
    for recipe in RECIPES.values():
        if recipe.name in MAKERS:
            continue
        made = Rendition.objects.filter(
            original=OuterRef("pk"), recipe=recipe.name, recipe_version=recipe.version
        )
        # One that goes along with another has a job of its own only where the other's came to nothing.
        kinds = [kind_of(recipe), *([f"{KIND}.{recipe.along}"] if recipe.along else [])]
        asked = Job.objects.filter(
            kind__in=kinds,
            subject=Concat(Value("original:"), Cast(OuterRef("pk"), CharField())),
            recipe_version=recipe.version,
        ).exclude(kind__in=kinds[1:], state__in=OVER)
        lacking = out.filter(~Exists(made), ~Exists(asked), asset__probe__has_key=recipe.needs)
        lacking = lacking.exclude(asset__probe__has_key=recipe.spared)
        if recipe.least_bits:
            lacking = lacking.filter(asset__size__gt=seconds * (recipe.least_bits / 8))
        found |= {row.pk: row for row in lacking.select_related("asset", "recording")[:limit]}
    return list(found.values())


def more_urgent(job_id: int, *, now: datetime) -> int | None:
    """Return the job that should be worked on before this one, which takes long: of an edition more needed, and due."""
    order = [kind_of(recipe) for recipe in RECIPES.values() if not recipe.heavy]
    heavy = [kind_of(recipe) for recipe in RECIPES.values() if recipe.heavy]
    if not Job.objects.filter(pk=job_id, kind__in=heavy).exists():
        return None
    due = Job.objects.filter(kind__in=order, state__in=[JobState.QUEUED, JobState.FAILED], due_at__lte=now)
    rows = due.order_by("due_at", "id").values_list("kind", "pk")[:200]
    first = min(rows, key=lambda row: order.index(row[0]), default=None)
    return first[1] if first else None


def ordered(job: Job) -> tuple[Original, Recipe] | None:
    """Return what a job is to make of what; None when the original is gone or what it is made of has moved on."""
    rows = Original.objects.select_related("asset", "recording__session")
    original = rows.filter(pk=int(job.subject.partition(":")[2])).first()
    want = want_of(original, job.kind.partition(".")[2]) if original else None
    if want is None or want.recipe.version != job.recipe_version or want.job_input != job.input_sha256:
        return None
    return want.original, want.recipe


def want_of(original: Original, name: str) -> Want | None:
    """Return what a recipe's edition of an original is to be; None where it is to have none."""
    return next((want for want in wants_of([original]) if want.recipe.name == name), None)


def make(
    *,
    original: Original,
    recipe: Recipe,
    clock: Callable[[], datetime],
    progress: Progress,
) -> Rendition | None:
    """Return the edition, made, probed and kept; one that is there already is returned as it is.

    None where it is of no use: no smaller than the file itself. What goes along with it is made from the same decoding.
    progress: called with milliseconds done and in all. Raises CannotMake, ffmpeg.NoFfmpeg, store.DiskFull.
    """
    want = want_of(original, recipe.name)
    if want is None:
        return None
    lacking = [each for each in missing([original]) if each.input == want.input]
    if recipe not in [each.recipe for each in lacking]:
        rows = Rendition.objects.filter(original=original, recipe=recipe.name)
        return rows.order_by("recipe_version", "pk").last()
    together = along_with(recipe, [each.recipe for each in lacking])
    try:
        return make_together(want, together, clock, progress)
    except CannotMake:
        if len(together) == 1:
            raise
    return make_together(want, [recipe], clock, progress)


def make_together(
    want: Want, recipes: list[Recipe], clock: Callable[[], datetime], progress: Progress
) -> Rendition | None:
    """Return the first of these editions; all are made from one decoding, and kept only where all are whole."""
    original, seconds = want.original, seconds_of(want.original)
    with ExitStack() as stack:
        drafts = {each.name: stack.enter_context(store.draft_path(each.suffix)) for each in recipes}
        if recipes[0].name in MAKERS:
            MAKERS[recipes[0].name].write(original, recipes[0], drafts[recipes[0].name], progress)
        else:
            encode(original, drafts, want.input, progress)
        facts = {each.name: check(each, drafts[each.name], seconds) for each in recipes}
        found = None
        for each in reversed(recipes):
            found = keep(want._replace(recipe=each), drafts[each.name], facts[each.name], clock)
    return found


def keep(
    want: Want, draft: Path, facts: dict[str, object], clock: Callable[[], datetime]
) -> Rendition | None:
    """Return the row of a made edition, which takes the place of an older one; None where it is no smaller."""
    original, recipe = want.original, want.recipe
    if recipe.least_bits and draft.stat().st_size >= original.asset.size:
        note(original.asset, recipe.spared, recipe.version)
        return None
    staged = store.in_place(draft)
    with store.keeping(staged, media_type=recipe.media_type, probe=facts, now=clock()) as asset:
        rows = Rendition.objects.select_for_update().filter(original=original, recipe=recipe.name)
        there = rows.select_related("asset").order_by("recipe_version", "pk").last()
        if there is None:
            there = Rendition(original=original, recipe=recipe.name)
        before = there.asset if there.pk else None
        there.asset, there.made_at = asset, clock()
        there.recipe_version, there.input = recipe.version, want.input
        there.save()
        if before and before != asset:
            store.spare(before.sha256)  # for a week; then a night lets go what nobody needs
    return there
