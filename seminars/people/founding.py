"""Making a community, and changing what is said of it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from seminars.changes.recording import plain, record
from seminars.changes.refusing import UserError
from seminars.people.models import Community


def found_community(*, slug: str, now: datetime, actor_id: int | None, **columns: Any) -> Community:
    """Return a new community. columns: those of the model. Raises UserError by field."""
    community = Community(slug=slug, made_at=now, **columns)
    _check(community)
    with transaction.atomic():
        community.save(force_insert=True)
        _tell("founded", community, {}, {"slug": slug}, now, actor_id)
    return community


def edit_community(*, community: Community, now: datetime, actor_id: int | None, **columns: Any) -> Community:
    """Return the community with other details; nothing different writes nothing. Raises UserError by field."""
    before = {name: getattr(community, name) for name in columns if getattr(community, name) != columns[name]}
    if not before:
        return community
    for name in before:
        setattr(community, name, columns[name])
    _check(community)
    with transaction.atomic():
        community.save(update_fields=list(before))
        after = {name: columns[name] for name in before}
        _tell("edited", community, before, after, now, actor_id)
    return community


def _check(community: Community) -> None:
    try:
        community.full_clean()
    except ValidationError as error:
        raise UserError({name: " ".join(texts) for name, texts in error.message_dict.items()}) from error


def _tell(
    kind: str,
    community: Community,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    actor_id: int | None,
) -> None:
    record(
        kind=kind,
        subject=f"community:{community.uuid}",
        scopes=[f"community:{community.pk}"],
        now=now,
        actor_id=actor_id,
        before={name: plain(value) for name, value in before.items()},
        after={name: plain(value) for name, value in after.items()},
    )
