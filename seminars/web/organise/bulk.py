"""The sessions of a series as a table: type in it, paste titles, change the ticked alike; preview, then all of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars.changes.refusing import UserError
from seminars.people.joining import zones_of
from seminars.series.models import Series
from seminars.series.topics.models import Topic
from seminars.sessions.bulk.applying import BulkStale, apply_bulk
from seminars.sessions.bulk.asking import Asked, Bulk, Deed
from seminars.sessions.bulk.pasting import Matched, match, read
from seminars.sessions.bulk.planning import plan_sessions
from seminars.sessions.models import Session
from seminars.sessions.planning import fill
from seminars.sessions.topics import topics_seen_by
from seminars.web.forms.bulk import AHEAD, DRAFTS, TICKED, BulkForm
from seminars.web.forms.sessions_table import Typed, tongue_of, typed_in
from seminars.web.forms.zones import city_of
from seminars.web.organise.bulk_words import meanwhile_of, shown_of, unmatched_words
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.organise.plans import clocks_for
from seminars.web.organise.series import series_of
from seminars.web.organise.sessions_table import is_open, rooms_of, sessions_of, table_of
from seminars.web.organise.undoing import offer
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

NOT_CARRIED = ("hand", "seal", "csrfmiddlewaretoken")


@dataclass(frozen=True)
class Posted:
    """What the form says, read against the sessions that are there."""

    series: Series
    sessions: list[Session]
    form: BulkForm
    typed: Typed
    pasted: Matched
    rooms: list[str]
    now: datetime

    @property
    def fits(self) -> bool:
        """Whether all of it could be read."""
        return self.form.is_valid() and not self.typed.errors


@for_organisers
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """The table; posted to, it is shown again with what was typed: the way back from the preview."""
    return page(request, _posted(request, slug))


@for_organisers
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """What would happen, line by line, before and after on three clocks."""
    posted = _posted(request, slug)
    if not posted.fits:
        return page(request, posted)
    try:
        asked, follow = _asked(request, posted), _follow(request, posted)
        bulk = plan_sessions(series=posted.series, asked=asked, follow=follow, now=posted.now)
    except UserError as refused:
        return _refused(request, posted, refused)
    return preview_page(request, posted, bulk)


@for_organisers
@require_POST
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Do it, if everything is still as the preview showed it; else show the preview of how it is now."""
    posted = _posted(request, slug)
    if not posted.fits:
        return page(request, posted)
    try:
        bulk = apply_bulk(
            series=posted.series,
            asked=_asked(request, posted),
            follow=_follow(request, posted),
            seal=request.POST.get("seal", ""),
            now=posted.now,
            actor_id=actor(request),
        )
    except BulkStale as stale:
        return preview_page(request, posted, stale.bulk, meanwhile=True)
    except UserError as refused:
        return _refused(request, posted, refused)
    if not bulk.changing:
        messages.info(request, _("Nothing differs from how it is. Nothing was changed."))
    else:
        number = len(bulk.changing)
        words = ngettext("%(n)d session changed.", "%(n)d sessions changed.", number)
        messages.success(request, words % {"n": number})
    return redirect("sessions_table", slug)


