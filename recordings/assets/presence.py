"""Is the store there at all? A disk that is not mounted must not be read as a thousand lost files."""

import os
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.assets.models import Asset

MARKER = "this-is-the-store"
SAMPLE = 20


class Away(Exception):
    """A place of files is not there as a whole; the message says what to do."""


def check() -> None:
    """Raise Away where the store is not there.

    It is there when its marker is, or a few of the oldest files; then it gets the marker, so that from the next time
    on even the loss of every file is a loss and no unmounted disk.
    """
    marker = Path(settings.STORE) / MARKER
    if marker.is_file():
        return
    rows = Asset.objects.here().order_by("pk").values_list("sha256", "size")[:SAMPLE]
    if rows and not any(store.is_file(store.path_of(sha256), size) for sha256, size in rows):
        words = _(
            "The store is not there: %(folder)s holds none of the archive's files. Mount its disk, or bring it back "
            "from the backup. Nothing was changed."
        )
        raise Away(words % {"folder": settings.STORE})
    write_marker(
        marker, "Here lie the files of an archive. Leave this file: it says that the disk is mounted.\n"
    )


def write_marker(marker: Path, text: str) -> None:
    """Write a marker file, there for sure."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    with marker.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    store.sync_folder(marker.parent)
