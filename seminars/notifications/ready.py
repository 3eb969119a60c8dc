"""Tell that the recording is ready: one mail to attended and missed alike, once, by day, when the main thing is out.

Looked for, never called: a session that has become ready since the last look. Captions or a paper that come later are
no second mail; what is taken back before the mail leaves is not told, and told when it is out again.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.changes.models import Change
from seminars.notifications import hearing
from seminars.notifications.daytime import by_day
from seminars.notifications.feedback import question_for
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Heard, Message, MessageState
from seminars.notifications.posting import UNDO, Letter, Recipient, post
from seminars.notifications.readers import telling
from seminars.notifications.readers.models import Reader
from seminars.notifications.readers.stopping import READY, stop_address
from seminars.sessions.facts import facts_of, shown_kinds
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session
from seminars.sessions.registration.models import Registration
from seminars.sessions.state import HEARD, OVER, State, state_of

KIND = "ready"
MAIN = [MaterialKind.RECORDING, MaterialKind.VOICE, MaterialKind.REPORT, MaterialKind.SLIDES]
GONE = gettext_noop("The session is gone.")
NOT_READY = gettext_noop("What was ready was taken back.")
UNWANTED = gettext_noop("The person does not want these mails any more.")


def look(*, now: datetime) -> int:
    """Return how many mails are written down for what has become ready since the last look. now: aware UTC."""
    changes = Change.objects.filter(subject__startswith="session:")
    with transaction.atomic():
        floor = hearing.floor_of("ready", changes, "at", now=now)
        keys = hearing.unheard("ready", changes, floor.number)
        hearing.claim("ready", keys, now=now)
        hearing.settle(floor, changes, "at", now=now)
        subjects = Change.objects.filter(pk__in=keys).values_list("subject", flat=True)
        uids = {each.partition(":")[2] for each in subjects}
        return sum(_tell(each, now) for each in _over(uids, now) if is_ready(each, now)) if uids else 0


def is_ready(session: Session, now: datetime) -> bool:
    """Return whether its main material is out: a recording, of who chose so the report, else all that is owed.

    now: aware UTC. Load it with `with_facts()`.
    """
    state = state_of(facts_of(session), now)
    shown = shown_kinds(session) | (shown_kinds(session.lead) if session.lead else frozenset())
    if state not in OVER:
        return False
    if state == State.REPORT_ONLY:
        return MaterialKind.REPORT.value in shown
    return bool(shown & HEARD) or (state == State.ARCHIVED and bool(shown))


def facts(message: Message, now: datetime) -> Context:
    """Return what the mail says: what is out when it leaves. Raises Pointless."""
    uid = message.subject.partition(":")[2]
    session = Session.objects.with_facts().select_related("series__community").filter(uid=uid).first()
    if session is None:
        raise Pointless(GONE)
    if not is_ready(session, now):
        raise Pointless(NOT_READY)
    registered = _registered(message, session)
    if not registered and not telling.still(message, [session], READY):
        raise Pointless(UNWANTED)
    stop = stop_address(
        email=message.email, person_id=message.person_id, kind=READY, community=session.series.community
    )
    how = question_for(session, message, now) if registered else ""
    return {**_context(session, registered=registered, stop=stop), "how": how}


def sample(now: datetime, zone: str) -> Context | None:
    """Return the same for the latest session of which something is out, else for any; None where there is none."""
    rows = Session.objects.published().with_facts().select_related("series__community")
    out = rows.filter(materials__state=MaterialState.PUBLISHED, ends_at__lte=now)
    session = out.order_by("-ends_at", "pk").first() or rows.order_by("pk").first()
    if session is None:
        return None
    stop = settings.MERIDIAN_URL + reverse("stop_mails", args=["example"])
    return _context(session, registered=True, stop=stop)


def materials_of(session: Session) -> list[Material]:
    """Return what is out, the main things first; of a second hour also what its lead has."""
    rows = [*session.materials.all(), *(session.lead.materials.all() if session.lead else ())]
    out = [each for each in rows if each.state == MaterialState.PUBLISHED]
    order = {kind.value: at for at, kind in enumerate(MAIN)}
    return sorted(out, key=lambda each: (order.get(each.kind, 99), each.kind, each.language, each.pk or 0))


# Below: how it is done.


def _over(uids: Iterable[str], now: datetime) -> Iterable[Session]:
    """Those of `uids`, and second hours of them, that are over and were out before: nobody is told old stories."""
    rows = Session.objects.published().filter(Q(uid__in=uids) | Q(lead__uid__in=uids))
    rows = rows.filter(Q(ends_at__lte=now) | Q(closed_at__lte=now), published_at__lte=F("ends_at"))
    return rows.with_facts().select_related("series__community").order_by("pk")


def _tell(session: Session, now: datetime) -> int:
    """Write mails down, or once more to whom one was not sent since all had been taken back."""
    fact = f"recorded:{session.pk}"
    if Heard.objects.filter(fact=fact).exists():
        return _again(session, now)
    Heard.objects.create(fact=fact, at=now)
    told = _told_of_kin(session)
    found = {each.email: each for each in _recipients(session)}
    return _post(session, 1, [each for email, each in found.items() if email not in told], now)


def _recipients(session: Session) -> Iterable[Recipient]:
    """Who follows it and wants to know; then who was registered, unless they want no such mails at all."""
    for row in telling.told([session], READY)[session.pk]:
        if to := telling.recipient(row.reader):
            yield to
    silent = Reader.objects.filter(ready=False)
    emails = set(silent.values_list("email", flat=True))
    persons = set(silent.exclude(person=None).values_list("person_id", flat=True))
    for each in Registration.objects.standing().filter(session=session).order_by("pk"):
        if each.email not in emails and each.person_id not in persons:
            yield Recipient(each.email, each.person_id, each.language, each.zone)


def _told_of_kin(session: Session) -> set[str]:
    """Addresses that were told already of another hour of the same topic."""
    lead = session.lead_id or session.pk
    kin = Session.objects.filter(Q(lead=lead) | Q(pk=lead)).exclude(pk=session.pk)
    subjects = [f"ready:{uid}" for uid in kin.values_list("uid", flat=True)]
    rows = Message.objects.filter(kind=KIND, subject__in=subjects).exclude(state=MessageState.DROPPED)
    return set(rows.values_list("email", flat=True)) if subjects else set()


def _again(session: Session, now: datetime) -> int:
    rows = Message.objects.about(kind=KIND, subject=f"ready:{session.uid}")
    lost = rows.filter(state=MessageState.DROPPED, reason=NOT_READY)
    lost = lost.exclude(email__in=rows.exclude(state=MessageState.DROPPED).values("email"))
    found = {each.email: Recipient(each.email, each.person_id, each.language, each.zone) for each in lost}
    if not found:
        return 0
    last = rows.aggregate(last=Max("revision"))["last"]
    return _post(session, last + 1, found.values(), now)


def _post(session: Session, revision: int, recipients: Iterable[Recipient], now: datetime) -> int:
    letters = defaultdict[datetime, list[Letter]](list)
    for to in recipients:
        letters[by_day(now + UNDO, to.zone or session.zone)].append(Letter(to))
    made = 0
    for due, some in letters.items():
        made += post(
            kind=KIND,
            subject=f"ready:{session.uid}",
            revision=revision,
            letters=some,
            due_at=due,
            now=now,
            community_id=session.series.community_id,
        )
    return made


def _registered(message: Message, session: Session) -> bool:
    """Whether the mail goes to somebody who was registered, wants such mails and may see the session."""
    rows = Registration.objects.standing().filter(session=session, email=message.email)
    silent = Reader.objects.filter(telling.whose(message), ready=False)
    return rows.exists() and not silent.exists() and telling.may_see(message, session)


def _context(session: Session, *, registered: bool, stop: str) -> Context:
    materials = materials_of(session) or [
        Material(kind=MaterialKind.RECORDING, path=f"/archive/{session.slug}/")
    ]
    shown = {each.kind for each in materials}
    return {
        "session": session,
        "community": session.series.community,
        "materials": materials,
        "recorded": bool(shown & HEARD),
        "registered": registered,
        "address": settings.MERIDIAN_URL + reverse("session", args=[session.slug]),
        "stop": stop,
        "list_name": f"ready.{session.series.community.slug}",
        "reply_to": session.series.community.contact,
    }
