"""A session's page, before, during and for ever after."""

from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from seminars.access import bare_session_or_404, is_guest
from seminars.followups.reports.models import Report
from seminars.followups.reports.reading import parts_of
from seminars.people.models import Person
from seminars.results.public import opened_since, told_of
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Terms
from seminars.sessions.registration.terms import terms_loaded
from seminars.sessions.state import State
from seminars.sessions.topics import topics_of_session
from seminars.web.barring import bar_of
from seminars.web.echoes import hours_of, kin_of, lead_of
from seminars.web.laws import line_for
from seminars.web.linked_data import linked_data
from seminars.web.listing import Row, rows_of
from seminars.web.offers import address, beside, cheaper_ways, line_of, main_button
from seminars.web.places import place_of
from seminars.web.programme import beside_part, timetable_of
from seminars.web.registration import JOINING, own_registration, places_words
from seminars.web.results import since
from seminars.web.times import members_words
from seminars.web.uses import opened
from seminars.web.visitors import organises_in, visitor_of
from seminars.web.zones import reader_of

FEWEST, CITIES = 3, 4  # members in a zone before it is shown in public, and zones shown


@require_safe
def session(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the session `slug`; 404 when it is closed to this visitor, 410 with the reason when it was withdrawn."""
    now, visitor = timezone.now(), visitor_of(request)
    found = bare_session_or_404(slug, visitor)
    context: dict[str, Any] = {"now": now, "session": found, "series": found.series}
    context["community"] = found.series.community
    if found.withdrawn_at:
        return render(request, "seminars/tombstone.html", context, status=410)
    if found.lead_id is not None and (lead := lead_of(found, visitor)):
        return redirect("session", lead.slug)  # one topic, one page: there both hours stand
    reader = reader_of(request)
    kin = kin_of(found, visitor)
    echoes = [each for each in kin if each.lead_id == found.pk]
    parts = [each for each in kin if each.within_id == found.pk]
    at_once = beside_part(found, kin)
    # All that the page lists is read here, once for all of them; whoever asks for their rows below asks nothing more.
    own = row = rows_of([found, *echoes, *parts, *at_once], now)[0]
    hours = hours_of(own, echoes, now)
    row = next((each.row for each in hours if each.is_next), own)
    held, guest = row.session, is_guest(found, visitor)
    context |= {
        "row": row,
        "own": own,
        "held": held,
        "hours": hours,
        "timetable": timetable_of(found, parts, reader, now),
        "event": next((each for each in kin if each.pk == found.within_id), None),
        "beside": rows_of(at_once, now),
        "guest": guest,
        "new_law": line_for(found, reader, now),
        "line": line_of(held, row.state, reader, now),
        "ways": list(cheaper_ways(held, row.state)),
        "moved": bool(held.moved_from) and not row.is_over,
        "canonical": settings.MERIDIAN_URL + reverse("session", args=[found.slug]),
        "linked_data": linked_data(found, get_language() or "en"),
        "topics": topics_of_session(found) if found.published_at else [],
    }
    context |= offered(request, row, guest=guest)
    if row.state == State.ARCHIVED:
        context["line"] = since(told_of([found, *echoes]), opened_since([found, *echoes]))
    if not reader.zone and not row.is_over:
        zones = zones_of_members(found)
        context["members_hours"] = members_words(held, zones, reader.locale)
    context["organises_this"] = organises_in(request, found.series.community_id)
    context |= report_of(found) | place_of(held, row, reader)
    page = render(request, "seminars/session.html", context)
    return opened(request, found, page) if own.is_over else page


def offered(request: HttpRequest, row: Row, *, guest: bool) -> dict[str, Any]:
    """Return what the page offers now: the main button, what stands beside it, and what it says of places.

    guest: who looks sees the session and not its series, so there is nothing to subscribe to.
    """
    held, state = row.session, row.state
    registered = None if row.is_over else own_registration(request, held)
    terms = Terms() if row.is_over else terms_loaded(held)
    barred = state in JOINING and bar_of(request, held, terms) is not None
    button = main_button(held, state, row.facts, registered, terms, barred)
    if guest and button and button.href == address("subscribe_series", held):
        button = None
    return {
        "button": button,
        "beside_it": [each for each in beside(held, state, registered, terms) if each != button],
        "barred": barred and registered is None and row.facts.joinable,
        "places_words": "" if row.is_over else places_words(held, state, registered, terms),
    }


def zones_of_members(session: Session) -> list[str]:
    """Return the zones where most members of the community are; never one of fewer than three, who could be known."""
    people = Person.objects.filter(memberships__community=session.series.community_id)
    counted = people.exclude(zone__in=["", session.zone]).values("zone").annotate(count=Count("pk"))
    return [each["zone"] for each in counted.filter(count__gte=FEWEST).order_by("-count", "zone")[:CITIES]]


def report_of(session: Session) -> dict[str, Any]:
    """Return what the page shows of the published report: its parts and their language; nothing without one.

    No query: `bare_session_or_404` loads it.
    """
    report: Report | None = getattr(session, "report", None)
    if report is None or not report.is_out or session.published_at is None:
        return {}
    return {"report": parts_of(report), "report_language": report.language}


urlpatterns = [
    path("sessions/<slug:slug>/", session, name="session"),
]
