"""`manage.py import_bag PATH`: bring a bag of Meridian's own back in."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone

from recordings.catalogue.models import Recording
from recordings.management.progress import Bar
from recordings.preservation.bags.reading import NotABag, open_bag
from recordings.preservation.importing.bringing import CannotImport, import_bag
from seminars.management.preparing import make_current

CHECKED_AGAIN = "Stopped. The same command checks the bag again, then goes on from here."


class Command(BaseCommand):
    """Checks all of it first. Run again it goes on where it was stopped, and brings nothing twice."""

    help = (
        "Import a bag that Meridian made, a folder or a ZIP: files, sessions, series, communities, with their "
        "addresses. What is here already stays as it is; files that are damaged or gone here are brought back. Where "
        "an address is taken by something else, nothing comes in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", metavar="PATH")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["path"]).expanduser()
        try:
            with open_bag(path) as bag, Bar(self.stderr, 0, stopped=CHECKED_AGAIN) as bar:
                if Recording._meta.db_table not in connection.introspection.table_names():
                    make_current()  # a Meridian that never ran
                done = import_bag(bag, now=timezone.now(), progress=bar.at)
        except NotABag as wrong:
            raise CommandError(str(wrong)) from wrong
        except CannotImport as wrong:
            raise CommandError("\n".join(wrong.problems)) from wrong
        except DatabaseError as wrong:
            raise CommandError(
                f"The database refuses: {wrong}. Has it all its tables (manage.py migrate), and its disk room? Then "
                "run the same command again: it goes on."
            ) from wrong
        except OSError as wrong:
            raise CommandError(f"A disk does not answer: {wrong}") from wrong
        for words in done.differing:
            self.stdout.write(words)
        for sha256 in done.mended:
            self.stdout.write(f"{sha256} was damaged or gone in the store, and is good again.")
        self.stdout.write(
            f"{done.rows} rows and {done.files} files came in; {done.same} rows were here already."
        )
