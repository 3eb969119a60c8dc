"""Ask how it was: one mail to those who came, or to all who were registered where nobody knows who came.

A mail of its own and no part of "ready": a recording is out days later, or never, when who came has forgotten the line
and the pace; and most of its readers did not come. It leaves an hour after the end, or in the reader's morning, once.
Who is told that the recording is ready before it could leave is asked by that mail instead, so that nobody gets two.

Looked for, never called: a session that has ended, and again for three days when more people turn out to have come.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications.attending import may_see
from seminars.notifications.daytime import by_day
from seminars.notifications.letters import Context, Pointless, Told
from seminars.notifications.models import Heard, Message, MessageState
from seminars.notifications.posting import SUPERSEDED, Letter, Recipient, post, recipient_of
from seminars.notifications.readers import telling
from seminars.notifications.readers.models import Reader
from seminars.notifications.readers.stopping import ASKED, stop_address
from seminars.notifications.registrations import GONE
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.feedback import asking
from seminars.sessions.feedback.models import Feedback
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Partstat, Registration

KIND = "feedback"
INSTEAD = "ready"  # the kind of mail that asks whom this one did not reach in time
EXAMPLE = "example"  # stands for the secret in a preview
AFTER = timedelta(hours=1)
WINDOW = timedelta(days=3)
MOST = 500  # registrations that one transaction writes to
UNWANTED = gettext_noop("The person does not want these mails any more.")
CLOSED = gettext_noop("Answers are no longer taken.")
ANSWERED = gettext_noop("It was answered already.")
HIDDEN = gettext_noop("The person may not see the session any more.")


def look(*, now: datetime) -> int:
    """Return how many mails are written down now. now: aware UTC. Two queries while nothing is new."""
    rows = Session.objects.published().filter(ends_at__lte=now - AFTER, ends_at__gt=now - WINDOW)
    rows = rows.filter(Q(closed_at=None) | Q(closed_at__lte=now - AFTER), published_at__lte=F("ends_at"))
    rows = rows.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None, series__external=False)
    # Asked apart: joined, the two would be as many rows as one times the other, each minute.
    mine = {"session": OuterRef("pk")}
    somebody = Exists(Registration.objects.filter(**mine)) | Exists(
        Attendance.objects.filter(**mine, person__isnull=False)
    )
    rows = rows.exclude(series__feedback_form__on=False).filter(somebody)
    came = Count("attendances", filter=Q(attendances__struck_at=None))
    found = {
        _fact(each): each
        for each in rows.annotate(came=came).select_related("series__community").order_by("pk")
    }
    if not found:
        return 0
    done = set(Heard.objects.filter(fact__in=found).values_list("fact", flat=True))
    return sum(_ask(each, fact, now) for fact, each in found.items() if fact not in done)


def forget(*, before: datetime) -> int:
    """Return how many notes of what was done before `before` (aware UTC, more than `WINDOW` ago) are forgotten."""
    return Heard.objects.filter(fact__startswith="how:", at__lt=before).delete()[0]


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says. Raises Pointless where there is nothing to ask, or any more."""
    told = facts_of_many([message], now)[message.pk]
    if isinstance(told, Pointless):
        raise told
    return told.whole


def facts_of_many(messages: Sequence[Message], now: datetime) -> dict[int, Told | Pointless]:
    """Return by primary key what mails about one session say, or why they say nothing; a fixed number of questions."""
    uid, emails = messages[0].subject.partition(":")[2], {each.email for each in messages}
    session = Session.objects.filter(uid=uid).select_related("series__community").first()
    if session is None:
        return {each.pk: Pointless(GONE) for each in messages}
    known = is_known(session)
    found = {each.email: each for each in _standing(session).filter(email__in=emails)}
    asked = set(asked_of(session).filter(email__in=emails).values_list("pk", flat=True))
    answered, instead = _answered(session, found.values()), _told_instead(session, emails)
    open_ = asking.is_open(session, asking.form_of(session.series), now)
    shared = _shared(session, known=known)
    guests, as_guest = set(_guests(session).values_list("person_id", flat=True)), {**shared, "guest": True}
    told: dict[int, Told | Pointless] = {}
    for message in messages:
        if (one := found.get(message.email)) is None:
            told[message.pk] = Pointless(GONE)
            if message.person_id in guests and open_ and telling.may_see(message, session):
                told[message.pk] = Told(as_guest, _guest_links(session, message))
            continue
        one.session = session
        reasons = {
            CLOSED: not open_,
            UNWANTED: one.pk not in asked,
            ANSWERED: one.pk in answered,
            SUPERSEDED: one.email in instead,
            HIDDEN: not (telling.is_public(session) or may_see(one)),
        }
        reason = next((words for words, true in reasons.items() if true), "")
        told[message.pk] = Pointless(reason) if reason else Told(shared, _own(one))
    return told


