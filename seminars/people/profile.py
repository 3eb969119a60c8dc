"""What people say of themselves: the language and the zone in which they read."""

from datetime import datetime

from django.db import transaction

from seminars.changes.recording import record
from seminars.people.models import User


def set_profile(*, user: User, language: str, zone: str, now: datetime) -> None:
    """Store the language (a tag, "" for the browser's) and the zone (IANA name or "") of an account.

    now: aware UTC. Their own calendar follows, so it is a change. Raises ValidationError for a zone that is none.
    """
    before = {"language": user.language, "zone": user.zone}
    after = {"language": language, "zone": zone}
    if before == after:
        return
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(**after)
        subject = f"user:{user.pk}"
        record(
            kind="profile",
            subject=subject,
            scopes=[subject],
            now=now,
            actor_id=user.pk,
            before=before,
            after=after,
        )
    user.language, user.zone = language, zone
