"""Attachments mailed to the address of a checklist's item: kept beside the store, taken in by jobs, answered once.

The address holds a secret that is signed, so nothing is kept of it and nobody guesses one.
"""

import hmac
import os
import re
import uuid
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.catalogue import finding, naming
from recordings.catalogue.models import Found, FoundState, OriginalKind
from seminars.followups.models import Item
from seminars.queue import jobs
from seminars.sessions.models import MaterialKind, Session

SOURCE = "mail"
MOST_FILES, MOST_BYTES = 20, 40 * 1024**2
OPEN_FOR = timedelta(days=90)
"""After its session an address goes on taking files so long."""
_ADDRESS = re.compile(r"item-(\d{1,18})-([a-z2-7]{24})")
KINDS = {
    MaterialKind.SLIDES: OriginalKind.SLIDES,
    MaterialKind.HANDOUT: OriginalKind.HANDOUT,
    MaterialKind.CAPTIONS: OriginalKind.CAPTIONS,
    MaterialKind.TRANSCRIPT: OriginalKind.CAPTIONS,
    MaterialKind.REPORT: OriginalKind.REPORT,
    MaterialKind.PAPER: OriginalKind.PAPER,
}


@dataclass(frozen=True)
class Attached:
    """A file of a mail."""

    name: str
    content: bytes


def address_of(item: Item) -> str:
    """Return the address to which files for an item are mailed; "" where the site takes no mail."""
    if not settings.MAIL_IN or item.pk is None:
        return ""
    return f"item-{item.pk}-{_secret(item.pk)}@{settings.MAIL_IN}"


def _secret(number: int) -> str:
    key = settings.SECRET_KEY.encode()
    return b32encode(hmac.digest(key, f"mail to item {number}".encode(), "sha256"))[:24].decode().lower()


def item_at(address: str, *, now: datetime) -> Item | None:
    """Return the item to which an address belongs; None for any other, and once its session is long over."""
    local, _at, domain = address.strip().lower().rpartition("@")
    found = _ADDRESS.fullmatch(local)
    if not settings.MAIL_IN or domain != settings.MAIL_IN or found is None:
        return None
    if not hmac.compare_digest(_secret(int(found[1])), found[2]):
        return None
    item = Item.objects.select_related("session__series__community").filter(pk=int(found[1])).first()
    if item is None or (item.session.ends_at and item.session.ends_at + OPEN_FOR < now):
        return None
    return item


def accept(*, item: Item, key: str, sender: str, attached: Iterable[Attached], now: datetime) -> int:
    """Return how many files of a mail are now on their way; the same mail again adds nothing.

    key: the mail's own id. sender: their address, told what became of the files. The first 20 of at most 40 MB count.
    """
    batch = sha256(f"{item.pk}|{key}".encode()).hexdigest()
    fitting = [each for each in attached if 0 < len(each.content) <= MOST_BYTES][:MOST_FILES]
    new = 0
    for number, each in enumerate(fitting):
        known = f"{batch}:{number}"
        if not Found.objects.filter(source=SOURCE, key=known).exists():
            new += _keep(item, each, known, batch, sender, now)
    return new


def _keep(item: Item, file: Attached, key: str, batch: str, sender: str, now: datetime) -> int:
    """Write one file and its row, and have it taken in."""
    path = store.staging_folder() / f"{uuid.uuid4().hex}.mailed"
    with path.open("xb") as out:
        out.write(file.content)
        out.flush()
        os.fsync(out.fileno())
    session: Session = item.session
    facts = {
        "name": file.name.replace("\0", "")[-300:] or _("A file without a name"),
        "path": str(path),
        "staged": True,
        "size": len(file.content),
        "kind": kind_of(item, file.name),
        "language": naming.language_of(file.name) or session.language,
        "community": session.series.community,
        "session": session,
        "state": FoundState.TAKEN,
        "batch": batch,
        "sender": sender[:254],
        "found_at": now,
    }
    with transaction.atomic():
        found, made = Found.objects.get_or_create(source=SOURCE, key=key, defaults=facts)
        if made:
            subject = f"found:{found.pk}"
            jobs.ensure(kind=finding.KIND, subject=subject, door=finding.DOOR, cluster="media", now=now)
    if not made:
        path.unlink(missing_ok=True)
    return int(made)


def kind_of(item: Item, name: str) -> str:
    """Return what a file is: what the item asks for, unless it is a video or a sound, or another text than that."""
    said = naming.kind_of(name)
    if said in (OriginalKind.VIDEO, OriginalKind.AUDIO, OriginalKind.CAPTIONS):
        return said
    asked = KINDS.get(MaterialKind(item.kind)) if item.kind in MaterialKind.values else None
    return asked or said or OriginalKind.HANDOUT


@dataclass(frozen=True)
class Answer:
    """What the sender of a mail is told."""

    batch: str
    sender: str
    session: Session
    kept: list[str]
    refused: list[tuple[str, str]]


def unanswered(*, limit: int = 100) -> list[Answer]:
    """Return mails all of whose files are settled, and whose sender was not told yet."""
    told = []
    waiting = Found.objects.filter(source=SOURCE).exclude(sender="")
    for batch in waiting.order_by("batch").values_list("batch", flat=True).distinct()[:limit]:
        rows = list(
            Found.objects.filter(source=SOURCE, batch=batch)
            .select_related("session__series__community")
            .order_by("pk")
        )
        if any(each.state == FoundState.TAKEN and each.staged for each in rows):
            continue  # a job still works on it
        first = rows[0]
        if first.session is None:
            continue
        kept = [each.name for each in rows if each.state == FoundState.TAKEN]
        refused = [(each.name, each.reason) for each in rows if each.state != FoundState.TAKEN]
        told.append(Answer(batch, first.sender, first.session, kept, refused))
    return told


def answered(batch: str) -> None:
    """Forget who sent a mail: they were told."""
    Found.objects.filter(source=SOURCE, batch=batch).update(sender="")