def question_for(session: Session, message: Message, now: datetime) -> str:
    """Return the address at which the reader of a mail about `session` can say how it was, for one who came.

    "" where they are not asked, were asked by a mail of ours, or have answered. now: aware UTC. Load
    `series__community` with the session.
    """
    if not asking.is_open(session, asking.form_of(session.series), now):
        return ""
    one = asked_of(session).filter(email=message.email).first()
    if one is None or _answered(session, [one]):
        return ""
    ours = Message.objects.about(kind=KIND, subject=f"{KIND}:{session.uid}").filter(email=message.email)
    gone = [MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN]
    return "" if ours.filter(state__in=gone).exists() else _address(one)


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the session that ended last, else for any; None where there is none."""
    rows = Session.objects.published().filter(withdrawn_at=None, ends_at__isnull=False)
    rows = rows.select_related("series__community")
    session = rows.filter(ends_at__lte=now).order_by("-ends_at", "pk").first() or rows.order_by("pk").first()
    if session is None:
        return None
    made = Registration(session=session, email="reader@example.org", token=EXAMPLE)
    stop = settings.MERIDIAN_URL + reverse("stop_mails", args=[EXAMPLE])
    return {**_shared(session, known=True), "address": _address(made), "stop": stop}


def is_known(session: Session) -> bool:
    """Return whether it is known of anybody by name that they came."""
    return _came(session).exists()


def asked_of(session: Session) -> "QuerySet[Registration]":
    """Return whom to ask: who came, or who was registered where that is not known; nobody who wants no such mail."""
    rows, came = _standing(session), _came(session)
    if is_known(session):
        by_person = came.exclude(person=None).values("person")
        mine = came.exclude(registration=None).values("registration")
        rows = rows.filter(Q(pk__in=mine) | Q(person__in=by_person))
    else:
        rows = rows.exclude(partstat=Partstat.DECLINED)
    silent = Reader.objects.filter(asked=False)
    rows = rows.exclude(email__in=silent.values("email"))
    persons = silent.exclude(person=None).values("person")
    return rows.filter(Q(person=None) | ~Q(person__in=persons))


# Below: how it is done.


def _fact(session: Session) -> str:
    """Of a session, and of how many came: when more turn out to have come, they are asked too."""
    return f"how:{session.pk}:{session.came}"  # type: ignore[attr-defined]


def _standing(session: Session) -> "QuerySet[Registration]":
    return Registration.objects.standing().filter(session=session).select_related("person")


def _came(session: Session) -> "QuerySet[Attendance]":
    rows = Attendance.objects.came().filter(session=session)
    return rows.exclude(registration=None, person=None)


def _guests(session: Session) -> "QuerySet[Attendance]":
    """Who came without having registered, known by their account, and wants such mails."""
    rows = _came(session).filter(registration=None).exclude(person__in=_booked(session))
    return rows.exclude(person__in=Reader.objects.filter(asked=False).exclude(person=None).values("person"))


def _booked(session: Session) -> "QuerySet[Registration, int | None]":
    return _standing(session).exclude(person=None).values_list("person", flat=True)


def _ask(session: Session, fact: str, now: datetime) -> int:
    """Write the mails down, some at a time; a sweep that dies between goes on at the next, and writes none twice."""
    made = 0
    for some in _pages(session):
        with transaction.atomic():
            made += _post(session, [_recipient(each) for each in some], now)
    with transaction.atomic():
        rows = _guests(session).select_related("person__user").order_by("pk")
        language = session.series.community.language
        found = [recipient_of(each.person, language=language) for each in rows if each.person]
        made += _post(session, [each for each in found if each], now)
    Heard.objects.bulk_create([Heard(fact=fact, at=now)], ignore_conflicts=True)
    return made


def _pages(session: Session) -> Iterator[list[Registration]]:
    rows, last = asked_of(session).order_by("pk"), 0
    while some := list(rows.filter(pk__gt=last)[:MOST]):
        last = some[-1].pk
        instead = _told_instead(session, [each.email for each in some])
        yield [each for each in some if each.email not in instead]


def _recipient(registration: Registration) -> Recipient:
    return Recipient(registration.email, registration.person_id, registration.language, registration.zone)


def _post(session: Session, some: Iterable[Recipient], now: datetime) -> int:
    letters: dict[datetime, list[Letter]] = {}
    for to in some:
        letters.setdefault(by_day(now, to.zone or session.zone), []).append(Letter(to))
    made = 0
    for due, theirs in letters.items():
        made += post(
            kind=KIND,
            subject=f"{KIND}:{session.uid}",
            revision=1,
            letters=theirs,
            due_at=due,
            now=now,
            community_id=session.series.community_id,
        )
    return made


def _told_instead(session: Session, emails: Iterable[str]) -> set[str]:
    """Addresses that were told already that the recording is ready, and asked by that mail."""
    rows = Message.objects.about(kind=INSTEAD, subject=f"{INSTEAD}:{session.uid}")
    rows = rows.filter(email__in=list(emails), state__in=[MessageState.SENT, MessageState.UNCERTAIN])
    return set(rows.values_list("email", flat=True))


def _answered(session: Session, some: Iterable[Registration]) -> set[int]:
    """Which of these registrations have answered; not what."""
    voices = {asking.voice_of(session=session, registration=each): each.pk for each in some}
    rows = Feedback.objects.filter(session=session, voice__in=voices)
    return {voices[voice] for voice in rows.values_list("voice", flat=True)}


def _address(registration: Registration) -> str:
    return settings.MERIDIAN_URL + reverse("feedback_by_registration", args=[registration.token])


def _own(registration: Registration) -> dict[str, str]:
    """What is one reader's alone."""
    stop = stop_address(
        email=registration.email,
        person_id=registration.person_id,
        kind=ASKED,
        community=registration.session.series.community,
    )
    return {"address": _address(registration), "stop": stop}


def _guest_links(session: Session, message: Message) -> dict[str, str]:
    community = session.series.community
    stop = stop_address(email=message.email, person_id=message.person_id, kind=ASKED, community=community)
    return {"address": settings.MERIDIAN_URL + reverse("feedback", args=[session.slug]), "stop": stop}


def _shared(session: Session, *, known: bool) -> Context:
    """What the mails to all of them say alike. known: that they came."""
    ended = session.closed_at or session.ends_at
    return {
        "session": session,
        "community": session.series.community,
        "came": known,
        "until": ended + asking.OPEN_FOR if ended else None,
        "list_name": f"feedback.{session.series.community.slug}",
        "reply_to": session.series.community.contact,
    }
