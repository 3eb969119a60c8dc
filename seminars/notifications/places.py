"""What somebody is told of their place: given, waiting, asked, offered, lapsed, declined, taken off, none left.

Looked for, never called: a registration with news. Each change of a place has a number, and the mail about an older one
says nothing any more.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.calendars import wording
from seminars.notifications.attending import Overtaken, may_see
from seminars.notifications.letters import Context, Kind, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import SUPERSEDED, Letter, Recipient, post
from seminars.notifications.registrations import GONE
from seminars.notifications.seeing import columns_of, seen
from seminars.sessions.models import Session
from seminars.sessions.registration.models import News, Registration, Seat
from seminars.sessions.registration.seating import place_in_line

EXAMPLE = "example"  # stands for the secret in a preview
MOST = 500  # registrations that one transaction looks at
OFF = gettext_noop("The session does not take place as planned.")
SEATS = {
    News.GIVEN: Seat.PLACE, News.WAITING: Seat.WAITING, News.ASKED: Seat.ASKED, News.OFFERED: Seat.OFFERED,
    News.LAPSED: Seat.LAPSED, News.DECLINED: Seat.DECLINED, News.FULL: Seat.FULL,
}  # fmt: skip


def kind_of(news: str) -> str:
    """Return the name of the kind of mail that tells `news`."""
    return f"place-{news}"


def look(*, now: datetime) -> int:
    """Return how many mails are written down for places that changed. now: aware UTC. One query while none did."""
    made, more = 0, True
    while more:
        try:
            with transaction.atomic():
                written, more = _look(now)
        except Overtaken:
            break
        made += written
    return made


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless where the place has changed again, or the session is off."""
    rows = Registration.objects.select_related("session__series__community", "session__place", "person")
    uid = message.subject.partition(":")[2]
    found = rows.filter(session__uid=uid, email=message.email).first()
    if found is None:
        raise Pointless(GONE)
    news = message.kind.removeprefix("place-")
    if found.turn != message.revision or found.seat != SEATS.get(News(news), found.seat):
        raise Pointless(SUPERSEDED)
    if not found.counts and news != News.REMOVED:
        raise Pointless(GONE)
    session = found.session
    if session.cancelled_at or session.withdrawn_at or (session.ends_at and session.ends_at <= now):
        raise Pointless(OFF)
    if not may_see(found):
        raise Pointless(GONE)
    at = place_in_line(found) if news == News.WAITING else 0
    return _context(found, news, at, message.zone)


def kinds() -> Iterable[Kind]:
    """Return the kinds of mail, one for each news."""
    return [Kind(kind_of(each.value), each.label, facts, _sample_of(each)) for each in News if each.value]


# Below: how it is done.


def _look(now: datetime) -> tuple[int, bool]:
    """Claim some registrations with news, and write their mails down; how many, and if there may be more."""
    rows = Registration.objects.with_news().select_related("session__series").order_by("session_id", "pk")
    some = list(rows[:MOST])
    groups = defaultdict[tuple[int, str, int], list[Registration]](list)
    for each in some:
        groups[each.session_id, each.news, each.turn].append(each)
    made = 0
    for (_session, news, turn), theirs in groups.items():
        same = Registration.objects.filter(pk__in=[each.pk for each in theirs], turn=turn, news=news)
        if same.update(news=News.NONE) != len(theirs):
            raise Overtaken
        made += _post(theirs, news, turn, now)
    return made, len(some) == MOST


def _post(theirs: list[Registration], news: str, turn: int, now: datetime) -> int:
    session = theirs[0].session
    to = [Recipient(each.email, each.person_id, each.language, each.zone) for each in theirs]
    return post(
        kind=kind_of(news),
        subject=f"place:{session.uid}",
        revision=turn,
        letters=[Letter(each) for each in to],
        due_at=now,
        now=now,
        community_id=session.series.community_id,
    )


def _sample_of(news: News) -> Callable[[datetime, str], Context | None]:
    def sample(now: datetime, zone: str) -> Context | None:
        """Return the same for the next session of the site; None where there is none."""
        ahead = Session.objects.published().filter(starts_at__gt=now, cancelled_at=None, postponed_at=None)
        rows = ahead.filter(local_date__isnull=False).select_related("series__community", "place")
        session = rows.order_by("starts_at", "pk").first()
        if session is None:
            return None
        made = Registration(session=session, email="reader@example.org", token=EXAMPLE, confirmed_at=now)
        made.seat = SEATS.get(news, Seat.PLACE)
        if news == News.OFFERED:
            made.offered_until = now + timedelta(days=1)
        return _context(made, news, 4, zone)

    return sample


def _context(registration: Registration, news: str, at: int, zone: str) -> Context:
    session = registration.session
    return {
        "news": str(news),
        "registration": registration,
        "session": session,
        "community": session.series.community,
        "new": seen(columns_of(session), zone),
        "at": at,
        "join": wording.join_page_of(session),
        "ticket": f"?r={registration.token}",  # where places are counted, it opens the door
        "address": settings.MERIDIAN_URL + reverse("registration", args=[registration.token]),
        "reply_to": session.series.community.contact,
    }
