"""The words of a welcome, and for whom it is due."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from seminars.changes.recording import note
from seminars.changes.refusing import raise_if
from seminars.people.models import Community, Membership
from seminars.people.welcoming.models import Welcome, Welcomed

LONGEST = 4000
LATE = timedelta(days=7)
"""Who joined so long ago and was not welcomed is not new any more."""


def welcome_of(community: Community) -> Welcome:
    """Return the community's welcome, unsaved where it has none yet."""
    return Welcome.objects.filter(community=community).first() or Welcome(community=community)


def keep(
    *,
    community: Community,
    words: dict[str, str],
    on: bool,
    now: datetime,
    actor_id: int | None,
    too_long: str,
) -> Welcome:
    """Return the welcome with these words by language (none: the usual ones), sent or not to who joins from `now` on.

    too_long: what to say of words over 4,000 characters. now: aware UTC. Raises UserError.
    """
    kept = {tag: text.replace("\x00", "").strip() for tag, text in words.items() if text.strip()}
    raise_if({f"words_{tag}": too_long for tag, text in kept.items() if len(text) > LONGEST})
    with transaction.atomic():
        found, _made = Welcome.objects.select_for_update(of=("self",)).get_or_create(community=community)
        found.words = kept
        found.on_since = (found.on_since or now) if on else None
        found.save()
        note(
            kind="welcome",
            subject=f"community:{community.uuid}",
            now=now,
            after={"on": on, "by": actor_id, "languages": sorted(kept)},
        )
    return found


def due(*, now: datetime, most: int) -> list[Membership]:
    """Return who joined since their community's welcome was turned on, and was not welcomed. now: aware UTC."""
    rows = Membership.objects.filter(since__gte=F("community__welcome__on_since"), since__gt=now - LATE)
    rows = rows.filter(welcomed=None).select_related("community__welcome", "person__user")
    return list(rows.order_by("pk")[:most])


def claim(membership: Membership, *, now: datetime) -> bool:
    """Return whether this call is the one that welcomes the member; call it inside `atomic`."""
    made = Welcomed(membership=membership, at=now)
    Welcomed.objects.bulk_create([made], ignore_conflicts=True)
    return Welcomed.objects.filter(membership=membership, at=now).exists()
