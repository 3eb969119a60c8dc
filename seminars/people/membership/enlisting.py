"""One person more in a community, for themselves or for an organisation."""

from datetime import datetime

from django.db import transaction

from seminars.people.joining import tell
from seminars.people.membership.models import Organisation
from seminars.people.models import Community, Membership, Person


def enlist(
    *,
    community: Community,
    person: Person,
    organisation: Organisation | None = None,
    now: datetime,
    actor_id: int | None,
) -> tuple[Membership, bool]:
    """Return the membership of `person`, and whether it is new; whoever is there keeps their role.

    organisation: for which they are here; one that they represent already stays. now: aware UTC.
    """
    with transaction.atomic():
        membership, made = Membership.objects.get_or_create(
            person=person, community=community, defaults={"organisation": organisation, "since": now}
        )
        if made:
            tell("joined", membership, {}, now=now, actor_id=actor_id)
        elif organisation and membership.organisation_id is None:
            membership.organisation = organisation
            membership.save(update_fields=["organisation"])
            tell("represents", membership, {}, now=now, actor_id=actor_id)
    return membership, made
