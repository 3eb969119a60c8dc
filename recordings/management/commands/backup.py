"""`manage.py backup [FOLDER]`: save everything that cannot be made again."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from recordings.assets import store
from recordings.management.progress import AGAIN, Bar
from recordings.preservation.backups import making, manifest, nightly
from recordings.preservation.backups.databases import Failed
from seminars.queue import jobs

FILES_STAY = "Stopped. The same command saves the database again, then goes on with the files."


class Command(BaseCommand):
    """As the queue does each night. Ends with 1 where the store has lost files, which are named."""

    help = (
        "Save the database, as it is at one moment, and each file of the store once. Default: into the folder "
        "MERIDIAN_BACKUPS; without that setting, the database only, into the data folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", metavar="FOLDER", help="of all backups, on another disk")
        parser.add_argument("--without-media", action="store_true", help="the database only")

    def handle(self, *, folder: str | None, without_media: bool, **options: Any) -> None:
        into = Path(folder).expanduser().absolute() if folder else settings.BACKUPS
        with_media = (bool(folder) or settings.BACKUPS_APART) and not without_media
        try:
            with Bar(self.stderr, 0, stopped=FILES_STAY if with_media else AGAIN) as bar:
                made = making.make(into=into, with_media=with_media, now=timezone.now(), progress=bar.at)
        except (making.Busy, store.DiskFull, Failed) as wrong:
            raise CommandError(str(wrong)) from wrong
        except DatabaseError as wrong:
            raise CommandError(
                f"The database refuses: {wrong}. Has it all its tables (manage.py migrate)?"
            ) from wrong
        except OSError as wrong:
            raise CommandError(f"The folder {into} cannot be written ({wrong.strerror}).") from wrong
        found = manifest.read(made)
        self.stdout.write(
            f"{made}: database {found.size:,} bytes"
            + (f", {found.files:,} files of {found.bytes:,} bytes." if with_media else "; no files.")
        )
        if not with_media:
            self.stdout.write("Files are not saved: give a FOLDER on another disk, or set MERIDIAN_BACKUPS.")
        if found.missing:
            lines = "\n".join(f"  {each}" for each in found.missing)
            raise CommandError(
                f"The store has lost {len(found.missing)} files. Run manage.py verify.\n{lines}"
            )
        if into == settings.BACKUPS:
            making.prune(folder=into, keep=settings.BACKUPS_KEPT)
            jobs.beat(nightly.BEAT, timezone.now())
