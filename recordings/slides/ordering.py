"""Which jobs the slides of a recording need: pages of each deck, then the times of each video with each deck."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.assets.sniffing import PPTX
from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.renditions import ffmpeg
from recordings.renditions.making import OPEN, come_again, subject_of
from recordings.renditions.recipes import DEMUXERS
from recordings.renditions.wanting import STALE
from recordings.slides import edition, keeping, matching, office, paging, pictures, timing
from recordings.slides.models import SlidePage, Timeline
from seminars.queue import jobs
from seminars.queue.models import Job, JobState

PAGES_DOOR, TIMES_DOOR = "recordings.tasks.make_slide_pages", "recordings.tasks.find_slide_times"
PAGES, TIMES = paging.KIND, "slides.times"
DRAWN = "application/pdf"
DECKS = (DRAWN, PPTX)
LOOKING = 0.6  # of the time that it takes goes into looking at the video
Progress = Callable[[int, int], None]
Clock = Callable[[], datetime]
Verb = Callable[[Job, Clock, Progress], Original | None]


class Looked(NamedTuple):
    """Decks of the same bytes, such as one of each language, and how their pages look."""

    looks: matching.Deck
    decks: list[Original]


def ensure(originals: Iterable[Original], *, now: datetime) -> int:
    """Return for how many decks without pages, and pairs without times, there is a job now. Two questions and the jobs.

    originals: the current ones of one recording.
    """
    current = [each for each in originals if each.superseded_at is None]
    decks = [each for each in current if each.kind == OriginalKind.SLIDES and each.asset.media_type in DECKS]
    videos = [each for each in current if is_looked_at(each)]
    if not decks:
        return 0
    pages = SlidePage.objects.filter(slides__in=decks).order_by("number")
    rows = list(pages.values_list("slides_id", "made_version", "asset_id"))
    made = {row[:2] for row in rows}
    drawn = {deck: asset for deck, _version, asset in rows}
    count = 0
    for deck in decks:
        media_type = deck.asset.media_type
        if made.isdisjoint((deck.pk, version) for version in paging.good_versions(media_type)):
            count += 1
            come_again(_order(PAGES, deck, deck.asset.sha256, paging.version_of(media_type), now), now)
    known = Timeline.objects.filter(video__in=videos, slides__in=decks, found_version=keeping.VERSION)
    pairs = set(known.values_list("video_id", "slides_id")) if videos else set()
    for video in videos:
        for deck in decks:
            if drawn.get(deck.pk) and (video.pk, deck.pk) not in pairs:
                count += 1
                come_again(_order(TIMES, video, deck.asset.sha256, keeping.VERSION, now), now)
    return count


def is_looked_at(original: Original) -> bool:
    """Return whether slides can be looked for in a file."""
    asset = original.asset
    return (
        original.kind == OriginalKind.VIDEO
        and asset.media_type in DEMUXERS
        and "video_codec" in asset.probe
        and float(asset.probe.get("seconds") or 0) > 0
    )


def _order(kind: str, original: Original, given: str, version: int, now: datetime) -> Job:
    return jobs.ensure(
        kind=kind,
        subject=subject_of(original),
        input_sha256=given,
        recipe_version=version,
        door=PAGES_DOOR if kind == PAGES else TIMES_DOOR,
        cluster="media",
        now=now,
        asked_by_id=original.added_by_id,
    )


def unordered(*, limit: int = 100) -> list[Recording]:
    """Return at most `limit` published recordings whose slides lack something that no job was ordered for."""
    out = Original.objects.filter(superseded_at=None, recording__withdrawn_at=None)
    decks = out.filter(
        kind=OriginalKind.SLIDES, recording__published_at__isnull=False, asset__media_type__in=DECKS
    )
    pages = SlidePage.objects.filter(slides=OuterRef("pk"))
    undrawn = [
        decks.filter(
            ~Exists(pages.filter(made_version__in=paging.good_versions(each))),
            ~Exists(_asked(PAGES, "pk", paging.version_of(each))),
            asset__media_type=each,
        )
        for each in DECKS
    ]
    pairs = decks.filter(
        Exists(pages.filter(asset__isnull=False)),
        recording__originals__kind=OriginalKind.VIDEO,
        recording__originals__superseded_at=None,
        recording__originals__asset__media_type__in=list(DEMUXERS),
        recording__originals__asset__probe__has_key="video_codec",
        recording__originals__asset__probe__seconds__gt=0,
    ).annotate(video_id=F("recording__originals__pk"))
    known = Timeline.objects.filter(
        video=OuterRef("video_id"), slides=OuterRef("pk"), found_version=keeping.VERSION
    )
    untimed = pairs.filter(~Exists(known), ~Exists(_asked(TIMES, "video_id", keeping.VERSION)))
    found = {row.recording_id for rows in (*undrawn, untimed) for row in rows.order_by("pk")[:limit]}
    return list(Recording.objects.filter(pk__in=found).order_by("pk"))


def _asked(kind: str, subject: str, version: int) -> QuerySet[Job]:
    return Job.objects.filter(
        kind=kind,
        subject=Concat(Value("original:"), Cast(OuterRef(subject), CharField())),
        input_sha256=OuterRef("asset__sha256"),
        recipe_version=version,
    )


def originals_of(recording: Recording) -> list[Original]:
    """Return the current files of a recording."""
    return list(recording.originals.filter(superseded_at=None).select_related("asset"))


def make_pages(job: Job, clock: Clock, progress: Progress) -> Original | None:
    """Make the pages that a job is about and return the deck; None when it is gone. Raises Transient, Permanent."""
    deck = _original(job)
    if deck is None or job.recipe_version != paging.version_of(deck.asset.media_type):
        return None
    if deck.superseded_at and not SlidePage.objects.filter(slides=deck, made_version=STALE).exists():
        return None
    try:
        paging.make(slides=deck, clock=clock, progress=progress)
    except paging.CannotMake as wrong:
        raise jobs.Permanent(str(wrong), wrong.last_words) from wrong
    except store.DiskFull as wrong:
        raise jobs.Transient(str(wrong)) from wrong
    return deck


def find_times(job: Job, clock: Clock, progress: Progress) -> Original | None:
    """Find the times that a job is about and return the video; None when it or its deck is gone. Raises as above.

    Looking at the video is what takes long, so the other decks whose times are waited for are looked for with it.
    """
    video = _original(job)
    if video is None or video.superseded_at or job.recipe_version != keeping.VERSION:
        return None
    found: Original | None = None
    lacking: dict[str, Looked] = {}
    for deck, pages in _drawn(video, job):
        own = deck.asset.sha256 == job.input_sha256
        found = video if own else found
        there = Timeline.objects.filter(video=video, slides=deck).first()
        if there and (there.corrected_at or there.found_version == keeping.VERSION):
            Timeline.objects.filter(pk=there.pk).update(found_version=keeping.VERSION)
            continue
        try:
            if deck.asset.sha256 not in lacking:
                looks = matching.deck_of(pictures.read(each) for each in pages)
                lacking[deck.asset.sha256] = Looked(looks, [])
            lacking[deck.asset.sha256].decks.append(deck)
        except jobs.Transient:  # another deck's job says so itself
            if own:
                raise
    if job.input_sha256 in lacking:  # else it is done, and no fault of another deck is its own
        _find(video, list(lacking.values()), clock, progress)
    return found


def _drawn(video: Original, job: Job) -> list[tuple[Original, list[Asset]]]:
    """Return the decks that a job is about, then those whose own job still waits; each with its pages' pictures."""
    waiting = Job.objects.filter(
        kind=TIMES,
        subject=job.subject,
        recipe_version=job.recipe_version,
        state__in=[JobState.QUEUED, JobState.FAILED],
    )
    hashes = {job.input_sha256, *waiting.values_list("input_sha256", flat=True)}
    decks = video.recording.originals.filter(
        kind=OriginalKind.SLIDES, superseded_at=None, asset__sha256__in=hashes
    )
    pages = SlidePage.objects.filter(slides__in=decks, asset__isnull=False).select_related("asset")
    drawn: dict[int, list[Asset]] = {}
    for page in pages.order_by("slides", "number"):
        if page.asset:
            drawn.setdefault(page.slides_id, []).append(page.asset)
    own_first = sorted(
        decks.select_related("asset"), key=lambda each: (each.asset.sha256 != job.input_sha256, each.pk)
    )
    return [(deck, drawn[deck.pk]) for deck in own_first if deck.pk in drawn]


