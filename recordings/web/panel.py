"""What the files page shows: each file, its editions, and what is on its way, with what a person can do about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from recordings.catalogue import arriving
from recordings.catalogue.addresses import file_path
from recordings.catalogue.models import Arrival, ArrivalState, Original, Recording
from recordings.renditions import making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import Recipe
from seminars.queue import forecasting, kinds
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Session
from seminars.web.standing import NOWHERE, Work, work_of

ACTIVE = (JobState.QUEUED, JobState.LEASED, JobState.FAILED)
NEEDY = (JobState.HELD, JobState.FAILED)


@dataclass(frozen=True)
class Edition:
    """An edition: ready with its address and size, or its work."""

    name: str
    path: str = ""
    size: int = 0
    work: Work | None = None


@dataclass(frozen=True)
class Kept:
    """A file that is here."""

    original: Original
    path: str
    editions: list[Edition]


@dataclass(frozen=True)
class Coming:
    """A file that is fetched, or was refused."""

    arrival: Arrival
    work: Work


@dataclass
class Panel:
    """All of it. busy: something is under way, so the page looks again."""

    session: Session
    kept: list[Kept] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)

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
    works = works_of(jobs_of(originals, arrivals), now)
    made = {
        (each.original_id, each.recipe): each
        for each in Rendition.objects.filter(original__in=originals)
        .select_related("asset")
        .order_by("recipe_version")
    }
    for original in originals:
        editions = list(editions_of(recording, original, made, works))
        panel.kept.append(Kept(original, path_of(recording, original), editions))
    for arrival in arrivals:
        work = works.get((arriving.FETCH_KIND, arriving.subject_of(arrival)))
        panel.coming.append(Coming(arrival, work or Work(_("stopped"), reason=arrival.reason)))
    return panel


def path_of(recording: Recording, original: Original) -> str:
    """Return the path of a file as it came."""
    return file_path(
        recording,
        original.uuid,
        kind=original.kind,
        language=original.language,
        media_type=original.asset.media_type,
    )


def jobs_of(originals: list[Original], arrivals: list[Arrival]) -> list[Job]:
    """Return the jobs of these files."""
    subjects = [f"original:{each.pk}" for each in originals] + [
        arriving.subject_of(each) for each in arrivals
    ]
    return list(Job.objects.filter(subject__in=subjects).order_by("recipe_version"))


def works_of(jobs: list[Job], now: datetime) -> dict[tuple[str, str], Work]:
    """Return where each job stands, by kind and subject."""
    ends = forecasting.expected(now=now) if any(job.state in ACTIVE for job in jobs) else {}
    facts = kinds.about([job for job in jobs if job.state in NEEDY])
    return {
        (job.kind, job.subject): work_of(job, now, end=ends.get(job.pk), about=facts.get(job.pk, NOWHERE))
        for job in jobs
    }


def editions_of(
    recording: Recording,
    original: Original,
    made: dict[tuple[int, str], Rendition],
    works: dict[tuple[str, str], Work],
) -> Iterator[Edition]:
    """Yield the editions of a file: made, under way, or ordered by the next sweep."""
    for recipe in making.wanted(original):
        rendition = made.get((original.pk, recipe.name))
        if rendition is None:
            ordered = works.get((kind_of(recipe), f"original:{original.pk}"))
            yield Edition(str(recipe.label), work=ordered or Work(_("waits for its turn"), busy=True))
            continue
        asset = rendition.asset
        path = file_path(
            recording,
            rendition.uuid,
            kind=recipe.name,
            language=original.language,
            media_type=asset.media_type,
        )
        yield Edition(str(recipe.label), path=path, size=asset.size)


def kind_of(recipe: Recipe) -> str:
    """Return the kind of the jobs that make a recipe's edition."""
    return f"{making.KIND}.{recipe.name}"


def job_of_session(session: Session, uuid: UUID) -> Job | None:
    """Return the job with this uuid if it is about a file of the session."""
    job = Job.objects.filter(uuid=uuid).first()
    what, _colon, key = job.subject.partition(":") if job else ("", "", "")
    files = {"original": Original.objects.all(), "arrival": Arrival.objects.all()}.get(what)
    if files is None or not files.filter(pk=int(key), recording__session=session).exists():
        return None
    return job
