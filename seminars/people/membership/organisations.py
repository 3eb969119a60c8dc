"""Organisations that belong to a community, and the people who represent them."""

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.people.addresses import is_address
from seminars.people.joining import keep_a_planner, person_with, remove_member
from seminars.people.membership.enlisting import enlist
from seminars.people.membership.models import Organisation
from seminars.people.models import Community, Membership

COLUMNS = ("name", "country", "sector", "website")


def checked(row: Organisation) -> Organisation:
    """Return `row` if its columns can be kept. Raises UserError by field."""
    row.name = " ".join(row.name.split())
    wrong = {} if row.name else {"name": _("Give the name of the organisation.")}
    if row.country and not re.fullmatch("[A-Z]{2}", row.country):
        wrong["country"] = _("Choose a country from the list.")
    if row.website and not row.website.startswith(("https://", "http://")):
        wrong["website"] = _("Give a link that begins with https:// or http://.")
    raise_if(wrong)
    try:
        row.clean_fields(exclude=["community", "made_at"])
    except ValidationError as error:
        raise UserError({name: " ".join(texts) for name, texts in error.message_dict.items()}) from error
    return row


def named(*, community: Community, now: datetime, actor_id: int | None, **columns: Any) -> Organisation:
    """Return the organisation of that name, however it is capitalised, made of `columns` if need be.

    columns: of `COLUMNS`. now: aware UTC. Raises UserError by field.
    """
    made = checked(Organisation(community=community, made_at=now, **columns))
    known = Organisation.objects.filter(community=community, name__iexact=made.name)
    if found := known.first():
        return found
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _tell("organisation-joined", made, now, actor_id)
    except IntegrityError:  # another organiser was faster
        return known.get()
    return made


def edit(*, organisation: Organisation, now: datetime, actor_id: int | None, **columns: Any) -> Organisation:
    """Return the organisation with other details; nothing different writes nothing. Raises UserError by field."""
    before = {
        name: getattr(organisation, name) for name in columns if getattr(organisation, name) != columns[name]
    }
    if not before:
        return organisation
    for name in before:
        setattr(organisation, name, columns[name])
    checked(organisation)
    try:
        with transaction.atomic():
            organisation.save(update_fields=list(before))
            _tell("edited", organisation, now, actor_id)
    except IntegrityError as twice:
        raise UserError({"name": _("Another organisation here has this name.")}) from twice
    return organisation


def add_representative(
    *, organisation: Organisation, email: str, name: str, now: datetime, actor_id: int | None
) -> Membership:
    """Return the membership by which somebody represents the organisation; a member for themselves does so from now.

    Raises UserError, also for somebody who represents another one here.
    """
    email = email.strip().lower()
    if not is_address(email):
        raise UserError({"email": _("Give an e-mail address such as name@example.org.")})
    if len(name) > 200:
        raise UserError({"name": _("Use at most 200 characters.")})
    with transaction.atomic():
        person = person_with(email=email, name=name)
        membership, _new = enlist(
            community=organisation.community,
            person=person,
            organisation=organisation,
            now=now,
            actor_id=actor_id,
        )
        if membership.organisation_id != organisation.pk:
            words = _("%(name)s represents another organisation here already.") % {"name": person.name}
            raise UserError({"email": words})
    return membership


def remove(*, organisation: Organisation, now: datetime, actor_id: int | None) -> int:
    """Return how many memberships ended with that of the organisation: those of who represents it.

    Raises UserError where nobody would be left who plans for the community.
    """
    with transaction.atomic():
        theirs = list(organisation.representatives.select_related("person", "community").order_by("pk"))
        keep_a_planner(organisation.community_id, without=[each.pk for each in theirs])
        for each in theirs:
            remove_member(membership=each, now=now, actor_id=actor_id, reason=organisation.name)
        if Organisation.objects.filter(pk=organisation.pk).delete()[0]:
            _tell("organisation-left", organisation, now, actor_id)
    return len(theirs)


def _tell(kind: str, organisation: Organisation, now: datetime, actor_id: int | None) -> None:
    record(
        kind=kind,
        subject=f"organisation:{organisation.uuid}",
        scopes=[f"community:{organisation.community_id}"],
        now=now,
        actor_id=actor_id,
        after={"name": organisation.name},
    )
