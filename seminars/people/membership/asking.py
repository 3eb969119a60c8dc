"""Ask to belong, by an address that proves itself; withdraw; approve or decline; ask again after a while."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import person_known_by, person_with
from seminars.people.membership import organisations
from seminars.people.membership.enlisting import enlist
from seminars.people.membership.models import JoinRequest, Organisation, Standing
from seminars.people.models import Community, Joining, Membership, Person, Takes

AGAIN_AFTER = timedelta(days=30)
LONGEST_ANSWER = 2000
MOST_EARLIER = 10
COLUMNS = ("name", "language", "zone", "organisation", "answers")
Answers = Iterable[tuple[str, str]]


class Answered(Exception):
    """The request does not wait any more; `standing` says where it stands. Nothing was changed."""

    def __init__(self, request: JoinRequest) -> None:
        super().__init__(request.standing)
        self.request = request
        self.standing = Standing(request.standing)


def ask(*, community: Community, email: str, proven: bool, now: datetime, **columns: Any) -> JoinRequest:
    """Return the request of the address; the same address twice is one.

    columns: of `COLUMNS`. proven: whether the address surely is of who asks; then it counts at once, and says what is
    given now. Else it waits for `confirm`, and what has counted before stays: anybody can type any address.
    now: aware UTC. Raises UserError by field.
    """
    email = email.strip().lower()
    if not is_address(email):
        raise UserError({"email": _("Give one e-mail address, such as name@example.org.")})
    made = _filled(
        JoinRequest(community=community, email=email, token=secrets.token_urlsafe(24), made_at=now), columns
    )
    with transaction.atomic():
        JoinRequest.objects.bulk_create([made], ignore_conflicts=True)
        found = _held(JoinRequest.objects.get(community=community, email=email))
        if proven and found.standing not in (Standing.UNCONFIRMED, Standing.WAITING):
            return found if is_member(found) else ask_again(request=found, now=now, **columns)
        if found.token != made.token and (proven or found.standing == Standing.UNCONFIRMED):
            _filled(found, columns).save(update_fields=COLUMNS)
        return confirm(request=found, now=now) if proven else found


def join(
    *, community: Community, person: Person, organisation: Mapping[str, str] | None = None, now: datetime
) -> Membership:
    """Return the membership of somebody who is signed in, in an open community. organisation: which they represent.

    Raises UserError by field, also where the community is not open.
    """
    if community.joining != Joining.OPEN:
        raise UserError({"": _("This community asks who wants to join. Send a request.")})
    if community.takes == Takes.ORGANISATIONS and not organisation:
        words = _("Say which organisation you represent: organisations are members here.")
        raise UserError({"organisation_name": words})
    actor_id = person.user_id
    with transaction.atomic():
        there = None
        if organisation:
            there = organisations.named(community=community, now=now, actor_id=actor_id, **organisation)
        membership, _new = enlist(
            community=community, person=person, organisation=there, now=now, actor_id=actor_id
        )
    return membership


def confirm(*, request: JoinRequest, now: datetime) -> JoinRequest:
    """Return the request, which counts from now on: a member at once where a community is open. Twice is once.

    Raises UserError where a community has closed meanwhile.
    """
    with transaction.atomic():
        found = _held(request)
        if found.standing == Standing.UNCONFIRMED:
            _count(found, now)
    return found


def ask_again(*, request: JoinRequest, now: datetime, **columns: Any) -> JoinRequest:
    """Return the request, asked anew; what was said before is kept for the organisers to see.

    Raises UserError by field; also while it waits, and too soon after it was declined.
    """
    with transaction.atomic():
        found = _held(request)
        if not may_ask_again(found, now):
            words = (
                _("You can ask again from %(day)s.") if again_from(found) else _("You have asked already.")
            )
            day = again_from(found)
            raise UserError({"": words % {"day": f"{day:%Y-%m-%d}" if day else ""}})
        past = {
            "standing": found.standing,
            "asked_at": found.asked_at.isoformat() if found.asked_at else "",
            "decided_at": found.decided_at.isoformat() if found.decided_at else "",
            "answers": found.answers,
            "words": found.words,
        }
        _filled(found, columns)
        found.earlier = [*found.earlier, past][-MOST_EARLIER:]
        found.words, found.decided_at, found.decided_by = "", None, None
        found.told_at = found.reminded_at = None
        found.save()
        _count(found, now)
    return found


def again_from(request: JoinRequest) -> datetime | None:
    """Return from when a declined request may be made anew (aware UTC); None for any other."""
    if request.standing != Standing.DECLINED or request.decided_at is None:
        return None
    return request.decided_at + AGAIN_AFTER


def may_ask_again(request: JoinRequest, now: datetime) -> bool:
    """Return whether its owner may ask anew at `now`: withdrawn, left, or declined long enough ago."""
    if request.community.joining == Joining.CLOSED:
        return False
    if request.standing == Standing.DECLINED:
        since = again_from(request)
        return since is not None and since <= now
    return request.standing == Standing.WITHDRAWN or (
        request.standing == Standing.APPROVED and not is_member(request)
    )


def withdraw(*, request: JoinRequest, now: datetime) -> JoinRequest:
    """Return the request, withdrawn by who made it. Raises Answered where organisers were faster."""
    with transaction.atomic():
        mine = JoinRequest.objects.filter(
            pk=request.pk, standing__in=[Standing.UNCONFIRMED, Standing.WAITING]
        )
        done = mine.update(standing=Standing.WITHDRAWN)
        request.refresh_from_db()
        if not done:
            if request.standing == Standing.WITHDRAWN:
                return request
            raise Answered(request)
        _tell("join-withdrawn", request, now, None)
    return request


def decide(
    *, request: JoinRequest, approve: bool, words: str, now: datetime, actor_id: int | None
) -> JoinRequest:
    """Return the request, approved, its person a member, or declined. words: for who asked; declining needs them.

    Raises Answered where another organiser, or who asked, was faster; UserError by field.
    """
    words = words.strip()
    wrong = {}
    if len(words) > LONGEST_ANSWER:
        wrong["words"] = _("Use at most %(most)d characters.") % {"most": LONGEST_ANSWER}
    elif not words and not approve:
        wrong["words"] = _("Say why, in a sentence or two: the person reads it.")
    raise_if(wrong)
    with transaction.atomic():
        mine = JoinRequest.objects.filter(pk=request.pk, standing=Standing.WAITING)
        standing = Standing.APPROVED if approve else Standing.DECLINED
        done = mine.update(standing=standing, decided_at=now, decided_by_id=actor_id, words=words)
        request.refresh_from_db()
        if not done:
            raise Answered(request)
        if approve:
            _enter(request, now, actor_id)
        _tell("join-approved" if approve else "join-declined", request, now, actor_id)
    return request


def membership_of(request: JoinRequest) -> Membership | None:
    """Return the membership of the person with the request's address; None if there is none."""
    person = person_known_by(request.email)
    if person is None:
        return None
    rows = Membership.objects.filter(person=person, community_id=request.community_id)
    return rows.select_related("community", "person").first()


