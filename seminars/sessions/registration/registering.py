"""Register for a session without an account: asked by anybody, counted once the address has proved itself."""

import secrets
from collections.abc import Collection
from copy import copy
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import person_known_by
from seminars.people.models import Person
from seminars.sessions.models import Session
from seminars.sessions.registration.models import (
    Coming,
    Mode,
    News,
    Partstat,
    Registrant,
    Registration,
    Seat,
    Terms,
)
from seminars.sessions.registration.places import MOVED, Places, fill, hold, settle, touch
from seminars.sessions.registration.terms import way_for
from seminars.sessions.revising import subject_of
from seminars.sessions.state import State

OPEN = {State.ANNOUNCED, State.UPCOMING, State.SOON, State.DOORS_OPEN, State.LIVE, State.RESCHEDULED}
COLUMNS = ("name", "language", "zone", "wants_invitation", "reminders", "coming", "answers")
R = TypeVar("R", bound=Registrant)
ADMITTED = ("person", "confirmed_at", "withdrawn_at", "partstat", "answered_at")
LEFT = ("withdrawn_at", "stamped_at", "told_sequence", "news", "offered_until")
"""The columns that `admit` (with `MOVED`) and `leave` write."""
NOT_AN_ADDRESS = gettext_lazy("Give one e-mail address, such as name@example.org.")
REMOVED_WORDS = gettext_lazy("The organisers took this registration off their list. Write to them.")


def is_open(session: Session, state: State, terms: Terms | None = None) -> bool:
    """Return whether people can register: it is out, ours, has a date, and is neither over nor off.

    terms: where they are known: registering may be switched off.
    """
    dated = session.local_date is not None and session.published_at is not None
    wanted = terms is None or terms.mode != Mode.NONE
    return dated and wanted and state in OPEN and not session.series.external


def register(
    *,
    session: Session,
    email: str,
    person: Person | None = None,
    terms: Terms | None = None,
    now: datetime,
    **columns: Any,
) -> tuple[Registration, bool]:
    """Return the registration of the address, and whether it is new; the same address twice is one.

    columns: of `COLUMNS`. person: whose own address it surely is; then it counts at once, with these columns. Else it
    waits for `confirm`, takes no place until then, and what has counted before stays as it is: anybody can type any
    address. terms: the session's, where they are known. now: aware UTC. Whether the session takes registrations is
    `is_open`'s question. Raises UserError by field.
    """
    email = email.strip().lower()
    raise_if({} if is_address(email) else {"email": str(NOT_AN_ADDRESS)})
    made = Registration(session=session, email=email, token=secrets.token_urlsafe(24), made_at=now)
    made = checked(made, columns)
    made.coming = way_for(session, made.coming)
    with transaction.atomic():
        if person:
            places = hold([session], {session.pk: terms} if terms else None)[session.pk]
            return _register_at_once(made, places, person, columns, now)
        Registration.objects.bulk_create([made], ignore_conflicts=True)
        found = _there(made)
        assert found is not None  # it is in now, whoever made it
        new = found.token == made.token
        if not new and found.confirmed_at is None:
            found = _rewritten(found, columns)
    return found, new


def _register_at_once(
    made: Registration, places: Places, person: Person, columns: dict[str, Any], now: datetime
) -> tuple[Registration, bool]:
    """Register who surely owns the address: a new row is written once, with its place."""
    found = _there(made)
    if found is None:
        admit(made, places, person=person, now=now)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:  # somebody typed the address into the form at this very moment
            places.leave(made)
            found = _there(made)
            assert found is not None
        else:
            settle([places])
            touch([made])
            return made, True
    found = _rewritten(found, columns)
    _count_in(found, places, person, now)
    return found, False


def _there(made: Registration) -> Registration | None:
    rows = Registration.objects.select_for_update(of=("self",)).select_related("person")
    found = rows.filter(session=made.session, email=made.email).first()
    if found:
        found.session = made.session
    return found


