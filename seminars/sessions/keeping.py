"""What an organiser answers when a law of the clocks has moved sessions: keep the local time, or the moment."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record_each
from seminars.series.models import Series
from seminars.sessions.laws import Law
from seminars.sessions.models import ClockLaw, Keeping, LawChange, Session
from seminars.sessions.moving import reschedule
from seminars.sessions.revising import scopes_of, subject_of


@dataclass(frozen=True)
class Kept:
    """How many sessions were answered for: those that `stayed` as they are, and those `returned` to their moment."""

    stayed: int
    returned: int


def decide(*, series: Series, keep: Keeping, upto: int, now: datetime, actor_id: int) -> Kept:
    """Answer for every finding of `series` that still stands, up to the id `upto`: what the person saw, at once.

    Keeping the local time changes nothing more: it was kept when the law came. Keeping the moment gives each session
    that was moved, has an hour and is not yet due the wall time at which its zone has the old instant. Twice does
    nothing. now: aware UTC. Raises UserError or Stale, with nothing decided, where a session cannot be moved now.
    """
    with transaction.atomic():
        found = LawChange.objects.filter(session__series=series, pk__lte=upto).undecided().standing(now=now)
        stayed, returned = dict[int, Session](), dict[int, Session]()
        for finding in found.select_related("session__series"):
            back = keep == Keeping.INSTANT and can_return(finding, now)
            chosen = Keeping.INSTANT if back else Keeping.LOCAL
            mine = LawChange.objects.filter(pk=finding.pk).undecided()
            if not mine.update(decided=chosen, decided_by_id=actor_id, decided_at=now):
                continue  # somebody else answered at the same moment
            (returned if back else stayed)[finding.session_id] = finding.session
            if back:
                _return(finding, now, actor_id)
        rest = [session for pk, session in stayed.items() if pk not in returned]
        if rest:
            subjects, scopes = [subject_of(each) for each in rest], scopes_of(rest[0])
            record_each(kind="kept-local", subjects=subjects, scopes=scopes, now=now, actor_id=actor_id)
    return Kept(len(rest), len(returned))


def can_return(finding: LawChange, now: datetime) -> bool:
    """Whether there is a moment to keep: it was moved, has an hour, and the old instant is still ahead of `now`."""
    if finding.session.within_id is not None:
        return False  # a programme is kept by the clock of its event, and follows that
    return finding.moved and not finding.session.all_day and finding.starts_before > now


def kept_laws(findings: list[LawChange]) -> dict[str, Law]:
    """Return the laws that were kept of the releases between which `findings` were made, by release."""
    releases = {name for each in findings for name in (each.release_from, each.release_to)}
    if not releases:
        return {}
    return dict(ClockLaw.objects.filter(release__in=releases).values_list("release", "zones"))


def _return(finding: LawChange, now: datetime, actor_id: int) -> None:
    # Read anew: its lead may have been returned just before, and then its entry says the other hour anew.
    session = Session.objects.select_related("series").get(pk=finding.session_id)
    wall = clock.to_wall(finding.starts_before, session.zone)
    reschedule(
        session=session,
        wall=wall,
        fold=wall.fold,
        reason=_("The law of the clocks changed. This session keeps the moment that was announced."),
        now=now,
        actor_id=actor_id,
        seen=session.revision,
    )
