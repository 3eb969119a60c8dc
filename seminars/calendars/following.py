"""Wanting a series in one's own calendar, without being a member of anything."""

from datetime import datetime

from django.db import transaction

from seminars.calendars.models import Follow
from seminars.changes.recording import SITE, raise_versions
from seminars.people.models import User
from seminars.series.models import Series


def follow(*, user: User, series: Series, now: datetime) -> None:
    """Put the sessions of the series that the person may see into their own calendar. Again changes nothing."""
    with transaction.atomic():
        # What somebody likes to read is theirs: no Change tells it, only their own counter rises.
        raise_versions({SITE, f"user:{user.pk}"})
        Follow.objects.get_or_create(user=user, series=series, defaults={"made_at": now})


def unfollow(*, user: User, series: Series) -> None:
    """Take them out again, but for those that are there for another reason. Again changes nothing."""
    with transaction.atomic():
        raise_versions({SITE, f"user:{user.pk}"})
        Follow.objects.filter(user=user, series=series).delete()


def follows(user_id: int | None, series: Series) -> bool:
    """Return whether the person wants the series in their calendar."""
    return user_id is not None and Follow.objects.filter(user_id=user_id, series=series).exists()
