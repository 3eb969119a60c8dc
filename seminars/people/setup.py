"""The first administrator and the first community of an empty Meridian, through a link that works once.

The link is printed where the server was started; only its hash is kept, in the data folder.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.text import slugify

from seminars.changes.recording import SITE, raise_versions
from seminars.people.founding import found_community
from seminars.people.joining import person_of
from seminars.people.models import Community, Membership, Person, Role, User

_FILE = "setup_token"


class AlreadySetUp(Exception):
    """There is an administrator by now: the link has done its work."""


class WrongLink(Exception):
    """The link is not the one that was printed last."""


def setup_needed() -> bool:
    """Return whether nobody can administer this Meridian yet. One short query."""
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def new_token(folder: Path) -> str:
    """Return the secret of a new link; links printed earlier end. Only its hash is written, into `folder`."""
    token = secrets.token_urlsafe(24)
    draft = folder / f"{_FILE}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(_hash(token))
    draft.replace(folder / _FILE)
    return token


def is_token(token: str, folder: Path) -> bool:
    """Return whether `token` is the one printed last."""
    try:
        kept = (folder / _FILE).read_text()
    except OSError:
        return False
    return hmac.compare_digest(kept, _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_up(
    *,
    token: str,
    folder: Path,
    email: str,
    name: str,
    community: str,
    zone: str,
    language: str,
    now: datetime,
) -> User:
    """Return the first administrator, who manages the first community, `community`, at home in `zone`.

    language: of the words given. now: aware UTC. Raises AlreadySetUp or WrongLink, and then writes nothing.
    """
    with transaction.atomic():
        raise_versions({SITE})  # of two submissions at once the second waits here for the first
        if not setup_needed():
            raise AlreadySetUp
        if not is_token(token, folder):
            raise WrongLink
        user = User.objects.create_superuser(email, zone=zone, language=language)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        person = person_of(user)
        Person.objects.filter(pk=person.pk).update(name=name, zone=zone)
        made = found_community(
            slug=_free_slug(community),
            name={language: community},
            home_zone=zone,
            language=language,
            contact=user.email,
            now=now,
            actor_id=user.pk,
        )
        Membership.objects.create(person=person, community=made, role=Role.MANAGER, since=now)
    # An old hash does no harm: the link is refused by the administrator's existence.
    with contextlib.suppress(OSError):
        (folder / _FILE).unlink()
    return user


def _free_slug(name: str) -> str:
    base = slugify(name)[:45].strip("-") or "community"
    numbered = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], numbered) if not Community.objects.filter(slug=slug).exists())
