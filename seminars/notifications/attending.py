"""Invitations for the calendars of registered people (RFC 5546, 6047): asked, moved, taken back, each told once.

Looked for, never called: a registration that was not looked at since it or its session changed. What is undone within
ten minutes leaves nothing to tell.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop

from seminars.calendars import editions, entries, ical, invitations, wording
from seminars.notifications import deciding
from seminars.notifications.deciding import Held, Shown
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message, MessageState
from seminars.notifications.posting import UNDO, Letter, Recipient, post
from seminars.notifications.seeing import columns_of, seen
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.words import say

KIND = "attending"
EXAMPLE = "example"  # stands for the secret in a preview
MOST = 500  # registrations of one session that one transaction looks at
GONE = gettext_noop("The registration is gone.")
BACK = gettext_noop("All is as it was: there is nothing to tell.")
ANSWERS = ("yes", "maybe", "no")
_LEFT = [MessageState.SENT, MessageState.UNCERTAIN, MessageState.SENDING]


class Overtaken(Exception):
    """Another sweep claimed some of these registrations first: nothing of ours is written."""


def subject_of(session: Session) -> str:
    """Return what the mails are about."""
    return f"session:{session.uid}"


def look(*, now: datetime) -> int:
    """Return how many mails are written down for what is new since the last look. now: aware UTC."""
    waiting = Registration.objects.unseen().filter(session__ends_at__gt=now)
    made = 0
    for pk in waiting.order_by("session_id").values_list("session_id", flat=True).distinct():
        more = True
        while more:
            try:
                with transaction.atomic():
                    written, more = _look_at(pk, now)
            except Overtaken:
                break
            made += written
    return made


def mail_again(registration: Registration, *, now: datetime) -> bool:
    """Return whether the invitation is written down once more, though nothing changed: somebody asked for it."""
    with transaction.atomic():
        row = Registration.objects.select_for_update(of=("self",)).select_related("session__series")
        found = row.get(pk=registration.pk)
        shown = deciding.shown_of(found.session, found.language, now)
        if not found.stands or shown.state not in {"on", "postponed"}:
            return False
        Registration.objects.filter(pk=found.pk).update(tellings=found.tellings + 1)
        return bool(_post(found.session, found.tellings + 1, now, now, [_letter(found, again=True)]))


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says and carries. Raises Pointless where the reader's calendar is right already."""
    rows = Registration.objects.select_related("session__series__community", "session__place", "person")
    uid = message.subject.partition(":")[2]
    registration = rows.filter(session__uid=uid, email=message.email).first()
    if registration is None:
        raise Pointless(GONE)
    session = registration.session
    held = held_by(subject_of(session), [message.email]).get(message.email, deciding.NOTHING)
    shown = deciding.shown_of(session, message.language, now)
    if not may_see(registration):
        shown = Shown("hidden", *held.shown.place_in_time, held.shown.what)
    method = deciding.method_of(registration, shown, held)
    if (
        not method
        and message.facts.get("again")
        and registration.stands
        and shown.state in {"on", "postponed"}
    ):
        method = invitations.REQUEST
    if not method:
        raise Pointless(BACK)
    return _context(registration, method, shown, held, message.zone, now)


