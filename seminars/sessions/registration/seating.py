"""Say yes or no to who asked, move people between the lists; take a place that was offered, stand in line again."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.joining import person_known_by
from seminars.sessions.models import Session
from seminars.sessions.registration.models import News, Registration, Seat
from seminars.sessions.registration.places import (
    MOST,
    MOVED,
    Places,
    counts_of,
    fill,
    hold,
    save,
    settle,
    touch,
)
from seminars.sessions.registration.registering import ADMITTED, admit, held, register
from seminars.sessions.registration.terms import terms_of
from seminars.sessions.revising import subject_of

LONGEST = 1000
AGAIN = {Seat.LAPSED, Seat.FULL}
"""Who stands so can ask for a place again, at the end of the line."""


def decide(
    *,
    session: Session,
    chosen: Iterable[int],
    approve: bool,
    words: str = "",
    now: datetime,
    actor_id: int | None,
) -> int:
    """Return how many of those who asked were approved or declined; who did not ask any more is passed over.

    chosen: numbers of registrations of `session`; who asked for the whole series is decided on for all its sessions.
    Approved ones get a place in the order in which they asked, or the end of the waiting list. words: told to them.
    Load `series` with the session. now: aware UTC. Raises UserError.
    """
    words = words.strip()
    raise_if({"words": _("Shorten this to 1000 characters.")} if len(words) > LONGEST else {})
    with transaction.atomic():
        asked = Registration.objects.counting().filter(seat=Seat.ASKED)
        mine = asked.filter(session=session, pk__in=list(chosen))
        wholes = list(mine.exclude(whole=None).values_list("whole_id", flat=True))
        siblings = asked.filter(whole__in=wholes).exclude(session=session)
        keys = [*mine.values_list("pk", flat=True), *siblings.values_list("pk", flat=True)]
        ids = set(Registration.objects.filter(pk__in=keys).values_list("session_id", flat=True))
        places = hold(Session.objects.filter(pk__in=ids).select_related("series"))
        found = asked.filter(pk__in=keys).select_related("person").order_by("number", "pk")
        moved = [_decided(each, places[each.session_id], approve, words, now) for each in found]
        settle(places.values())
        save(moved)
        if moved:
            _record(session, "registrations-approved" if approve else "registrations-declined", now, actor_id)
    return sum(each.session_id == session.pk for each in moved)


def _decided(
    registration: Registration, places: Places, approve: bool, words: str, now: datetime
) -> Registration:
    registration.words = words
    places.leave(registration)
    if approve:
        places.receive(registration, now=now, approved=True)
    else:
        places.put(registration, Seat.DECLINED, news=News.DECLINED, now=now)
    return registration


def move(
    *,
    registration: Registration,
    seat: str,
    over: bool = False,
    words: str = "",
    now: datetime,
    actor_id: int | None,
) -> Registration:
    """Return the registration, moved by hand: to a place, to the end of the waiting list, or not accepted.

    over: also to a place beyond those there are. words: told to them. now: aware UTC. Raises UserError where no place
    is free, and for who does not count.
    """
    if seat not in {Seat.PLACE, Seat.WAITING, Seat.DECLINED}:
        raise UserError({"seat": _("Choose a list.")})
    with transaction.atomic():
        found, places = held(registration)
        if not found.counts:
            raise UserError({"": _("This person is not registered any more.")})
        if found.seat == seat:
            return found
        places.leave(found)
        full = places.free(found.coming) == 0 and found.seat not in Seat.taking()
        if seat == Seat.PLACE and full and not over:
            raise UserError(
                {"": _("All places are taken. Move them to a place beyond, or allow more places.")}
            )
        found.words = words.strip()[:LONGEST]
        if seat == Seat.WAITING:
            found.number = places.next_number()
        told = {Seat.PLACE: News.GIVEN, Seat.WAITING: News.WAITING, Seat.DECLINED: News.DECLINED}
        places.put(found, Seat(seat), news=told[Seat(seat)], now=now)
        settle([places])
        save([found])
        if seat != Seat.WAITING:  # else the place would be theirs again at once, where nobody else waits
            fill(places, now=now)
        _record(places.session, "registration-moved", now, actor_id)
    return found


def add(
    *,
    session: Session,
    email: str,
    over: bool = False,
    now: datetime,
    actor_id: int | None,
    **columns: Any,
) -> Registration:
    """Return the registration of somebody whom an organiser adds: it counts at once, approved, and is told.

    One that was removed is taken on again. over: they get a place also where none is free, and pass those who wait.
    columns: of `registering.COLUMNS`. Raises UserError by field, and where no place is free and nobody can wait.
    """
    with transaction.atomic():
        hold([session])
        found, _new = register(session=session, email=email, now=now, **columns)
        found, places = held(found)
        if found.counts and found.removed_at is None:
            raise UserError({"email": _("This address is registered already.")})
        if not over and places.seat_for(found.coming, approved=True) == Seat.FULL:
            raise UserError({"": _("All places are taken. Add them beyond the places, or allow more.")})
        found.removed_at = None
        admit(found, places, person=found.person or person_known_by(found.email), now=now, approved=True)
        if over and found.seat != Seat.PLACE:
            places.leave(found)
            places.put(found, Seat.PLACE, news=News.GIVEN, now=now)
        settle([places])
        found.save(update_fields=[*ADMITTED, *MOVED, "removed_at"])
        touch([found])
        _record(session, "registration-added", now, actor_id)
    return found


def accept(*, registration: Registration, now: datetime) -> Registration:
    """Return the registration, which takes the place that was offered. Twice is once. now: aware UTC.

    Raises UserError where none is offered (any more).
    """
    with transaction.atomic():
        found, places = held(registration)
        if found.stands:
            return found
        late = found.offered_until is not None and found.offered_until <= now
        if not found.counts or found.seat != Seat.OFFERED or late:
            raise UserError({"": _("This place is not yours any more: its time is over.")})
        places.leave(found)
        told = found.wants_invitation and places.session.series.invites
        places.put(found, Seat.PLACE, news=News.NONE if told else News.GIVEN, now=now)
        save([found])
    return found


def stand_again(*, registration: Registration, now: datetime) -> Registration:
    """Return the registration of who let a place lapse, or came too late: at the end of the line. now: aware UTC.

    Raises UserError for others, and where no place is free and nobody can wait.
    """
    with transaction.atomic():
        found, places = held(registration)
        if not found.counts or found.seat not in AGAIN:
            raise UserError({"": _("You are in line already.")})
        if places.seat_for(found.coming, approved=True) == Seat.FULL:
            raise UserError({"": _("All places are taken, and there is no waiting list.")})
        places.receive(found, now=now, approved=True)
        settle([places])
        save([found])
    return found


def over_by(registration: Registration) -> int:
    """Return by how many people its session is over its places now, for this way of coming; three queries."""
    session = Session.objects.select_related("series").get(pk=registration.session_id)
    capacity = terms_of(session).capacity(registration.coming)
    taken = counts_of(session).taken[registration.coming]
    return 0 if capacity is None else max(0, taken - capacity)


def lapse(*, now: datetime) -> int:
    """Return how many offered places were not confirmed in time, and went to the next in line. now: aware UTC."""
    late = Registration.objects.counting().filter(seat=Seat.OFFERED, offered_until__lte=now)
    by_session = defaultdict[int, list[int]](list)
    for session, pk in late.order_by("session_id", "number").values_list("session_id", "pk")[:MOST]:
        by_session[session].append(pk)
    return sum(_lapse(pk, keys, now) for pk, keys in by_session.items())


def _lapse(session_id: int, keys: list[int], now: datetime) -> int:
    with transaction.atomic():
        session = Session.objects.select_related("series").get(pk=session_id)
        places = hold([session])[session_id]
        rows = Registration.objects.counting().filter(pk__in=keys, seat=Seat.OFFERED, offered_until__lte=now)
        found = list(rows.select_related("person"))
        for each in found:
            places.leave(each)
            places.put(each, Seat.LAPSED, news=News.LAPSED, now=now)
        save(found)
        fill(places, now=now)
    return len(found)


def move_up(*, now: datetime) -> int:
    """Return how many got a place that came free otherwise, such as by more places. now: aware UTC.

    One query where nobody waits for a session to come.
    """
    waiting = Registration.objects.waiting().filter(session__ends_at__gt=now).order_by("session_id")
    moved = 0
    for pk in waiting.values_list("session_id", flat=True).distinct():
        moved += len(move_up_in(pk, now=now))
    return moved


def move_up_in(session_id: int, *, now: datetime) -> list[Registration]:
    """Return who moved up in one session."""
    with transaction.atomic():
        session = Session.objects.select_related("series").get(pk=session_id)
        return fill(hold([session])[session_id], now=now)


def place_in_line(registration: Registration) -> int:
    """Return the how-manieth somebody is on the waiting list for their way of coming, from 1; one query."""
    line = Registration.objects.waiting().filter(
        session=registration.session_id, coming=registration.coming, number__lte=registration.number or 0
    )
    return line.count()


def places_in_line(registrations: Iterable[Registration]) -> dict[int, int]:
    """Return the same for several registrations of different sessions, by their numbers; one query."""
    found = list(registrations)
    keys = [each.pk for each in found]
    before = Registration.objects.waiting().filter(
        session=OuterRef("session"), coming=OuterRef("coming"), number__lte=OuterRef("number")
    )
    count = before.order_by().values("session").annotate(n=Count("pk")).values("n")
    return dict(Registration.objects.filter(pk__in=keys).values_list("pk", Subquery(count))) if keys else {}


def _record(session: Session, kind: str, now: datetime, actor_id: int | None) -> None:
    record(kind=kind, subject=subject_of(session), scopes=(), now=now, actor_id=actor_id)
