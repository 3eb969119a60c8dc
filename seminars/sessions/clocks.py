"""When the law of the clocks changes: the wall time that was announced stays, the instant follows.

Each finding is a row, written in the transaction that moves the session or notes the new law: a crash loses none and
a second run finds none twice.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from seminars import clock
from seminars.people.models import Membership
from seminars.sessions.facts import with_state
from seminars.sessions.laws import Law, law_at, offset_in
from seminars.sessions.models import ClockLaw, LawChange, Precision, Session
from seminars.sessions.revising import Stale, revise
from seminars.sessions.spans import Slot


def recompute(*, now: datetime) -> list[Session]:
    """Return the sessions still to come whose instants another tzdata release has moved, with the new ones stored.

    Those that it leaves alone only get its name. What is over keeps its instants. When all are done the new law is
    kept, with the hours that moved for members elsewhere. now: aware UTC.
    """
    release, moved, left = clock.release(), [], False
    behind = Session.objects.exclude(Q(tzdata_release=release) | Q(local_date=None)).filter(ends_at__gt=now)
    for session in behind.with_facts():
        try:
            if _follow(session, release, now):
                moved.append(session)
        except Stale:
            left = True  # somebody changed it meanwhile; the next call looks at it again
    if not left:
        _note_law(release, now)
    return moved


def _follow(session: Session, release: str, now: datetime) -> bool:
    """Store the instants by the new release; whether they are others. Raises Stale."""
    if session.local_date is None or session.starts_at is None:
        return False
    slot = Slot(
        session.local_date, session.local_time, session.zone, session.minutes, session.days, session.fold
    )
    starts_at, ends_at = slot.bounds()
    if (starts_at, ends_at) == (session.starts_at, session.ends_at):
        Session.objects.filter(pk=session.pk, revision=session.revision).update(tzdata_release=release)
        return False
    finding = LawChange(
        session=session,
        zone=session.zone,
        release_from=session.tzdata_release,
        release_to=release,
        starts_before=session.starts_at,
        starts_after=starts_at,
        offset_before=_seconds(slot.wall, session.starts_at),
        offset_after=_seconds(slot.wall, starts_at),
        found_at=now,
    )
    updates = {"starts_at": starts_at, "ends_at": ends_at, "tzdata_release": release}
    with transaction.atomic():
        revise(session, kind="clocks", now=now, note=release, **with_state(session, now, updates))
        finding.save(force_insert=True)
    return True


def _seconds(wall: datetime, instant: datetime) -> int:
    """How far the clock that shows the naive `wall` at `instant` is ahead of UTC."""
    return round((wall.replace(fold=0) - clock.to_wall(instant, "UTC")) / timedelta(seconds=1))


def _note_law(release: str, now: datetime) -> None:
    """Keep the law of `release` unless it was the last one kept, with what it moved for members."""
    last = ClockLaw.objects.order_by("-id").values_list("id", "release").first()
    if last and last[1] == release:
        return
    law = law_at(now)
    try:
        with transaction.atomic():
            before = ClockLaw.objects.get(pk=last[0]) if last else None
            ClockLaw.objects.create(release=release, noted_at=now, follows=before, zones=law)
            if before:
                LawChange.objects.bulk_create(_hours_moved(before, law, release, now))
    except IntegrityError:  # somebody else noted it at the same moment, with the same findings
        return


def _hours_moved(before: ClockLaw, law: Law, release: str, now: datetime) -> list[LawChange]:
    """What members see at another hour though the session's own clock, and so its instant, did not move."""
    zones = _zones_of_members({zone for zone in law if _differs(before.zones, law, zone, now)})
    told = LawChange.objects.filter(session=OuterRef("pk"), release_to=release, found_at__gt=before.noted_at)
    sessions = (
        Session.objects.published()
        .upcoming(now=now)
        .filter(series__community__in=zones, local_time__isnull=False, precision=Precision.DAY)
        .exclude(Exists(told))
        .values_list("pk", "starts_at", "series__community_id")
    )
    found = []
    for pk, starts_at, community in sessions:
        for zone in sorted(zones[community]):
            if starts_at is None:
                continue
            was, will = offset_in(before.zones, zone, starts_at), offset_in(law, zone, starts_at)
            if was is None or will is None or was == will:
                continue
            found.append(
                LawChange(
                    session_id=pk,
                    zone=zone,
                    release_from=before.release,
                    release_to=release,
                    starts_before=starts_at,
                    starts_after=starts_at,
                    offset_before=was,
                    offset_after=will,
                    found_at=now,
                )
            )
    return found


def _differs(before: Law, after: Law, zone: str, now: datetime) -> bool:
    """Whether the two laws of a zone say something else about any time that is still to come and known to both."""
    steps = {step[0] for law in (before, after) for step in law.get(zone, ())}
    ahead = (datetime.fromtimestamp(each, tz=now.tzinfo) for each in steps if each > now.timestamp())
    pairs = ((offset_in(before, zone, each), offset_in(after, zone, each)) for each in [now, *ahead])
    return any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _zones_of_members(changed: set[str]) -> dict[int, set[str]]:
    """Of each community, the zones among `changed` in which members live, whatever old name they gave them."""
    rows = Membership.objects.values_list("community_id", "person__zone", "person__user__zone").distinct()
    found = defaultdict[int, set[str]](set)
    for community, zone, theirs in rows if changed else ():
        name = zone or theirs or ""
        if clock.is_zone(name) and clock.canonical(name) in changed:
            found[community].add(clock.canonical(name))
    return dict(found)
