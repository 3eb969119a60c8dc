"""An upload begins: announced, measured against what may be kept and what there is room for, and given its token."""

import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.catalogue.models import Origin, Original, OriginalKind
from recordings.catalogue.taking import CannotTake, check_consent
from recordings.uploading import staging
from recordings.uploading.models import Upload, UploadState
from seminars.people.models import Community
from seminars.sessions.models import Session
from seminars.templatetags.meridian import size

KEPT = timedelta(days=7)
"""A part waits so long for its rest: a laptop that was closed on Friday goes on next week."""
MOST_OPEN = 100
_LANGUAGE = re.compile(r"([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?")  # it becomes part of the file's address


class TooLarge(Exception):
    """More bytes than may be taken in here; the message gives the figures."""


class NoRoom(Exception):
    """The disk has no room for it; the message gives the figures."""


class TooMany(Exception):
    """So many uploads are open that another one makes no sense."""


@dataclass(frozen=True)
class Announced:
    """What is said of a file before it comes. length: bytes. origin: of captions, where their words come from."""

    kind: str
    language: str
    filename: str
    length: int
    origin: str = Origin.HUMAN


def create(*, session: Session, file: Announced, sender: str, actor_id: int | None, now: datetime) -> Upload:
    """Return a new upload into the session. sender: by which door it came, such as `user:7`. now: aware UTC.

    Raises CannotTake, TooLarge, TooMany, NoRoom: nothing is stored then.
    """
    check(session, file)
    name = PurePosixPath(file.filename.replace("\\", "/").replace("\0", "")).name[-200:]
    with staging.room_held(), transaction.atomic():  # two communities share the disk, not a row
        community = Community.objects.select_for_update().get(pk=session.series.community_id)
        open_ = Upload.objects.filter(state=UploadState.ARRIVING)
        if open_.filter(session=session, sender=sender).count() >= MOST_OPEN:
            raise TooMany(_("Too many files are on their way already. Finish or remove some first."))
        check_quota(community, file.length)
        check_room(file.length)
        upload = Upload.objects.create(
            token=secrets.token_urlsafe(32),
            session=session,
            kind=file.kind,
            language=file.language,
            origin=file.origin,
            filename=name,
            length=file.length,
            sender=sender,
            actor_id=actor_id,
            made_at=now,
            expires_at=now + KEPT,
        )
    staging.begin(upload)
    return upload


def check(session: Session, file: Announced) -> None:
    """Raise CannotTake or TooLarge for what would be refused in the end in any case."""
    if (
        file.kind not in OriginalKind.values
        or len(file.language) > 10
        or not _LANGUAGE.fullmatch(file.language)
        or file.origin not in (Origin.HUMAN, Origin.AUTOMATIC)
    ):
        raise CannotTake(_("Say what the file is: a video, slides, captions …"))
    if file.length <= 0:
        raise CannotTake(_("The file is empty. Choose the file again; it may still have been copying."))
    if file.length > settings.MAX_FILE_BYTES:
        words = _("This file has %(size)s. At most %(limit)s are taken here.")
        raise TooLarge(words % {"size": size(file.length), "limit": size(settings.MAX_FILE_BYTES)})
    check_consent(session, file.kind)


def check_quota(community: Community, length: int) -> None:
    """Raise TooLarge where the community's files and this one are more than the site gives each community."""
    limit = settings.COMMUNITY_BYTES
    if not limit:
        return
    used = used_by(community)
    if used + length > limit:
        words = _(
            "This file has %(size)s. %(used)s of the %(limit)s that your community may keep are used; "
            "%(left)s are left. Ask the site's administrator for more."
        )
        figures = {
            "used": size(used) or "0 kB",
            "limit": size(limit),
            "left": size(max(limit - used, 0)) or "0 kB",
        }
        raise TooLarge(words % {"size": size(length), **figures})


def used_by(community: Community) -> int:
    """Return the bytes of the community's originals, each file once, and of what is announced."""
    originals = Original.objects.filter(recording__session__series__community=community)
    kept = Asset.objects.filter(pk__in=originals.values("asset")).aggregate(bytes=Sum("size"))["bytes"]
    coming = Upload.objects.filter(
        session__series__community=community, state__in=[UploadState.ARRIVING, UploadState.CHECKING]
    ).aggregate(bytes=Sum("length"))["bytes"]
    return (kept or 0) + (coming or 0)


def check_room(length: int) -> None:
    """Raise NoRoom where the disk has no room for this file and the rest of all that is on its way."""
    rest = Upload.objects.filter(state=UploadState.ARRIVING).aggregate(bytes=Sum(F("length") - F("offset")))
    free = shutil.disk_usage(store.staging_folder()).free - store.SPARE_BYTES - (rest["bytes"] or 0)
    if length > free:
        words = _("The server's disk has no room for %(size)s: %(free)s are free. Tell its administrator.")
        raise NoRoom(words % {"size": size(length), "free": size(max(free, 0)) or "0 kB"})
