"""What the queue's page shows: jobs with their words, how many stand where, and which cluster stands still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.http import QueryDict
from django.utils.translation import gettext as _

from seminars.notifications.models import Message, MessageState
from seminars.queue import forecasting, kinds, standstill
from seminars.queue.kinds import About, kind_of
from seminars.queue.models import Attempt, Job, JobState
from seminars.web.standing import NOWHERE, Work, work_of

ON_A_PAGE = 50
OPEN = (JobState.HELD, JobState.LEASED, JobState.FAILED, JobState.QUEUED)
STATES: dict[str, tuple[JobState, ...]] = {
    "": OPEN,
    "held": (JobState.HELD,),
    "leased": (JobState.LEASED,),
    "failed": (JobState.FAILED,),
    "queued": (JobState.QUEUED,),
    "skipped": (JobState.SKIPPED,),
    "done": (JobState.DONE,),
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see: of which state, kind and cluster ("": any; "first": the first one), which page."""

    state: str = ""
    kind: str = ""
    cluster: str = ""
    page: str = "1"

    @property
    def query(self) -> str:
        """Return the filters as the query of an address, without the page."""
        asked = QueryDict(mutable=True)
        asked.update(
            {name: getattr(self, name) for name in ("state", "kind", "cluster") if getattr(self, name)}
        )
        return asked.urlencode()


@dataclass(frozen=True)
class Row:
    """One job. since: when it came to stand where it stands, aware UTC."""

    job: Job
    title: str
    about: About
    work: Work
    since: datetime


@dataclass(frozen=True)
class Table:
    """The page: its rows, what can be chosen, and what is wrong."""

    rows: list[Row]
    page: "Page[Job]"
    wish: Wish
    states: list[tuple[str, str, int]]
    kinds: list[tuple[str, str]]
    clusters: list[tuple[str, str]]
    still: list[standstill.Standstill]
    mails_waiting: int
    mails_stopped: int

    @property
    def busy(self) -> bool:
        """Return whether something will change by itself."""
        return any(number for name, _label, number in self.states if name in {"leased", "failed", "queued"})


def wish_of(given: QueryDict) -> Wish:
    """Return what an address asks for; what makes no sense is left out."""
    state = given.get("state", "")
    known = state if state in STATES else ""
    return Wish(known, given.get("kind", "")[:40], given.get("cluster", "")[:20], given.get("page", "1"))


def chosen(wish: Wish) -> QuerySet[Job]:
    """Return the jobs of these filters, in order: what needs somebody, what runs, what waits; else the newest first."""
    found = Job.objects.filter(state__in=STATES[wish.state])
    if wish.kind:
        found = found.filter(kind=wish.kind)
    if wish.cluster:
        found = found.filter(cluster="" if wish.cluster == "first" else wish.cluster)
    if wish.state in {"done", "skipped"}:
        return found.order_by("-finished_at", "-id")
    places = [When(state=state, then=Value(place)) for place, state in enumerate(OPEN)]
    return found.order_by(Case(*places, default=Value(9), output_field=IntegerField()), "due_at", "id")


def table_of(wish: Wish, *, now: datetime) -> Table:
    """Return the page. now: aware UTC. A dozen questions at most, however many jobs."""
    standing = Job.objects.values_list("state", "kind", "cluster").annotate(n=Count("id")).order_by("kind")
    counted = list(standing)
    names = {"": _("Open"), "held": _("Held"), "leased": _("Running"), "failed": _("Tried again later")}
    names |= {"queued": _("Waiting"), "skipped": _("Skipped"), "done": _("Done")}
    counts = [
        (name, names[name], sum(n for state, _kind, _cluster, n in counted if state in states))
        for name, states in STATES.items()
    ]
    page = Paginator(_latest(chosen(wish)), ON_A_PAGE).get_page(wish.page)
    found = list(page)
    mails = Message.objects.filter(state__in=MessageState.unsent()).count()
    return Table(
        rows=rows_of(found, now=now),
        page=page,
        wish=wish,
        states=counts,
        kinds=[(kind, str(kind_of(kind).title)) for kind in dict.fromkeys(row[1] for row in counted)],
        clusters=[(each or "first", each or _("first")) for each in sorted({row[2] for row in counted})],
        still=standstill.standing(now=now),
        mails_waiting=mails,
        mails_stopped=Message.objects.filter(
            state__in=[MessageState.GIVEN_UP, MessageState.UNCERTAIN]
        ).count(),
    )


def rows_of(found: Sequence[Job], *, now: datetime) -> list[Row]:
    """Return a row for each of these jobs, which `_latest` has dated."""
    ends = forecasting.expected(now=now) if any(job.state in OPEN for job in found) else {}
    facts = kinds.about(found)
    rows = []
    for job in found:
        about = facts.get(job.pk, NOWHERE)
        work = work_of(job, now, end=ends.get(job.pk), about=about)
        rows.append(Row(job, str(kind_of(job.kind).title), about, work, _since(job, now)))
    return rows


def row_of(job: Job, *, now: datetime) -> Row:
    """Return the row of one job."""
    return rows_of(list(_latest(Job.objects.filter(pk=job.pk))), now=now)[0]


def _latest(found: QuerySet[Job]) -> QuerySet[Job]:
    last = Attempt.objects.filter(job=OuterRef("pk")).order_by("-id")
    dated = found.annotate(
        began=Subquery(last.values("started_at")[:1]), stopped=Subquery(last.values("ended_at")[:1])
    )
    return dated.select_related("asked_by", "decided_by")


def _since(job: Job, now: datetime) -> datetime:
    began: datetime | None = getattr(job, "began", None)
    stopped: datetime | None = getattr(job, "stopped", None)
    if job.state in {JobState.DONE, JobState.SKIPPED}:
        return job.finished_at or job.created_at
    if job.state == JobState.LEASED:
        return began or job.created_at
    if job.state in {JobState.HELD, JobState.FAILED}:
        return stopped or began or job.created_at
    return job.due_at if job.due_at <= now else job.created_at
