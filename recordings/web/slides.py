"""Slide times and chapters of a session's recording, for its organisers: put right what was found, or found wrongly."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from operator import itemgetter
from typing import NamedTuple, TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recordings.catalogue.models import OriginalKind, Recording
from recordings.publishing import releasing
from recordings.renditions.making import subject_of
from recordings.slides import chaptering, keeping, moments, office, ordering
from recordings.slides.models import Chapters, Timeline
from recordings.slides.reading import Mark, Page, chapters_of, pages_of_deck, rank
from recordings.web.files import session_of
from recordings.web.slide_rows import BLANKS, Row, marks_in, rows_of_marks, rows_of_times, times_in, typed
from seminars.queue.models import Job, JobState
from seminars.sessions.models import Session
from seminars.web.organise.gate import actor, for_organisers

T = TypeVar("T")
A_PART = 200  # rows of a form: a request takes a thousand fields
CHAPTERS = "chapters"  # which part of them


@dataclass(frozen=True)
class Desk:
    """What is put right: a recording, and when the pages of one of its decks were shown in its video."""

    session: Session
    recording: Recording | None
    timelines: list[Timeline]
    timeline: Timeline | None
    pages: list[Page]
    end: float

    @property
    def chapters_revision(self) -> int:
        """Of the chapters that are there, 0 where there are none."""
        there = Chapters.objects.filter(recording=self.recording).first() if self.recording else None
        return there.revision if there else 0


def desk_of(request: HttpRequest, slug: str) -> Desk:
    """Return what this visitor may put right. `deck` of the request: the uuid of the slides, if there are several."""
    session = session_of(request, slug)
    recording = Recording.objects.filter(session=session).first()
    if recording is None:
        return Desk(session, None, [], None, [], 0.0)
    current = {"video__superseded_at": None, "slides__superseded_at": None, "video__recording": recording}
    rows = Timeline.objects.filter(**current).select_related("video__asset", "video__recording", "slides")
    timelines = sorted(rows, key=lambda each: (rank(recording, each.slides), -each.video_id))
    asked = request.POST.get("deck") or request.GET.get("deck")
    chosen = next((each for each in timelines if str(each.slides.uuid) == asked), None)
    timeline = chosen or (timelines[0] if timelines else None)
    pages = pages_of_deck(recording, timeline.slides) if timeline else []
    plays = recording.originals.filter(superseded_at=None, kind__in=[OriginalKind.VIDEO, OriginalKind.AUDIO])
    ends = [float(each.asset.probe.get("seconds") or 0) for each in plays.select_related("asset")]
    return Desk(session, recording, timelines, timeline, pages, max(ends, default=0.0))


def page(
    request: HttpRequest,
    desk: Desk,
    *,
    times: list[Row] | None = None,
    marks: list[Row] | None = None,
    stale: str = "",
) -> HttpResponse:
    """Return the page. times, marks: rows that came back, with what is wrong. stale: which of them others changed."""
    saved = rows_of_times(list(desk.timeline.times.all()), desk.pages) if desk.timeline else []
    part = _part(request, len(saved))
    revision, chapters_revision = desk.timeline.revision if desk.timeline else 0, desk.chapters_revision
    shown = saved[part : part + A_PART] if times is None else _with_pictures(times, desk.pages)
    chapters = rows_of_marks(chapters_of(desk.recording)) if desk.recording else []
    first = _part(request, len(chapters), CHAPTERS)
    context = {
        "session": desk.session,
        "desk": desk,
        "rows": shown,
        "unsure": [row for row in shown if row.unsure],
        "saved": saved,
        "part": part,
        "parts": _parts(saved),
        "reach": _reach(request, [row.seconds for row in saved], sent=times is not None),
        "revision": revision if times is None or stale else _revision(request),
        "blanks": range(len(shown), len(shown) + BLANKS),
        "chapters": chapters[first : first + A_PART] if marks is None else marks,
        "chapter_part": first,
        "chapter_parts": _parts(chapters),
        "chapter_reach": _reach(request, [row.seconds for row in chapters], CHAPTERS, sent=marks is not None),
        "chapters_revision": chapters_revision if marks is None or stale else _revision(request),
        "chapter_blanks": range(BLANKS),
        "chapters_saved": chapters,
        "waiting": "" if desk.timeline else waiting_words(desk.recording),
        "stale": stale,
        "sent": "times" if times is not None else CHAPTERS if marks is not None else "",
        "wrong": any(row.wrong for row in [*(times or []), *(marks or [])]),
    }
    status = 200 if not context["sent"] else 409 if stale else 422
    return render(request, "recordings/organise_slides.html", context, status=status)


def waiting_words(recording: Recording | None) -> str:
    """Return why there are no times yet, and what to do about it."""
    originals = ordering.originals_of(recording) if recording else []
    decks = [each for each in originals if each.kind == OriginalKind.SLIDES]
    if not decks:
        return _("Add the slides as PDF, and the video. When each slide is shown is then found by itself.")
    jobs = Job.objects.filter(subject__in=[subject_of(each) for each in originals])
    held = jobs.filter(kind__in=[ordering.PAGES, ordering.TIMES], state=JobState.HELD).order_by("-pk").first()
    if held:
        return _(held.reason)
    if not any(ordering.is_looked_at(each) for each in originals):
        return _("The slides are here. When each is shown is found once there is a video.")
    if not any(each.asset.media_type == ordering.DRAWN or office.executable() for each in decks):
        return _("Pictures of the pages need a PDF. Save the slides as PDF, and add that.")
    return _("The video is being compared with the slides. Come back in some minutes.")


def _part(request: HttpRequest, rows: int, name: str = "part") -> int:
    asked = request.POST.get(name) or request.GET.get(name) or ""
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    return min(start - start % A_PART, max(rows - 1, 0) // A_PART * A_PART)


def _parts(rows: Sequence[Row]) -> Sequence[int]:
    """Where each part begins, if there are several."""
    return range(0, len(rows), A_PART) if len(rows) > A_PART else []


class Reach(NamedTuple):
    """Of which seconds a form holds the rows: those from `since` on that begin before `until`."""

    since: float
    until: float

    @property
    def written(self) -> dict[str, str]:
        """The same as the form carries it."""
        return {
            "since": moments.say(self.since),
            "until": "" if self.until == inf else moments.say(self.until),
        }


def _reach(request: HttpRequest, starts: Sequence[float], name: str = "part", *, sent: bool) -> Reach:
    """Return what the form holds that is shown, or was sent. starts: of all rows that there are.

    A form that was sent says it itself: since it was opened others may have added or removed rows before its own.
    """
    given = request.POST.get("since", ""), request.POST.get("until", "")
    if sent and given[0]:
        with suppress(moments.NoMoment):
            return Reach(moments.read(given[0]), moments.read(given[1]) if given[1] else inf)
    part = _part(request, len(starts), name)
    end = part + A_PART
    return Reach(starts[part] if part else 0.0, starts[end] if end < len(starts) else inf)


def _among(
    saved: Iterable[tuple[float, T]], reach: Reach, sent: Iterable[tuple[float, T]]
) -> list[tuple[float, T]]:
    """All rows, those that the form holds as they were sent."""
    # Its times are written to a thousandth of a second.
    others = {start: what for start, what in saved if not reach.since <= round(start, 3) < reach.until}
    return sorted({**others, **dict(sent)}.items(), key=itemgetter(0))


def _with_pictures(rows: list[Row], pages: list[Page]) -> list[Row]:
    known = {str(each.number): each for each in pages}
    for row in rows:
        row.page = known.get(row.what.strip())
    return rows


def there(what: T | None) -> T:
    """Return what there is; 404 where there is nothing."""
    if what is None:
        raise Http404
    return what


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else -1


@for_organisers
@require_safe
def slide_times(request: HttpRequest, slug: str) -> HttpResponse:
    """When each slide is shown, and the chapters."""
    return page(request, desk_of(request, slug))


@for_organisers
@require_POST
def save_slide_times(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the times of the rows that were sent; nobody else's are overwritten unseen."""
    desk = desk_of(request, slug)
    timeline = there(desk.timeline)
    rows = typed(request.POST)
    saved = [(each.start, each.page) for each in timeline.times.all()]
    reach = _reach(request, [start for start, _page in saved], sent=True)
    times = times_in(rows, len(desk.pages), desk.end, begins=not reach.since)
    if times is None:
        return page(request, desk, times=rows)
    whole = _among(saved, reach, times)
    try:
        with transaction.atomic():
            keeping.correct(
                timeline=timeline,
                times=whole,
                revision=_revision(request),
                now=timezone.now(),
                by_id=actor(request),
            )
            releasing.release(recording=timeline.video.recording, now=timezone.now(), actor_id=actor(request))
    except keeping.Stale:
        return page(request, desk, times=rows, stale="times")
    messages.success(request, _("The slide times are saved. What is made from them follows by itself."))
    return back(request, slug, saved="times")


