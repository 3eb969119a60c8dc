"""`manage.py restore FOLDER`: bring a backup back into an empty Meridian."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from recordings.assets import store
from recordings.management.progress import Bar
from recordings.preservation.backups import manifest, restoring
from recordings.preservation.backups.databases import Failed
from seminars.management.commands.up import take_folder

FILES_LEFT = "Stopped. The database is back; the same command with --media goes on with the files."


class Command(BaseCommand):
    """Database first, all or nothing; then the files. Again with --media, the files go on where they were."""

    requires_system_checks = []
    help = (
        "Bring back a backup (FOLDER, named by date and hour, or the folder of all: then the latest) into an empty "
        "Meridian. Stop Meridian first, and put the old secret_key into the data folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument(
            "--media", action="store_true", help="only the files, into what was restored before"
        )
        parser.add_argument("--check", action="store_true", help="only say whether the backup is whole")

    def handle(self, *, folder: str, media: bool, check: bool, **options: Any) -> None:
        place = self.latest(Path(folder).expanduser().absolute())
        lock = None if check else take_folder(settings.DATA)
        try:
            found = restoring.check(place)
            known = MigrationLoader(connection).disk_migrations
            if unknown := restoring.newer(found, known):
                raise CommandError(f"This backup was made by a newer Meridian ({', '.join(unknown)}).")
            if check:
                return self.say(place, found)
            if not media:
                held = restoring.database(place, found, now=timezone.now())
                self.stdout.write(f"The database of {found.made_at} is back.")
                if held:
                    self.stdout.write(
                        f"{held} mails were due then and may have gone out since: they wait at /organise/mails/."
                    )
            self.files(place, found)
        except restoring.NotEmpty as wrong:
            raise CommandError(f"{wrong} Are only files of this backup missing: add --media.") from wrong
        except (manifest.NoBackup, Failed, store.DiskFull) as wrong:
            raise CommandError(str(wrong)) from wrong
        except OSError as wrong:
            raise CommandError(f"A disk does not answer: {wrong}") from wrong
        finally:
            if lock:
                lock.close()

    def latest(self, folder: Path) -> Path:
        """Return the backup itself, where the folder of all of them was given."""
        there = manifest.all_of(folder)
        return there[-1] if there and not (folder / manifest.NAME).exists() else folder

    def say(self, place: Path, found: manifest.Manifest) -> None:
        """Say what the backup holds."""
        copies = place.parent / manifest.MEDIA
        wanted = restoring.listed(place) if found.with_media else []
        lost = [sha256 for sha256, size in wanted if not store.is_file(store.place_in(copies, sha256), size)]
        self.stdout.write(f"{place}: made {found.made_at}, database whole, {found.files:,} files.")
        if lost or not found.with_media:
            raise CommandError(f"{len(lost) or found.files} files are not in it.")

    def files(self, place: Path, found: manifest.Manifest) -> None:
        """Bring the files back. Raises CommandError where some are not there."""
        if not found.with_media:
            self.stdout.write("This backup holds no files. Put the store folder back from elsewhere.")
            return
        with Bar(self.stderr, found.bytes, stopped=FILES_LEFT) as bar:
            lost = restoring.media(place, place.parent / manifest.MEDIA, now=timezone.now(), progress=bar.at)
        self.stdout.write(f"{found.files - len(lost):,} files are back, each checked.")
        if lost:
            lines = "\n".join(f"  {each}" for each in lost)
            raise CommandError(f"{len(lost)} files are missing or damaged in the backup:\n{lines}")
