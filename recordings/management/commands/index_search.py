"""`manage.py index_search`: bring the archive's search up to date now, or make all of it afresh while it is used."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from recordings.management.progress import GOES_ON, WITHOUT_AFRESH, Bar
from recordings.search import indexing


class Command(BaseCommand):
    """One recording after the other, each at once: who searches meanwhile finds the old or the new, never half."""

    help = (
        "Index what search does not know yet; the queue does the same by itself, a hundred a minute. "
        "Stopped, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--afresh", action="store_true", help="index every recording again")

    def handle(self, *, afresh: bool, **options: Any) -> None:
        if afresh:
            indexing.forget_form()
        pieces, stopped = 0, WITHOUT_AFRESH if afresh else GOES_ON
        with Bar(self.stderr, indexing.waiting().count(), counts=True, stopped=stopped) as bar:
            while keys := indexing.due():
                for key in keys:
                    pieces += indexing.index(key, now=timezone.now())
                    bar.at(bar.done + 1, max(bar.done + 1, bar.total))
        self.stdout.write(f"{bar.done} recordings indexed, {pieces} pieces of text.")
