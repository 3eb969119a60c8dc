"""What the queue's page says about the jobs of this app: files that are fetched, checked, or made into editions."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from recordings.catalogue import arriving, finding
from recordings.catalogue.models import Arrival, Original, OriginalKind
from recordings.catalogue.models import Found as FoundFile
from recordings.preservation.backups import nightly as backups
from recordings.providers import linking, looking
from recordings.providers.known import PROVIDERS
from recordings.providers.models import Account, Link
from recordings.renditions import making
from recordings.slides import ordering
from recordings.transcripts import recognising
from recordings.uploading.models import Upload
from recordings.uploading.receiving import FINISH_KIND
from recordings.web import fixity_kinds
from seminars.queue import jobs
from seminars.queue.kinds import About, Kind, register
from seminars.queue.models import Job
from seminars.sessions.models import Session
from seminars.words import say

Found = Iterable[tuple[int, Session | None, str]]  # key of the row, its session, what kind of file


def about_files(rows: Callable[[list[int]], Found]) -> Callable[[Sequence[Job]], dict[int, About]]:
    """Return the function that tells which session each job's file belongs to. One question.

    rows: gives the rows of these keys.
    """

    def about(those: Sequence[Job]) -> dict[int, About]:
        keys = {job.pk: int(job.subject.partition(":")[2]) for job in those}
        found = {
            key: about_file(session, kind) for key, session, kind in rows(list(keys.values())) if session
        }
        return {job: found[key] for job, key in keys.items() if key in found}

    return about


def about_file(session: Session, kind: str) -> About:
    """Return a session's files page, and where on it another file of this kind is chosen."""
    page = reverse("session_files", args=[session.slug])
    title = say(session.title or session.series.title, translation.get_language() or "en")
    return About(title=title, address=page, replace=f"{page}?kind={kind}#upload-heading")


def originals(keys: list[int]) -> Found:
    """Yield files that are kept."""
    rows: Any = Original.objects.filter(pk__in=keys).select_related("recording__session__series")
    return [(each.pk, each.recording.session, each.kind) for each in rows]


def arrivals(keys: list[int]) -> Found:
    """Yield files that are fetched."""
    rows: Any = Arrival.objects.filter(pk__in=keys).select_related("recording__session__series")
    return [(each.pk, each.recording.session, each.kind) for each in rows]


def uploads(keys: list[int]) -> Found:
    """Yield files that were sent."""
    rows: Any = Upload.objects.filter(pk__in=keys).select_related("session__series")
    return [(each.pk, each.session, each.kind) for each in rows]


def links(keys: list[int]) -> Found:
    """Yield pages elsewhere that are looked at."""
    rows: Any = Link.objects.filter(pk__in=keys).select_related("session__series")
    return [(each.pk, each.session, OriginalKind.VIDEO) for each in rows]


def fetch_again(job: Job, now: datetime, *, by_id: int | None = None) -> bool:
    """Have a file fetched again, with the part of it that is here."""
    arrival = arriving.arrival_of(job)
    if arrival is None:
        return jobs.try_again(job, now, by_id=by_id)
    return arriving.try_again(arrival=arrival, now=now, by_id=by_id)


def found(those: Sequence[Job]) -> dict[int, About]:
    """Say which found file each job takes in. One question."""
    keys = {job.pk: int(job.subject.partition(":")[2]) for job in those}
    rows = FoundFile.objects.in_bulk(list(keys.values()))
    page = reverse("found_files")
    return {job: About(title=rows[key].name, address=page) for job, key in keys.items() if key in rows}


def accounts(those: Sequence[Job]) -> dict[int, About]:
    """Say at whose account each job looks. One question."""
    keys = {job.pk: int(job.subject.partition(":")[2]) for job in those}
    rows = Account.objects.filter(pk__in=list(keys.values())).select_related("community").in_bulk()
    language = translation.get_language() or "en"
    return {
        job: About(
            title=f"{PROVIDERS[rows[key].provider].label}: {say(rows[key].community.name, language)}",
            address=reverse("providers", args=[rows[key].community.slug]),
        )
        for job, key in keys.items()
        if key in rows and rows[key].provider in PROVIDERS
    }


RECOGNISING = Kind(
    recognising.KIND,
    _("Recognise what is said"),
    _("Automatic captions: the recording has none until somebody brings some."),
    about_files(originals),
)


COMING = (
    Kind(
        looking.KIND,
        _("Look at a provider"),
        _("New recordings there come later: it is looked at again by itself."),
        accounts,
    ),
    Kind(
        backups.KIND,
        _("Make a backup"),
        _("There is no backup of tonight; the earlier ones stay. The next is made tomorrow."),
    ),
    Kind(
        linking.KIND,
        _("Look at a linked page"),
        _("Whether the recording can still be watched there is not known; it is looked at again by itself."),
        about_files(links),
    ),
    Kind(
        arriving.FETCH_KIND,
        _("Fetch a file"),
        _("The file stays where it was: it is not in the archive, and its checklist item stays open."),
        about_files(arrivals),
        fetch_again,
    ),
    Kind(
        finding.KIND,
        _("Take in a file that was found"),
        _("The file stays where it was: it is not in the archive, and its checklist item stays open."),
        found,
    ),
    Kind(
        FINISH_KIND,
        _("Check an upload"),
        _("The file that was sent is not in the archive, and its checklist item stays open."),
        about_files(uploads),
    ),
)
"""What brings files here, and looks at what lies elsewhere."""
OF_ORIGINALS = about_files(originals)
MADE = (
    Kind(
        making.KIND,
        _("Make an edition"),
        _("One edition of the file. People still have the file as it came."),
        OF_ORIGINALS,
    ),
    Kind(
        f"{making.KIND}.poster",
        _("Make the still picture"),
        _("The still picture: pages show the video without one until somebody plays it."),
        OF_ORIGINALS,
    ),
    Kind(
        f"{making.KIND}.voice",
        _("Make the voice-only edition"),
        _("The voice-only edition: who has a slow line needs the whole video to listen."),
        OF_ORIGINALS,
    ),
    Kind(
        f"{making.KIND}.voice_opus",
        _("Make the smallest voice-only edition"),
        _("The smallest voice-only edition: who listens fetches twice as much."),
        OF_ORIGINALS,
    ),
    Kind(
        f"{making.KIND}.video_360",
        _("Make the small video"),
        _("The small video: who watches needs the whole file."),
        OF_ORIGINALS,
    ),
    Kind(
        f"{making.KIND}.slides_voice",
        _("Make the edition with slides and voice"),
        _("The edition with slides and voice: who has a slow line hears without seeing the slides."),
        OF_ORIGINALS,
    ),
    Kind(
        f"{making.KIND}.slides_voice_old",
        _("Make the edition with slides and voice for old phones"),
        _("The edition with slides and voice for old phones: they play the others."),
        OF_ORIGINALS,
    ),
    Kind(
        ordering.PAGES,
        _("Draw the pages of the slides"),
        _("Pictures and words of the slides beside the player. People still have the file."),
        OF_ORIGINALS,
    ),
    Kind(
        ordering.TIMES,
        _("Find when each slide is shown"),
        _("Slides in step with the recording, chapters, and the edition with slides and voice."),
        OF_ORIGINALS,
    ),
)
"""What is made of the files that are here."""


def register_all() -> None:
    """Make the kinds known; called once, when the app is ready."""
    register(RECOGNISING, *fixity_kinds.KINDS, *COMING, *MADE)
