"""Mails about belonging: the link of a request, where it stands, and to organisers what waits for them.

What organisers get is looked for, never called: one mail for all that wait, no more than one a day for new ones, and
one more when a request has waited for three days. Whoever asked is told of each step in its transaction.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_noop

from seminars.notifications import wishes
from seminars.notifications.letters import Context, Pointless
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, language_of, post, post_link, recipient_of
from seminars.notifications.readers.stopping import REQUESTS, stop_address
from seminars.people.membership.models import JoinRequest, Standing
from seminars.people.models import Community, Joining, Membership, Role

LINK, NEWS, TODO, ENDED = "membership-link", "membership", "membership-requests", "membership-ended"
EXAMPLE = "example"  # stands for the secret in a preview
GATHER = timedelta(minutes=10)
EVERY = timedelta(days=1)
REMIND_AFTER = timedelta(days=3)
GONE = gettext_noop("The request is gone.")
ANSWERED = gettext_noop("Nobody waits for an answer any more.")
OTHERWISE = gettext_noop("The request stands elsewhere by now.")
UNWANTED = gettext_noop("The person does not want these mails any more.")
NO_PLANNER = gettext_noop("The person plans for the community no more.")


def mail_link(request: JoinRequest, *, now: datetime) -> bool:
    """Return whether a mail with the secret link is written down; not within ten minutes of the last one.

    Call it inside `atomic`. now: aware UTC. Load `community` with the request.
    """
    return post_link(
        kind=LINK,
        subject=f"join:{request.pk}",
        to=_recipient(request),
        now=now,
        community_id=request.community_id,
    )


def mail_news(request: JoinRequest, *, now: datetime) -> bool:
    """Return whether a mail that says where the request stands is written down. Call it inside `atomic`."""
    JoinRequest.objects.filter(pk=request.pk).update(news=request.news + 1)
    request.news += 1
    made = post(
        kind=NEWS,
        subject=f"join:{request.pk}",
        revision=request.news,
        letters=[Letter(_recipient(request))],
        due_at=now,
        now=now,
        community_id=request.community_id,
    )
    return bool(made)


def mail_ended(membership: Membership, *, reason: str, now: datetime) -> bool:
    """Return whether somebody whom the organisers removed is told so, with the reason. Call it inside `atomic`.

    Load `person__user` and `community` with the membership.
    """
    to = recipient_of(membership.person, language=membership.community.language)
    if to is None:
        return False
    return bool(
        post(
            kind=ENDED,
            subject=f"membership:{membership.community.uuid}",
            revision=int(now.timestamp()),
            letters=[Letter(to, {"reason": reason})],
            due_at=now + GATHER,
            now=now,
            community_id=membership.community_id,
        )
    )


def look(*, now: datetime) -> int:
    """Return how many mails to organisers are written down now. now: aware UTC. One query while nobody waits."""
    waiting = JoinRequest.objects.filter(standing=Standing.WAITING, community__joining=Joining.REQUEST)
    new = waiting.filter(told_at=None, asked_at__lte=now - GATHER)
    late = waiting.filter(reminded_at=None, told_at__isnull=False, asked_at__lte=now - REMIND_AFTER)
    found = new.order_by().values_list("community_id").union(late.order_by().values_list("community_id"))
    return sum(_tell_organisers(pk, now) for (pk,) in sorted(found))


# What the mails say


def link_facts(message: Message, now: datetime) -> Context:
    """Return what the mail with the link says; nothing of it was typed. Raises Pointless."""
    return _context(_request_of(message))


def news_facts(message: Message, now: datetime) -> Context:
    """Return where a request stands now. Raises Pointless where there is nothing to say of it."""
    found = _request_of(message)
    if found.standing not in (Standing.WAITING, Standing.APPROVED, Standing.DECLINED):
        raise Pointless(OTHERWISE)
    return _context(found)


def requests_facts(message: Message, now: datetime) -> Context:
    """Return who waits. Raises Pointless where nobody does, or the reader plans no more."""
    community = Community.objects.filter(uuid=message.subject.partition(":")[2]).first()
    if community is None:
        raise Pointless(GONE)
    planners = Membership.objects.filter(community=community, role__in=Role.organising())
    mine = planners.select_related("person").filter(person_id=message.person_id or 0).first()
    if mine is None:
        raise Pointless(NO_PLANNER)
    if not wishes.gets_requests(mine.person, community):
        raise Pointless(UNWANTED)
    waiting = list(JoinRequest.objects.waiting().filter(community=community)[: LISTED + 1])
    if not waiting:
        raise Pointless(ANSWERED)
    number = JoinRequest.objects.waiting().filter(community=community).count()
    stop = stop_address(email=message.email, person_id=message.person_id, kind=REQUESTS, community=community)
    return _todo(community, waiting, number, now) | {"stop": stop}


def ended_facts(message: Message, now: datetime) -> Context:
    """Return what is said to somebody who was removed."""
    community = Community.objects.filter(uuid=message.subject.partition(":")[2]).first()
    if community is None:
        raise Pointless(GONE)
    person = message.person_id
    if person and Membership.objects.filter(community=community, person_id=person).exists():
        raise Pointless(OTHERWISE)
    return _ended(community, str(message.facts.get("reason", "")))


# The same for previews


def link_sample(now: datetime, zone: str) -> Context | None:
    """Return the link's mail for a community of the site; None where there is none."""
    return _sample(now, Standing.UNCONFIRMED)


