"""Follow by an address alone: asked by anybody, counted once the address has proved itself, ended at any time."""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.refusing import UserError, raise_if
from seminars.notifications import wishes
from seminars.notifications.readers.models import Followed, Reader, Subscription, scope_of
from seminars.people.addresses import is_address
from seminars.people.models import Community, Person
from seminars.series import leads
from seminars.series.models import Series
from seminars.sessions.models import Session

WISHES = ("moves", "ready", "newsletter")
MOST = 100
"""Things that one address may ask for without confirming any: more is not meant well."""


def follow(
    *,
    email: str,
    followed: Followed,
    wanted: Collection[str],
    language: str,
    zone: str = "",
    person: Person | None = None,
    now: datetime,
) -> Reader:
    """Return the reader of the address, who asks for `wanted` (of `WISHES`) of a thing (None: the whole site).

    person: whose own, proven address it is: then it counts at once. Else it waits for `confirm`, and what counts
    already stays as it is. zone: IANA or "". now: aware UTC. Whether the thing may be seen is the caller's question.
    Raises UserError by field.
    """
    email = email.strip().lower()
    raise_if(_wrong(email, wanted, zone))
    with transaction.atomic():
        reader = _reader(email, language, clock.canonical(zone) if zone else "", person, now)
        asked = Subscription(reader=reader, scope=scope_of(followed), made_at=now, **_keys(followed))
        if reader.subscriptions.filter(confirmed_at=None).count() >= MOST and person is None:
            return reader
        Subscription.objects.bulk_create([asked], ignore_conflicts=True)
        found = Subscription.objects.select_for_update(of=("self",)).get(reader=reader, scope=asked.scope)
        if person or found.confirmed_at is None:
            _choose(found, wanted, now, confirmed=now if person else None)
    return reader


def confirm(*, reader: Reader, now: datetime) -> int:
    """Return how many things count from now (aware UTC) on: all for which the address was asked. Twice is once."""
    with transaction.atomic():
        Reader.objects.filter(pk=reader.pk, confirmed_at=None).update(confirmed_at=now)
        waiting = Subscription.objects.filter(reader=reader, confirmed_at=None)
        found = list(waiting.select_related("reader__person", "community"))
        for each in found:
            _wish(each, now)
        return waiting.filter(pk__in=[each.pk for each in found]).update(confirmed_at=now)


def change(*, subscription: Subscription, wanted: Collection[str], now: datetime) -> None:
    """Keep which mails are wanted of a thing; none ends it. now: aware UTC."""
    raise_if({} if set(wanted) <= set(WISHES) else {"": _("Choose from the list.")})
    with transaction.atomic():
        _choose(subscription, wanted, now, confirmed=subscription.confirmed_at)
        if not wanted:
            Subscription.objects.filter(pk=subscription.pk).delete()


def stop_all(*, reader: Reader, now: datetime) -> None:
    """End all that the address follows; an address of which nothing else is known is forgotten. now: aware UTC."""
    with transaction.atomic():
        for each in reader.subscriptions.select_related("reader__person", "community"):
            change(subscription=each, wanted=(), now=now)
        if reader.person_id is None and reader.ready and reader.leads is None:
            reader.delete()


def set_leads(
    *, reader: Reader, wanted: Iterable[str] | None, ready: bool, asked: bool | None = None
) -> None:
    """Keep when reminders come (names of `series.leads`; None: as each series has it), and two wishes.

    ready: for mails of recordings. asked: to be asked afterwards how it was; None leaves that.
    """
    chosen = None if wanted is None else leads.ordered(wanted)
    reader.leads, reader.ready = chosen, ready
    reader.asked = reader.asked if asked is None else asked
    reader.save(update_fields=["leads", "ready", "asked"])


def move_into(*, reader: Reader, person: Person, now: datetime) -> None:
    """Make what the address follows part of an account with this same confirmed address. Raises UserError."""
    proven = EmailAddress.objects.filter(user=person.user_id, email__iexact=reader.email, verified=True)
    if person.user_id is None or not proven.exists():
        raise UserError({"": _("Your account has another address. Add this one to it first.")})
    with transaction.atomic():
        Reader.objects.filter(pk=reader.pk).update(person=person)
        reader.person = person
        confirm(reader=reader, now=now)
        for each in reader.subscriptions.exclude(community=None).select_related(
            "reader__person", "community"
        ):
            _wish(each, now)


def reader_of(*, email: str, person: Person | None = None, language: str, now: datetime) -> Reader:
    """Return the reader of an address that has proved itself (by a mail's link, or an account), made if need be."""
    with transaction.atomic():
        found = _reader(email.strip().lower(), language, "", person, now)
        Reader.objects.filter(pk=found.pk, confirmed_at=None).update(confirmed_at=now)
    return found


def forget(*, before: datetime) -> int:
    """Return how many things are forgotten that were asked for before `before` (aware UTC) and never confirmed.

    With them go those of which no mail is wanted any more, and addresses that follow nothing and chose nothing.
    """
    none = Q(moves=False, ready=False, newsletter=False)
    rows = Subscription.objects.filter(Q(confirmed_at=None) | none, made_at__lt=before)
    gone = rows.delete()[0]
    idle = Reader.objects.filter(
        subscriptions=None, person=None, ready=True, leads__isnull=True, made_at__lt=before
    )
    idle.delete()
    return gone


def opened(token: str) -> Reader:
    """Return the reader of a secret link. Raises DoesNotExist."""
    return Reader.objects.select_related("person__user").get(token=token)


# Below: how it is done.


def _wrong(email: str, wanted: Collection[str], zone: str) -> dict[str, str]:
    wrong = {}
    if not is_address(email):
        wrong["email"] = _("Give one e-mail address, such as name@example.org.")
    if not wanted or not set(wanted) <= set(WISHES):
        wrong["wanted"] = _("Choose at least one kind of mail.")
    if zone and not clock.is_zone(zone):
        wrong["zone"] = _("Choose a time zone from the list.")
    return wrong


def _reader(email: str, language: str, zone: str, person: Person | None, now: datetime) -> Reader:
    """The row of the address; what it said of itself stays until it has confirmed anything."""
    token = secrets.token_urlsafe(24)
    made = Reader(email=email, language=language, zone=zone, token=token, made_at=now)
    Reader.objects.bulk_create([made], ignore_conflicts=True)
    found = Reader.objects.select_for_update(of=("self",)).get(email=email)
    if person:
        found.person, found.confirmed_at = person, found.confirmed_at or now
    elif found.confirmed_at is None:
        found.language, found.zone = language, zone or found.zone
    found.save(update_fields=["person", "confirmed_at", "language", "zone"])
    return found


def _keys(followed: Followed) -> dict[str, Any]:
    names = {Community: "community", Series: "series", Session: "session"}
    return {} if followed is None else {names[type(followed)]: followed}


def _choose(
    found: Subscription, wanted: Collection[str], now: datetime, *, confirmed: datetime | None
) -> None:
    for name in WISHES:
        setattr(found, name, name in wanted)
    found.confirmed_at = found.confirmed_at or confirmed
    found.save(update_fields=[*WISHES, "confirmed_at"])
    if found.confirmed_at:
        _wish(found, now)


def _wish(found: Subscription, now: datetime) -> None:
    """What somebody wants of a community is one truth, wherever they chose it."""
    person, community = found.reader.person, found.community
    if person and community:
        wishes.choose(person=person, community=community, moves=found.moves, now=now)
        wishes.choose_letter(person=person, community=community, wanted=found.newsletter)
