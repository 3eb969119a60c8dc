"""Describe recordings: everything that machines are told of one, in a number of queries that rows do not raise.

Whether a recording may be seen at all is for the caller to ask; what is said of it, its papers and series, is only what
`visitor` may see.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from recordings.assets.models import Asset
from recordings.catalogue.addresses import file_path
from recordings.catalogue.licences import strictest
from recordings.catalogue.models import Original, Recording
from recordings.preservation.description import Agent, Description, Format, Held, Relation
from recordings.preservation.dublin_core import dublin_core
from recordings.renditions.models import Rendition
from seminars.followups.papers.models import Paper, PaperSession, PaperVersion
from seminars.followups.reports.models import Report
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Series
from seminars.sessions.models import Session, Speaker, SpeakerRole
from seminars.sessions.speaking.models import Engagement

__all__ = ["Agent", "Description", "Format", "Held", "Relation", "describe", "describe_all", "dublin_core"]

CHUNK = 200

LINKED = ("session", "paper__uuid", "paper__slug", "paper__year", "paper__number")
OF_VERSION = ("paper", "version", "title", "language", "out_at")
"""What is said of papers: their texts, of some hundred thousand letters, stay where they are."""


@dataclass
class Gathered:
    """What was read for all recordings at once, by the key of recording, session or series."""

    formats: dict[int, list[Format]] = field(default_factory=lambda: defaultdict(list))
    papers: dict[int, list[tuple[Paper, PaperVersion]]] = field(default_factory=lambda: defaultdict(list))
    reports: dict[int, Report] = field(default_factory=dict)
    licences: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    series: set[int] = field(default_factory=set)


def describe(recording: Recording, *, visitor: Visitor = NOBODY) -> Description:
    """Return the description of one recording: at most 12 queries."""
    return describe_all([recording], visitor=visitor)[0]


def describe_all(recordings: Iterable[Recording], *, visitor: Visitor = NOBODY) -> list[Description]:
    """Return the descriptions in the same order, in as many queries as for one."""
    found = list(recordings)
    prefetch_related_objects(
        found,
        "session__series__community",
        Prefetch("session__speakers", Speaker.objects.select_related("person")),
        "session__topics",
        "session__series__topics",
    )
    gathered = gather(found, visitor)
    return [_described(each, gathered) for each in found]


def gather(recordings: list[Recording], visitor: Visitor) -> Gathered:
    """Return what stands in other tables about these recordings and the visitor may see."""
    found = Gathered()
    for key, format_ in _formats({each.pk: each for each in recordings}):
        found.formats[key].append(format_)
    sessions = [each.session for each in recordings if each.session]
    if not sessions:
        return found
    drawn = PaperSession.objects.filter(session__in=sessions).select_related("paper").only(*LINKED)
    links = list(drawn.filter(paper__in=Paper.objects.visible_to(visitor), paper__withdrawn_at=None))
    versions = PaperVersion.objects.filter(paper__in={each.paper_id for each in links}).only(*OF_VERSION)
    latest = {each.paper_id: each for each in versions.order_by("version")}
    for link in links:
        found.papers[link.session_id].append((link.paper, latest[link.paper_id]))
    reports = Report.objects.out().filter(session__in=sessions).only("session", "uuid", "changed_at")
    found.reports = {each.session_id: each for each in reports}
    for session_id, person_id, licence in Engagement.objects.filter(session__in=sessions).values_list(
        "session_id", "person_id", "licence"
    ):
        found.licences[session_id][person_id] = licence
    series = Series.objects.visible_to(visitor).filter(pk__in={each.series_id for each in sessions})
    found.series = set(series.values_list("pk", flat=True))
    return found


def _described(recording: Recording, gathered: Gathered) -> Description:
    session = recording.session
    community = session.series.community if session else None
    speakers = list(session.speakers.all()) if session else []
    gone = recording.withdrawn_at or (session.withdrawn_at if session else None)
    formats = () if gone else tuple(gathered.formats[recording.pk])
    site = settings.MERIDIAN_URL
    return Description(
        uuid=recording.uuid,
        slug=recording.slug,
        page=_whole(page_of(recording)),
        permalink=_whole(reverse("archive_item", args=[recording.slug])),
        title=session.heading if session else recording.title,
        abstract=(session.abstract if session else {}) or recording.abstract,
        language=session.language if session else recording.language,
        publisher=community.name if community else {settings.LANGUAGE_CODE: settings.SITE_NAME},
        publisher_href=_whole(reverse("community", args=[community.slug])) if community else f"{site}/",
        community=community.uuid if community else None,
        changed_at=_changed_at(recording, gathered, formats),
        published_at=recording.published_at,
        withdrawn_at=gone,
        withdrawn_reason=(recording.withdrawn_reason or (session.reason if session else "")) if gone else "",
        held=_held(session) if session else None,
        recorded_on=recording.recorded_on,
        creators=tuple(_agent(each) for each in speakers if each.role == SpeakerRole.SPEAKER),
        contributors=tuple(_agent(each) for each in speakers if each.role != SpeakerRole.SPEAKER),
        subjects=_subjects(session) if session else (),
        licence=recording.licence or (_licence(speakers, gathered.licences[session.pk]) if session else ""),
        formats=formats,
        relations=() if session is None or gone else tuple(_relations(session, gathered)),
    )


def page_of(recording: Recording) -> str:
    """Return the path of the page that shows a recording. Load `session` with it."""
    if recording.session:
        return reverse("session", args=[recording.session.slug])
    return reverse("archive_item", args=[recording.slug])


def _whole(path: str) -> str:
    return f"{settings.MERIDIAN_URL}{path}"


def _formats(recordings: dict[int, Recording]) -> Iterator[tuple[int, Format]]:
    """Current files, each with what was made of it by the latest version of each recipe; no row of theirs is kept."""
    current = Original.objects.filter(recording__in=list(recordings), superseded_at=None)
    made = Rendition.objects.filter(original__in=current.order_by().values("pk"))
    made = made.select_related("asset", "original").order_by("recipe_version", "pk")
    latest: dict[int, dict[str, Format]] = defaultdict(dict)
    for each in made.iterator(chunk_size=CHUNK):
        recording = recordings[each.original.recording_id]
        latest[each.original_id][each.recipe] = _format(
            recording, each.original, each.recipe, each.asset, each, each.made_at
        )
    for original in current.select_related("asset").iterator(chunk_size=CHUNK):
        recording = recordings[original.recording_id]
        yield (
            recording.pk,
            _format(recording, original, original.kind, original.asset, original, original.added_at),
        )
        for _recipe, format_ in sorted(latest.pop(original.pk, {}).items()):
            yield recording.pk, format_


def _format(
    recording: Recording,
    original: Original,
    kind: str,
    asset: Asset,
    file: Original | Rendition,
    added_at: datetime,
) -> Format:
    uuid: UUID = file.uuid
    path = file_path(recording, uuid, kind=kind, language=original.language, media_type=asset.media_type)
    return Format(
        uuid=uuid,
        kind=kind,
        is_original=file is original,
        media_type=asset.media_type,
        size=asset.size,
        sha256=asset.sha256,
        href=_whole(path),
        filename=path.rpartition("/")[2],
        language=original.language,
        seconds=float(asset.probe.get("seconds") or 0),
        width=int(asset.probe.get("width") or 0),
        height=int(asset.probe.get("height") or 0),
        added_at=added_at,
    )


def _held(session: Session) -> Held | None:
    if session.local_date is None:
        return None
    return Held(
        zone=session.zone,
        local_date=session.local_date,
        local_time=session.local_time,
        fold=session.fold,
        days=session.days,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        form=session.form,
        room=session.room,
    )


def _agent(speaker: Speaker) -> Agent:
    person = speaker.person
    href = _whole(reverse("speaker", args=[person.uuid]))
    return Agent(person.name, speaker.affiliation or person.affiliation, speaker.role, person.uuid, href)


def _subjects(session: Session) -> tuple[dict[str, str], ...]:
    """The names of its topics and its series', each once."""
    topics = {each.slug: each.name for each in [*session.topics.all(), *session.series.topics.all()]}
    return tuple(name for _slug, name in sorted(topics.items()))


