"""The queue's door. Names here are frozen: they are stored in the database. Keyword ids in, one verb, nothing else."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone

from seminars.followups import checklist
from seminars.notifications import moves, outbox
from seminars.queue import enqueue, jobs
from seminars.sessions import clocks, planning, turning

KEEP_SUCCESSES = timedelta(days=7)
log = logging.getLogger(__name__)


def sweep() -> None:
    """Each minute: turn sessions, open and tick checklists, top up series, wake jobs, send mails; then beat."""
    now = timezone.now()
    _part("sessions", lambda: turning.turn_due(now=now), now)
    _part("checklists", lambda: (checklist.open_due(now=now), checklist.reconcile(now=now)), now)
    _part("series", lambda: (planning.top_up(now=now), clocks.recompute(now=now)), now)
    _part("jobs", lambda: jobs.sweep(now=now), now)
    _part("mails", lambda: _mails(now), now)
    jobs.beat("sweep", now)


def _mails(now: datetime) -> None:
    """Hear what moved, send what is due. What has waited too long takes the beat away, so that /health/ says so."""
    moves.look(now=now)
    outbox.deliver()
    if count := outbox.late(now=timezone.now()):
        raise outbox.MailsLate(
            f"{count} mails have waited for more than half an hour: is the mail server well?"
        )


def _part(name: str, verb: Callable[[], object], now: datetime) -> None:
    """Call `verb`, then beat; a failing part goes without its beat, which /health/ shows, and the others go on."""
    try:
        verb()
    except Exception:  # broad: whatever one part meets, the others must still run this minute
        log.exception("The sweep's part “%s” failed", name)
    else:
        jobs.beat(name, now)


def prune() -> None:
    """Each day: forget the queue's successes of a week ago, and sign-ins that have run out."""
    now = timezone.now()
    enqueue.prune(before=now - KEEP_SUCCESSES)
    SignIn.objects.filter(expire_date__lt=now).delete()