@for_organisers
@require_POST
def lay_out(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the sessions of a draft, as drafts, so that each can have its title before anybody sees it."""
    series = series_of(request, slug)
    try:
        made = fill(series=series, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    else:
        number = len(made)
        words = ngettext("%(n)d session laid out, as a draft.", "%(n)d sessions laid out, as drafts.", number)
        messages.success(request, words % {"n": number})
    return redirect("sessions_table", slug)


def page(request: HttpRequest, posted: Posted) -> HttpResponse:
    """Return the table with what was typed; 400 with mistakes."""
    series, now = posted.series, posted.now
    found = table_of(
        request,
        series,
        posted.sessions,
        typed=posted.typed,
        rooms=posted.rooms,
        language=get_language() or "en",
        now=now,
    )
    context = {
        "now": now,
        "series": series,
        "community": series.community,
        "table": found,
        "form": posted.form,
        "errors": _errors(posted),
        "undo": offer(series, now),
        "city": city_of(series.zone, get_language() or "en"),
        "busy": posted.form.is_bound and (posted.form.errors or posted.form["deed"].value()),
    }
    wrong = request.method == "POST" and bool(posted.typed.errors or posted.form.errors)
    return render(request, "seminars/organise/sessions_table.html", context, status=400 if wrong else 200)


def preview_page(
    request: HttpRequest, posted: Posted, bulk: Bulk, *, meanwhile: bool = False
) -> HttpResponse:
    """Return the plan in words, with the form carried along; 409 when it differs from what was shown before."""
    series, reader, language = posted.series, reader_of(request), get_language() or "en"
    people = zones_of(series.community)
    touched = {row.standing.pk for row in bulk.plan.rows}
    context = {
        "series": series,
        "community": series.community,
        "bulk": bulk,
        "shown": shown_of(
            bulk,
            zones=clocks_for(series.zone, people, posted.now),
            people=people,
            locale=reader.locale,
            language=language,
        ),
        "stale": meanwhile_of(bulk, {each.pk: each for each in posted.sessions}, language),
        "unmatched": unmatched_words(posted.pasted),
        "speakers": posted.pasted.speakers,
        "carried": _carried(request, touched),
        "hand": request.POST.get("hand", "each"),
        "meanwhile": meanwhile,
    }
    status = 409 if meanwhile else 200
    return render(request, "seminars/organise/bulk_preview.html", context, status=status)


# Below: how it is done.


def _posted(request: HttpRequest, slug: str) -> Posted:
    series, now = series_of(request, slug), timezone.now()
    sessions, rooms = sessions_of(series), rooms_of(series)
    opens = [each for each in sessions if is_open(each, now)]
    data = request.POST if request.method == "POST" else None
    drafts = sum(not each.published_at for each in sessions)
    form = BulkForm(data, series=series, ahead=len(opens), drafts=drafts, topics=_topics_for(request))
    typed = typed_in(data, opens, rooms) if data else Typed()
    picked = _picked(request, sessions)
    in_order = [each.pk for each in opens if (each.pk in picked if picked else not each.title)]
    by_day: dict[date, list[int]] = {}
    for each in opens:
        if each.local_date:
            by_day.setdefault(each.local_date, []).append(each.pk)
    text = request.POST.get("titles", "")
    pasted = match(read(text), in_order=in_order, by_day=by_day)
    return Posted(series, sessions, form, typed, pasted, list(rooms), now)


def _topics_for(request: HttpRequest) -> "QuerySet[Topic]":
    """Topics whose name this visitor may know."""
    return Topic.objects.filter(pk__in=topics_seen_by(visitor_of(request))).order_by("slug")


def _picked(request: HttpRequest, sessions: Collection[Session]) -> set[int]:
    chosen = set(request.POST.getlist("pick"))
    return {each.pk for each in sessions if str(each.pk) in chosen}


def _asked(request: HttpRequest, posted: Posted) -> Asked:
    data, rooms = posted.form.cleaned_data, rooms_of(posted.series)
    typed = {pk: dict(row) for pk, row in posted.typed.rows.items()}
    by_key = {each.pk: each for each in posted.sessions}
    for pk, title in posted.pasted.titles.items():
        tongue = tongue_of(by_key[pk])
        typed.setdefault(pk, {})["title"] = {**by_key[pk].title, tongue: title}
    fields = posted.form.changes()
    if "room" in fields:
        place = rooms.get(fields["room"])
        fields["place_id"] = place.pk if place else None
    added, taken = posted.form.topics()
    return Asked(
        typed=typed,
        ticked=frozenset(_reached(request, posted)),
        deed=Deed(data["deed"]),
        shift=posted.form.shifted(),
        fields=fields,
        reason=data["reason"],
        seen=posted.typed.revisions,
        with_topics=added,
        without_topics=taken,
    )


def _reached(request: HttpRequest, posted: Posted) -> set[int]:
    reach = posted.form.cleaned_data["reach"]
    if reach == AHEAD:
        return {each.pk for each in posted.sessions if is_open(each, posted.now)}
    if reach == DRAFTS:
        return {each.pk for each in posted.sessions if not each.published_at}
    assert reach == TICKED
    return _picked(request, posted.sessions)


def _follow(request: HttpRequest, posted: Posted) -> set[int]:
    """Which sessions give up what was done by hand: each by its own choice, or all at once."""
    hand = request.POST.get("hand", "each")
    if hand == "follow":
        return {each.pk for each in posted.sessions}
    if hand == "keep":
        return set()
    return {each.pk for each in posted.sessions if request.POST.get(f"hand-{each.pk}") == "follow"}


def _refused(request: HttpRequest, posted: Posted, refused: UserError) -> HttpResponse:
    """Show each message at its field: of the form, or of a line of the table."""
    lines = {name: words for name, words in refused.fields.items() if name.startswith("s") and "-" in name}
    posted.typed.errors.update(lines)
    rest = {name: words for name, words in refused.fields.items() if name not in lines}
    if rest:
        show_refusal(posted.form, UserError(rest))
    return page(request, posted)


def _errors(posted: Posted) -> list[tuple[str, str, str]]:
    """(input, what it is, what is wrong) of each mistake in the lines."""
    by_key = {str(each.pk): each for each in posted.sessions}
    found = []
    for name, words in posted.typed.errors.items():
        session = by_key.get(name.partition("-")[0].removeprefix("s"))
        which = _("Session %(n)d") % {"n": session.number} if session else ""
        found.append((name, which, words))
    return found


def _carried(request: HttpRequest, touched: Collection[int]) -> list[tuple[str, Any]]:
    """What the form says, without lines in which nothing was typed."""
    keys = {f"s{pk}" for pk in touched}
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in NOT_CARRIED
        and not name.startswith("hand-")
        and (not _is_line(name) or name.partition("-")[0] in keys)
    ]


def _is_line(name: str) -> bool:
    return name[:1] == "s" and name[1:].partition("-")[0].isdecimal()


urlpatterns = [
    path("organise/series/<slug:slug>/sessions/", table, name="sessions_table"),
    path("organise/series/<slug:slug>/sessions/preview/", preview, name="preview_sessions"),
    path("organise/series/<slug:slug>/sessions/apply/", apply, name="apply_sessions"),
    path("organise/series/<slug:slug>/sessions/lay-out/", lay_out, name="lay_out_sessions"),
]