def _find(video: Original, lacking: Sequence[Looked], clock: Clock, progress: Progress) -> None:
    asset = video.asset
    seconds = float(asset.probe["seconds"])
    shape = (asset.probe.get("width") or 16) / (asset.probe.get("height") or 9)

    def tell(begun: float, part: float, share: float) -> None:
        progress(int((begun + part * share) * seconds), int(seconds))

    try:
        with timing.looked_at(
            store.path_of(asset.sha256),
            media_type=asset.media_type,
            seconds=seconds,
            tell=partial(tell, 0.0, LOOKING),
        ) as frames:
            rest = (1 - LOOKING) / len(lacking)
            for number, (looks, decks) in enumerate(lacking):
                told = partial(tell, LOOKING + number * rest, rest)
                runs = timing.find(frames, looks, shape=shape, tell=told)
                for deck in decks:
                    keeping.keep_found(video=video, slides=deck, runs=runs, now=clock())
    except ffmpeg.Failed as wrong:
        why = _("The pictures of the video cannot be read, so nobody knows which slide was shown when.")
        raise jobs.Permanent(why, f"{wrong}\n{wrong.last_words}") from wrong
    except (ffmpeg.NoFfmpeg, store.DiskFull) as wrong:
        raise jobs.Transient(str(wrong)) from wrong