@for_organisers
@require_POST
def save_chapters(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the chapters that were sent."""
    desk = desk_of(request, slug)
    recording = there(desk.recording)
    rows = typed(request.POST)
    sent = marks_in(rows, desk.end)
    if sent is None:
        return page(request, desk, marks=rows)
    saved = [(each.start, each.title) for each in chapters_of(recording)]
    reach = _reach(request, [start for start, _title in saved], CHAPTERS, sent=True)
    marks = [Mark(*each) for each in _among(saved, reach, ((each.start, each.title) for each in sent))]
    try:
        chaptering.write(recording=recording, marks=marks, revision=_revision(request), now=timezone.now())
    except chaptering.Stale:
        return page(request, desk, marks=rows, stale="chapters")
    messages.success(request, _("The chapters are saved."))
    return back(request, slug, saved=CHAPTERS)


@for_organisers
@require_POST
def find_slides_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up what was put right by hand, and look at the video again."""
    timeline = there(desk_of(request, slug).timeline)
    ordering.again(timeline=timeline, now=timezone.now(), by_id=actor(request))
    messages.success(request, _("The video is looked at again. Until then the times stay as they are."))
    return back(request, slug)


@for_organisers
@require_POST
def chapters_from_slides(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up chapters that people wrote, for those that follow from the slides."""
    recording = there(desk_of(request, slug).recording)
    chaptering.forget(recording=recording, now=timezone.now())
    messages.success(request, _("The chapters follow the slides again."))
    return back(request, slug)


def back(request: HttpRequest, slug: str, *, saved: str = "") -> HttpResponse:
    """Return to the page, to the same deck and part. saved: what need not be kept in the browser any more."""
    answer = redirect("slide_times", slug)
    kept = [
        f"{name}={request.POST[name]}"
        for name in ("deck", "part", CHAPTERS)
        if request.POST.get(name, "").replace("-", "").isalnum()
    ]
    kept += [f"saved={saved}"] if saved else []
    if kept:
        answer["Location"] += f"?{'&'.join(kept)}"
    return answer


BASE = "organise/sessions/<slug:slug>/slides/"
urlpatterns = [
    path(BASE, slide_times, name="slide_times"),
    path(f"{BASE}save/", save_slide_times, name="save_slide_times"),
    path(f"{BASE}chapters/", save_chapters, name="save_chapters"),
    path(f"{BASE}again/", find_slides_again, name="find_slides_again"),
    path(f"{BASE}chapters/again/", chapters_from_slides, name="chapters_from_slides"),
]
