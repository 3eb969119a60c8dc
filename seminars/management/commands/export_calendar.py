"""`manage.py export_calendar --community SLUG`: all its published sessions as one .ics that imports back equal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from seminars.calendars.importing.exporting import export
from seminars.people.models import Community


class Command(BaseCommand):
    """Write to a file, or to the standard output."""

    help = "Write all published sessions of a community as one calendar (.ics) that imports back equal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--community", required=True, metavar="SLUG")
        parser.add_argument("--output", metavar="FILE", help="the file to write; else the standard output")

    def handle(self, **options: Any) -> None:
        community = Community.objects.filter(slug=options["community"]).first()
        if community is None:
            raise CommandError(f"There is no community “{options['community']}”.")
        content, count = export(community)
        if not options["output"]:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as wrong:
            raise CommandError(f"{options['output']} cannot be written: {wrong.strerror}.") from wrong
        self.stdout.write(f"{count} sessions written to {options['output']}.")
