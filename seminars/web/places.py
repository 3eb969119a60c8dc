"""Where one goes and whom one calls: the room, the numbers to dial, the groups that others may join."""

from typing import Any

from django.utils.translation import get_language

from seminars.people.models import Form
from seminars.sessions.dialling import Number, nearest_first, read
from seminars.sessions.models import Session
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.sites.registering import is_open
from seminars.web.listing import Row
from seminars.web.offers import stands_still
from seminars.web.times import Reader

CLOSE = 17  # how near the map is shown: the street


def place_of(session: Session, row: Row, reader: Reader) -> dict[str, Any]:
    """Return what the session's page says of its room, numbers and listening sites; nothing once it is over."""
    if row.is_over or stands_still(session):
        return {}
    found: dict[str, Any] = {"numbers": numbers_of(session, reader)}
    if session.place_id and session.place and session.form != Form.VIRTUAL:
        found |= {"place": session.place, "map": map_of(session)}
    if is_open(session, row.facts, row.state):
        sites = ListeningSite.objects.filter(session=session).welcoming()
        found |= {"takes_sites": True, "followed": session, "sites": list(sites)}
    return found


def numbers_of(session: Session, reader: Reader) -> list[tuple[str, str]]:
    """Return (words, tel address) of each number to dial in; those of the reader's own country come first."""
    language = get_language() or "en"
    numbers = nearest_first(read(session.dial_in), reader.zone)
    return [(each.say(language), each.uri) if isinstance(each, Number) else (each, "") for each in numbers]


def map_of(session: Session) -> dict[str, str]:
    """Return addresses of the room on a map: for the device's own program, and a page that opens only when asked."""
    if session.place is None or session.place.position is None:
        return {}
    latitude, longitude = (f"{each:.6f}".rstrip("0").rstrip(".") for each in session.place.position)
    where = f"mlat={latitude}&mlon={longitude}#map={CLOSE}/{latitude}/{longitude}"
    page = f"https://www.openstreetmap.org/?{where}"
    return {"app": f"geo:{latitude},{longitude}?z={CLOSE}", "page": page}
