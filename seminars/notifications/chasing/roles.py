"""Who is reminded of an item, as what, and how many days from its day: its owner, then who leads, then managers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from seminars import clock
from seminars.followups.models import Item
from seminars.followups.owners import PLANS, leads_of, zone_of
from seminars.notifications.posting import recipient_of
from seminars.people.models import Membership, Person, Role

OWNER, LEAD, MANAGER = "owner", "lead", "manager"
STEPS = {OWNER: (-1, 0, 2), LEAD: (4,), MANAGER: (10,)}
"""Days from the day of an item (-1: the day before) on which somebody is reminded of it, by what they are to it."""
FROM = {who: steps[0] for who, steps in STEPS.items()}
"""From which day on it stands in a person's daily mail."""
CATCH_UP = 2
"""A reminder that could not be written down on its day comes so many days later at most."""
LOADED = ("session__series__roles__person__user", "session__speakers", f"session__series__{PLANS}")
JOINED = ("session__series__community", "session__series__made_by__person__user", "person__user")


@dataclass(frozen=True)
class Asked:
    """A person is to hear of an item, as its owner, as who leads the series, or as a manager of the community."""

    item: Item
    person: Person
    role: str
    zone: str
    """By whose clock: the person's, else the session's."""

    @property
    def day(self) -> date:
        """The day on which it is due, by their clock."""
        return clock.to_wall(self.item.due_at, self.zone).date()

    def late(self, now: datetime) -> int:
        """Return how many days ago that was, by their calendar; -1 is tomorrow."""
        return (clock.to_wall(now, self.zone).date() - self.day).days

    def step(self, now: datetime) -> int | None:
        """Return the reminder that is due now, the latest one; None between them."""
        late = self.late(now)
        return next(
            (step for step in reversed(STEPS[self.role]) if step <= late <= step + CATCH_UP),
            None,
        )


def asked_for(items: Iterable[Item]) -> list[Asked]:
    """Return who is to hear of `items`, as each of what they are to it: the owner first.

    Without an owner whom a mail reaches, who leads the series is asked in their place. One query for the managers.
    Load `JOINED` and prefetch `LOADED` with the items.
    """
    listed = list(items)
    managers = _managers({item.session.series.community_id for item in listed})
    leading: dict[int, list[Person]] = {}
    zones: dict[int, str] = {}
    found = []
    for item in listed:
        series = item.session.series
        if series.pk not in leading:
            leading[series.pk] = leads_of(series)
        leads = leading[series.pk]
        reached = item.person is not None and recipient_of(item.person) is not None
        owners = [item.person] if item.person and reached else leads
        theirs = managers[series.community_id]
        for role, people in ((OWNER, owners), (LEAD, leads), (MANAGER, theirs)):
            for person in people:
                if person.pk not in zones:
                    zones[person.pk] = zone_of(person)
                found.append(Asked(item, person, role, zones[person.pk] or item.session.zone))
    return found


def _managers(communities: Iterable[int]) -> dict[int, Sequence[Person]]:
    found = defaultdict[int, list[Person]](list)
    rows = Membership.objects.filter(community__in=list(communities), role=Role.MANAGER)
    for each in rows.select_related("person__user").order_by("pk"):
        found[each.community_id].append(each.person)
    return defaultdict(list, found)