def is_member(request: JoinRequest) -> bool:
    """Return whether the address is a member's by now."""
    return membership_of(request) is not None


def forget(*, before: datetime) -> int:
    """Return how many addresses are forgotten that were typed before `before` (aware UTC) and never confirmed."""
    return JoinRequest.objects.filter(standing=Standing.UNCONFIRMED, made_at__lt=before).delete()[0]


def opened(token: str) -> JoinRequest:
    """Return the request of a secret link, with its community. Raises DoesNotExist."""
    return JoinRequest.objects.select_related("community").get(token=token)


def questions_of(words: Mapping[str, str], tag: str) -> list[str]:
    """Return the questions that organisers ask, one of each line. words: by language; tag: one of them."""
    return [line.strip() for line in words.get(tag, "").splitlines() if line.strip()]


# Below: how it is done.


def _held(request: JoinRequest) -> JoinRequest:
    rows = JoinRequest.objects.select_for_update(of=("self",)).select_related("community")
    return rows.get(pk=request.pk)


def _filled(request: JoinRequest, columns: Mapping[str, Any]) -> JoinRequest:
    if unknown := columns.keys() - set(COLUMNS):
        raise TypeError(f"a request has no {', '.join(sorted(unknown))}")
    request.name = str(columns.get("name", request.name)).strip()
    request.language = columns.get("language") or request.language or request.community.language
    zone = columns.get("zone") or ""
    request.zone = clock.canonical(zone) if zone and clock.is_zone(zone) else request.zone
    request.answers = [[question, answer.strip()] for question, answer in columns.get("answers") or ()]
    request.organisation = {key: value for key, value in (columns.get("organisation") or {}).items() if value}
    _check(request)
    return request


def _check(request: JoinRequest) -> None:
    wrong = {}
    if not request.name or len(request.name) > 200:
        wrong["name"] = _("Give your name, in at most 200 characters.")
    for number, (_question, answer) in enumerate(request.answers):
        if not answer:
            wrong[f"answer_{number}"] = _("Answer this question: the organisers decide by it.")
        elif len(answer) > LONGEST_ANSWER:
            wrong[f"answer_{number}"] = _("Use at most %(most)d characters.") % {"most": LONGEST_ANSWER}
    community = request.community
    if request.organisation:
        try:
            organisations.checked(Organisation(community=community, **request.organisation))
        except UserError as refused:
            wrong |= {f"organisation_{name}": words for name, words in refused.fields.items()}
    elif community.takes == Takes.ORGANISATIONS:
        wrong["organisation_name"] = _(
            "Say which organisation you represent: organisations are members here."
        )
    raise_if(wrong)


def _count(request: JoinRequest, now: datetime) -> None:
    """What has proved itself is a membership where the community is open, else it waits."""
    joining = request.community.joining
    if joining == Joining.CLOSED:
        raise UserError({"": _("This community takes members by invitation only, by now.")})
    member = is_member(request)
    enters = member or joining == Joining.OPEN
    request.standing = Standing.APPROVED if enters else Standing.WAITING
    request.asked_at, request.decided_at = now, now if enters else None
    request.save(update_fields=["standing", "asked_at", "decided_at"])
    if enters and not member:
        _enter(request, now, None)
    elif not enters:
        _tell("join-asked", request, now, None)


def _enter(request: JoinRequest, now: datetime, actor_id: int | None) -> Membership:
    community, there = request.community, None
    if request.organisation:
        there = organisations.named(community=community, now=now, actor_id=actor_id, **request.organisation)
    person = person_with(email=request.email, name=request.name)
    if request.zone and not person.zone:
        person.zone = request.zone
        person.save(update_fields=["zone"])
    membership, _new = enlist(
        community=community, person=person, organisation=there, now=now, actor_id=actor_id
    )
    return membership


def _tell(kind: str, request: JoinRequest, now: datetime, actor_id: int | None) -> None:
    """Write the Change, without the address. No feed shows it, so no scope but the site's rises."""
    record(
        kind=kind,
        subject=f"join:{request.pk}",
        scopes=(),
        now=now,
        actor_id=actor_id,
        after={"standing": str(request.standing)},
    )
