"""Where an entry takes place: a room, a way in, the page it is announced on. No database."""

import re
from typing import Any

from django.utils.translation import gettext as _

from seminars.calendars.importing.lines import Component
from seminars.people.models import Form

ROOM, LINK = 300, 500
_WEB = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_MEETING = re.compile(
    r"https?://(?:[\w-]+\.)*(?:zoom\.us/(?:j|my|w|s)/|zoomgov\.com/j/|teams\.microsoft\.com/(?:l/meetup-join|meet)/"
    r"|teams\.live\.com/meet/|meet\.google\.com/|webex\.com/|whereby\.com/|meet\.jit\.si/|gotomeet|bluejeans\.com/|bbb\.)"
    r"[^\s<>\"']*",
    re.IGNORECASE,
)
_NO_ROOM = re.compile(
    r"(?:microsoft )?teams(?: meeting|-möte)?|zoom(?: meeting| webinar)?|google meet|online(?: meeting)?|webinar"
    r"|virtual|digital(?:t)?|on ?line|en ligne|en línea|em linha|jitsi|webex",
    re.IGNORECASE,
)
_WAYS = (
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
)


def is_room(text: str) -> bool:
    """Return whether it names a place, and not only that there is none."""
    return bool(text) and not _NO_ROOM.fullmatch(text.strip())


def places_of(event: Component) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the columns of place that the entry speaks of, and remarks."""
    location = " ".join(event.text("LOCATION").split())
    join = _join(event, location)
    inside = location if not _WEB.fullmatch(location) else ""
    if join:
        inside = inside.replace(join, "").strip(" ;,|")
    online = bool(inside) and not is_room(inside)
    inside = "" if online else inside
    page = event.text("URL")
    page = page if _WEB.fullmatch(page) and page != join else ""
    if not join and not inside and not page and _WEB.fullmatch(location):
        page = location
    remarks = []
    for link in (join, page):
        if len(link) > LINK:
            remarks.append(_("A link is longer than 500 characters and is left out."))
    join, page = (link if len(link) <= LINK else "" for link in (join, page))
    if len(inside) > ROOM:
        inside = inside[: ROOM - 1] + "…"
    found: dict[str, Any] = {"room": inside, "join_url": join, "source_url": page}
    if join or inside or online:
        found["form"] = str(Form.HYBRID if join and inside else Form.IN_PERSON if inside else Form.VIRTUAL)
    return found, tuple(remarks)


def _join(event: Component, location: str) -> str:
    """The address of the meeting itself."""
    for each in event.all("CONFERENCE"):
        features = each.params.get("FEATURE", "").upper()
        if _WEB.fullmatch(each.value.strip()) and ("VIDEO" in features or not features):
            return each.value.strip()
    for name in _WAYS:
        if _WEB.fullmatch(found := event.text(name)):
            return found
    for text in (location, event.text("URL"), event.text("DESCRIPTION")[:20_000]):
        if link := _MEETING.search(text):
            return link[0].rstrip(".,;)")
    return ""
