"""A few people registered for a session to come, through the verbs that they use. Their names say: examples."""

from datetime import datetime, timedelta

from seminars.notifications.posting import language_of
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Partstat
from seminars.sessions.registration.registering import answer, confirm, register

AHEAD = timedelta(days=2)
# Name, zone, whether they want an invitation, and what they answered.
PEOPLE = (
    ("Amara Example", "Africa/Lagos", True, Partstat.ACCEPTED),
    ("Bongani Example", "Africa/Johannesburg", True, Partstat.TENTATIVE),
    ("Chipo Example", "Africa/Harare", False, Partstat.NEEDS_ACTION),
    ("Deepa Example", "Asia/Kolkata", True, Partstat.NEEDS_ACTION),
    ("Emeka Example", "Africa/Lagos", False, Partstat.ACCEPTED),
)


def register_some(*, now: datetime) -> Session | None:
    """Return the first public session of our own in two days or later, registered for; None without. now: aware UTC."""
    ahead = Session.objects.published().upcoming(now=now).filter(starts_at__gt=now + AHEAD, within=None)
    ours = ahead.filter(local_time__isnull=False, series__external=False, audience="everyone")
    open_ones = ours.exclude(series__community__joining="closed").filter(cancelled_at=None, postponed_at=None)
    session = open_ones.select_related("series__community").first()
    if session is None:
        return None
    for name, zone, invited, said in PEOPLE:
        found, _new = register(
            session=session,
            email=f"{name.split()[0]}@demo.example",
            name=name,
            language=language_of(session.language),
            zone=zone,
            wants_invitation=invited,
            now=now,
        )
        confirm(registration=found, now=now)
        if said != Partstat.NEEDS_ACTION:
            answer(registration=found, partstat=said, now=now)
    return session
