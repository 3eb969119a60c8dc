"""One mail a day about what somebody owes: before, on and after its day; never one for each thing, never at night.

Looked for, never called. The mail is written when it leaves: what is done by then is not in it, and what has become
due is. A reminder that comes up after the day's mail has left waits for the next day's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars import clock
from seminars.followups.models import Item, ItemQuerySet, ItemState
from seminars.notifications.chasing.models import ChasingOff
from seminars.notifications.chasing.roles import (
    FROM,
    JOINED,
    LEAD,
    LOADED,
    MANAGER,
    OWNER,
    Asked,
    asked_for,
)
from seminars.notifications.chasing.stopping import stop_address
from seminars.notifications.daytime import by_day
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Heard, Message, MessageState
from seminars.notifications.posting import Letter, post, recipient_of
from seminars.people.models import Person, Role
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.sessions.speaking.asking import link_of, make_link

KIND = "owed"
WINDOW = timedelta(days=14)  # reminders end so long after an item's day; its page goes on
QUARTER = 15 * 60  # seconds
MOST = 30  # things that one mail lists
AT_ONCE = 200  # items that are in memory with their people
DONE = gettext_noop("Nothing is owed any more.")
UNWANTED = gettext_noop("The person does not want these mails any more.")


@dataclass(frozen=True)
class Row:
    """One line of the mail. late: days since its day, below 0 before. address: where the reader sees to it."""

    item: Item
    late: int
    address: str


def look(*, now: datetime) -> int:
    """Return how many daily mails are written down for reminders that have come up. now: aware UTC."""
    off = set(ChasingOff.objects.values_list("person_id", flat=True))
    new = defaultdict[int, dict[str, Asked]](dict)
    for items in _near(now):
        for fact, each in _unheard(items, off, now).items():
            new[each.person.pk][fact] = each
    return sum(_post(theirs, now) for _person, theirs in sorted(new.items()))


def look_each_quarter(*, now: datetime, last: datetime | None) -> int:
    """Return what `look` does, once in each quarter of an hour. last: when mails were looked for before (aware UTC).

    It goes through all that is owed in these weeks, and by every clock days and mornings begin at a full quarter.
    Whoever is given something in between hears of it so much later.
    """
    same = last is not None and last <= now and last.timestamp() // QUARTER == now.timestamp() // QUARTER
    return 0 if same else look(now=now)


def forget(*, before: datetime) -> int:
    """Return how many notes of reminders from before `before` (aware UTC, more than `WINDOW` ago) are forgotten."""
    return Heard.objects.filter(fact__startswith="owed:", at__lt=before).delete()[0]


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says: all that its reader is to hear of when it leaves. Raises Pointless."""
    person = Person.objects.select_related("user").filter(pk=message.person_id or 0).first()
    if person is None or ChasingOff.objects.filter(person=person).exists():
        raise Pointless(UNWANTED)
    mine = asked_for(_loaded(_of(person)).filter(due_at__lt=now + timedelta(days=3)))
    rows = [each for each in mine if each.person == person and each.late(now) >= FROM[each.role]]
    if not rows:
        raise Pointless(DONE)
    once = {each.item.pk: each for each in reversed(rows)}  # as the first of what they are to it
    return _context(person, once.values(), now)


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the first open item of the site, or one as it could be; None where there is no session."""
    item = _loaded(Item.objects.open()).first()
    if item is None:
        session = Session.objects.published().select_related("series__community").order_by("pk").first()
        if session is None:
            return None
        item = Item(session=session, kind="recording", state=ItemState.DUE, due_at=now, first_due_at=now)
    person = item.person or Person(name="…")
    row = Row(item, -1, _organisers(item))
    stop = settings.MERIDIAN_URL + reverse("stop_chasing", args=["example"])
    return _said(person, {OWNER: [row], LEAD: [], MANAGER: []}, 0, board=True) | {"stop": stop}


# Below: how it is done.


def _near(now: datetime) -> Iterator[list[Item]]:
    """Items of which a reminder can come up now, some at a time."""
    rows = Item.objects.open().exclude(state=ItemState.HELD)
    near = rows.filter(due_at__gt=now - WINDOW, due_at__lt=now + timedelta(days=3))
    found = _loaded(near).iterator(chunk_size=AT_ONCE)
    while some := list(islice(found, AT_ONCE)):
        yield some


def _unheard(items: list[Item], off: set[int], now: datetime) -> dict[str, Asked]:
    """What somebody is to hear of these items now, by its fact. off: who wants none of these mails."""
    asked = [each for each in asked_for(items) if each.step(now) is not None and each.person.pk not in off]
    by_fact = {_fact(each, now): each for each in asked if _is_day(each, now)}
    known = set(Heard.objects.filter(fact__in=list(by_fact)).values_list("fact", flat=True))
    return {fact: each for fact, each in by_fact.items() if fact not in known}


def _loaded(items: ItemQuerySet) -> ItemQuerySet:
    return items.select_related(*JOINED).prefetch_related(*LOADED)


def _of(person: Person) -> ItemQuerySet:
    """Items of which the person can be told, as whatever: those of theirs, of their series, of their communities."""
    led = Q(session__series__roles__person=person)
    managed = Q(
        session__series__community__memberships__person=person,
        session__series__community__memberships__role=Role.MANAGER,
    )
    mine = Q(person=person) | led | managed
    if person.user_id:
        mine |= Q(session__series__made_by=person.user_id)
    rows = Item.objects.filter(mine).exclude(state=ItemState.HELD)
    return Item.objects.open().filter(pk__in=rows.order_by().values("pk"))


def _fact(asked: Asked, now: datetime) -> str:
    """Of one reminder to one person; another promise makes others."""
    return f"owed:{asked.item.pk}:{asked.person.pk}:{asked.step(now)}:{asked.day.toordinal()}"


def _is_day(asked: Asked, now: datetime) -> bool:
    return by_day(now, asked.zone) == now


def _post(theirs: dict[str, Asked], now: datetime) -> int:
    """Write one person's mail of the day down; nothing where it has left already, for then tomorrow's tells it."""
    first = next(iter(theirs.values()))
    person = first.person
    to = recipient_of(person, language=first.item.session.series.community.language)
    if to is None:
        return 0
    day = clock.to_wall(now, first.zone).date()
    subject = f"owed:{person.pk}:{day}"
    todays = Message.objects.about(kind=KIND, subject=subject).first()
    if todays and todays.state not in MessageState.unsent():
        return 0
    with transaction.atomic():
        for asked in theirs.values():
            _link(asked, now)
        made = post(kind=KIND, subject=subject, revision=1, letters=[Letter(to)], due_at=now, now=now)
        facts = [Heard(fact=fact, at=now) for fact in theirs]
        Heard.objects.bulk_create(facts, ignore_conflicts=True)
    return made


def _link(asked: Asked, now: datetime) -> None:
    """Who appears at the session and does not plan it sees to it by their secret link: there must be one."""
    session, person = asked.item.session, asked.person
    appears = any(each.person_id == person.pk for each in session.speakers.all())
    if asked.role == OWNER and appears and not _plans(person, session):
        make_link(session=session, person=person, now=now, actor_id=None)


def _plans(person: Person, session: Session) -> bool:
    visitor = Visitor(person.user_id)
    return bool(person.user_id) and Session.objects.organised_by(visitor).filter(pk=session.pk).exists()


def _context(person: Person, asked: Iterable[Asked], now: datetime) -> Context:
    rows: dict[str, list[Row]] = {OWNER: [], LEAD: [], MANAGER: []}
    ordered = sorted(asked, key=lambda each: (each.item.due_at, each.item.pk))
    planned = _planned(person, [each.item.session_id for each in ordered])
    for each in ordered[:MOST]:
        plans = each.item.session_id in planned
        address = _organisers(each.item) if plans else _speakers(each.item, person)
        rows[each.role].append(Row(each.item, each.late(now), address))
    context = _said(person, rows, max(0, len(ordered) - MOST), board=bool(planned))
    return context | {"stop": stop_address(person)}


def _planned(person: Person, sessions: list[int]) -> set[int]:
    if not person.user_id:
        return set()
    mine = Session.objects.organised_by(Visitor(person.user_id)).filter(pk__in=sessions)
    return set(mine.values_list("pk", flat=True))


def _organisers(item: Item) -> str:
    return settings.MERIDIAN_URL + reverse("organise_session", args=[item.session.slug]) + "#checklist"


def _speakers(item: Item, person: Person) -> str:
    """Their own page of the session where they appear at it, else the page that everybody sees."""
    if link := link_of(item.session, person):
        return settings.MERIDIAN_URL + reverse("speak", args=[link.token])
    return settings.MERIDIAN_URL + reverse("session", args=[item.session.slug])


def _said(person: Person, rows: dict[str, list[Row]], more: int, *, board: bool) -> dict[str, object]:
    everything = [each for theirs in rows.values() for each in theirs]
    first = everything[0].item.session.series.community
    one = all(each.item.session.series.community == first for each in everything)
    return {
        "person": person,
        "own": rows[OWNER],
        "led": rows[LEAD],
        "managed": rows[MANAGER],
        "count": len(everything) + more,
        "more": more,
        "first": everything[0].item,
        "late": sum(each.late > 0 for each in everything),
        "community": first if one else None,
        "board": settings.MERIDIAN_URL + reverse("follow_ups") if board else "",
        "list_name": "owed",
    }
