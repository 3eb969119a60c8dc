"""`manage.py ingest FOLDER`: take in the recordings, slides and captions that lie in a folder."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recordings.catalogue import watching
from recordings.publishing import releasing
from recordings.transcripts.converting import as_vtt
from seminars.people.models import Community

EVERY_SECONDS = 30


class Command(BaseCommand):
    """Once, or again and again. Nothing in the folder is moved, changed or deleted; no file is taken twice."""

    help = (
        "Take in the files of a folder: by a session's short name in their path, or by a series' and the day "
        "(after-hours/2026-11-16 talk.mp4). What is doubtful waits on the page “Doubtful files”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--community", metavar="SLUG", help="only sessions of this community")
        parser.add_argument("--watch", action="store_true", help="look again every 30 seconds, until Ctrl-C")
        parser.add_argument(
            "--settle", type=float, default=30, metavar="SECONDS", help="files changed since are still copied"
        )

    def handle(self, *, folder: str, watch: bool, settle: float, **options: Any) -> None:
        path = Path(folder).expanduser().absolute()
        if not path.is_dir():
            raise CommandError(f"There is no folder {path}.")
        community = None
        if options["community"]:
            community = Community.objects.filter(slug=options["community"]).first()
            if community is None:
                raise CommandError(f"There is no community “{options['community']}”.")
        self.look(path, settle, community, say_fresh=not watch)
        while watch:
            time.sleep(EVERY_SECONDS)
            self.look(path, settle, community, say_fresh=False)

    def look(self, folder: Path, settle: float, community: Community | None, *, say_fresh: bool) -> None:
        """Look once, a line for each file."""
        now = timezone.now()
        for seen in watching.look(
            folder, now=now, settle_seconds=settle, community=community, read_captions=as_vtt
        ):
            name = seen.path.relative_to(folder)
            if seen.taken:
                releasing.release(recording=seen.taken.original.recording, now=timezone.now())
                self.stdout.write(f"+ {name}: {seen.taken.original.recording.slug}")
            elif not seen.fresh:
                self.stdout.write(f"? {name}: {seen.reason}")
            elif say_fresh:
                self.stdout.write(
                    f"… {name}: it is still being copied, or was changed just now. Look again later."
                )
