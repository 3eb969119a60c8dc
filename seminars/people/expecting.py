"""Where members will be, before they are there: expected numbers by zone, which real members take over as they come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars import clock
from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.people.joining import zones_of
from seminars.people.models import Community, ExpectedMembers

MOST_EXPECTED, MOST_ZONES = 100_000, 200


@dataclass(frozen=True)
class Audience:
    """Members by zone, the most first: `counts` is who there is and who is still expected; `real` who there is."""

    counts: Mapping[str, int]
    real: Mapping[str, int]
    expected: Mapping[str, int]

    @property
    def members(self) -> int:
        """How many real members have said where they are."""
        return sum(self.real.values())

    @property
    def awaited(self) -> int:
        """How many of `counts` are still only expected."""
        return sum(self.counts.values()) - self.members


def audience_of(community: Community) -> Audience:
    """Return where the members of a community are, with those it still expects."""
    real, expected = dict[str, int](), expected_of(community)
    for zone, n in zones_of(community).items():  # people may have given an old name of their zone
        real[clock.canonical(zone)] = real.get(clock.canonical(zone), 0) + n
    return Audience(take_over(expected, real), real, expected)


def expected_of(community: Community) -> dict[str, int]:
    """Return how many members the community expects in each zone, the most first."""
    return dict(community.expected.order_by("-number", "zone").values_list("zone", "number"))


def take_over(expected: Mapping[str, int], real: Mapping[str, int]) -> dict[str, int]:
    """Return `real` members by zone with those still `expected`, the most first.

    Each member who comes takes the place of one expected, in their own zone first: together there are never more than
    were expected, or than there are. When as many have come as were expected, only they count.
    """
    left = max(0, sum(expected.values()) - sum(real.values()))
    gaps = {zone: n - real.get(zone, 0) for zone, n in expected.items() if n > real.get(zone, 0)}
    # Whoever came from elsewhere takes places in proportion; the largest remainders make whole numbers of it.
    total = sum(gaps.values()) or 1
    shares = {zone: gap * left // total for zone, gap in gaps.items()}
    rests = sorted(gaps, key=lambda zone: (-(gaps[zone] * left % total), zone))
    for zone in rests[: left - sum(shares.values())]:
        shares[zone] += 1
    found = {zone: real.get(zone, 0) + shares.get(zone, 0) for zone in {**real, **shares}}
    return dict(sorted(((zone, n) for zone, n in found.items() if n), key=lambda each: (-each[1], each[0])))


def expect(
    *, community: Community, numbers: Mapping[str, int], now: datetime, actor_id: int | None
) -> dict[str, int]:
    """Return what the community now expects: `numbers` of members by IANA zone replace what it did; 0 is none.

    Old names of a zone count as the one in use. now: aware UTC. Raises UserError with the zone as the field.
    """
    wanted = _checked(numbers)
    with transaction.atomic():
        Community.objects.select_for_update().get(pk=community.pk)
        before = expected_of(community)
        if before == wanted:
            return wanted
        community.expected.exclude(zone__in=wanted).delete()
        ExpectedMembers.objects.bulk_create(
            [ExpectedMembers(community=community, zone=zone, number=n) for zone, n in wanted.items()],
            update_conflicts=True,
            unique_fields=["community", "zone"],
            update_fields=["number"],
        )
        record(
            kind="expected",
            subject=f"community:{community.uuid}",
            scopes=[f"community:{community.pk}"],
            now=now,
            actor_id=actor_id,
            before={"expected": before},
            after={"expected": wanted},
        )
    return wanted


def _checked(numbers: Mapping[str, int]) -> dict[str, int]:
    wrong, wanted = {}, dict[str, int]()
    for zone, number in numbers.items():
        if not clock.is_zone(zone):
            wrong[zone] = _("Choose a city from the list.")
        elif not 0 <= number <= MOST_EXPECTED:
            wrong[zone] = _("Give a number from 0 to %(most)d.") % {"most": MOST_EXPECTED}
        else:
            name = clock.canonical(zone)
            wanted[name] = wanted.get(name, 0) + number
    if len(wanted) > MOST_ZONES:
        wrong[""] = _("Give at most %(most)d cities.") % {"most": MOST_ZONES}
    if wrong:
        raise UserError(wrong)
    kept = ((zone, number) for zone, number in wanted.items() if number)
    return dict(sorted(kept, key=lambda each: (-each[1], each[0])))
