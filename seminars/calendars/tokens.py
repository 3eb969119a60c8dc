"""The secret addresses of a person's own calendars: as many as they have programs, each with a name, made on demand."""

import contextlib
import secrets
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.calendars import feeds, shelf
from seminars.calendars.models import Calendar, FeedToken
from seminars.calendars.scopes import Kind, Scope, digest_of
from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.people.models import User

NOTED_EVERY = timedelta(hours=1)
MOST = 20
"""Valid addresses of one person: nobody has more programs."""
LONGEST_NAME = 60


def tokens_of(user: User, calendar: str = Calendar.SESSIONS) -> list[FeedToken]:
    """Return the valid secrets of a person's calendar, the oldest first."""
    mine = FeedToken.objects.filter(user=user, calendar=calendar, revoked_at__isnull=True)
    return list(mine.order_by("made_at", "pk"))


def token_of(user: User, calendar: str = Calendar.SESSIONS) -> FeedToken | None:
    """Return the oldest valid secret of a person's calendar; None until they ask for one."""
    return next(iter(tokens_of(user, calendar)), None)


def scope_of(token: FeedToken) -> Scope:
    """Return the calendar under a secret."""
    return Scope(Kind.TASKS if token.calendar == Calendar.TASKS else Kind.PERSONAL, token.token)


def make(*, user: User, name: str = "", calendar: str = Calendar.SESSIONS, now: datetime) -> FeedToken:
    """Return the valid secret of that name ("Phone"), made now (aware UTC) if need be. Asked twice, it is the same.

    Raises UserError ("name") for a name that is too long, or for one address more than anybody needs.
    """
    name = " ".join(name.replace("\x00", "").split())
    if len(name) > LONGEST_NAME:
        raise UserError({"name": _("Use at most %(most)d characters.") % {"most": LONGEST_NAME}})
    with transaction.atomic():
        User.objects.select_for_update().get(
            pk=user.pk
        )  # of two clicks the second waits and finds what is made
        there = tokens_of(user, calendar)
        known = next((each for each in there if each.name.casefold() == name.casefold()), None)
        if known is not None:
            return known
        if len(there) >= MOST:
            raise UserError(
                {"name": _("You have %(most)d addresses. End one that you do not use.") % {"most": MOST}}
            )
        made = _create(user, name, calendar, now)
        _record("personal-feed-made", user, now, name)
        return made


def rename(*, token: FeedToken, name: str) -> FeedToken:
    """Return the secret under another name. Raises UserError ("name")."""
    name = " ".join(name.replace("\x00", "").split())
    if len(name) > LONGEST_NAME:
        raise UserError({"name": _("Use at most %(most)d characters.") % {"most": LONGEST_NAME}})
    FeedToken.objects.filter(pk=token.pk).update(name=name)
    token.name = name
    return token


def reset(*, user: User, token: FeedToken | None = None, now: datetime) -> FeedToken:
    """Return a new secret in place of `token` (or of the first); its old address answers 410 from now (aware UTC) on.

    Of two clicks at once the second gets the secret that the first one made.
    """
    old = token or token_of(user)
    if old is None:
        return make(user=user, now=now)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if not _revoke(old, now):
            there = [each for each in tokens_of(user, old.calendar) if each.name == old.name]
            return there[0] if there else make(user=user, name=old.name, calendar=old.calendar, now=now)
        made = _create(user, old.name, old.calendar, now)
        _record("personal-feed-reset", user, now, old.name)
        return made


def revoke(*, token: FeedToken, now: datetime) -> None:
    """End an address for good: it answers 410 from now (aware UTC) on, and its bytes are gone. Others stay."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=token.user_id)
        if _revoke(token, now):
            _record("personal-feed-ended", token.user, now, token.name)


def note_use(scope: Scope, *, client: str, now: datetime) -> None:
    """Remember that a calendar was fetched and by which program (coarse, may be ""); at most once an hour for each.

    On disk, so that a poll costs no further query.
    """
    last = shelf.touched_at(_plain(scope).key)
    if last is None or last <= now - NOTED_EVERY or shelf.touched_by(_plain(scope).key) != client:
        # A full disk must not cost anybody their calendar: this is only for the person to read.
        with contextlib.suppress(OSError):
            shelf.touch(_plain(scope).key, now, client)


def used_at(token: FeedToken) -> datetime | None:
    """Return when the calendar was last fetched, to the hour (aware UTC); None if never. Stores it and the program."""
    key = scope_of(token).key
    mark = shelf.touched_at(key)
    last = max(filter(None, [token.used_at, mark]), default=None)
    client = shelf.touched_by(key) if mark is not None and last == mark else token.client
    if last is not None and (last, client) != (token.used_at, token.client):
        FeedToken.objects.filter(pk=token.pk).update(used_at=last, client=client[:30])
    token.used_at, token.client = last, client
    return last


def _plain(scope: Scope) -> Scope:
    """Without its options: one address is one, whatever is asked behind it."""
    return Scope(scope.kind, scope.name)


def _create(user: User, name: str, calendar: str, now: datetime) -> FeedToken:
    secret = secrets.token_urlsafe(24)
    return FeedToken.objects.create(
        user=user, name=name, calendar=calendar, token=secret, digest=digest_of(secret), made_at=now
    )


def _revoke(token: FeedToken, now: datetime) -> bool:
    valid = FeedToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
    if not valid.update(revoked_at=now):
        return False
    transaction.on_commit(partial(feeds.forget, token.token))
    return True


def _record(kind: str, user: User, now: datetime, name: str) -> None:
    scopes = [f"user:{user.pk}"]
    record(kind=kind, subject=f"user:{user.pk}", scopes=scopes, now=now, actor_id=user.pk, note=name)
