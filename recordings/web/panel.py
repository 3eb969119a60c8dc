"""What the files page shows: each file, its editions, and what is on its way, with what a person can do about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from recordings.catalogue import arriving
from recordings.catalogue.addresses import original_path
from recordings.catalogue.models import Arrival, ArrivalState, Origin, Original, OriginalKind, Recording
from recordings.publishing.editions import rendition_path
from recordings.renditions import making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import Recipe
from recordings.renditions.wanting import Want, wants_of
from recordings.slides import keeping, ordering, paging
from recordings.transcripts import recognising
from recordings.uploading.models import Upload
from recordings.uploading.receiving import FINISH_KIND
from seminars.queue import forecasting, kinds
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Session
from seminars.web.standing import NOWHERE, Work, work_of

NEEDY = (JobState.HELD, JobState.FAILED)


@dataclass(frozen=True)
class Edition:
    """An edition: ready with its address and size, or its work; both while it is made again.

    recipe: its name in addresses; "" for other things that are made of a file, which nobody has made again here.
    """

    name: str
    recipe: str
    path: str = ""
    size: int = 0
    work: Work | None = None


@dataclass(frozen=True)
class Kept:
    """A file that is here. sounds: an edition of it has sound, which can be evened out.

    may_be_recognised: the site has a recogniser, and nobody has written captions of it.
    """

    original: Original
    path: str
    editions: list[Edition]
    sounds: bool = False
    may_be_recognised: bool = False

    @property
    def to_make_again(self) -> list[Edition]:
        """Return what can be had anew."""
        return [each for each in self.editions if each.recipe]


@dataclass(frozen=True)
class Coming:
    """A file that is fetched, or was refused."""

    arrival: Arrival
    work: Work


@dataclass
class Panel:
    """All of it. even: the editions' sound is evened out. busy: something is under way, so the page looks again."""

    session: Session
    even: bool = False
    kept: list[Kept] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)

    @property
    def sounds(self) -> bool:
        """Return whether there is sound to even out."""
        return any(each.sounds for each in self.kept)

    @property
    def busy(self) -> bool:
        """Return whether anything will change by itself."""
        works = [c.work for c in self.coming] + [e.work for k in self.kept for e in k.editions if e.work]
        return any(work.busy for work in works)


def panel_of(session: Session, *, now: datetime) -> Panel:
    """Return what there is of a session's files; a dozen queries at most, however many files."""
    panel = Panel(session)
    recording = Recording.objects.filter(session=session).first()
    if recording is None:
        return panel
    originals = list(recording.originals.filter(superseded_at=None).select_related("asset"))
    arrivals = list(recording.arrivals.exclude(state=ArrivalState.KEPT).order_by("asked_at"))
    wants = wants_of(originals)
    works = works_of(current(jobs_of(originals, arrivals), wants, originals), now)
    rows = (
        Rendition.objects.filter(original__in=originals)
        .select_related("asset", "original")
        .order_by("recipe_version")
    )
    made = {(each.original_id, each.recipe): each for each in rows}
    panel.even = recording.even_sound
    for original in originals:
        its = [want for want in wants if want.original == original]
        editions = list(editions_of(recording, its, made, works))
        editions += on_the_way(original, works)
        sounds = any(want.recipe.sound for want in its)
        asked = may_be_recognised(original, originals)
        panel.kept.append(Kept(original, original_path(recording, original), editions, sounds, asked))
    for arrival in arrivals:
        work = works.get((arriving.FETCH_KIND, arriving.subject_of(arrival)))
        panel.coming.append(Coming(arrival, work or Work(_("stopped"), reason=arrival.reason)))
    return panel


def jobs_of(originals: list[Original], arrivals: list[Arrival]) -> list[Job]:
    """Return the jobs of these files; of several of one kind those come last that are still to be done."""
    subjects = [making.subject_of(each) for each in originals] + [
        arriving.subject_of(each) for each in arrivals
    ]
    jobs = Job.objects.filter(subject__in=subjects).order_by("recipe_version", "pk")
    return sorted(jobs, key=lambda job: (job.state in making.OPEN, job.state == JobState.HELD))


def works_of(jobs: list[Job], now: datetime) -> dict[tuple[str, str], Work]:
    """Return where each job stands, by kind and subject."""
    ends = forecasting.expected(now=now) if any(job.state in making.OPEN for job in jobs) else {}
    facts = kinds.about([job for job in jobs if job.state in NEEDY])
    return {
        (job.kind, job.subject): work_of(job, now, end=ends.get(job.pk), about=facts.get(job.pk, NOWHERE))
        for job in jobs
    }


