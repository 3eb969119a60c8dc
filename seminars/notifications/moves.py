"""Tell those whose session moved: one mail for each series, ten minutes later, with what it was and what it is now.

Looked for, never called: a new time is a Change, a new law of the clocks a LawChange. What is undone in time leaves
nothing to tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.changes.models import Change
from seminars.notifications import hearing, wishes
from seminars.notifications.daytime import by_day
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message, MessageState, Wish
from seminars.notifications.posting import UNDO, Letter, Recipient, post, recipient_of
from seminars.notifications.readers import telling
from seminars.notifications.readers.stopping import MOVES, stop_address
from seminars.notifications.seeing import COLUMNS, Seen, by_old_law, columns_of, seen
from seminars.people.models import Person
from seminars.series.models import Series
from seminars.sessions.keeping import kept_laws
from seminars.sessions.models import LawChange, Session
from seminars.sessions.registration.models import Registration, RegistrationQuerySet
from seminars.sessions.storing import value_of

KIND = "moved"
MOST = 30  # sessions that one mail lists
CANNOT_WAIT = timedelta(hours=36)  # before the old or the new hour a mail comes at night too
QUIET = ("state", "item", "checklist", "material", "clocks", "published", "added", "drafted", "removed")
"""Changes that tell nobody of a move: of machines, or of what was not out before."""
BACK = gettext_noop("All is as it was: there is nothing to tell.")
UNWANTED = gettext_noop("The person does not want these mails any more.")
GONE = gettext_noop("The series is gone.")
Columns = Mapping[str, Any]


@dataclass
class News:
    """What is new of one session: its columns before, and the findings of a law that moved hours. at: the latest."""

    session: Session
    before: Columns | None = None
    findings: list[LawChange] = field(default_factory=list)
    at: datetime | None = None


def look(*, now: datetime) -> int:
    """Return how many mails are written down for what moved since the last look. now: aware UTC."""
    made = 0
    with transaction.atomic():
        news = defaultdict[int, dict[UUID, News]](dict)
        _hear_changes(news, now)
        _hear_laws(news, now)
        for each in news.values():
            made += _post(list(each.values()), now)
    return made


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says: each session that is not as the reader last knew it. Raises Pointless."""
    series = Series.objects.select_related("community").filter(uuid=message.subject.partition(":")[2]).first()
    if series is None:
        raise Pointless(GONE)
    was = message.facts.get("was", {})
    sessions = list(
        Session.objects.published().filter(series=series, uid__in=was).order_by("starts_at", "pk")
    )
    for session in sessions:
        session.series = series
    wanted = _wanted(message, sessions)
    rows = []
    for session in wanted:
        old, new = Seen(*was[str(session.uid)]), seen(columns_of(session), message.zone)
        if old != new and not (session.ends_at and session.ends_at <= now and new.state == "on"):
            rows.append({"session": session, "old": old, "new": new, "did": deed(old, new)})
    if not rows:
        raise Pointless(BACK if wanted or not sessions else UNWANTED)
    stop = stop_address(
        email=message.email, person_id=message.person_id, kind=MOVES, community=series.community
    )
    return _context(series, rows, message.facts.get("laws", []), stop)


