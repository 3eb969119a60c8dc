"""Remind registered people of their session, as long before as the series or each of them chose; each once for each
time it is to be at.

Looked for, never called: a session whose reminder is due and was not written down yet. Who registers after that moment
gets only what is still to come, and what became untrue before the mail leaves is not told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars import clock
from seminars.calendars import wording
from seminars.notifications.attending import may_see
from seminars.notifications.daytime import by_day
from seminars.notifications.letters import Context, Pointless, Told
from seminars.notifications.models import Heard, Message
from seminars.notifications.posting import SUPERSEDED, Letter, Recipient, post
from seminars.notifications.readers.models import Reader
from seminars.notifications.registrations import GONE
from seminars.notifications.seeing import columns_of, seen
from seminars.people.visitors import NOBODY
from seminars.series.leads import BEFORE, ordered
from seminars.sessions.models import Precision, Session
from seminars.sessions.registration.models import Partstat, Registration

KIND = "reminder"
EXAMPLE = "example"  # stands for the secret in a preview
AHEAD = timedelta(days=8)  # a week before by the event's clock, whatever clocks do meanwhile
MOST = 500  # registrations that one transaction reminds
DECLINED = gettext_noop("The person does not come.")
UNWANTED = gettext_noop("The person wants no reminders.")
OFF = gettext_noop("The session does not take place as planned.")
MOVED = gettext_noop("The session has moved.")
BEGUN = gettext_noop("The session has begun.")
HIDDEN = gettext_noop("The person may not see the session any more.")


@dataclass(frozen=True)
class Lead:
    """How long before the start a reminder comes, and how late it may still be written down."""

    before: timedelta
    late: timedelta
    waits: bool = True  # for the morning


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEADS = {
    "week": Lead(BEFORE["week"], DAY),
    "3days": Lead(BEFORE["3days"], 12 * HOUR),
    "day": Lead(BEFORE["day"], 6 * HOUR),
    "3hours": Lead(BEFORE["3hours"], HOUR, waits=False),
    "hour": Lead(BEFORE["hour"], HOUR, waits=False),
    "15min": Lead(BEFORE["15min"], BEFORE["15min"], waits=False),
}


def due_at(session: Session, which: str) -> datetime | None:
    """Return when the reminder `which` (of `LEADS`) is due, aware UTC; None where the session has no such reminder.

    Days are counted by the event's clock, so that they come at its hour though clocks change; an hour is sixty
    minutes, and there is none for whole days.
    """
    if session.starts_at is None or session.precision != Precision.DAY:
        return None
    before = LEADS[which].before
    if before < DAY:
        return None if session.local_time is None else session.starts_at - before
    return clock.to_instant(clock.to_wall(session.starts_at, session.zone) - before, session.zone)


def leads_of(registration: Registration, own: list[str] | None) -> list[str]:
    """Return when somebody is reminded (names of `LEADS`): as they chose for the session, else in general (`own`), else
    as its series has it. Load `session__series` with it.
    """
    if not registration.reminders:
        return []
    chosen = registration.leads if registration.leads is not None else own
    return ordered(registration.session.series.reminders if chosen is None else chosen)


def leads_now(registration: Registration) -> list[str]:
    """Return when one person is reminded of the session, as things are now (names of `LEADS`)."""
    return leads_of(registration, _own([registration]).get(registration.email))


def look(*, now: datetime) -> int:
    """Return how many reminders are written down now. now: aware UTC. Two queries while nothing is due."""
    asked = Registration.objects.standing().filter(session=OuterRef("pk"), reminders=True)
    rows = Session.objects.published().filter(starts_at__gt=now, starts_at__lte=now + AHEAD)
    rows = rows.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None).filter(Exists(asked))
    due = {}
    for session in rows.select_related("series").order_by("starts_at", "pk"):
        for which, lead in LEADS.items():
            at = due_at(session, which)
            if at and at <= now < at + lead.late:
                due[_fact(session, which)] = (session, which, at)
    if not due:
        return 0
    done = set(Heard.objects.filter(fact__in=due).values_list("fact", flat=True))
    return sum(_remind(*each, fact, now) for fact, each in due.items() if fact not in done)


def forget(*, before: datetime) -> int:
    """Return how many notes of what was done before `before` (aware UTC, more than `AHEAD` ago) are forgotten."""
    return Heard.objects.filter(fact__startswith="remind:", at__lt=before).delete()[0]


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless where it would tell what is no longer true, or wanted."""
    told = facts_of_many([message], now)[message.pk]
    if isinstance(told, Pointless):
        raise told
    return told.whole