def current(jobs: list[Job], wants: list[Want], originals: list[Original]) -> list[Job]:
    """Return the jobs without those of editions and slides that nobody wants like that any more."""
    keys = {
        (making.kind_of(want.recipe), making.subject_of(want.original)): {
            (want.recipe.version, want.job_input)
        }
        for want in wants
    }
    decks = {each.asset.sha256 for each in originals if each.kind == OriginalKind.SLIDES}
    for each in originals:
        drawn, subject = paging.version_of(each.asset.media_type), making.subject_of(each)
        keys[ordering.PAGES, subject] = {(drawn, each.asset.sha256)}
        keys[ordering.TIMES, subject] = {(keeping.VERSION, deck) for deck in decks}
    return [
        job
        for job in jobs
        if (job.kind, job.subject) not in keys
        or (job.recipe_version, job.input_sha256) in keys[job.kind, job.subject]
    ]


def editions_of(
    recording: Recording,
    wants: list[Want],
    made: dict[tuple[int, str], Rendition],
    works: dict[tuple[str, str], Work],
) -> Iterator[Edition]:
    """Yield the editions of a file: made, under way, or ordered by the next sweep; still served while made again."""
    for original, recipe, given in wants:
        rendition = made.get((original.pk, recipe.name))
        fresh = rendition and (rendition.recipe_version, rendition.input) == (recipe.version, given)
        work = None if fresh else waiting_for(recipe, original, works)
        path = rendition_path(recording, rendition) if rendition else ""
        size = rendition.asset.size if rendition else 0
        yield Edition(str(recipe.label), recipe.name, path=path, size=size, work=work)


def on_the_way(original: Original, works: dict[tuple[str, str], Work]) -> Iterator[Edition]:
    """Yield what is made of a file beside its editions, while it has not come to an end: some editions wait for it."""
    names = {kind: kinds.kind_of(kind).title for kind in (ordering.PAGES, ordering.TIMES)}
    for kind, name in (names | {recognising.KIND: _("Captions, automatic")}).items():
        work = works.get((kind, making.subject_of(original)))
        if work and (work.busy or work.job):
            yield Edition(str(name), "", work=work)


def may_be_recognised(original: Original, originals: list[Original]) -> bool:
    """Return whether captions can be made of a file: people's, in its language, are never replaced."""
    if not recognising.is_set() or not recognising.is_heard(original):
        return False
    return not any(
        each.kind == OriginalKind.CAPTIONS
        and each.language == recognising.language_of(original)
        and each.origin != Origin.AUTOMATIC
        for each in originals
    )


def waiting_for(recipe: Recipe, original: Original, works: dict[tuple[str, str], Work]) -> Work:
    """Return the work of an edition's job, or of the one that makes it along; the next sweep orders it else."""
    subject = making.subject_of(original)
    found = works.get((making.kind_of(recipe), subject))
    if found is None and recipe.along:
        along = works.get((f"{making.KIND}.{recipe.along}", subject))
        found = Work(along.words, along.busy, along.percent, end=along.end) if along and along.busy else None
    return found or Work(_("waits for its turn"), busy=True)


def works_of_uploads(uploads: list[Upload], now: datetime) -> dict[int, Work]:
    """Return where the checking of each sent file stands, by key; one question, and a few more where one stopped."""
    keys = {f"upload:{each.pk}": each.pk for each in uploads}
    jobs = list(Job.objects.filter(kind=FINISH_KIND, subject__in=keys)) if keys else []
    works = works_of(jobs, now)
    return {keys[job.subject]: works[job.kind, job.subject] for job in jobs}


def job_of_session(session: Session, uuid: UUID) -> Job | None:
    """Return the job with this uuid if it is about a file of the session."""
    job = Job.objects.filter(uuid=uuid).first()
    what, _colon, key = job.subject.partition(":") if job else ("", "", "")
    if not job or not key.isdigit():
        return None
    theirs = {
        "original": Original.objects.filter(recording__session=session),
        "arrival": Arrival.objects.filter(recording__session=session),
        "upload": Upload.objects.filter(session=session),
    }.get(what)
    return job if theirs is not None and theirs.filter(pk=int(key)).exists() else None
