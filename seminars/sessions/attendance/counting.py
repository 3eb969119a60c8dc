"""How many came, counted so that nobody counts twice as far as one can know; each number says how it was counted."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from seminars.sessions.attendance.models import Attendance, Headcount, Intake, Way
from seminars.sessions.models import Session
from seminars.sessions.sites.models import ListeningSite


@dataclass(frozen=True)
class Counts:
    """How many came to one session, or to several together.

    devices: with a device of their own, by name. unknown: more who went through the join link and are not known; none
    where a meeting program's list was taken in, since they are in it. room: the larger of who was checked in and who
    was counted. sites: heads of listening sites. phone: likewise as room. by_hand: ticked by an organiser.
    """

    devices: int = 0
    unknown: int = 0
    room: int = 0
    sites: int = 0
    phone: int = 0
    by_hand: int = 0

    @property
    def people(self) -> int:
        """All together."""
        return self.devices + self.unknown + self.room + self.sites + self.phone + self.by_hand

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            *(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True))
        )


def counts_of(session: Session) -> Counts:
    """Return how many came to `session`. Four queries."""
    return counts_of_all([session.pk]).get(session.pk, Counts())


def counts_of_all(sessions: Iterable[int]) -> dict[int, Counts]:
    """Return how many came, by the number of the session; those to which nobody came are left out. Four queries."""
    ids = list(sessions)
    among = Q(session_id__in=ids)
    came = Attendance.objects.came().filter(among).order_by().values_list("session_id", "way")
    ways: dict[tuple[int, str], int] = {(pk, way): n for pk, way, n in came.annotate(n=Count("pk"))}
    heads = {each.session_id: each for each in Headcount.objects.filter(among)}
    listed = set(Intake.objects.standing().filter(among).values_list("session_id", flat=True))
    groups = (
        ListeningSite.objects.standing()
        .filter(among, came__isnull=False)
        .order_by()
        .values_list("session_id")
    )
    sites: dict[int, int] = dict(groups.annotate(n=Sum("came")))
    known = {pk for pk, _way in ways} | heads.keys() | sites.keys()
    return {pk: put_together(pk, ways, heads.get(pk), sites.get(pk, 0), pk in listed) for pk in known}


def put_together(
    pk: int, ways: dict[tuple[int, str], int], heads: Headcount | None, sites: int, listed: bool
) -> Counts:
    """Return how many came to the session `pk`. ways: by session and way. listed: a program's list was taken in."""
    of = {way: ways.get((pk, way), 0) for way in Way.values}
    return Counts(
        devices=sum(of[way] for way in Way.devices()),
        unknown=heads.joins if heads and not listed else 0,
        room=max(of[Way.ROOM], (heads and heads.room) or 0),
        sites=max(of[Way.SITE], sites),
        phone=max(of[Way.PHONE], (heads and heads.phone) or 0),
        by_hand=of[Way.HAND],
    )