def _rewritten(found: Registration, columns: dict[str, Any]) -> Registration:
    """With what the form says now; who has a place comes as before, which is changed by the link."""
    wish = found.coming if found.counts else columns.get("coming", found.coming)
    found = checked(found, columns | {"coming": way_for(found.session, wish)})
    found.told_sequence = None
    found.save(update_fields=[*COLUMNS, "told_sequence"])
    return found


def confirm(*, registration: Registration, person: Person | None = None, now: datetime) -> Registration:
    """Return the registration, which counts from now on; one that was withdrawn counts again. Twice is once.

    Now it gets a place, if one is free: else it stands on the waiting list, or waits for approval. person: whose it is;
    None looks who is known by the address. now: aware UTC. Raises UserError for one that the organisers removed.
    """
    with transaction.atomic():
        found, places = held(registration)
        _count_in(found, places, person, now)
    return found


def _count_in(found: Registration, places: Places, person: Person | None, now: datetime) -> None:
    if found.removed_at:
        raise UserError({"": str(REMOVED_WORDS)})
    if found.counts:
        return
    admit(found, places, person=person or found.person or person_known_by(found.email), now=now)
    settle([places])
    found.save(update_fields=[*ADMITTED, *MOVED])
    touch([found])


def admit(
    registration: Registration,
    places: Places,
    *,
    person: Person | None,
    now: datetime,
    approved: bool = False,
) -> None:
    """Let a registration count, unsaved (`ADMITTED` and `MOVED`), with what there is for it. places: held.

    approved: the organisers said yes already.
    """
    if registration.withdrawn_at:  # the calendar was told to forget it: what is told now is later
        registration.partstat, registration.answered_at = Partstat.NEEDS_ACTION, None
        registration.stamped_at = now
    registration.person = person
    registration.confirmed_at, registration.withdrawn_at = now, None
    registration.words = ""
    registration.coming = way_for(places.session, registration.coming)
    places.receive(registration, now=now, approved=approved)


def withdraw(*, registration: Registration, now: datetime) -> Registration:
    """Return the registration, withdrawn: they do not come, and their place is the next one's. Twice is once.

    now: aware UTC.
    """
    with transaction.atomic():
        found, places = held(registration)
        if found.withdrawn_at is None:
            leave(found, places, now=now)
            found.save(update_fields=LEFT)
            touch([found])
            fill(places, now=now)
    return found


def leave(registration: Registration, places: Places, *, now: datetime) -> None:
    """Let a registration count no more, unsaved (`LEFT`). places: held."""
    if registration.counts:
        places.leave(registration)
    registration.withdrawn_at = registration.stamped_at = now
    registration.told_sequence, registration.news, registration.offered_until = None, News.NONE, None


def remove(*, registration: Registration, now: datetime, actor_id: int | None) -> Registration:
    """Return the registration, taken off the list by an organiser for good; it is told. Twice is once.

    now: aware UTC.
    """
    with transaction.atomic():
        counted = registration.counts
        found = withdraw(registration=registration, now=now)
        if found.removed_at is None:
            found.removed_at = now
            found.turn += 1
            found.news = News.REMOVED if counted else News.NONE
            found.save(update_fields=["removed_at", "news", "turn"])
            record(
                kind="registration-removed",
                subject=subject_of(registration.session),
                scopes=(),
                now=now,
                actor_id=actor_id,
            )
    return found


def answer(*, registration: Registration, partstat: str, now: datetime) -> Registration:
    """Return the registration with what its owner says to the invitation. now: aware UTC.

    The registration stands as before, so that who declines can come after all. Raises UserError for another word, and
    for a registration that does not count.
    """
    if partstat not in Partstat.values or partstat == Partstat.NEEDS_ACTION:
        raise UserError({"": _("Answer yes, maybe or no.")})
    with transaction.atomic():
        found = _locked(registration)
        if not found.stands:
            raise UserError({"": _("You have no place at this session.")})
        if found.partstat != partstat:
            found.partstat = partstat
            found.told_sequence = None  # what was not told to who had declined may be due now
        found.answered_at = now
        found.save(update_fields=["partstat", "answered_at", "told_sequence"])
        touch([found])
    return found


