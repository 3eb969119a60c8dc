"""What a backup says of itself. Written last: a folder without it is no backup."""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

FORM = 1
NAME = "manifest.json"
MEDIA = "media"
LIST = "media.txt"
SETTINGS = "settings.json"
FOLDER = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")
MOST_BYTES = 10 * 1024**2


class NoBackup(Exception):
    """The folder holds no backup that can be used; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """One backup. made_at: ISO, UTC. engine: sqlite or postgresql. sha256, size: of the database's file, in bytes.

    migrations: the last one of each app. files, bytes: of the store, as listed beside. missing: hashes of files that
    could not be copied, because the store itself has lost them. with_media: whether files were copied at all.
    """

    made_at: str
    engine: str
    database: str
    sha256: str
    size: int
    migrations: dict[str, str]
    files: int
    bytes: int
    with_media: bool
    missing: list[str] = field(default_factory=list)
    form: int = FORM

    @property
    def is_good(self) -> bool:
        """Return whether everything is in it."""
        return not self.missing


def folder_name(now: datetime) -> str:
    """Return what a backup's folder is called. now: aware UTC."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")


def write(manifest: Manifest, folder: Path) -> None:
    """Put it into the folder."""
    (folder / NAME).write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False) + "\n")


def read(folder: Path) -> Manifest:
    """Return what a backup says of itself. Raises NoBackup."""
    path = folder / NAME
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NoBackup(_("%(path)s is too large to be a backup's.") % {"path": path})
        found = json.loads(path.read_text())
    except FileNotFoundError as wrong:
        words = _("%(folder)s is no backup: it has no %(name)s. Give the folder named by its date and hour.")
        raise NoBackup(words % {"folder": folder, "name": NAME}) from wrong
    except (OSError, ValueError) as wrong:
        raise NoBackup(_("%(path)s cannot be read: %(why)s") % {"path": path, "why": wrong}) from wrong
    return _checked(found, path)


def _checked(found: Any, path: Path) -> Manifest:
    if not isinstance(found, dict) or not isinstance(found.get("form"), int):
        raise NoBackup(_("%(path)s is not what a backup says of itself.") % {"path": path})
    if found["form"] > FORM:
        raise NoBackup(
            _("This backup was made by a newer Meridian. Restore it with that one, or a later one.")
        )
    try:
        manifest = Manifest(**found)
    except TypeError as wrong:
        raise NoBackup(_("%(path)s is not what a backup says of itself.") % {"path": path}) from wrong
    strings = (manifest.database, manifest.sha256, manifest.engine, manifest.made_at)
    if (
        not all(isinstance(each, str) for each in strings)
        or Path(manifest.database).name != manifest.database
    ):
        raise NoBackup(_("%(path)s is not what a backup says of itself.") % {"path": path})
    return manifest


def all_of(folder: Path) -> list[Path]:
    """Return the folders of whole backups in `folder`, the oldest first."""
    if not folder.is_dir():
        return []
    found = (each for each in folder.iterdir() if FOLDER.fullmatch(each.name) and (each / NAME).is_file())
    return sorted(found, key=lambda each: each.name)
