"""Who was not seen at the last sessions, by zone, country and language, and what their clocks showed then.

Seen is who was registered or came. A session at which nobody was seen says nothing and is passed over; who became a
member after the first of them is not looked for. A twin or relay counts as the session that it repeats.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from seminars.people.models import Community, Membership
from seminars.series.fairness import local_minutes
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.sessions.silence.models import USUAL, SilenceRule

FEW = 3
"""Groups smaller than that are told of to managers only."""
EARLY, LATE = 7 * 60, 21 * 60


@dataclass(frozen=True)
class Hour:
    """What a clock showed when a session began: minutes of the local day."""

    session: Session
    minutes: int

    @property
    def hard(self) -> bool:
        """Whether it was before seven or after nine in the evening."""
        return not EARLY <= self.minutes < LATE


@dataclass
class Group:
    """Members who share a zone, a country or a language: how many, and how many of them were not seen."""

    key: str
    members: int = 0
    silent: int = 0
    hours: list[Hour] = field(default_factory=list)

    @property
    def hard(self) -> list[Hour]:
        """The hours that may be why."""
        return [each for each in self.hours if each.hard]

    @property
    def all_silent(self) -> bool:
        """Whether none of them was seen."""
        return self.members == self.silent


@dataclass(frozen=True)
class Silence:
    """What was found. people: the members who were not seen, by name. sessions: the latest first."""

    sessions: list[Session]
    members: int
    people: list[Membership]
    zones: list[Group]
    countries: list[Group]
    languages: list[Group]

    @property
    def by_hour(self) -> list[Group]:
        """Zones of which nobody was seen, at hours that may be why."""
        return [each for each in self.zones if each.all_silent and each.hard]


def rule_of(community: Community) -> SilenceRule:
    """Return how the community looks, unsaved where it chose nothing."""
    return SilenceRule.objects.filter(community=community).first() or SilenceRule(
        community=community, sessions=USUAL, mails=True
    )


def set_rule(*, community: Community, sessions: int, mails: bool) -> None:
    """Keep how the community looks."""
    given = {"sessions": sessions, "mails": mails}
    SilenceRule.objects.update_or_create(community=community, defaults=given)


def measure(*, community: Community, sessions: int, now: datetime) -> Silence | None:
    """Return who was not seen at the last `sessions` (a number) before `now` (aware UTC); None while too few were held.

    Five questions, however many members.
    """
    last = _last(community, sessions, now)
    if len(last) < sessions:
        return None
    first = min(each.starts_at for each in last if each.starts_at)
    held = {each.pk for each in last}
    seen = _seen(held)
    rows = community.memberships.filter(since__lte=first).select_related("person__user")
    members = list(rows.order_by("person__name", "pk"))
    silent = [each for each in members if each.person_id not in seen]
    missing = {each.pk for each in silent}
    return Silence(
        sessions=last,
        members=len(members),
        people=silent,
        zones=_with_hours(_grouped(members, missing, lambda each: [zone_of(each)]), last),
        countries=_grouped(members, missing, lambda each: [each.person.country]),
        languages=_grouped(members, missing, _languages),
    )


def zone_of(membership: Membership) -> str:
    """Return by whose clock a member lives, "" while unknown. Load `person__user` with it."""
    person = membership.person
    return person.zone or (person.user.zone if person.user else "")


def named(groups: Iterable[Group], *, manager: bool) -> tuple[list[Group], int]:
    """Return the groups that may be named to who looks, and how many are left out since they are too small."""
    found = [each for each in groups if each.silent]
    shown = [each for each in found if manager or each.members >= FEW]
    return shown, len(found) - len(shown)


def _last(community: Community, number: int, now: datetime) -> list[Session]:
    """The last sessions at which somebody was seen, the latest first."""
    family = Q(session=OuterRef("pk")) | Q(session__lead=OuterRef("pk"))
    registered = Registration.objects.standing().filter(family, person__isnull=False)
    came = Attendance.objects.came().filter(family, person__isnull=False)
    rows = (
        Session.objects.published().past(now=now).filter(series__community=community, series__external=False)
    )
    rows = rows.filter(cancelled_at=None, postponed_at=None, withdrawn_at=None, lead=None, within=None)
    rows = rows.filter(local_time__isnull=False).filter(Exists(registered) | Exists(came))
    return list(rows.select_related("series")[:number])


def _seen(sessions: set[int]) -> set[int | None]:
    """The persons who were registered for these, or came to them or what repeats them."""
    family = Q(session__in=sessions) | Q(session__lead__in=sessions)
    registered = Registration.objects.standing().filter(family).values_list("person_id", flat=True)
    came = Attendance.objects.came().filter(family)
    return {
        *registered,
        *(pk for row in came.values_list("person_id", "registration__person_id") for pk in row),
    }


def _languages(membership: Membership) -> list[str]:
    """What a member speaks, or else reads."""
    person = membership.person
    return list(person.languages) or [person.user.language if person.user else ""]


def _grouped(
    members: Iterable[Membership], missing: set[int], keys_of: Callable[[Membership], list[str]]
) -> list[Group]:
    """Members by what they share, the largest group first; those of whom it is not known are left out."""
    found: dict[str, Group] = {}
    for each in members:
        for key in filter(None, keys_of(each)):
            group = found.setdefault(key, Group(key))
            group.members += 1
            group.silent += each.pk in missing
    return sorted(found.values(), key=lambda each: (not each.all_silent, -each.silent, each.key))


def _with_hours(groups: list[Group], sessions: list[Session]) -> list[Group]:
    for group in groups:
        group.hours = [
            Hour(each, local_minutes(each.starts_at, group.key)) for each in sessions if each.starts_at
        ]
    return groups
