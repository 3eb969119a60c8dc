"""Becoming a member, leaving, and whose person an account is."""

from collections import Counter
from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import EmailField
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import SITE, raise_versions, record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.models import Community, Membership, Person, Role, User


def add_member(
    *,
    community: Community,
    email: str,
    name: str = "",
    zone: str = "",
    role: str = Role.MEMBER,
    now: datetime,
    actor_id: int | None,
) -> Membership:
    """Return the membership of the person with this address, made if need be; a second time sets the role.

    The person is the one of the account with that confirmed address, else one known by it, else a new one. zone: IANA
    name, kept where the person has none. Raises UserError by field, and where nobody would be left who plans.
    """
    email = email.strip().lower()
    raise_if(_wrong(email, name, zone, role))
    with transaction.atomic():
        if role not in Role.organising():
            _hold(community.pk)  # before anything is written, as everybody does who may end a planner's part
        person = person_with(email=email, name=name)
        if zone and not person.zone:
            person.zone = clock.canonical(zone)
            person.save(update_fields=["zone"])
        membership, made = Membership.objects.get_or_create(
            person=person, community=community, defaults={"role": role, "since": now}
        )
        if not made and membership.role == role:
            return membership
        if not made and role not in Role.organising():
            keep_a_planner(community.pk, without=[membership.pk])
        before = {} if made else {"role": membership.role}
        membership.role = role
        membership.save(update_fields=["role"])
        tell("joined" if made else "role", membership, before, now=now, actor_id=actor_id)
    return membership


def keep_a_planner(community_id: int, *, without: list[int]) -> None:
    """Hold the community, so that two who remove each other wait; raise UserError where nobody would plan for it.

    without: memberships that end, or plan no more. Whoever never planned may always go. Call it inside `atomic`.
    """
    _hold(community_id)
    planners = Membership.objects.filter(community_id=community_id, role__in=Role.organising())
    if planners.filter(pk__in=without).exists() and not planners.exclude(pk__in=without).exists():
        words = _("Somebody must plan for the community. Give another member that role first.")
        raise UserError({"": words})


def _hold(community_id: int) -> None:
    Community.objects.select_for_update().get(pk=community_id)


def person_with(*, email: str, name: str = "") -> Person:
    """Return the person of the account with that confirmed address, else the one known by it, else a new one."""
    email = email.strip().lower()
    if known := person_known_by(email):
        return known
    try:
        with transaction.atomic():
            return Person.objects.create(email=email, name=name.strip() or email.partition("@")[0])
    except IntegrityError:  # of two who name somebody new at the same moment, the other one was faster
        return Person.objects.get(email__iexact=email)


def person_known_by(email: str) -> Person | None:
    """Return the person of the account with that confirmed address, else the one known by it; None if nobody is."""
    confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user_id")
    account = Person.objects.filter(user_id__in=confirmed).first()
    return account or Person.objects.filter(email__iexact=email).order_by("id").first()


def is_member(community: Community, email: str) -> bool:
    """Return whether who is known by this address, be it their account's, belongs to the community."""
    person = person_known_by(email)
    return person is not None and Membership.objects.filter(person=person, community=community).exists()


def set_role(*, membership: Membership, role: str, now: datetime, actor_id: int | None) -> Membership:
    """Return the membership with another role, whether or not the person has an address. Raises UserError."""
    if role not in Role.values:
        raise_if({"role": _("Choose a role from the list.")})
    with transaction.atomic():
        before = membership.role
        if not Membership.objects.filter(pk=membership.pk).exclude(role=role).update(role=role):
            return membership
        membership.role = role
        tell("role", membership, {"role": before}, now=now, actor_id=actor_id)
    return membership


def remove_member(*, membership: Membership, now: datetime, actor_id: int | None, reason: str = "") -> bool:
    """Return whether a membership ended now; the person stays, since sessions may name them. reason: kept with it."""
    with transaction.atomic():
        if not Membership.objects.filter(pk=membership.pk).delete()[0]:
            return False
        before = {"role": membership.role}
        tell("left", membership, before, now=now, actor_id=actor_id, reason=reason)
    return True


def person_of(user: User) -> Person:
    """Return the person of an account, made if need be.

    Somebody who was known by an address before is taken over only when the account has confirmed that address: else one
    could become a member by claiming another's.
    """
    with transaction.atomic():
        person = Person.objects.filter(user=user).first()
        if person:
            return person
        confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
        for email in confirmed:
            person = Person.objects.filter(email__iexact=email, user=None).order_by("id").first()
            if person and Person.objects.filter(pk=person.pk, user=None).update(user=user):
                person.user = user
                raise_versions(
                    {SITE, f"user:{user.pk}"}
                )  # what they belong to is in their calendar from now on
                return person
        # An address is one person's: it stays with whoever is known by it until the account confirms it.
        free = not Person.objects.filter(email__iexact=user.email).exists()
        email, name = user.email if free else "", user.email.partition("@")[0]
        try:
            with transaction.atomic():
                return Person.objects.create(user=user, name=name, email=email, zone=user.zone)
        except IntegrityError:  # another sign-in of theirs, or an organiser, was faster: look again
            return person_of(user)


def zones_of(community: Community) -> dict[str, int]:
    """Return how many members live in each zone, the most first; members whose zone is unknown are left out."""
    rows = community.memberships.values_list("person__zone", "person__user__zone")
    counted = Counter(zone or theirs for zone, theirs in rows if zone or theirs)
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _wrong(email: str, name: str, zone: str, role: str) -> dict[str, str]:
    wrong = {}
    try:
        EmailField(max_length=254).run_validators(email)
    except ValidationError:
        wrong["email"] = _("Give an e-mail address such as name@example.org.")
    if len(name) > 200:
        wrong["name"] = _("Use at most 200 characters.")
    if zone and not clock.is_zone(zone):
        wrong["zone"] = _("Choose a time zone from the list.")
    if role not in Role.values:
        wrong["role"] = _("Choose a role from the list.")
    return wrong


def tell(
    kind: str,
    membership: Membership,
    before: dict[str, str],
    *,
    now: datetime,
    actor_id: int | None,
    reason: str = "",
) -> None:
    """Write the Change of a membership, inside `atomic`. before: what differs. reason: of organisers who end it."""
    person, community = membership.person, membership.community
    record(
        kind=kind,
        subject=f"community:{community.uuid}",
        scopes=[f"community:{community.pk}", *([f"user:{person.user_id}"] if person.user_id else [])],
        now=now,
        actor_id=actor_id,
        before=before,
        after={"person": str(person.uuid), "role": membership.role},
        note=reason,
    )
