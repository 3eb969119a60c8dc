"""Note that somebody came: by the join link, at the door, by hand; strike off who did not; count who has no name."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.models import Person
from seminars.sessions.attendance.merging import Trace, at, joined, merged
from seminars.sessions.attendance.models import Attendance, Headcount, Way
from seminars.sessions.attendance.names import turned
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.sessions.revising import subject_of

JOIN, DOOR, HAND = "join", "door", "hand"
LABELS = {JOIN: "join link", DOOR: "door", HAND: "by hand"}
MOST_HEADS = 100_000


def note(
    *,
    session: Session,
    registration: Registration | None = None,
    person: Person | None = None,
    email: str = "",
    name: str = "",
    way: str,
    source: str,
    now: datetime,
) -> Attendance:
    """Return the attendance of somebody who came; twice is once, with what both say.

    One of registration, person, email, name says who. source: `JOIN`, `DOOR` or `HAND`; the latter two are somebody's
    eyes, and bring back who was struck off. now: aware UTC, when they were there.
    """
    if registration:
        person, email = person or registration.person, registration.email
        name = registration.name
    elif person:
        email, name = (person.email or (person.user.email if person.user else "")).lower(), person.name
    made = Attendance(
        session=session, registration=registration, person=person, email=email, name=name, way=way
    )
    made.zone = (registration.zone if registration else "") or (person.zone if person else "")
    made.country, made.made_at = person.country if person else "", now
    with transaction.atomic():
        found = _held(made) or _made(made)
        # What is ticked by hand afterwards has no hour.
        trace = Trace(way, LABELS[source], () if source == HAND else at(now))
        add_trace(found, source, trace)
        if source in (DOOR, HAND):
            found.struck_at = None
        found.registration, found.person = found.registration or registration, found.person or person
        found.save()
    return found


def add_trace(row: Attendance, source: str, trace: Trace) -> None:
    """Put what a source says into a row that is not stored yet."""
    row.traces = row.traces | {source: joined(row.traces.get(source), trace)}
    for column, value in merged(row.traces).columns().items():
        setattr(row, column, value)


def add_by_hand(*, session: Session, name: str, email: str = "", way: str, now: datetime) -> Attendance:
    """Return the attendance of somebody an organiser names. Raises UserError by field."""
    name, email = " ".join(name.split()), email.strip().lower()
    wrong = {}
    if not name or len(name) > 200:
        wrong["name"] = _("Give a name of at most 200 characters.")
    if email and not is_address(email):
        wrong["email"] = _("Give one e-mail address, such as name@example.org.")
    if way not in (Way.ROOM, Way.SITE, Way.PHONE, Way.HAND):
        wrong["way"] = _("Choose one from the list.")
    raise_if(wrong)
    if not email:
        same = [
            each for each in Attendance.objects.filter(session=session) if turned(each.name) == turned(name)
        ]
        if len(same) == 1:
            return _again(same[0], way=way, now=now)
    registration = (
        Registration.objects.standing().filter(session=session, email=email).first() if email else None
    )
    return note(
        session=session, registration=registration, email=email, name=name, way=way, source=HAND, now=now
    )


def strike(*, attendance: Attendance, now: datetime, actor_id: int | None) -> bool:
    """Return whether somebody is struck off now: they were not here. No source brings them back but a hand."""
    with transaction.atomic():
        done = bool(Attendance.objects.filter(pk=attendance.pk, struck_at=None).update(struck_at=now))
        if done:
            subject = subject_of(attendance.session)
            record(kind="attendance-struck", subject=subject, scopes=(), now=now, actor_id=actor_id)
    return done


def restore(*, attendance: Attendance) -> bool:
    """Return whether somebody who was struck off counts again."""
    return bool(Attendance.objects.filter(pk=attendance.pk).exclude(struck_at=None).update(struck_at=None))


def headcount_of(session: Session) -> Headcount:
    """Return the numbers of a session, made if need be."""
    return Headcount.objects.get_or_create(session=session)[0]


def count_join(*, session: Session) -> None:
    """Count one who went through the join link and is not known. Nothing is kept of them."""
    rows = Headcount.objects.filter(session=session)
    if not rows.update(joins=F("joins") + 1):
        headcount_of(session)
        rows.update(joins=F("joins") + 1)


def set_heads(*, session: Session, room: int | None, phone: int | None) -> Headcount:
    """Return the numbers an organiser gives: people in the room and by phone, in all; None for not counted.

    Raises UserError by field.
    """
    wrong = _("Give a number from 0 to %(most)d.") % {"most": MOST_HEADS}
    given = {"room": room, "phone": phone}
    raise_if({name: wrong for name, n in given.items() if n is not None and not 0 <= n <= MOST_HEADS})
    heads = headcount_of(session)
    Headcount.objects.filter(pk=heads.pk).update(**given)
    heads.room, heads.phone = room, phone
    return heads


def forget_person(*, person: Person | None, emails: set[str]) -> int:
    """Return how many rows lost name and address of somebody who is erased; that one came stays counted."""
    who = Q(email__in={email.lower() for email in emails if email})
    rows = Attendance.objects.filter(who | Q(person=person) if person else who)
    return rows.update(name="", email="", person=None, registration=None)


# Below: how it is done.


def _held(made: Attendance) -> Attendance | None:
    """The row that is there of the same person, held until the transaction ends."""
    who = Q(pk=None)
    if made.registration_id:
        who |= Q(registration=made.registration_id)
    if made.person_id:
        who |= Q(person=made.person_id)
    if made.email:
        who |= Q(email=made.email)
    rows = Attendance.objects.select_for_update(of=("self",)).filter(who, session=made.session)
    found = list(rows.order_by("pk"))
    for other in found[1:]:  # known by the address before, by the account since: one person all the time
        for source, trace in other.traces.items():
            found[0].traces[source] = joined(found[0].traces.get(source), Trace.of(trace))
        other.delete()
    return found[0] if found else None


def _made(made: Attendance) -> Attendance:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as taken:  # a second tap at the same moment was faster
        if found := _held(made):
            return found
        raise UserError({"": _("That did not work. Try once more.")}) from taken
    return made


def _again(row: Attendance, *, way: str, now: datetime) -> Attendance:
    with transaction.atomic():
        found = Attendance.objects.select_for_update(of=("self",)).get(pk=row.pk)
        add_trace(found, HAND, Trace(way, LABELS[HAND]))
        found.struck_at = None
        found.save()
    return found
