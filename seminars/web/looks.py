"""How each state of a session looks: badge, icon and tone. One small table; what it offers is in `web/sessions.py`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seminars.sessions.state import State


@dataclass(frozen=True)
class Look:
    """A badge: its word, the icon beside it, and the tone (a class of the stylesheet; never the only sign)."""

    badge: str | Promise
    icon: str
    tone: str = ""


UNDATED = Look(_("Date to follow"), "calendar")
"""What stands for "Save the date" while there is no date to save."""

LOOKS: dict[State, Look] = {
    State.ANNOUNCED: Look(_("Save the date"), "calendar"),
    State.UPCOMING: Look(_("Upcoming"), "calendar", "calm"),
    State.SOON: Look(_("Soon"), "clock", "calm"),
    State.DOORS_OPEN: Look(_("Doors open"), "door", "calm"),
    State.LIVE: Look(_("Live now"), "live", "live"),
    State.JUST_ENDED: Look(_("Just ended"), "check"),
    State.RECORDING_COMING: Look(_("Recording coming"), "hourglass"),
    State.PARTLY_ARCHIVED: Look(_("Partly archived"), "file", "ok"),
    State.ARCHIVED: Look(_("In the archive"), "archive", "ok"),
    State.REPORT_ONLY: Look(_("Report only"), "file", "ok"),
    State.ENDED: Look(_("Ended"), "check"),
    State.RESCHEDULED: Look(_("New time"), "move", "warning"),
    State.POSTPONED: Look(_("Postponed"), "pause", "warning"),
    State.CANCELLED: Look(_("Cancelled"), "cross", "error"),
    State.WITHDRAWN: Look(_("Withdrawn"), "cross"),
}
