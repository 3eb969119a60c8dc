"""A folder that is looked through: each file once, those whose session is certain taken in, the others noted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from recordings.assets.probing import ReadCaptions
from recordings.catalogue import finding, naming
from recordings.catalogue.models import Found, FoundState
from recordings.catalogue.taking import CannotTake, Taken
from seminars.people.models import Community

SOURCE = "folder"


@dataclass(frozen=True)
class Seen:
    """What became of one file: one of these. reason: why it is doubtful. fresh: still being copied."""

    path: Path
    taken: Taken | None = None
    reason: str = ""
    fresh: bool = False


def look(
    folder: Path,
    *,
    now: datetime,
    settle_seconds: float,
    community: Community | None = None,
    read_captions: ReadCaptions | None = None,
) -> Iterator[Seen]:
    """Yield what became of each file that is new in the folder; nothing in it is changed.

    A file that was being taken in when the program was ended is taken in by the next look.
    settle_seconds: a file changed in so many seconds is still being copied, and left for the next look.
    """
    for path in files(folder):
        facts = path.stat()
        if now.timestamp() - facts.st_mtime < settle_seconds:
            yield Seen(path, fresh=True)
            continue
        name = str(path.relative_to(folder))
        known = sha256(f"{path}|{facts.st_size}|{facts.st_mtime_ns}".encode()).hexdigest()
        before = Found.objects.filter(source=SOURCE, key=known).select_related("session__series").first()
        if before is not None:
            if before.state == FoundState.TAKEN and before.decided_at is None and before.session:
                yield taken_in(before, path, now, read_captions)
            continue
        match = finding.match(name, community=community)
        kind = naming.kind_of(name)
        found, made = Found.objects.get_or_create(
            source=SOURCE,
            key=known,
            defaults={
                "name": name[-300:],
                "path": str(path),
                "size": facts.st_size,
                "began_at": datetime.fromtimestamp(facts.st_mtime, tz=UTC),
                "kind": kind or "handout",
                "language": naming.language_of(name) or (match.session.language if match.session else ""),
                "community": community or (match.session.series.community if match.session else None),
                "session": match.session,
                "reason": match.reason,
                "found_at": now,
                "state": FoundState.TAKEN if match.sure and kind else FoundState.DOUBTFUL,
            },
        )
        if made:
            yield taken_in(found, path, now, read_captions)


def taken_in(found: Found, path: Path, now: datetime, read_captions: ReadCaptions | None) -> Seen:
    """Return what became of a new file, taken in where its session is certain; the moment then says that it was."""
    if found.state != FoundState.TAKEN:
        return Seen(path, reason=found.reason)
    try:
        taken = finding.take_found(found=found, now=now, read_captions=read_captions)
    except CannotTake as wrong:
        return Seen(path, reason=str(wrong))
    Found.objects.filter(pk=found.pk).update(decided_at=now)
    return Seen(path, taken=taken)


def files(folder: Path) -> list[Path]:
    """Return the files of the folder and those below, in the order of their names; nothing hidden, no links."""
    found = []
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and not path.is_symlink():
            found.append(path)
    return sorted(found)