def change(*, registration: Registration, now: datetime, **columns: Any) -> Registration:
    """Return the registration with other `COLUMNS`. Nothing different writes nothing. Raises UserError by field.

    Who comes in another way needs a place there: where none is free, nothing changes and the refusal says so.
    """
    with transaction.atomic():
        found, places = held(registration) if "coming" in columns else (_locked(registration), None)
        if places:
            columns["coming"] = way_for(found.session, columns["coming"])
        asked = checked(found, columns)
        changed = [name for name in COLUMNS if getattr(asked, name) != getattr(found, name)]
        if not changed:
            return found
        if "coming" in changed and places and found.counts:
            _come_otherwise(found, asked, places, now)
        if "wants_invitation" in changed:
            asked.stamped_at = now
        asked.told_sequence = None
        asked.save(update_fields=[*{*changed, "told_sequence", "stamped_at"}])
    return asked


def _come_otherwise(found: Registration, asked: Registration, places: Places, now: datetime) -> None:
    """Into the other half of the house: a place there, or, for who has none here, its waiting list."""
    if found.seat not in {*Seat.taking(), Seat.WAITING}:
        return  # it takes nothing here, nor there
    places.leave(found)
    seat = places.seat_for(asked.coming, approved=True)
    if seat != Seat.PLACE and found.seat in Seat.taking():
        where = _("in the room") if asked.coming == Coming.ROOM else _("online")
        words = _("No place is free %(where)s. You keep the place you have.") % {"where": where}
        raise UserError({"coming": words})
    asked.number = places.next_number()
    had = asked.seat
    news = News.GIVEN if seat == Seat.PLACE and had != Seat.PLACE else News.NONE
    places.put(asked, seat, news=news, now=now)
    settle([places])
    asked.save(update_fields=MOVED)
    fill(places, now=now)


def forget(*, before: datetime) -> int:
    """Return how many addresses are forgotten that were typed before `before` (aware UTC) and never confirmed."""
    open_ones = Registration.objects.filter(confirmed_at=None, made_at__lt=before)
    return open_ones.delete()[0]


def opened(token: str) -> Registration:
    """Return the registration of a secret link, with its session. Raises DoesNotExist."""
    rows = Registration.objects.select_related("session__series__community", "session__place", "person")
    return rows.get(token=token)


def checked(registration: R, columns: dict[str, Any]) -> R:
    """Return a copy of `registration` with `columns`. Raises UserError by field, TypeError for another name."""
    if unknown := columns.keys() - set(COLUMNS):
        raise TypeError(f"a registration has no {', '.join(sorted(unknown))}")
    asked = copy(registration)
    for name, value in columns.items():
        setattr(asked, name, " ".join(value.split()) if isinstance(value, str) else value)
    wrong = {}
    if asked.zone and not clock.is_zone(asked.zone):
        wrong["zone"] = _("Choose a time zone from the list.")
    elif asked.zone:
        asked.zone = clock.canonical(asked.zone)
    try:
        asked.clean_fields(exclude=_others(asked, {"name"}))
    except ValidationError as error:
        wrong |= {name: " ".join(messages) for name, messages in error.message_dict.items()}
    raise_if(wrong)
    return asked


def _others(registration: Registrant, names: set[str]) -> Collection[str]:
    return {each.name for each in registration._meta.fields} - names


def held(registration: Registration) -> tuple[Registration, Places]:
    """Return the row as it is now, with its session's places: both held until the transaction ends, the line first."""
    session = Session.objects.select_related("series__community").get(pk=registration.session_id)
    places = hold([session])[session.pk]
    found = _rows().get(pk=registration.pk)
    found.session = session
    return found, places


def _rows() -> "QuerySet[Registration]":
    return Registration.objects.select_for_update(of=("self",)).select_related("person")


def _locked(registration: Registration) -> Registration:
    """The row as it is now, held until the transaction ends, for what changes no place."""
    return _rows().select_related("session__series__community", "person").get(pk=registration.pk)