def told(message: Message, context: Context) -> Mapping[str, Any]:
    """Return what to keep of a mail that leaves: what the reader knows from now on."""
    known = {str(row["session"].uid): row["new"].kept() for row in context["all_rows"]}
    return dict(message.facts) | {"told": known}


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the next session of the site, as if it came from a day earlier; None where there is none."""
    ahead = Session.objects.published().filter(starts_at__gt=now, local_time__isnull=False, cancelled_at=None)
    session = ahead.select_related("series__community").order_by("starts_at", "pk").first()
    if session is None or session.starts_at is None or session.ends_at is None:
        return None
    new = seen(columns_of(session), zone)
    earlier = columns_of(session) | {
        "starts_at": session.starts_at - timedelta(days=1),
        "ends_at": session.ends_at - timedelta(days=1),
    }
    old = seen(earlier, zone)
    return _context(
        session.series,
        [{"session": session, "old": old, "new": new, "did": "moved"}],
        [],
        settings.MERIDIAN_URL + reverse("stop_mails", args=["example"]),
    )


def deed(old: Seen, new: Seen) -> str:
    """Return what happened: "cancelled", "postponed", "withdrawn", "back" (it takes place after all) or "moved"."""
    if new.state in {"cancelled", "postponed", "withdrawn"} and old.state != new.state:
        return new.state
    if old.state in {"cancelled", "postponed", "withdrawn"} and new.state == "on":
        return "back"
    return "moved"


# Below: how it is done.


def _wanted(message: Message, sessions: list[Session]) -> list[Session]:
    """Those of `sessions` of which the reader still wants to know, as a member or by what the address follows."""
    community = sessions[0].series.community if sessions else None
    if community and message.person and wishes.still_reads(message.person, sessions, community):
        return sessions
    return telling.still(message, sessions, MOVES)


def _context(series: Series, rows: list[dict[str, Any]], laws: Iterable[str], stop: str) -> Context:
    return {
        "series": series,
        "community": series.community,
        "rows": rows[:MOST],
        "all_rows": rows,
        "more": max(0, len(rows) - MOST),
        "one": rows[0] if len(rows) == 1 else None,
        "laws": list(laws),
        "address": settings.MERIDIAN_URL + reverse("series", args=[series.slug]),
        "stop": stop,
        "list_name": f"moves.{series.community.slug}",
        "reply_to": series.community.contact,
    }


def _hear_changes(news: dict[int, dict[UUID, News]], now: datetime) -> None:
    rows = Change.objects.filter(subject__startswith="session:").exclude(kind__in=QUIET)
    floor = hearing.floor_of("change", Change.objects.all(), "at", now=now)
    keys = hearing.unheard("change", rows, floor.number)
    hearing.claim("change", keys, now=now)
    moving = [
        each for each in Change.objects.filter(pk__in=keys).order_by("pk") if set(COLUMNS) & set(each.before)
    ]
    subjects = {each.subject.partition(":")[2] for each in moving}
    for session in _sessions(uid__in=subjects):
        mine = [each for each in moving if each.subject == f"session:{session.uid}"]
        row = News(session, _before(session, mine[0]), at=mine[-1].at)
        if row.before is not None:
            news[session.series_id][session.uid] = row
    hearing.settle(floor, Change.objects.all(), "at", now=now)


def _hear_laws(news: dict[int, dict[UUID, News]], now: datetime) -> None:
    floor = hearing.floor_of("law", LawChange.objects.all(), "found_at", now=now)
    keys = hearing.unheard("law", LawChange.objects.all(), floor.number)
    hearing.claim("law", keys, now=now)
    findings = list(LawChange.objects.filter(pk__in=keys).standing(now=now)) if keys else []
    sessions = {each.pk: each for each in _sessions(pk__in={each.session_id for each in findings})}
    for finding in findings:
        if (session := sessions.get(finding.session_id)) is None:
            continue  # a draft
        finding.session = session
        row = news[session.series_id].setdefault(session.uid, News(session))
        row.findings.append(finding)
        row.at = max(row.at or finding.found_at, finding.found_at)
    hearing.settle(floor, LawChange.objects.all(), "found_at", now=now)


def _sessions(**which: Any) -> Iterable[Session]:
    rows = Session.objects.published().filter(**which).select_related("series__community")
    return rows.prefetch_related("named__user", "speakers__person__user").order_by("pk")


def _before(session: Session, first: Change) -> Columns | None:
    """What the session was before the change `first`: what is now, with all changes since taken back."""
    columns = columns_of(session)
    since = Change.objects.filter(subject=first.subject, pk__gte=first.pk).order_by("-pk")
    for change in since:
        if change.kind == "published":
            return None
        for name in change.before.keys() & set(COLUMNS):
            columns[name] = value_of(name, change.before[name])
    return columns


def _post(news: list[News], now: datetime) -> int:
    """Write down one mail to each reader of one series whose own view of any of these sessions is another now."""
    series = news[0].session.series
    subject = f"series:{series.uuid}"
    laws = kept_laws([finding for each in news for finding in each.findings])
    known = _known(subject)
    latest = max(each.at for each in news if each.at)
    letters = defaultdict[datetime, list[Letter]](list)
    for to, theirs in _recipients(news):
        letter = _letter(to, theirs, known.get(to.email, ({}, {})), laws)
        if letter is not None:
            letters[_due(to, theirs, latest + UNDO)].append(letter)
    if not letters:
        return 0
    last = Message.objects.filter(kind=KIND, subject=subject).aggregate(last=Max("revision"))["last"]
    made = 0
    for due, some in letters.items():
        made += post(
            kind=KIND,
            subject=subject,
            revision=(last or 0) + 1,
            letters=some,
            due_at=due,
            now=now,
            community_id=series.community_id,
        )
    return made


def _due(to: Recipient, news: list[News], due: datetime) -> datetime:
    """`due`, or the reader's morning where neither the old nor the new hour is so near that it cannot wait."""
    starts = [each.session.starts_at for each in news]
    starts += [each.before["starts_at"] for each in news if each.before]
    near = min((each for each in starts if each and each > due), default=None)
    if near is None or near - due < CANNOT_WAIT:
        return due
    return by_day(due, to.zone or news[0].session.zone)


