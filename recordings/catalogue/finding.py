"""Files that machines find: matched to their session where that is certain, else left for a person to decide."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from recordings.assets.probing import ReadCaptions
from recordings.catalogue import arriving, naming
from recordings.catalogue.models import Found, FoundState
from recordings.catalogue.taking import CannotTake, Taken
from seminars.people.models import Community
from seminars.queue import jobs
from seminars.queue.models import Job
from seminars.sessions.models import Session

KIND, DOOR = "found", "recordings.tasks.take_found"


@dataclass(frozen=True)
class Match:
    """Which session a name means. sure: nobody needs to ask. reason: else why not, for a person."""

    session: Session | None
    sure: bool = False
    reason: str = ""


def match(name: str, *, community: Community | None = None) -> Match:
    """Return the session that a file's name or path means: by its short name, or by its series' and the day.

    community: only its sessions. Two queries.
    """
    rows = Session.objects.filter(cancelled_at=None)
    rows = rows.filter(series__community=community) if community else rows
    slugs = dict(rows.values_list("slug", "pk"))
    sessions = naming.named_in(name, slugs)
    if len(sessions) == 1:
        return Match(rows.get(pk=slugs[sessions[0]]), sure=True)
    day = naming.day_of(name)
    if len(sessions) > 1:
        return Match(None, reason=_("Its name has the short names of several sessions."))
    if day is None:
        return Match(None, reason=_("Its name has neither a session's short name nor a day."))
    on_day = list(rows.filter(local_date=day).select_related("series").order_by("pk")[:20])
    named = set(naming.named_in(name, {each.series.slug for each in on_day}))
    fitting = [each for each in on_day if each.series.slug in named]
    if len(fitting) == 1:
        return Match(fitting[0], sure=True)
    if len(fitting) > 1:
        return Match(None, reason=_("Several sessions of this series were on that day."))
    if len(on_day) == 1:
        return Match(on_day[0], reason=_("Only the day fits: its name says no series."))
    return Match(None, reason=_("Its name says a day, but no series that has a session then."))


def decide(
    *, found: Found, session: Session, kind: str, language: str, now: datetime, actor_id: int | None
) -> bool:
    """Return whether the file is now on its way into the session: nobody had decided before.

    Raises CannotTake for an address that cannot be fetched.
    """
    with transaction.atomic():
        decided = {"session": session, "kind": kind, "language": language, "reason": ""}
        waiting = Found.objects.filter(pk=found.pk, state=FoundState.DOUBTFUL)
        if not waiting.update(state=FoundState.TAKEN, decided_at=now, decided_by_id=actor_id, **decided):
            return False
        if found.url:
            arriving.ask_fetch(
                session=session,
                kind=kind,
                url=found.url,
                language=language,
                now=now,
                actor_id=actor_id,
                known=True,
                origin=found.origin,
            )
            return True
        _order(found, now)
    return True


def order_again(*, found: Found, now: datetime) -> bool:
    """Return whether a refused file is ordered anew: somebody gave it to a session while its job was just ending."""
    with transaction.atomic():
        again = Found.objects.filter(pk=found.pk, state=FoundState.TAKEN, url="").exists()
        return again and _order(found, now)


def leave(*, found: Found, now: datetime, actor_id: int | None) -> bool:
    """Return whether the file is now left out: nobody had decided before. A copy that is ours is removed."""
    waiting = Found.objects.filter(pk=found.pk, state=FoundState.DOUBTFUL)
    left = waiting.update(state=FoundState.LEFT, decided_at=now, decided_by_id=actor_id)
    if left and found.staged:
        Path(found.path).unlink(missing_ok=True)
    return bool(left)


def found_of(job: Job) -> Found | None:
    """Return what a job is about; None when it was removed."""
    rows = Found.objects.select_related("session__series", "decided_by")
    return rows.filter(pk=int(job.subject.partition(":")[2])).first()


def take_found(*, found: Found, now: datetime, read_captions: ReadCaptions | None = None) -> Taken:
    """Return the Original that a decided file became. Raises CannotTake: it is doubtful again, with the reason."""
    assert found.session is not None  # `decide` gave it one
    try:
        with Path(found.path).open("rb") as file:
            taken = arriving.take_upload(
                session=found.session,
                kind=found.kind,
                uploaded=File(file, name=found.name),
                language=found.language,
                now=now,
                actor_id=found.decided_by_id,
                read_captions=read_captions,
                origin=found.origin,
            )
    except (OSError, CannotTake) as wrong:
        reason = str(wrong) if isinstance(wrong, CannotTake) else _("The file cannot be read (any more).")
        Found.objects.filter(pk=found.pk).update(state=FoundState.DOUBTFUL, reason=reason)
        raise CannotTake(reason) from wrong
    if found.staged:
        Found.objects.filter(pk=found.pk).update(staged=False)
        Path(found.path).unlink(missing_ok=True)
    return taken


def _order(found: Found, now: datetime) -> bool:
    """Have a decided file taken in; one job a file, which begins afresh once it has ended."""
    job = jobs.ensure(kind=KIND, subject=f"found:{found.pk}", door=DOOR, cluster="media", now=now)
    return jobs.once_more(job, now)
