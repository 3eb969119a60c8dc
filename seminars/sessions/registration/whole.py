"""Register once for a whole series: a registration for each session that is open, and for each that becomes so.

Who confirms gets a number in the series' line. Each session remembers up to which number it took people over; the sweep
goes on from there. So nobody is counted in twice, whoever runs when, and a session declined alone stays declined.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import person_known_by
from seminars.people.models import Person
from seminars.series.models import Audience, Series
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.registration.models import (
    CARRIED,
    Line,
    News,
    Registration,
    Seat,
    SeriesRegistration,
)
from seminars.sessions.registration.places import MOST, MOVED, Places, fill, hold, settle, touch
from seminars.sessions.registration.registering import (
    ADMITTED,
    COLUMNS,
    LEFT,
    NOT_AN_ADDRESS,
    REMOVED_WORDS,
    admit,
    checked,
    leave,
)
from seminars.sessions.registration.terms import registers, terms_by_session

AHEAD = 100  # sessions that one confirmation takes at once; the sweep takes the others
ROW = (*ADMITTED, *MOVED, *CARRIED, "whole")


def sessions_of(series: Series, *, now: datetime) -> SessionQuerySet:
    """Return the sessions to come for which a registration for the whole series counts. now: aware UTC.

    Not those that fewer people may see than the series.
    """
    seen = {Audience.EVERYONE.value, series.audience} - {Audience.NAMED.value}
    rows = Session.objects.published().filter(series=series, within=None, lead=None, ends_at__gt=now)
    rows = rows.filter(local_date__isnull=False, audience__in=seen)
    return rows.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None, closed_at=None)


def open_sessions(series: Series, *, now: datetime) -> list[Session]:
    """Return those of `sessions_of` for which people can register now, the next first; two queries."""
    found = list(sessions_of(series, now=now).select_related("series").order_by("starts_at", "pk")[:AHEAD])
    terms = terms_by_session(found)
    return [each for each in found if registers(each, terms[each.pk], now)]


def register(
    *, series: Series, email: str, person: Person | None = None, now: datetime, **columns: Any
) -> tuple[SeriesRegistration, bool]:
    """Return the registration of the address for the whole series, and whether it is new. As `registering.register`."""
    email = email.strip().lower()
    raise_if({} if is_address(email) else {"email": str(NOT_AN_ADDRESS)})
    made = SeriesRegistration(series=series, email=email, token=secrets.token_urlsafe(24), made_at=now)
    made = checked(made, columns)
    with transaction.atomic():
        SeriesRegistration.objects.bulk_create([made], ignore_conflicts=True)
        found = SeriesRegistration.objects.select_for_update(of=("self",)).get(series=series, email=email)
        new = found.token == made.token
        found.series = series
        if not new and (person or found.confirmed_at is None):
            found = checked(found, columns)
            found.save(update_fields=COLUMNS)
    return (confirm(registration=found, person=person, now=now) if person else found), new


def confirm(
    *, registration: SeriesRegistration, person: Person | None = None, now: datetime
) -> SeriesRegistration:
    """Return the registration, which counts from now on, with one for each open session. Twice is once.

    Who had declined some of the sessions is registered for all again. now: aware UTC. Raises UserError.
    """
    with transaction.atomic():
        found = _held(registration)
        if found.removed_at:
            raise UserError({"": str(REMOVED_WORDS)})
        if found.counts:
            return found
        found.person = person or found.person or person_known_by(found.email)
        found.confirmed_at, found.withdrawn_at = now, None
        found.number = _next_number(found.series)
        found.save(update_fields=["person", "confirmed_at", "withdrawn_at", "number"])
        _spread(found, now)
    return found


def withdraw(*, registration: SeriesRegistration, now: datetime) -> SeriesRegistration:
    """Return the registration, withdrawn with those for all sessions to come. Twice is once. now: aware UTC."""
    with transaction.atomic():
        found = _held(registration)
        if found.withdrawn_at is not None:
            return found
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        rows = Registration.objects.filter(whole=found, session__ends_at__gt=now, withdrawn_at=None)
        ids = list(rows.values_list("session_id", flat=True))
        places = hold(Session.objects.filter(pk__in=ids).select_related("series"))
        theirs = list(rows.select_related("person"))
        for each in theirs:
            leave(each, places[each.session_id], now=now)
        Registration.objects.bulk_update(theirs, LEFT, batch_size=100)
        touch(theirs)
        for one in places.values():
            fill(one, now=now)
    return found


def remove(*, registration: SeriesRegistration, now: datetime, actor_id: int | None) -> SeriesRegistration:
    """Return the registration, taken off by an organiser, with those for its sessions. now: aware UTC."""
    with transaction.atomic():
        counted = registration.counts
        found = withdraw(registration=registration, now=now)
        if found.removed_at is None:
            found.removed_at = now
            found.save(update_fields=["removed_at"])
            rows = Registration.objects.filter(whole=found, session__ends_at__gt=now, removed_at=None)
            first = rows.order_by("session__starts_at", "pk").first()
            rows.update(removed_at=now)
            if first and counted:  # one mail says it for all
                Registration.objects.filter(pk=first.pk).update(news=News.REMOVED, turn=first.turn + 1)
            subject = f"series:{found.series.uuid}"
            record(kind="registration-removed", subject=subject, scopes=(), now=now, actor_id=actor_id)
    return found


def change(*, registration: SeriesRegistration, now: datetime, **columns: Any) -> SeriesRegistration:
    """Return the registration with other `COLUMNS`; those for sessions to come follow, but for the way of coming.

    That is said for each session, where places are counted apart. Raises UserError by field.
    """
    with transaction.atomic():
        found = _held(registration)
        asked = checked(found, columns)
        changed = [name for name in COLUMNS if getattr(asked, name) != getattr(found, name)]
        if not changed:
            return found
        asked.save(update_fields=changed)
        follow = {name: getattr(asked, name) for name in changed if name != "coming"}
        if follow:
            later = {"stamped_at": now} if "wants_invitation" in changed else {}
            rows = Registration.objects.filter(whole=asked, session__ends_at__gt=now)
            rows.update(told_sequence=None, **follow, **later)
    return asked


def opened(token: str) -> SeriesRegistration:
    """Return the registration of a secret link, with its series. Raises DoesNotExist."""
    return SeriesRegistration.objects.select_related("series__community", "person").get(token=token)


def forget(*, before: datetime) -> int:
    """Return how many addresses are forgotten that were typed before `before` (aware UTC) and never confirmed."""
    return SeriesRegistration.objects.filter(confirmed_at=None, made_at__lt=before).delete()[0]


def take_over(*, now: datetime) -> int:
    """Return how many people of whole series were registered for sessions that opened since. now: aware UTC.

    One query where nothing is new.
    """
    last = (
        SeriesRegistration.objects.filter(series=OuterRef("series"))
        .order_by()
        .values("series")
        .annotate(last=Max("number"))
        .values("last")
    )
    rows = Session.objects.published().filter(ends_at__gt=now, within=None, lead=None, closed_at=None)
    rows = rows.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None, local_date__isnull=False)
    taken_over = Coalesce("registration_line__taken_over", Value(0))
    rows = rows.annotate(last=Subquery(last), upto=taken_over).filter(upto__lt=F("last"))
    made = 0
    for session in rows.select_related("series").order_by("starts_at", "pk"):
        more = True
        while more:
            count, more = _take_over(session, now)
            made += count
    return made


# Below: how it is done.


def _take_over(session: Session, now: datetime) -> tuple[int, bool]:
    """Register the next people for one session: how many, and whether there may be more."""
    seen = {Audience.EVERYONE.value, session.series.audience} - {Audience.NAMED.value}
    with transaction.atomic():
        places = hold([session])[session.pk]
        if session.audience not in seen or not registers(session, places.terms, now):
            return 0, False
        people = SeriesRegistration.objects.filter(
            series=session.series_id, number__gt=places.line.taken_over
        )
        some = list(people.order_by("number").select_related("person")[:MOST])
        if not some:
            return 0, False
        known = _known(session=session, email__in=[each.email for each in some])
        rows = [
            row
            for each in some
            if each.counts and (row := _row(each, places, known.get((session.pk, each.email)), now))
        ]
        places.line.taken_over = max(each.number or 0 for each in some)
        _keep(rows, [places])
    return len(rows), len(some) == MOST


def _spread(whole: SeriesRegistration, now: datetime) -> None:
    """Register one person for all open sessions of the series, in a number of queries that sessions do not change."""
    places = hold(open_sessions(whole.series, now=now))
    known = _known(session__in=list(places), email=whole.email)
    rows = [
        row
        for pk, one in sorted(places.items())
        if (row := _row(whole, one, known.get((pk, whole.email)), now))
    ]
    for one in places.values():
        if one.line.taken_over + 1 == whole.number:  # nobody before is still to be taken over
            one.line.taken_over += 1
    _keep(rows, places.values())


def _known(**which: Any) -> dict[tuple[int, str], Registration]:
    rows = Registration.objects.select_for_update(of=("self",)).filter(**which).select_related("person")
    return {(each.session_id, each.email): each for each in rows.order_by("pk")}


def _row(
    whole: SeriesRegistration, places: Places, known: Registration | None, now: datetime
) -> Registration | None:
    """The registration for one session, to be saved; None where theirs stays as it is."""
    row = known or Registration(
        session=places.session, token=secrets.token_urlsafe(24), made_at=now, seat=Seat.FULL
    )
    declined_since = row.withdrawn_at and whole.confirmed_at and row.withdrawn_at > whole.confirmed_at
    if row.counts or row.removed_at or declined_since:
        return None
    for name in CARRIED:
        setattr(row, name, getattr(whole, name))
    row.whole = whole
    admit(row, places, person=whole.person, now=now)
    return row


def _keep(rows: Iterable[Registration], places: Iterable[Places]) -> None:
    found = list(rows)
    known = [each for each in found if each.pk is not None]
    Registration.objects.bulk_create([each for each in found if each.pk is None], batch_size=100)
    Registration.objects.bulk_update(known, ROW, batch_size=50)
    settle(places)
    touch(found)


def _next_number(series: Series) -> int:
    Line.objects.bulk_create([Line(series=series)], ignore_conflicts=True)
    line = Line.objects.select_for_update().get(series=series)
    line.last += 1
    line.save(update_fields=["last"])
    return int(line.last)


def _held(registration: SeriesRegistration) -> SeriesRegistration:
    """The row as it is now, held until the transaction ends."""
    rows = SeriesRegistration.objects.select_for_update(of=("self",)).select_related(
        "series__community", "person"
    )
    return rows.get(pk=registration.pk)