def _original(job: Job) -> Original | None:
    rows = Original.objects.select_related("asset", "recording__session")
    return rows.filter(pk=int(job.subject.partition(":")[2])).first()


def again(*, timeline: Timeline, now: datetime, by_id: int) -> None:
    """Have the times of a video and a deck found anew; those put right by hand serve until then. by_id: who asked."""
    with transaction.atomic():
        Timeline.objects.filter(pk=timeline.pk).update(
            corrected_at=None, corrected_by=None, found_version=0, revision=F("revision") + 1
        )
        job = _order(TIMES, timeline.video, timeline.slides.asset.sha256, keeping.VERSION, now)
        if job.state in (JobState.FAILED, JobState.HELD, JobState.SKIPPED):
            jobs.try_again(job, now, by_id=by_id)
        elif job.state == JobState.DONE:
            jobs.once_more(job, now)


def redraw(deck: Original, *, now: datetime) -> bool:
    """Return whether the pages of a deck, of which a picture is lost, are being drawn again, at their addresses.

    False where that takes LibreOffice, which went, or waits for a person.
    """
    media_type = deck.asset.media_type
    if media_type not in DECKS or (media_type == PPTX and not office.executable()):
        return False
    with transaction.atomic():
        SlidePage.objects.filter(slides=deck).update(made_version=STALE)
        job = _order(PAGES, deck, deck.asset.sha256, paging.version_of(media_type), now)
        come_again(job, now)
    return job.state in OPEN


def order_missing(*, now: datetime) -> int:
    """Return for how many recordings and editions jobs were ordered late: a worker died, or the program is newer."""
    late = unordered()
    for recording in late:
        ensure(originals_of(recording), now=now)
    return len(late) + edition.order_missing(now=now)
