"""`manage.py rebuild_editions`: have editions made again by the queue, while those that are there go on serving."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from recordings.catalogue.models import Original
from recordings.management.progress import Bar
from recordings.renditions import making
from recordings.renditions.recipes import RECIPES
from seminars.queue.models import Job

EVERY_SECONDS = 2.0
QUEUED = "Stopped waiting. The queue goes on making them."


class Command(BaseCommand):
    """Orders them; with --wait it shows how far the queue is. Stopped and begun again, nothing is lost."""

    help = (
        "Have editions made again: after a better ffmpeg, or when some came out badly. The queue makes them; the ones "
        "that are there serve until then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "recordings", nargs="*", metavar="SLUG", help="of these recordings; all by default"
        )
        parser.add_argument("--series", metavar="SLUG", help="only of this series")
        parser.add_argument("--recipe", action="append", choices=sorted(RECIPES), help="only these editions")
        parser.add_argument(
            "--missing", action="store_true", help="only order what is lacking; remake nothing"
        )
        parser.add_argument("--wait", action="store_true", help="wait for the queue, with a progress bar")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        found = self.files(options)
        if not found.exists():
            raise CommandError("There is no recording like that.")
        count = 0
        for original in found.iterator(chunk_size=100):
            if options["missing"]:
                count += making.ensure([original], now=now)
            else:
                count += making.again([original], recipes=options["recipe"] or (), now=now, by_id=None)
        self.stdout.write(f"{count} editions are in the queue.")
        if options["wait"]:
            self.wait()

    def files(self, options: dict[str, Any]) -> "QuerySet[Original]":
        """Return the files whose editions are meant."""
        rows = Original.objects.filter(superseded_at=None, recording__withdrawn_at=None)
        rows = rows.filter(recording__published_at__isnull=False).select_related("asset", "recording")
        if options["recordings"]:
            rows = rows.filter(recording__slug__in=options["recordings"])
        if options["series"]:
            rows = rows.filter(recording__session__series__slug=options["series"])
        return rows.order_by("pk")

    def wait(self) -> None:
        """Show how many of the queue's editions are made, until none waits."""
        jobs = Job.objects.filter(kind__startswith=f"{making.KIND}.", state__in=making.OPEN)
        whole = jobs.count()
        with Bar(self.stderr, whole, counts=True, stopped=QUEUED) as bar:
            while left := jobs.count():
                bar.at(max(whole - left, 0), whole)
                time.sleep(EVERY_SECONDS)
            bar.at(whole, whole)
