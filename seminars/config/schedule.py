"""Every periodic job: name → task → every how many minutes. Session times are never here: the sweep finds what is due.

The dotted paths are stored in the database by django-q2, so they are frozen.
"""

from datetime import datetime

from seminars.queue.enqueue import Line, keep_timetable

TIMETABLE = (
    Line("sweep", "seminars.tasks.sweep", minutes=1),
    Line("recordings sweep", "recordings.tasks.sweep", minutes=1),
    Line("providers", "recordings.tasks.look_at_providers", minutes=10),
    Line("reconcile", "recordings.tasks.reconcile", minutes=24 * 60),
    Line("backup", "recordings.tasks.back_up", minutes=24 * 60),
    Line("followed calendars", "seminars.tasks.refresh_calendars", minutes=60),
    Line("links", "seminars.tasks.look_at_links", minutes=60),
    Line("prune", "seminars.tasks.prune", minutes=24 * 60),
)


def keep(*, now: datetime) -> None:
    """Make django-q2's schedule say this timetable. Called at every start; doing it again changes nothing."""
    keep_timetable(TIMETABLE, now=now)