def news_sample(now: datetime, zone: str) -> Context | None:
    """Return an approval."""
    return _sample(now, Standing.APPROVED)


def requests_sample(now: datetime, zone: str) -> Context | None:
    """Return what organisers read."""
    found = _sample(now, Standing.WAITING)
    stop = settings.MERIDIAN_URL + reverse("stop_mails", args=[EXAMPLE])
    return _todo(found["community"], [found["asked"]], 1, now) | {"stop": stop} if found else None


def ended_sample(now: datetime, zone: str) -> Context | None:
    """Return what somebody reads who was removed."""
    community = Community.objects.order_by("pk").first()
    return _ended(community, "") if community else None


# Below: how it is done.

LISTED = 20


def _recipient(request: JoinRequest) -> Recipient:
    language = language_of(request.language, request.community.language)
    return Recipient(request.email, None, language, request.zone)


def _tell_organisers(community_id: int, now: datetime) -> int:
    """One mail for each organiser, about all who wait; whoever marks the requests first writes it."""
    with transaction.atomic():
        community = Community.objects.select_for_update().get(pk=community_id)
        waiting = JoinRequest.objects.filter(community=community, standing=Standing.WAITING)
        late = waiting.filter(reminded_at=None, told_at__isnull=False, asked_at__lte=now - REMIND_AFTER)
        reminded = late.update(reminded_at=now)
        last = JoinRequest.objects.filter(community=community).aggregate(last=Max("told_at"))["last"]
        told = 0
        if reminded or last is None or last <= now - EVERY:
            told = waiting.filter(told_at=None, asked_at__lte=now - GATHER).update(told_at=now)
        if not reminded and not told:
            return 0
        planners = community.memberships.filter(role__in=Role.organising()).select_related("person__user")
        planners = planners.exclude(person__requests_off__community=community)
        people = (recipient_of(each.person, language=community.language) for each in planners)
        return post(
            kind=TODO,
            subject=f"requests:{community.uuid}",
            revision=int(now.timestamp()),
            letters=[Letter(to) for to in people if to],
            due_at=now,
            now=now,
            community_id=community.pk,
        )


def _request_of(message: Message) -> JoinRequest:
    number = message.subject.partition(":")[2]
    rows = JoinRequest.objects.select_related("community")
    found = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise Pointless(GONE)
    return found


def _context(found: JoinRequest) -> Context:
    return {
        "asked": found,
        "community": found.community,
        "address": settings.MERIDIAN_URL + reverse("membership", args=[found.token]),
        "reply_to": found.community.contact,
    }


def _todo(community: Community, waiting: list[JoinRequest], number: int, now: datetime) -> dict[str, object]:
    return {
        "community": community,
        "waiting": waiting[:LISTED],
        "more": max(0, number - LISTED),
        "number": number,
        "late": [each for each in waiting if each.asked_at and each.asked_at <= now - REMIND_AFTER],
        "address": settings.MERIDIAN_URL + reverse("join_requests", args=[community.slug]),
        "list_name": f"requests.{community.slug}",
    }


def _ended(community: Community, reason: str) -> Context:
    return {"community": community, "reason": reason, "reply_to": community.contact}


def _sample(now: datetime, standing: Standing) -> Context | None:
    community = Community.objects.order_by("pk").first()
    if community is None:
        return None
    made = JoinRequest(community=community, email="reader@example.org", name="Amina Diallo", token=EXAMPLE)
    made.standing, made.asked_at = standing, now
    return _context(made)