def told(message: Message, context: Context) -> Mapping[str, Any]:
    """Return what to keep of a mail that leaves: what the reader's calendar holds from now on."""
    return dict(message.facts) | {"told": context["after"].kept()}


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the next session of the site; None where there is none."""
    ahead = Session.objects.published().filter(starts_at__gt=now, cancelled_at=None, postponed_at=None)
    rows = ahead.filter(local_date__isnull=False).select_related("series__community", "place")
    session = rows.order_by("starts_at", "pk").first()
    if session is None:
        return None
    made = Registration(
        session=session,
        email="reader@example.org",
        name="Reader",
        token=EXAMPLE,
        confirmed_at=now,
        made_at=now,
    )
    shown = deciding.shown_of(session, get_language() or "en", now)
    return _context(made, invitations.REQUEST, shown, deciding.NOTHING, zone, now)


def held_by(subject: str, emails: Iterable[str]) -> dict[str, Held]:
    """Return by address what the last mail that left said; one query. Who was told nothing is not among them."""
    rows = Message.objects.filter(kind=KIND, subject=subject, email__in=list(emails), state__in=_LEFT)
    found = rows.order_by("revision").values_list("email", "facts")
    return {email: deciding.held_of(facts.get("told")) for email, facts in found if facts.get("told")}


def may_see(registration: Registration) -> bool:
    """Return whether they may still see the session: it may have been closed to others since they registered."""
    person = registration.person
    visitor = Visitor(person.user_id if person else None)
    if registration.session.withdrawn_at:
        return True  # its tombstone says so to everybody who knew of it
    return Session.objects.visible_to(visitor).filter(pk=registration.session_id).exists()


# Below: how it is done.


def _look_at(pk: int, now: datetime) -> tuple[int, bool]:
    """Decide for waiting registrations of a session, claim them, write mails down; how many, and if more wait."""
    session = Session.objects.select_related("series").get(pk=pk)
    rows = Registration.objects.filter(session=session).exclude(told_sequence=session.sequence)
    waiting = list(rows.select_for_update(of=("self",)).order_by("pk")[:MOST])
    held = held_by(subject_of(session), [each.email for each in waiting])
    made = 0
    groups = defaultdict[tuple[int | None, int, datetime | None], list[Registration]](list)
    for each in waiting:
        each.session = session
        knows = held.get(each.email, deciding.NOTHING)
        shown = deciding.shown_of(session, each.language, now)
        tells = bool(deciding.method_of(each, shown, knows))
        due = _due(each, shown, knows, now) if tells else None
        groups[each.told_sequence, each.tellings, due].append(each)
    for (sequence, tellings, due), some in groups.items():
        number = tellings + 1 if due else tellings
        _claim(some, sequence, tellings, session.sequence, number)
        if due:
            made += _post(session, number, due, now, [_letter(each) for each in some])
    return made, len(waiting) == MOST


def _claim(some: list[Registration], sequence: int | None, tellings: int, seen_now: int, number: int) -> None:
    """Note that these are looked at: each still as it was read. Raises Overtaken."""
    keys = [each.pk for each in some]
    same = Registration.objects.filter(pk__in=keys, told_sequence=sequence, tellings=tellings)
    if same.update(told_sequence=seen_now, tellings=number) != len(keys):
        raise Overtaken


def _due(registration: Registration, shown: Shown, held: Held, now: datetime) -> datetime:
    """What the reader did is answered at once; what organisers changed waits, in case it is undone."""
    left = held.method != invitations.REQUEST and held.shown.state != "off"
    theirs = not held.method or left or not registration.stands or not registration.wants_invitation
    return now if theirs else max(now, registration.session.changed_at + UNDO)


def _letter(registration: Registration, *, again: bool = False) -> Letter:
    to = Recipient(registration.email, registration.person_id, registration.language, registration.zone)
    return Letter(to, {"again": True} if again else {})


def _post(session: Session, revision: int, due_at: datetime, now: datetime, letters: list[Letter]) -> int:
    return post(
        kind=KIND,
        subject=subject_of(session),
        revision=revision,
        letters=letters,
        due_at=due_at,
        now=now,
        community_id=session.series.community_id,
    )


def _context(
    registration: Registration, method: str, shown: Shown, held: Held, zone: str, now: datetime
) -> Context:
    session = registration.session
    own = settings.MERIDIAN_URL + reverse("registration", args=[registration.token])
    return {
        "registration": registration,
        "session": session,
        "community": session.series.community,
        "method": method,
        "did": deciding.deed(method, registration, shown, held),
        "title_then": shown.what,
        "old": held.view,
        "new": seen(columns_of(session), zone),
        "address": own,
        "join": wording.join_page_of(session),
        "ticket": _ticket(registration),
        "answers": {word: f"{own}{word}/" for word in ANSWERS},
        "calendar": _calendar(registration, method, shown, held, now).decode(),
        "after": deciding.held_after(method, session, shown, held, zone, now),
        "reply_to": organiser_of(session).email,
    }


def organiser_of(session: Session) -> invitations.Party:
    """Return whose invitation it is: the community, at its contact or else at the site's own address."""
    community = session.series.community
    address = community.contact or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return invitations.Party(address, say(community.name, get_language() or "en"))


def _calendar(registration: Registration, method: str, shown: Shown, held: Held, now: datetime) -> bytes:
    """The file of the mail. A session that its reader may no longer see says no more than they knew."""
    session = registration.session
    edition = editions.current(entries.stamp(), now=now)
    known = entries.entry_facts(session, get_language() or "en", edition=edition)
    attendee = invitations.Party(registration.email, registration.name)
    organiser, stamped = organiser_of(session), registration.stamped_at
    if method == invitations.REQUEST:
        known = _with_ticket(known, wording.join_page_of(session), _ticket(registration))
        partstat = deciding.partstat_of(registration, held, shown)
        return invitations.request(
            known, organiser=organiser, attendee=attendee, partstat=partstat, stamped=stamped
        )
    if shown.state != "off":
        known = _bare(known, shown.what)
    return invitations.cancel(known, organiser=organiser, attendee=attendee, stamped=stamped)


def _ticket(registration: Registration) -> str:
    """What stands at the end of the join link of one reader: where places are counted, it opens the door."""
    return f"?r={registration.token}"


def _with_ticket(known: ical.EntryFacts, join: str, ticket: str) -> ical.EntryFacts:
    """The same entry, whose ways in let its one reader in."""
    if not join:
        return known
    ways = [replace(each, uri=each.uri + ticket) if each.uri == join else each for each in known.conferences]
    words = re.sub(rf"{re.escape(join)}(?=\s|$)", lambda found: found[0] + ticket, known.description)
    place = known.location + ticket if known.location == join else known.location
    return replace(known, conferences=tuple(ways), description=words, location=place)


def _bare(known: ical.EntryFacts, title: str) -> ical.EntryFacts:
    """The same entry with its title only."""
    nothing: dict[str, Any] = dict.fromkeys(
        ("description", "html", "location", "url", "event", "sibling", "parent"), ""
    )
    lists: dict[str, Any] = dict.fromkeys(("conferences", "attachments", "links", "categories"), ())
    return replace(known, summary=title, geo=None, **nothing, **lists)