def _recipients(news: list[News]) -> Iterable[tuple[Recipient, list[News]]]:
    """Each address once, with what is new to it: people who belong to it, then readers who follow it."""
    community = news[0].session.series.community
    found: dict[str, tuple[Recipient, list[News]]] = {}
    for person, theirs in _readers(news).values():
        to = recipient_of(person, language=community.language)
        if to is not None:
            found.setdefault(to.email, (to, theirs))
    invited = set(_registered(news).values_list("session_id", "email"))
    following = telling.told([each.session for each in news], MOVES)
    for each in news:
        for row in following[each.session.pk]:
            to = telling.recipient(row.reader)
            if to is None or (each.before is not None and (each.session.pk, to.email) in invited):
                continue
            _to, theirs = found.setdefault(to.email, (to, []))
            if each not in theirs:
                theirs.append(each)
    return found.values()


def _readers(news: list[News]) -> dict[int, tuple[Person, list[News]]]:
    community = news[0].session.series.community
    members = [
        each.person for each in community.memberships.select_related("person__user").order_by("person_id")
    ]
    wished = dict(Wish.objects.filter(community=community).values_list("person_id", "moves"))
    found: dict[int, tuple[Person, list[News]]] = {}
    invited = _invited(news)
    for each in news:
        for pk, person in wishes.readers_of(each.session, members, wished).items():
            if each.before is not None and (each.session.pk, pk) in invited:
                continue  # told by the invitation in their calendar (`attending`): once is enough
            found.setdefault(pk, (person, []))[1].append(each)
    return found


def _invited(news: list[News]) -> set[tuple[int, int | None]]:
    """Who is registered for which of these sessions, and holds an invitation, which is kept up to date by itself."""
    rows = _registered(news).exclude(person=None)
    return set(rows.values_list("session_id", "person_id"))


def _registered(news: list[News]) -> RegistrationQuerySet:
    keys = [each.session.pk for each in news]
    return Registration.objects.standing().filter(session__in=keys, wants_invitation=True, tellings__gt=0)


def _known(subject: str) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """By address: what a mail that has not left says it was, with its laws; and what the last one that left told."""
    rows = Message.objects.filter(kind=KIND, subject=subject).order_by("revision")
    found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for message in rows.only("email", "state", "facts"):
        _waiting, said = found.get(message.email, ({}, {}))
        if message.state in {MessageState.SENT, MessageState.UNCERTAIN, MessageState.SENDING}:
            found[message.email] = ({}, said | message.facts.get("told", {}))
        elif message.state in MessageState.unsent():
            found[message.email] = (message.facts, said)
    return found


def _letter(
    to: Recipient,
    news: list[News],
    known: tuple[dict[str, Any], dict[str, Any]],
    laws: Mapping[str, Any],
) -> Letter | None:
    """The mail to one reader; None where they see no difference and none waits that they would miss."""
    waiting, said = known
    was: dict[str, list[str]] = dict(waiting.get("was", {}))
    places, different = list(waiting.get("laws", [])), False
    for each in news:
        uid, view = str(each.session.uid), seen(columns_of(each.session), to.zone)
        old, place = _old(each, to.zone, laws)
        known_before = was.get(uid) or said.get(uid)
        old = Seen(*known_before) if known_before else old
        if old is None or (old == view and uid not in was):
            continue
        was.setdefault(uid, old.kept())
        different = True
        if place and place not in places:
            places.append(place)
    return Letter(to, {"was": was, "laws": places}) if different else None


def _old(news: News, zone: str, laws: Mapping[str, Any]) -> tuple[Seen | None, str]:
    """What the reader saw before, and the zone whose law made the difference ("" for none)."""
    if news.before is not None:
        return seen(news.before, zone), ""
    now = seen(columns_of(news.session), zone)
    for finding in news.findings:
        old = by_old_law(finding, zone, laws)
        if old is not None and old != now:
            return old, finding.zone
    return None, ""