def facts_of_many(messages: Sequence[Message], now: datetime) -> dict[int, Told | Pointless]:
    """Return by primary key what mails of one subject say, or why they tell nothing; a fixed number of questions."""
    _kind, uid, which, minutes = messages[0].subject.split(":")
    session = Session.objects.filter(uid=uid).select_related("series__community", "place").first()
    rows = Registration.objects.filter(session__uid=uid, email__in={each.email for each in messages})
    found = {each.email: each for each in rows.standing().select_related("person") if session}
    if session is None or not found:
        return {each.pk: Pointless(GONE) for each in messages}
    for each in found.values():
        each.session = session
    own, hidden, last = _own(found.values()), _hidden(session, found.values()), _last_before(session)
    shared: dict[str, Context] = {}
    told: dict[int, Told | Pointless] = {}
    for message in messages:
        if (one := found.get(message.email)) is None:
            told[message.pk] = Pointless(GONE)
            continue
        wanted = leads_of(one, own.get(one.email))
        reason = _pointless(one, which, int(minutes), wanted, now)
        if reason or message.email in hidden:
            told[message.pk] = Pointless(reason or HIDDEN)
            continue
        zone = message.zone
        told[message.pk] = Told(shared.setdefault(zone, _shared(session, last, zone)), _links(one))
    return told


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the next session of the site, as it is said a day before; None where there is none."""
    ahead = Session.objects.published().filter(starts_at__gt=now, cancelled_at=None, postponed_at=None)
    rows = ahead.filter(precision=Precision.DAY, withdrawn_at=None).select_related(
        "series__community", "place"
    )
    session = rows.order_by("starts_at", "pk").first()
    if session is None:
        return None
    made = Registration(session=session, email="reader@example.org", token=EXAMPLE, confirmed_at=now)
    return {**_shared(session, _last_before(session), zone), **_links(made), "now": due_at(session, "day")}


# Below: how it is done.


def _minutes(session: Session) -> int:
    """The start, as the subject of a mail names it: after a move it is another one."""
    assert session.starts_at is not None  # who has none is not reminded
    return int(session.starts_at.timestamp()) // 60


def _fact(session: Session, which: str) -> str:
    return f"remind:{session.pk}:{which}:{_minutes(session)}"


def _remind(session: Session, which: str, at: datetime, fact: str, now: datetime) -> int:
    """Write down the mails to who had registered when they were due, some at a time; then note that it is done.

    A sweep that dies between goes on at the next: a mail that is there already is not written twice.
    """
    made = 0
    for some in _pages(session, which, at):
        with transaction.atomic():
            made += _post(session, which, at, some, now)
    Heard.objects.bulk_create([Heard(fact=fact, at=now)], ignore_conflicts=True)
    return made


def _pages(session: Session, which: str, at: datetime) -> Iterator[list[Registration]]:
    rows = Registration.objects.standing().filter(session=session, reminders=True, confirmed_at__lte=at)
    rows, last = rows.exclude(partstat=Partstat.DECLINED).order_by("pk"), 0
    if which not in session.series.reminders:  # then only who chose times of their own
        theirs = Reader.objects.filter(leads__isnull=False)
        theirs = theirs.filter(Q(email=OuterRef("email")) | Q(person=OuterRef("person")))
        rows = rows.filter(Q(leads__isnull=False) | Exists(theirs))
    while some := list(rows.filter(pk__gt=last)[:MOST]):
        last = some[-1].pk
        for each in some:
            each.session = session
        own = _own(some)
        yield [each for each in some if which in leads_of(each, own.get(each.email))]


def _own(some: Iterable[Registration]) -> dict[str, list[str] | None]:
    """When these people want reminders in general, by address; one question."""
    emails = {each.email for each in some}
    persons = {each.person_id for each in some if each.person_id}
    rows = Reader.objects.filter(Q(email__in=emails) | Q(person__in=persons), leads__isnull=False)
    found = {each.email: each for each in rows.filter(confirmed_at__isnull=False).order_by("pk")}
    by_person = {each.person_id: each for each in found.values() if each.person_id}
    chosen = {each.email: by_person.get(each.person_id or 0) or found.get(each.email) for each in some}
    return {email: reader.leads for email, reader in chosen.items() if reader}


def _post(session: Session, which: str, at: datetime, some: Iterable[Registration], now: datetime) -> int:
    """One mail each, at `at` or in the reader's morning."""
    letters: dict[datetime, list[Letter]] = {}
    for each in some:
        due = by_day(at, each.zone or session.zone) if LEADS[which].waits else at
        to = Recipient(each.email, each.person_id, each.language, each.zone)
        letters.setdefault(due, []).append(Letter(to))
    made = 0
    for due, theirs in letters.items():
        made += post(
            kind=KIND,
            subject=f"reminder:{session.uid}:{which}:{_minutes(session)}",
            revision=1,
            letters=theirs,
            due_at=max(due, now),
            now=now,
            community_id=session.series.community_id,
        )
    return made


