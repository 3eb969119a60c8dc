"""Calendars of others that fill a series: followed, refreshed each hour, and never let empty ours by accident."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from seminars import clock
from seminars.calendars.importing.applying import ImportStale, Target, apply_import, decide
from seminars.calendars.importing.fetching import Fetched, fetch, web_address
from seminars.calendars.importing.incoming import Reading, Unreadable
from seminars.calendars.importing.matching import source_of
from seminars.calendars.importing.models import FollowedCalendar
from seminars.calendars.importing.planning import Plan
from seminars.calendars.importing.reading import read
from seminars.changes.refusing import UserError
from seminars.elsewhere.addresses import Rule, is_public
from seminars.elsewhere.asking import Interrupted, Refused, check_address
from seminars.people.models import Community
from seminars.queue import jobs
from seminars.queue.models import Job
from seminars.series.models import Series

EVERY = timedelta(minutes=55)
"""How old a look may be: a little less than the hour in which the timetable asks."""

READ_AGAIN = timedelta(days=7)
"""After which it is read whole, changed or not: a repetition without end has more dates by then."""

LOOK_SECONDS = 90
"""So long one look asks the other server: less than a worker may take for a job."""

KIND = "follow calendar"
DOOR = "seminars.tasks.refresh_calendar"


def follow(
    *, series: Series, address: str, zone: str, now: datetime, actor_id: int | None
) -> FollowedCalendar:
    """Return the followed calendar of a series, made if it is new, with a first look under way.

    zone: of times that name none. Raises UserError for what is no web address.
    """
    address = web_address(address)
    try:
        check_address(address)
    except Refused as wrong:
        raise UserError({"address": str(wrong)}) from wrong
    given = {"zone": clock.canonical(zone), "made_at": now, "made_by_id": actor_id}
    try:
        with transaction.atomic():
            followed, _made = FollowedCalendar.objects.get_or_create(
                series=series, address=address, defaults=given
            )
            order([followed], now=now)
    except IntegrityError:
        followed = FollowedCalendar.objects.get(series=series, address=address)
    return followed


def unfollow(*, followed: FollowedCalendar) -> None:
    """Stop asking. What came of it stays."""
    with transaction.atomic():
        Job.objects.filter(kind=KIND, subject=_subject(followed)).delete()
        followed.delete()


def order_due(*, now: datetime) -> int:
    """Return how many calendars were ordered to be looked at: those not looked at for an hour."""
    late = FollowedCalendar.objects.filter(Q(checked_at=None) | Q(checked_at__lte=now - EVERY))
    return order(late.order_by("checked_at", "pk")[:500], now=now)


def order(calendars: Iterable[FollowedCalendar], *, now: datetime) -> int:
    """Return how many jobs were made or woken. One job a calendar, for ever: it is queued anew when it was done."""
    count = 0
    for followed in calendars:
        with transaction.atomic():
            job = jobs.ensure(kind=KIND, subject=_subject(followed), door=DOOR, now=now)
            jobs.once_more(job, now)
            count += 1
    return count


def of_community(community: Community) -> list[FollowedCalendar]:
    """Return the calendars that fill the community's series."""
    found = FollowedCalendar.objects.filter(series__community=community).select_related("series")
    return list(found.order_by("series__slug", "pk"))


def one_of(community: Community, uuid: UUID) -> FollowedCalendar | None:
    """Return one of them; None if it is not followed any more."""
    found = FollowedCalendar.objects.filter(series__community=community, uuid=uuid)
    return found.select_related("series__community").first()


def followed_of(job: Job) -> FollowedCalendar | None:
    """Return what a job is about; None if it is followed no more."""
    found = FollowedCalendar.objects.select_related("series__community")
    return found.filter(pk=job.subject.partition(":")[2]).first()


def refresh(
    *,
    followed: FollowedCalendar,
    now: datetime,
    withdraw: str = "",
    actor_id: int | None = None,
    rule: Rule = is_public,
    within: float = LOOK_SECONDS,
) -> Plan | None:
    """Look at the calendar and take over what is new; return what was applied, None where nothing was.

    withdraw: the seal of the plan to which somebody said yes; without it, more than half of what is to come never goes
    at once. now: aware UTC. rule, within: as `fetch`. Raises Interrupted where another try may work; whatever else is
    wrong stands in `error`.
    """
    fresh = followed.read_at and followed.read_at > now - READ_AGAIN
    validators = {"etag": followed.etag, "modified": followed.modified} if fresh and not withdraw else {}
    try:
        fetched = fetch(address=followed.address, rule=rule, within=within, **validators)
        reading = _reading(followed, fetched, now)
        plan = _take(followed, reading, withdraw, now, actor_id) if reading else None
    except Interrupted as wrong:
        _note(followed, now, error=str(wrong))
        raise
    except (Refused, Unreadable, UserError) as wrong:
        _note(followed, now, error=str(wrong))
        return None
    except ImportStale:
        _note(
            followed,
            now,
            error=_("Somebody changed a session at the same moment. The next look takes it over."),
        )
        return None
    facts = {"etag": fetched.etag, "modified": fetched.modified}
    if followed.missing and plan is not None:
        facts = {"etag": "", "modified": ""}  # it waits for an answer: the next look must see all of it again
    if plan is not None and not plan.nothing:
        facts["changed_at"] = now  # type: ignore[assignment]  # of several kinds
    _note(followed, now, error="", **facts)
    return plan


# Below: how it is done.


def _subject(followed: FollowedCalendar) -> str:
    return f"calendar:{followed.pk}"


def _note(followed: FollowedCalendar, now: datetime, **columns: object) -> None:
    columns |= {"checked_at": now}
    for name, value in columns.items():
        setattr(followed, name, value)
    FollowedCalendar.objects.filter(pk=followed.pk).update(**columns)


def _reading(followed: FollowedCalendar, fetched: Fetched, now: datetime) -> Reading | None:
    """What came; None where it is what was here. Raises Unreadable for what is no whole calendar."""
    if fetched.content is None:
        return None
    today = clock.to_wall(now, followed.zone).date()
    reading = read(fetched.content, zone=followed.zone, language=followed.series.language, today=today)
    if reading.headers and "date" not in reading.columns:
        raise Unreadable(_("This is no calendar any more. Look at the address."))
    if not reading.complete:
        raise Unreadable(_("Only a part of the calendar came. Nothing was changed."))
    _note(followed, now, read_at=now)
    return reading


def _take(
    followed: FollowedCalendar, reading: Reading, withdraw: str, now: datetime, actor_id: int | None
) -> Plan:
    target = Target(community=followed.series.community, series=followed.series)
    source = source_of(address=followed.address)
    plan = decide(target=target, reading=reading, source=source, withdraw=True, now=now)
    held = plan.missing > 0 and plan.drains and withdraw != plan.seal
    _series, done = apply_import(
        target=target, reading=reading, source=source, withdraw=not held, now=now, actor_id=actor_id
    )
    _note(followed, now, missing=plan.missing if held else 0, seal=_asked(target, reading, source, now, held))
    return done


def _asked(target: Target, reading: Reading, source: str, now: datetime, held: bool) -> str:
    """The seal of what waits for a yes, as it is after everything else was taken over."""
    if not held:
        return ""
    return decide(target=target, reading=reading, source=source, withdraw=True, now=now).seal
