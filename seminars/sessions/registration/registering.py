"""Register for a session without an account: asked by anybody, counted once the address has proved itself."""

import secrets
from collections.abc import Collection
from copy import copy
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import SITE, raise_versions, record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import person_known_by
from seminars.people.models import Person
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Partstat, Registration
from seminars.sessions.revising import subject_of
from seminars.sessions.state import State

OPEN = {State.ANNOUNCED, State.UPCOMING, State.SOON, State.DOORS_OPEN, State.LIVE, State.RESCHEDULED}
COLUMNS = ("name", "language", "zone", "wants_invitation", "reminders")


def is_open(session: Session, state: State) -> bool:
    """Return whether people can register: it is out, ours, has a date, and is neither over nor off."""
    dated = session.local_date is not None and session.published_at is not None
    return dated and state in OPEN and not session.series.external


def register(
    *, session: Session, email: str, person: Person | None = None, now: datetime, **columns: Any
) -> tuple[Registration, bool]:
    """Return the registration of the address, and whether it is new; the same address twice is one.

    columns: of `COLUMNS`. person: whose own address it surely is; then it counts at once, with these columns. Else it
    waits for `confirm`, and what has counted before stays as it is: anybody can type any address. now: aware UTC.
    Whether the session takes registrations is `is_open`'s question. Raises UserError by field.
    """
    email = email.strip().lower()
    raise_if({} if is_address(email) else {"email": _("Give one e-mail address, such as name@example.org.")})
    made = Registration(session=session, email=email, token=secrets.token_urlsafe(24), made_at=now)
    made = checked(made, columns)
    with transaction.atomic():
        Registration.objects.bulk_create([made], ignore_conflicts=True)
        found = Registration.objects.select_for_update(of=("self",)).get(session=session, email=email)
        new = found.token == made.token
        if not new and (person or found.confirmed_at is None):
            found = checked(found, columns)
            found.told_sequence = None
            found.save(update_fields=[*COLUMNS, "told_sequence"])
        if person:
            found = confirm(registration=found, person=person, now=now)
    return found, new


def confirm(*, registration: Registration, person: Person | None = None, now: datetime) -> Registration:
    """Return the registration, which counts from now on; one that was withdrawn counts again. Twice is once.

    person: whose it is; None looks who is known by the address. now: aware UTC. Raises UserError for one that the
    organisers removed.
    """
    with transaction.atomic():
        found = _held(registration)
        if found.removed_at:
            raise UserError({"": _("The organisers took this registration off their list. Write to them.")})
        if found.stands:
            return found
        if found.withdrawn_at:  # the calendar was told to forget it: what is told now is later
            found.partstat, found.answered_at, found.stamped_at = Partstat.NEEDS_ACTION, None, now
        found.person = person or found.person or person_known_by(found.email)
        found.confirmed_at, found.withdrawn_at, found.told_sequence = now, None, None
        columns = ("person", "confirmed_at", "withdrawn_at", "told_sequence")
        found.save(update_fields=[*columns, "partstat", "answered_at", "stamped_at"])
        _touch(found)
    return found


def withdraw(*, registration: Registration, now: datetime) -> Registration:
    """Return the registration, withdrawn: they do not come. Twice is once. now: aware UTC."""
    with transaction.atomic():
        found = _held(registration)
        if found.withdrawn_at is None:
            found.withdrawn_at = found.stamped_at = now
            found.told_sequence = None
            found.save(update_fields=["withdrawn_at", "stamped_at", "told_sequence"])
            _touch(found)
    return found


def remove(*, registration: Registration, now: datetime, actor_id: int | None) -> Registration:
    """Return the registration, taken off the list by an organiser for good. Twice is once. now: aware UTC."""
    with transaction.atomic():
        found = withdraw(registration=registration, now=now)
        if found.removed_at is None:
            found.removed_at = now
            found.save(update_fields=["removed_at"])
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
        found = _held(registration)
        if not found.stands:
            raise UserError({"": _("You are not registered for this session.")})
        if found.partstat != partstat:
            found.partstat = partstat
            found.told_sequence = None  # what was not told to who had declined may be due now
        found.answered_at = now
        found.save(update_fields=["partstat", "answered_at", "told_sequence"])
        _touch(found)
    return found


def change(*, registration: Registration, now: datetime, **columns: Any) -> Registration:
    """Return the registration with other `COLUMNS`. Nothing different writes nothing. Raises UserError by field."""
    with transaction.atomic():
        found = _held(registration)
        asked = checked(found, columns)
        changed = [name for name in COLUMNS if getattr(asked, name) != getattr(found, name)]
        if not changed:
            return found
        if "wants_invitation" in changed:
            asked.stamped_at = now
        asked.told_sequence = None
        asked.save(update_fields=[*changed, "told_sequence", "stamped_at"])
    return asked


def forget(*, before: datetime) -> int:
    """Return how many addresses are forgotten that were typed before `before` (aware UTC) and never confirmed."""
    open_ones = Registration.objects.filter(confirmed_at=None, made_at__lt=before)
    return open_ones.delete()[0]


def opened(token: str) -> Registration:
    """Return the registration of a secret link, with its session. Raises DoesNotExist.

    The token is random, 192 bits, and looked up in a unique index: nothing about it is learned by trying.
    """
    rows = Registration.objects.select_related("session__series__community", "session__place", "person")
    return rows.get(token=token)


def checked(registration: Registration, columns: dict[str, Any]) -> Registration:
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
        asked.clean_fields(exclude=_others({"name"}))
    except ValidationError as error:
        wrong |= {name: " ".join(messages) for name, messages in error.message_dict.items()}
    raise_if(wrong)
    return asked


def _others(names: set[str]) -> Collection[str]:
    return {each.name for each in Registration._meta.fields} - names


def _held(registration: Registration) -> Registration:
    """The row as it is now, held until the transaction ends."""
    rows = Registration.objects.select_for_update(of=("self",))
    return rows.select_related("session__series__community").get(pk=registration.pk)


def _touch(registration: Registration) -> None:
    """What is in the person's own calendar has changed."""
    person = registration.person
    if person and person.user_id:
        raise_versions({SITE, f"user:{person.user_id}"})
