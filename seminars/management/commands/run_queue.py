"""`manage.py run_queue`: the workers of the queue, kept working. `manage.py up` runs it too."""

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.urls import reverse
from django.utils import timezone

from seminars.config import schedule
from seminars.management import half_restored
from seminars.queue import enqueue, jobs, supervise


class Command(BaseCommand):
    """Run the queue in the foreground until SIGTERM or Ctrl-C."""

    requires_system_checks = []
    help = "Run the queue's workers and keep them working. One per database, beside a web server of your own."

    def handle(self, **options: Any) -> None:
        half_restored.refuse()
        try:
            run_queue()
        except Error as wrong:
            raise CommandError(
                f"The database says “{wrong}”. Check MERIDIAN_DATABASE, and run manage.py migrate first."
            ) from wrong


def run_queue() -> None:
    """Keep the timetable, sweep at once (the schedule itself is first read after half a minute), run the clusters."""
    now = timezone.now()
    schedule.keep(now=now)
    jobs.beat("queue", now)
    for line in schedule.TIMETABLE:
        import_module(line.task.rpartition(".")[0])  # loaded once, shared by every worker
        if line.minutes == 1:
            enqueue.nudge(line.task)
    reverse("account_login")  # loads every address with its page's code: mails name them
    connections.close_all()
    supervise.run()
