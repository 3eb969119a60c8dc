"""The secret addresses of personal calendars: made on demand, replaced on request."""

import contextlib
import secrets
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from seminars.calendars import feeds, shelf
from seminars.calendars.models import FeedToken
from seminars.calendars.scopes import Kind, Scope, calendars_under
from seminars.changes.recording import record
from seminars.people.models import User

NOTED_EVERY = timedelta(hours=1)


def token_of(user: User) -> FeedToken | None:
    """Return the valid secret of a person's calendar; None until they ask for one."""
    return FeedToken.objects.filter(user=user, revoked_at__isnull=True).first()


def make(*, user: User, now: datetime) -> FeedToken:
    """Return the person's valid secret, made now (aware UTC) if there is none. Asked twice, it is the same."""
    if (known := token_of(user)) is not None:
        return known
    try:
        with transaction.atomic():
            made = FeedToken.objects.create(user=user, token=secrets.token_urlsafe(24), made_at=now)
            _record("personal-feed-made", user, now)
            return made
    except IntegrityError:  # a double click: the other one won
        return FeedToken.objects.get(user=user, revoked_at__isnull=True)


def reset(*, user: User, now: datetime) -> FeedToken:
    """Return a new secret; the old address answers 410 from now (aware UTC) on, and its bytes are gone.

    Of two clicks at once the second gets the secret that the first one made.
    """
    valid = FeedToken.objects.filter(user=user, revoked_at__isnull=True)
    try:
        with transaction.atomic():
            old = list(valid.select_for_update())
            FeedToken.objects.filter(pk__in=[each.pk for each in old]).update(revoked_at=now)
            made = FeedToken.objects.create(user=user, token=secrets.token_urlsafe(24), made_at=now)
            _record("personal-feed-reset", user, now)
            for each in old:
                transaction.on_commit(partial(feeds.forget, each.token))
            return made
    except IntegrityError:  # it waited for the other one, which left nothing to revoke and a valid secret
        return valid.get()


def note_use(token: str, *, now: datetime) -> None:
    """Remember that a calendar was fetched, at most once an hour; on disk, so that a poll costs no further query."""
    key = Scope(Kind.PERSONAL, token).key
    last = shelf.touched_at(key)
    if last is None or last <= now - NOTED_EVERY:
        # A full disk must not cost anybody their calendar: this is only for the person to read.
        with contextlib.suppress(OSError):
            shelf.touch(key, now)


def used_at(token: FeedToken) -> datetime | None:
    """Return when the calendar was last fetched, to the hour (aware UTC), and store it; None if never."""
    marks = [shelf.touched_at(scope.key) for scope in calendars_under(token.token)[:1]]
    last = max(filter(None, [token.used_at, *marks]), default=None)
    if last is not None and last != token.used_at:
        FeedToken.objects.filter(pk=token.pk).update(used_at=last)
    return last


def _record(kind: str, user: User, now: datetime) -> None:
    record(kind=kind, subject=f"user:{user.pk}", scopes=[f"user:{user.pk}"], now=now, actor_id=user.pk)