def _licence(speakers: list[Speaker], said: dict[int, str]) -> str:
    """The strictest that a speaker said; "" where one of them has said nothing."""
    people = {each.person_id for each in speakers if each.role == SpeakerRole.SPEAKER}
    return strictest([said.get(each, "") for each in people])


def _relations(session: Session, gathered: Gathered) -> Iterable[Relation]:
    page = _whole(reverse("session", args=[session.slug]))
    if session.series_id in gathered.series:
        series = session.series
        yield Relation("series", series.uuid, series.title, _whole(reverse("series", args=[series.slug])))
    yield Relation("session", session.uid, session.heading, page)
    for paper, version in gathered.papers[session.pk]:
        href = _whole(reverse("paper", args=[paper.slug]))
        yield Relation("paper", paper.uuid, {version.language: version.title}, href, paper.label)
    if report := gathered.reports.get(session.pk):
        href = _whole(reverse("report", args=[session.slug]))
        yield Relation("report", report.uuid, session.heading, href)


def _changed_at(recording: Recording, gathered: Gathered, formats: tuple[Format, ...]) -> datetime:
    """When anything that is said of it last changed."""
    session = recording.session
    moments = [recording.made_at, recording.published_at, recording.withdrawn_at]
    moments += [each.added_at for each in formats]
    if session:
        report = gathered.reports.get(session.pk)
        moments += [session.changed_at, report.changed_at if report else None]
        moments += [version.out_at for _paper, version in gathered.papers[session.pk]]
    return max(each for each in moments if each)
