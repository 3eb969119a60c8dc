"""What a session is *now*: the one state machine of pages, feeds and mails. Plain Python."""

from enum import StrEnum


class State(StrEnum):
    """The states of a session, in the order of its life (`experience.md`: badge, button, line, title)."""

    ANNOUNCED = "announced"
    UPCOMING = "upcoming"
    SOON = "soon"
    DOORS_OPEN = "doors-open"
    LIVE = "live"
    JUST_ENDED = "just-ended"
    RECORDING_COMING = "recording-coming"
    PARTLY_ARCHIVED = "partly-archived"
    ARCHIVED = "archived"
    REPORT_ONLY = "report-only"
    ENDED = "ended"
    RESCHEDULED = "rescheduled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs for a column: stored value and plain name."""
        return [(state.value, state.name.replace("_", " ").capitalize()) for state in cls]
