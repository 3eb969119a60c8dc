"""A session as schema.org says it (JSON-LD), before it, after it, and when it was moved or cancelled."""

import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from seminars.people.models import Form, Joining
from seminars.series.models import Audience
from seminars.sessions.models import MaterialKind, MaterialState, Session
from seminars.sessions.state import HEARD
from seminars.web.times import was_at
from seminars.words import say

CONTEXT = "https://schema.org"
_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}
DOCUMENTS = {
    MaterialKind.SLIDES: ("workFeatured", "PresentationDigitalDocument"),
    MaterialKind.HANDOUT: ("workFeatured", "DigitalDocument"),
    MaterialKind.REPORT: ("subjectOf", "Report"),
    MaterialKind.PAPER: ("subjectOf", "ScholarlyArticle"),
}
"""What a material is to its event, and as which type."""


def script_of(data: Mapping[str, Any]) -> SafeString:
    """Return data as JSON that may stand inside a script element: nothing in it can end that, whatever it says."""
    text = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode()
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308  # all that HTML or a script could read is escaped


def is_public(session: Session) -> bool:
    """Return whether everybody may see it: only then programs are told of it. Load `series__community` with it."""
    public = session.published_at is not None and session.audience == Audience.EVERYONE
    return public and session.series.community.joining != Joining.CLOSED


def linked_data(session: Session, language: str) -> SafeString | str:
    """Return what the head of its page says of a session; "" where it is not for everybody, or has no day yet."""
    series = session.series
    if not is_public(session) or session.local_date is None:
        return ""
    shown = series.published_at is not None and series.audience == Audience.EVERYONE
    return script_of(event_of(session, language, series_is_public=shown))


def event_of(session: Session, language: str, *, series_is_public: bool) -> dict[str, Any]:
    """Return the session as an Event. series_is_public: else the series is not named."""
    page = settings.MERIDIAN_URL + reverse("session", args=[session.slug])
    status = "Rescheduled" if session.moved_from else "Scheduled"
    status = "Cancelled" if session.cancelled_at else "Postponed" if session.postponed_at else status
    mode = {Form.VIRTUAL: "Online", Form.IN_PERSON: "Offline", Form.HYBRID: "Mixed"}[Form(session.form)]
    moved_from = was_at(session)
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Event",
        "@id": f"{page}#event",
        "name": say(session.heading, language),
        "url": page,
        "description": say(session.abstract, language),
        "inLanguage": session.language,
        "location": _places(session, page),
        "eventAttendanceMode": f"{CONTEXT}/{mode}EventAttendanceMode",
        "eventStatus": f"{CONTEXT}/Event{status}",
        "previousStartDate": moved_from.isoformat() if moved_from else "",
        "isAccessibleForFree": True,
        "performer": [{"@type": "Person", "name": each.person.name} for each in session.speakers.all()],
        "organizer": _organizer(session, language),
        **_times(session),
        **_works(session, page, language),
    }
    if series_is_public:
        address = settings.MERIDIAN_URL + reverse("series", args=[session.series.slug])
        name = say(session.series.title, language)
        found["superEvent"] = {"@type": "EventSeries", "name": name, "url": address}
    return {name: value for name, value in found.items() if value not in ("", None, [], {})}


def _organizer(session: Session, language: str) -> dict[str, Any]:
    """The community; of other people's events we do not know it."""
    if session.series.external:
        return {}
    community = session.series.community
    page = settings.MERIDIAN_URL + reverse("community", args=[community.slug])
    return {"@type": "Organization", "name": say(community.name, language), "url": page}


def _places(session: Session, page: str) -> Any:
    online = {"@type": "VirtualLocation", "url": page}
    if session.form == Form.VIRTUAL:
        return online
    name = session.room or session.zone
    here = {"@type": "Place", "name": name, "address": name}
    return here if session.form == Form.IN_PERSON else [online, here]


def _times(session: Session) -> dict[str, str]:
    if session.starts_at and session.ends_at and not session.all_day:
        return {
            "startDate": session.starts_at.astimezone(UTC).isoformat(),
            "endDate": session.ends_at.astimezone(UTC).isoformat(),
        }
    if session.local_date is None:
        return {}
    last = session.local_date + timedelta(days=session.days - 1)
    return {"startDate": session.local_date.isoformat(), "endDate": last.isoformat()}


def _works(session: Session, page: str, language: str) -> dict[str, Any]:
    """What there is of it: the recording by its `@id`, documents with their own addresses."""
    found: dict[str, Any] = {"workFeatured": [], "subjectOf": []}
    for each in session.materials.all():
        if each.state != MaterialState.PUBLISHED:
            continue
        if each.kind in HEARD:
            found["recordedIn"] = {"@type": "CreativeWork", "@id": f"{page}#recording"}
        elif each.kind in DOCUMENTS:
            role, kind = DOCUMENTS[MaterialKind(each.kind)]
            href = each.path if each.path.startswith("http") else settings.MERIDIAN_URL + each.path
            name = say(each.title, language) or str(MaterialKind(each.kind).label)
            about = {"about": {"@id": f"{page}#event"}} if role == "subjectOf" else {}
            work = {"@type": kind, "name": name, "url": href, "inLanguage": each.language, **about}
            found[role].append({key: value for key, value in work.items() if value})
    return found
