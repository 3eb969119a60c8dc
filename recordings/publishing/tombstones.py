"""What is said at every address of something withdrawn: what it was, when it went, why, who decided, and its hashes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from recordings.catalogue.models import Decider, Original, OriginalKind, Recording
from seminars.words import Words


@dataclass(frozen=True)
class Buried:
    """One file that was there. kind: an OriginalKind. size: bytes. kept: whether it is here, and given to nobody.

    It is not where only word of it came, in a bag.
    """

    uuid: UUID
    kind: str
    language: str
    sha256: str
    size: int
    kept: bool

    @property
    def label(self) -> str:
        """What it was."""
        return str(OriginalKind(self.kind).label)


@dataclass(frozen=True)
class Tombstone:
    """What stands there now. by: in which office somebody decided, in words; "" where nobody wrote it down."""

    title: Words
    at: datetime
    reason: str
    by: str
    files: list[Buried]

    @property
    def kept(self) -> bool:
        """Whether all that was there is kept."""
        return bool(self.files) and all(each.kept for each in self.files)

    @property
    def line(self) -> str:
        """When it went and why, in one line."""
        said = _("Withdrawn on %(date)s. %(reason)s")
        return (said % {"date": f"{self.at:%Y-%m-%d}", "reason": self.reason}).strip()


def tombstone_of(recording: Recording) -> Tombstone | None:
    """Return the tombstone of a recording that was withdrawn, by itself or with its session; None for one that stands.

    Load `session__series` with it. One query.
    """
    session = recording.session
    if recording.withdrawn_at:
        at, reason = recording.withdrawn_at, recording.withdrawn_reason
        by = str(Decider(recording.withdrawn_by).label) if recording.withdrawn_by else ""
    elif session and session.withdrawn_at:
        at, reason, by = session.withdrawn_at, session.reason, str(Decider.ORGANISER.label)
    else:
        return None
    title = session.heading if session else recording.title
    return Tombstone(title, at, reason, by, buried(recording))


def buried(recording: Recording) -> list[Buried]:
    """Return the files as they came, current ones and earlier ones."""
    rows = Original.objects.filter(recording=recording).select_related("asset").order_by("added_at", "pk")
    return [
        Buried(each.uuid, each.kind, each.language, each.asset.sha256, each.asset.size, not each.asset.absent)
        for each in rows
    ]


def words_of(stone: Tombstone, title: str, sha256: str = "") -> str:
    """Return the tombstone as plain text, for where a file was. title: in the reader's language."""
    lines = [title, stone.line]
    if stone.by:
        lines.append(_("Decided by: %(who)s") % {"who": stone.by})
    if sha256:
        lines.append(_("SHA-256 of what was here: %(sha256)s") % {"sha256": sha256})
    return "\n".join(line.strip() for line in lines) + "\n"
