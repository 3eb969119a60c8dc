"""A recording gets another address; the one it had leads there for ever, and never to anything else."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recordings.catalogue.history import addressing
from recordings.catalogue.history.models import EventKind, FormerAddress
from recordings.catalogue.history.telling import happened
from recordings.catalogue.models import Recording
from recordings.publishing.releasing import release


class CannotMove(Exception):
    """The address cannot be had; the message says why."""


def move(*, recording: Recording, slug: str, now: datetime, actor_id: int | None) -> Recording:
    """Return the recording at its new address. slug: its last part. now: aware UTC. Raises CannotMove."""
    if not addressing.is_fit(slug):
        raise CannotMove(
            _(
                "Use small letters a–z, digits and hyphens, at most 60, such as rain-and-maize. Some words are taken."
            )
        )
    try:
        with transaction.atomic():
            return moved(recording, slug, now, actor_id)
    except IntegrityError as wrong:  # two people wanted it at the same moment
        raise CannotMove(taken(slug)) from wrong


def moved(recording: Recording, slug: str, now: datetime, actor_id: int | None) -> Recording:
    """Move it, in the caller's transaction. Raises CannotMove, IntegrityError."""
    recording = Recording.objects.select_for_update().get(pk=recording.pk)
    old = recording.slug
    if old == slug:
        return recording
    if not addressing.is_free(slug, mine=recording):
        raise CannotMove(taken(slug))
    FormerAddress.objects.filter(slug=slug, recording=recording).delete()
    FormerAddress.objects.create(slug=old, recording=recording, left_at=now)
    recording.slug = slug
    recording.save(update_fields=["slug"])
    happened(recording, EventKind.REDIRECTED, now=now, actor_id=actor_id, old=old, new=slug)
    if recording.published_at:
        release(recording=recording, now=now, actor_id=actor_id)  # its materials say the new address
    return recording


def taken(slug: str) -> str:
    """Return what to say of an address that another recording has, or had."""
    return _("Another recording has, or had, the address “%(slug)s”. Choose another.") % {"slug": slug}
