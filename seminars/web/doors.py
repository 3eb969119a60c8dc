"""The two addresses that let people in: to take part, and to watch only. Before their time they say so, and wait."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seminars import clock
from seminars.access import session_or_404
from seminars.sessions.models import Session
from seminars.sessions.registration.registering import is_open as registers
from seminars.sessions.registration.terms import terms_of
from seminars.web.barring import bar_of
from seminars.web.joins import noted
from seminars.web.listing import Row, rows_of
from seminars.web.offers import stands_still
from seminars.web.places import numbers_of
from seminars.web.registration import places_words
from seminars.web.times import Reader, city, day_words, hour_words
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

RUNS_OVER = timedelta(hours=1)  # a session that runs over is not shut from outside; the host closes it
SOON = timedelta(hours=24)
LOOKS_AGAIN = (
    15 * 60
)  # seconds after which a waiting page asks again at the latest: the hour may have been moved
LOOKS_FOR_A_PLACE = 5 * 60  # seconds after which the page of somebody who waits for a place asks again


@require_safe
@never_cache
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the meeting while its doors are open; before and after, say so and what to do.

    Where places are counted, to who has one; others are told where they stand, or how to get one.
    """
    return _let_in(request, slug, "join")


@require_safe
@never_cache
def view_only(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the stream for those who only watch, likewise."""
    return _let_in(request, slug, "view_only")


def _let_in(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    now = timezone.now()
    found = session_or_404(slug, visitor_of(request))
    if found.withdrawn_at:
        return redirect("session", found.slug)  # its page says why, and nothing of what was withdrawn
    row = rows_of([found], now)[0]
    leads, terms = _leads(row, name), terms_of(found)
    # Whoever only watches takes no place. What the organisers give by name is given to nobody else.
    guarded = bool(leads) and not stands_still(found) and (name == "join" or terms.approval)
    ended = row.is_over and not is_open(found, now)
    bar = bar_of(request, found, terms) if guarded and not ended else None
    if leads and bar is None and is_open(found, now):
        return noted(request, found, redirect(leads), now) if name == "join" else redirect(leads)
    reader, opens_at = reader_of(request), opens(found)
    is_early = opens_at is not None and now < opens_at and bool(leads) and not stands_still(found)
    context = {
        "now": now,
        "session": found,
        "series": found.series,
        "community": found.series.community,
        "row": row,
        "address": name,
        "leads": bool(leads),
        "doors_words": _hour(opens_at, found, reader) if opens_at else "",
        "takes_place": not row.is_over and not stands_still(found),
        "is_early": is_early,
        "bar": bar,
        "terms": terms,
        "registers": registers(found, row.state, terms),
        "places_words": places_words(found, row.state, None, terms) if bar and not bar.registration else "",
        "watches": bool(found.view_url) and not terms.approval and is_open(found, now),
        "waits": is_early and opens_at is not None and opens_at - now <= SOON,
        "numbers": numbers_of(found, reader),
    }
    response = render(request, "seminars/join.html", context)
    if bar is not None:
        if bar.hopes and opens_at and opens_at - now <= SOON:
            response.headers["Refresh"] = str(LOOKS_FOR_A_PLACE)
    elif opens_at and context["waits"]:
        # The page opens the door by itself, also where no script runs.
        left = int((opens_at - now).total_seconds()) + 1
        response.headers["Refresh"] = str(min(left, LOOKS_AGAIN))
    return response


def _leads(row: Row, name: str) -> str:
    """Where the address leads while it is open; "" where there is nothing behind it."""
    session = row.session
    if name == "join":
        return session.join_url if row.facts.joinable else ""
    return "" if session.all_day or session.form == "in-person" else session.view_url


def _hour(opens_at: datetime, session: Session, reader: Reader) -> str:
    """Day and hour at which the doors open, and whose hour that is."""
    zone = reader.zone or session.zone
    wall = clock.to_wall(opens_at, zone)
    day = day_words(wall.date(), reader.locale, short=True)
    return f"{day}, {hour_words(wall, reader.locale)} ({city(zone, reader.locale)})"


def opens(session: Session) -> datetime | None:
    """Return when its doors open (aware UTC); None while it has no hour."""
    return session.starts_at - timedelta(minutes=session.doors) if session.starts_at else None


def is_open(session: Session, now: datetime) -> bool:
    """Whether its doors are open: from its own minutes before, until the host closes."""
    opens_at = opens(session)
    if stands_still(session) or opens_at is None or session.ends_at is None:
        return False
    return opens_at <= now < (session.closed_at or session.ends_at + RUNS_OVER)


urlpatterns = [
    path("sessions/<slug:slug>/join", join, name="join"),
    path("sessions/<slug:slug>/view", view_only, name="view_only"),
]
