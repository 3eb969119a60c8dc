"""The queue's door. Names here are frozen: they are stored in the database. Keyword ids in, one verb, nothing else."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session as SignIn
from django.utils import timezone, translation

from seminars.calendars import purging, sweeping
from seminars.calendars.importing import following, waiting
from seminars.elsewhere.asking import Interrupted
from seminars.followups import checklist, opening
from seminars.followups.links import looking
from seminars.leaving import erasing
from seminars.notifications import (
    attending,
    feedback,
    introductions,
    membership,
    moves,
    outbox,
    papers,
    places,
    questions,
    ready,
    reminding,
    silence,
    suggestions,
    welcome,
)
from seminars.notifications.chasing import daily
from seminars.notifications.newsletter import going
from seminars.notifications.press import Press
from seminars.notifications.readers import following as reading
from seminars.people.membership import asking as joining
from seminars.queue import enqueue, jobs
from seminars.queue.models import Job
from seminars.results import using
from seminars.sessions import clocks, planning, turning
from seminars.sessions.attendance import importing as attendance_lists
from seminars.sessions.questions import asking as questions_asked
from seminars.sessions.registration import registering, seating, whole
from seminars.sessions.suggesting import suggesting

KEEP_SUCCESSES = timedelta(days=7)
KEEP_ATTEMPTS = timedelta(days=30)
KEEP_IMPORTS = timedelta(days=2)
KEEP_UNCONFIRMED = timedelta(days=14)
KEEP_REMINDED = timedelta(days=30)
log = logging.getLogger(__name__)
_press = Press()  # of this worker: words that were made for one batch serve the next


class NotLooked(Exception):
    """What is new for mails was not looked at; the log says why."""


def sweep() -> None:
    """Each minute: turn sessions, open and tick checklists, top up series, wake jobs, send mails; then beat."""
    now = timezone.now()
    _part("sessions", lambda: turning.turn_due(now=now), now)
    _part(
        "checklists",
        lambda: (opening.open_ahead(now=now), opening.open_due(now=now), checklist.reconcile(now=now)),
        now,
    )
    _part("series", lambda: (planning.top_up(now=now), clocks.recompute(now=now)), now)
    _part("jobs", lambda: jobs.sweep(now=now), now)
    _part(
        "registrations",
        lambda: (whole.take_over(now=now), seating.lapse(now=now), seating.move_up(now=now)),
        now,
    )
    _part("mails", lambda: _mails(now), now)
    if settings.PURGE_URLS:
        _part("caches", lambda: purging.order_due(now=now), now)
    jobs.beat("sweep", now)


def _mails(now: datetime) -> None:
    """Hear what moved, remind, send what is due. What fails stops no other, and takes the beat away, as what waits
    too long does, so that /health/ says so."""
    failed = [
        each.__module__
        for each in (
            moves.look,
            places.look,
            attending.look,
            reminding.look,
            feedback.look,
            ready.look,
            papers.look,
            membership.look,
            introductions.look,
            suggestions.look,
            questions.look,
            welcome.look,
            silence.look,
            going.look,
            _owed,
        )
        if not _looked(each, now)
    ]
    send_mails()
    if count := outbox.late(now=timezone.now()):
        raise outbox.MailsLate(
            f"{count} mails have waited for more than half an hour: is the mail server well?"
        )
    if failed:
        raise NotLooked(f"Not looked at: {', '.join(failed)}")


def _owed(*, now: datetime) -> int:
    """What is owed; `_part` notes when this was looked for to the end."""
    return daily.look_each_quarter(now=now, last=jobs.last_beat("mails"))


def send_mails() -> None:
    """Send what is due for a while. Where there is more, ask other workers to join in, and to go on after this one.

    Asked again with each batch, so that soon every worker of every cluster sends, however many there are.
    """
    began = time.monotonic()
    outbox.deliver(press=_press, many=_ask_for_help)
    if time.monotonic() - began >= outbox.AT_MOST:  # it ended for the time; else nothing more could leave
        _ask_for_help()


def _ask_for_help() -> None:
    """One wake-up waits at most: it is fetched by any worker of any cluster that is free."""
    now = timezone.now()
    if outbox.more(now=now) and not enqueue.is_waiting("seminars.tasks.send_mails", now=now):
        enqueue.nudge("seminars.tasks.send_mails")


def _looked(look: Callable[..., int], now: datetime) -> bool:
    try:
        look(now=now)
    except Exception:  # broad: one kind of mail that cannot be written down must not keep the others here
        log.exception("“%s” could not look for mails to write down", look.__module__)
        return False
    return True


def _part(name: str, verb: Callable[[], object], now: datetime) -> None:
    """Call `verb`, then beat; a failing part goes without its beat, which /health/ shows, and the others go on."""
    try:
        verb()
    except Exception:  # broad: whatever one part meets, the others must still run this minute
        log.exception("The sweep's part “%s” failed", name)
    else:
        jobs.beat(name, now)


def refresh_calendars() -> None:
    """Each hour: order a look at every followed calendar; each look is a job of its own, so that none is lost."""
    now = timezone.now()
    _part("followed calendars", lambda: following.order_due(now=now), now)


def refresh_calendar(job_id: int) -> None:
    """Look at one followed calendar, and take over what is new."""
    jobs.work(job_id, refresh_one)


def refresh_one(job: Job) -> None:
    """Refresh what a job is about. Raises Transient."""
    if followed := following.followed_of(job):
        with translation.override(followed.series.language):
            try:
                following.refresh(followed=followed, now=timezone.now())
            except Interrupted as wrong:
                raise jobs.Transient(str(wrong)) from wrong


def look_at_links() -> None:
    """Each hour: order a look behind a few addresses elsewhere on pages of ours; each look is a job of its own."""
    now = timezone.now()
    _part("links", lambda: looking.order_due(now=now), now)


def look_at_link(job_id: int) -> None:
    """Look whether one address elsewhere still leads somewhere."""
    jobs.work(job_id, look_at_one)


def look_at_one(job: Job) -> None:
    """Look behind the link that a job is about."""
    if link := looking.link_of(job):
        looking.look(link=link, now=timezone.now())


def purge_caches(job_id: int) -> None:
    """Tell the caches in front which public calendars have changed."""
    jobs.work(job_id, purging.tell)


def prune() -> None:
    """Each day: forget successes of a week ago, old sign-ins, filters nobody asks for, addresses nobody confirmed.

    Last, forget those people whose seven days are over."""
    now = timezone.now()
    sweeping.sweep(now=now)
    waiting.forget(before=now - KEEP_IMPORTS)
    attendance_lists.forget(before=now - KEEP_IMPORTS)
    registering.forget(before=now - KEEP_UNCONFIRMED)
    joining.forget(before=now - KEEP_UNCONFIRMED)
    suggesting.forget(before=now - KEEP_UNCONFIRMED)
    questions_asked.forget(before=now - KEEP_UNCONFIRMED)
    whole.forget(before=now - KEEP_UNCONFIRMED)
    reading.forget(before=now - KEEP_UNCONFIRMED)
    reminding.forget(before=now - KEEP_REMINDED)
    feedback.forget(before=now - KEEP_REMINDED)
    daily.forget(before=now - KEEP_REMINDED)
    using.forget(now=now)
    enqueue.prune(before=now - KEEP_SUCCESSES)
    jobs.prune(before=now - KEEP_ATTEMPTS)
    SignIn.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=SignIn.objects.values("session_key")).delete()
    erasing.erase_due(now=now)
