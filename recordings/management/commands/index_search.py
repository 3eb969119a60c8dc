"""`manage.py index_search`: bring the archive's search up to date now, or make all of it afresh while it is used."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from recordings.search import indexing

BAR = 30  # characters


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
        total, done, pieces = indexing.waiting().count(), 0, 0
        while keys := indexing.due():
            for key in keys:
                pieces += indexing.index(key, now=timezone.now())
                done += 1
                self.show(done, max(done, total))
        self.stdout.write(f"{done} recordings indexed, {pieces} pieces of text.")

    def show(self, done: int, total: int) -> None:
        """Draw how far it is, where somebody looks."""
        if sys.stderr.isatty():
            full = BAR * done // total
            end = "\n" if done == total else ""
            self.stderr.write(f"\r[{'█' * full}{' ' * (BAR - full)}] {done} of {total}", ending=end)
