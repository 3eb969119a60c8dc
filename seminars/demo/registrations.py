"""People registered for sessions to come, through the verbs that they use. Their names say: examples.

One session is open to all; one in a room has few places, a question and a waiting list; one series has people who
registered for all of it.
"""

from datetime import datetime, timedelta

from seminars.notifications.posting import language_of
from seminars.people.models import Form
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.registration import whole
from seminars.sessions.registration.models import Coming, Partstat
from seminars.sessions.registration.questions import Kind, Question
from seminars.sessions.registration.registering import answer, confirm, register
from seminars.sessions.registration.terms import set_terms

AHEAD = timedelta(days=2)
# Name, zone, whether they want an invitation, and what they answered.
PEOPLE = (
    ("Amara Example", "Africa/Lagos", True, Partstat.ACCEPTED),
    ("Bongani Example", "Africa/Johannesburg", True, Partstat.TENTATIVE),
    ("Chipo Example", "Africa/Harare", False, Partstat.NEEDS_ACTION),
    ("Deepa Example", "Asia/Kolkata", True, Partstat.NEEDS_ACTION),
    ("Emeka Example", "Africa/Lagos", False, Partstat.ACCEPTED),
)
PLACES = 3  # in the room
QUESTIONS = (
    Question("", Kind.TEXT, "Which organisation do you come from?"),
    Question("", Kind.ONE, "What would help you in the room?", ("Nothing", "A ramp", "A hearing loop")),
)
SAID = [{"name": "q1", "kind": "text", "asked": QUESTIONS[0].words, "said": "A savings group"}]


def register_some(*, now: datetime) -> Session | None:
    """Return the first public session of our own in two days or later, registered for; None without. now: aware UTC."""
    session = _open_sessions(now).first()
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
    _fill_a_room(session, now)
    _register_for_all(session, now)
    return session


def _open_sessions(now: datetime) -> SessionQuerySet:
    ahead = Session.objects.published().upcoming(now=now).filter(starts_at__gt=now + AHEAD, within=None)
    ours = ahead.filter(local_time__isnull=False, series__external=False, audience="everyone")
    open_ones = ours.exclude(series__community__joining="closed").filter(cancelled_at=None, postponed_at=None)
    return open_ones.select_related("series__community")


def _fill_a_room(other: Session, now: datetime) -> None:
    """Few places in the room of the next hybrid session: the first have them, the others wait."""
    session = _open_sessions(now).filter(form=Form.HYBRID).exclude(pk=other.pk).first()
    if session is None:
        return
    set_terms(session=session, capacity_room=PLACES, questions=QUESTIONS, now=now, actor_id=None)
    for name, zone, _invited, _said in PEOPLE:
        found, _new = register(
            session=session,
            email=f"{name.split()[0]}@demo.example",
            name=name,
            language=language_of(session.language),
            zone=zone,
            coming=Coming.ROOM,
            answers=SAID,
            now=now,
        )
        confirm(registration=found, now=now)


def _register_for_all(other: Session, now: datetime) -> None:
    """Two people come to a whole series."""
    session = _open_sessions(now).exclude(series=other.series).exclude(series__rrule="").first()
    for name, zone, _invited, _said in PEOPLE[:2] if session else ():
        assert session is not None
        found, _new = whole.register(
            series=session.series,
            email=f"{name.split()[0]}@demo.example",
            name=name,
            language=language_of(session.language),
            zone=zone,
            wants_invitation=False,
            now=now,
        )
        whole.confirm(registration=found, now=now)
