"""Who came to a past session, what a certificate asks, and what people said, through the verbs that organisers use.

The list of the meeting program is an example, as are the names and the words.
"""

from datetime import datetime, timedelta

from seminars.people.models import Form, Person
from seminars.sessions.attendance import importing, noting
from seminars.sessions.attendance.models import Way
from seminars.sessions.certificates import certifying
from seminars.sessions.feedback import asking
from seminars.sessions.models import Session

COMMUNITY = "microlinks"
# Name, address, and after how many minutes they came and went. Who came in twice stands twice.
ONLINE = (
    ("Grace Example", "grace@microlinks.example", 0, 88),
    ("Miguel Example", "miguel@microlinks.example", 4, 31),
    ("Miguel Example", "miguel@microlinks.example", 36, 90),
    ("Farida Example", "farida@microlinks.example", 1, 84),
    ("Lucía Example", "lucia@microlinks.example", 2, 90),
    ("Ana Example", "ana@microlinks.example", 9, 40),
    ("Joyce Example", "joyce@demo.example", 0, 86),
    ("Kwame Example", "kwame@demo.example", 12, 80),
)
IN_ROOM = ("peter@microlinks.example", "wanjiru@microlinks.example")
HEADS_IN_ROOM = 14
# How useful, the pace, the line; what should come next, what else.
SAID = (
    (5, 1, 0, "Two buyers in one room: let them answer the same question.", ""),
    (4, 1, 0, "How groups keep their books between two harvests.", "Thank you for the pause in the middle."),
    (4, 2, 1, "", "The slides came before the session. That helped on a slow line."),
    (3, 2, 2, "", "My line broke twice; I read the rest afterwards."),
    (5, 1, 0, "A buyer from a smaller town.", ""),
)
SHARE = 70  # per cent of a session's length that a certificate asks
SESSIONS = 3  # of the series, for the certificate of all of it


def show_attended(*, now: datetime) -> Session | None:
    """Return the latest past session in a room and online, with who came to it; None without. now: aware UTC."""
    past = Session.objects.published().filter(series__community__slug=COMMUNITY, ends_at__lt=now, within=None)
    held = past.filter(form=Form.HYBRID, local_time__isnull=False, cancelled_at=None, postponed_at=None)
    session = held.select_related("series__community").order_by("starts_at", "pk").last()
    if session is None or session.starts_at is None:
        return None
    _come(session, session.starts_at, now)
    certifying.set_rule(
        series=session.series,
        on=True,
        share=SHARE,
        sessions=SESSIONS,
        signed_by="Olive Example, community manager",
    )
    _answer(session, now)
    return session


def _come(session: Session, starts_at: datetime, now: datetime) -> None:
    """Take in the list of the meeting program; two were seen at the door, the others there were counted."""
    intake = importing.keep(
        session=session,
        content=_list(starts_at).encode(),
        filename="Example: participants.csv",
        zone="UTC",
        now=now,
        actor_id=None,
    )
    importing.apply(intake=intake, decisions={}, without_bad=False, now=now, actor_id=None)
    for person in Person.objects.filter(email__in=IN_ROOM).order_by("pk"):
        noting.note(session=session, person=person, way=Way.ROOM, source=noting.DOOR, now=starts_at)
    noting.set_heads(session=session, room=HEADS_IN_ROOM, phone=1)


def _list(starts_at: datetime) -> str:
    """The list as a meeting program writes it, its hours those of UTC."""
    lines = ["Name (original name),Email,Join time,Leave time,Duration (minutes),Guest"]
    for name, email, came, went in ONLINE:
        hours = [f"{starts_at + timedelta(minutes=each):%Y-%m-%d %H:%M:%S}" for each in (came, went)]
        lines.append(f"{name},{email},{hours[0]},{hours[1]},{went - came},No")
    return "\n".join(lines)


def _answer(session: Session, now: datetime) -> None:
    """What five people said, on the usual questions, while the form is open."""
    form = asking.form_of(session.series)
    if not asking.is_open(session, form, now):
        return
    keys = [each.key for each in asking.questions_of(form)]
    for number, said in enumerate(SAID):
        voice = asking.voice_of(session=session, form_key=f"demo-{number}")
        asking.answer(session=session, voice=voice, answers=dict(zip(keys, said, strict=True)), now=now)
