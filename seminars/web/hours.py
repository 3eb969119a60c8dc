"""The hours that a date poll proposes, in words for one reader."""

from django.utils import timezone

from seminars.sessions.models import Session
from seminars.sessions.polls.models import PollSlot
from seminars.web.times import Reader, When, when_of


def time_of(slot: PollSlot, reader: Reader) -> When:
    """Return a proposed hour in words for `reader`. Load `poll` with it."""
    standing = Session(
        zone=slot.poll.zone,
        local_date=slot.local_date,
        local_time=slot.local_time,
        minutes=slot.poll.minutes,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )
    return when_of(standing, reader, timezone.now())
