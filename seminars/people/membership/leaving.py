"""Leaving, being removed, another role: a community always keeps somebody who plans for it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.people.joining import keep_a_planner, remove_member, set_role
from seminars.people.models import Membership, Role

LONGEST = 2000


def leave(*, membership: Membership, now: datetime, actor_id: int | None) -> bool:
    """Return whether somebody left now, by their own wish. Raises UserError for the last one who plans."""
    with transaction.atomic():
        keep_a_planner(membership.community_id, without=[membership.pk])
        return remove_member(membership=membership, now=now, actor_id=actor_id)


def remove(*, membership: Membership, reason: str, now: datetime, actor_id: int | None) -> bool:
    """Return whether the organisers ended a membership now. reason: in their words. Raises UserError by field."""
    if len(reason) > LONGEST:
        raise UserError({"reason": _("Use at most %(most)d characters.") % {"most": LONGEST}})
    with transaction.atomic():
        keep_a_planner(membership.community_id, without=[membership.pk])
        return remove_member(membership=membership, now=now, actor_id=actor_id, reason=reason.strip())


def give_role(*, membership: Membership, role: str, now: datetime, actor_id: int | None) -> Membership:
    """Return the membership with another role. Raises UserError, also where nobody would be left who plans."""
    with transaction.atomic():
        if role not in Role.organising():
            keep_a_planner(membership.community_id, without=[membership.pk])
        return set_role(membership=membership, role=role, now=now, actor_id=actor_id)
