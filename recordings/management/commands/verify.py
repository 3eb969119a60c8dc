"""`manage.py verify`: read every file of the archive again, in the store and its second copy; mend what is broken."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from recordings.assets import presence, store
from recordings.management.progress import AGAIN, GOES_ON, WITHOUT_AFRESH, Bar
from recordings.preservation.fixity import copies, running
from recordings.preservation.fixity.models import Copy, Outcome, Where


class Command(BaseCommand):
    """All, or what was not read lately. Ends with 1 where a file is damaged or lost and cannot be mended."""

    help = (
        "Read every file of the archive again and compare it with its SHA-256; what is damaged is brought back from "
        "the second copy. Broken off, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than", type=int, metavar="DAYS", help="only files not read for so many days"
        )
        parser.add_argument("--afresh", action="store_true", help="forget a run that was broken off")
        parser.add_argument(
            "--new-copy",
            action="store_true",
            help="begin a new disk of second copies in the folder MERIDIAN_SECOND_COPY; then verify",
        )

    def handle(self, *, older_than: int | None, afresh: bool, new_copy: bool, **options: Any) -> None:
        try:
            place = self.second(new_copy)
            whole = older_than is None
            now = timezone.now()
            if older_than is None:
                before, again = running.begun(now=now, afresh=afresh)
                if again:
                    self.stdout.write(f"Going on with the run of {before:%d %B %Y, %H:%M} UTC.")
            elif older_than < 0:
                raise CommandError("--older-than is a number of days, 0 or more.")
            else:
                before = now - timedelta(days=older_than)
            stopped = AGAIN if older_than == 0 else WITHOUT_AFRESH if whole and afresh else GOES_ON
            bad = self.run(running.Plan(before, place), stopped)
        except (presence.Away, copies.Full, store.DiskFull) as wrong:
            raise CommandError(str(wrong)) from wrong
        if whole:
            running.ended()
        if bad:
            sys.exit(1)

    def second(self, new_copy: bool) -> copies.Copies | None:
        """Return the second copies; begun where asked for. Raises CommandError, presence.Away."""
        if new_copy:
            if not settings.SECOND_COPY:
                raise CommandError("Set MERIDIAN_SECOND_COPY to the folder of the new disk first.")
            disk = copies.begin(Path(settings.SECOND_COPY))
            Copy.objects.exclude(disk=disk).delete()  # nobody reads the earlier disk any more
            self.stdout.write(f"The second copies lie in {settings.SECOND_COPY} (disk {disk[:8]}).")
        return copies.second_copies()

    def run(self, plan: running.Plan, stopped: str) -> int:
        """Return how many files are broken; a line for each that is not good. stopped: said when it is broken off."""
        counts = dict.fromkeys(Outcome, 0)
        with Bar(self.stderr, plan.bytes, stopped=stopped) as bar:
            for seen in running.run(plan, clock=timezone.now, progress=bar.step):
                counts[seen.reading.outcome] += 1
                if not seen.reading.good:
                    bar.clear()
                    where = _("the store") if seen.place == Where.STORE else _("the second copy")
                    what, note = seen.reading.outcome.label, _(seen.reading.note)
                    self.stdout.write(f"{seen.asset.sha256} ({where}): {what}. {note}")
        bad = counts[Outcome.DAMAGED] + counts[Outcome.MISSING]
        good, mended = counts[Outcome.GOOD], counts[Outcome.REPAIRED]
        self.stdout.write(
            f"{good} good, {mended} repaired, {bad} damaged or missing; {bar.done:,} bytes read."
        )
        return bad