def _pointless(registration: Registration, which: str, minutes: int, wanted: list[str], now: datetime) -> str:
    """Why there is nothing to remind of; "" where there is. wanted: when they are reminded (`leads_of`)."""
    session = registration.session
    off = session.cancelled_at or session.postponed_at or session.withdrawn_at or not session.published_at
    if off or session.starts_at is None:
        return OFF
    later = [due_at(session, each) for each in wanted if BEFORE[each] < BEFORE[which]]
    told = {
        DECLINED: registration.partstat == Partstat.DECLINED,
        UNWANTED: which not in wanted,
        MOVED: _minutes(session) != minutes,
        BEGUN: session.starts_at <= now or session.closed_at is not None,
        SUPERSEDED: any(each is not None and each <= now for each in later),
    }
    return next((reason for reason, true in told.items() if true), "")


def _last_before(session: Session) -> datetime | None:
    """When the series met last before: the hour that its readers are used to."""
    if session.starts_at is None:
        return None
    rows = Session.objects.published().filter(series=session.series_id, starts_at__lt=session.starts_at)
    held = rows.filter(cancelled_at=None, withdrawn_at=None, local_time__isnull=False)
    return held.order_by("-starts_at").values_list("starts_at", flat=True).first()


def _hidden(session: Session, some: Iterable[Registration]) -> set[str]:
    """Whose session it is no more to see, by address: of one that is open to all nobody's, and one question says so."""
    if session.withdrawn_at or Session.objects.visible_to(NOBODY).filter(pk=session.pk).exists():
        return set()
    return {each.email for each in some if not may_see(each)}


def _shared(session: Session, last: datetime | None, zone: str) -> Context:
    """What the mails to all readers in a zone say alike."""
    return {
        "session": session,
        "community": session.series.community,
        "new": seen(columns_of(session), zone),
        "last": last,
        "join": wording.join_page_of(session),
        "list_name": f"reminders.{session.series.community.slug}",
        "reply_to": session.series.community.contact,
    }


def _links(registration: Registration) -> dict[str, str]:
    """What is one reader's alone."""
    own = (registration.token,)
    return {
        "address": settings.MERIDIAN_URL + reverse("registration", args=own),
        "stop": settings.MERIDIAN_URL + reverse("stop_reminders", args=own),
        "ticket": f"?r={registration.token}",  # at the end of the join link: who comes by it is noted
    }
