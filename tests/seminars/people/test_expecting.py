"""Expected members: stored, and taken over by those who come."""

from datetime import datetime

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.expecting import audience_of, expect, expected_of, take_over
from seminars.people.models import Community, ExpectedMembers
from tests.factories import make_member, make_person

LAGOS, MANILA, LIMA = "Africa/Lagos", "Asia/Manila", "America/Lima"


def test_nobody_there_yet() -> None:
    assert take_over({LAGOS: 20, MANILA: 30}, {}) == {MANILA: 30, LAGOS: 20}


def test_nobody_expected() -> None:
    assert take_over({}, {LAGOS: 2}) == {LAGOS: 2}


def test_a_member_takes_a_place_in_their_own_zone() -> None:
    assert take_over({LAGOS: 20, MANILA: 10}, {LAGOS: 5}) == {LAGOS: 20, MANILA: 10}


def test_a_member_from_elsewhere_takes_a_place_in_proportion() -> None:
    assert take_over({LAGOS: 20, MANILA: 10}, {LIMA: 3}) == {LAGOS: 18, MANILA: 9, LIMA: 3}


def test_when_as_many_have_come_only_they_count() -> None:
    assert take_over({LAGOS: 3, MANILA: 2}, {LIMA: 4, LAGOS: 1}) == {LIMA: 4, LAGOS: 1}


zones = st.sampled_from([LAGOS, MANILA, LIMA, "Asia/Tokyo", "UTC"])


@given(st.dictionaries(zones, st.integers(1, 50)), st.dictionaries(zones, st.integers(1, 50)))
def test_nobody_is_counted_twice_or_lost(expected: dict[str, int], real: dict[str, int]) -> None:
    found = take_over(expected, real)
    assert sum(found.values()) == max(sum(expected.values()), sum(real.values()))
    for zone, n in found.items():
        assert real.get(zone, 0) <= n <= max(real.get(zone, 0), expected.get(zone, 0))
    assert list(found.values()) == sorted(found.values(), reverse=True)


@pytest.mark.django_db
def test_expecting_replaces_what_was_expected(community: Community, now: datetime) -> None:
    first = {LAGOS: 20, "Asia/Calcutta": 5}
    assert expect(community=community, numbers=first, now=now, actor_id=None) == {
        LAGOS: 20,
        "Asia/Kolkata": 5,
    }
    expect(community=community, numbers={LAGOS: 21, MANILA: 4, LIMA: 0}, now=now, actor_id=None)
    assert expected_of(community) == {LAGOS: 21, MANILA: 4}
    change = Change.objects.latest("id")
    assert (change.kind, change.after) == ("expected", {"expected": {LAGOS: 21, MANILA: 4}})
    expect(community=community, numbers={MANILA: 4, LAGOS: 21}, now=now, actor_id=None)
    assert Change.objects.count() == 2
    expect(community=community, numbers={}, now=now, actor_id=None)
    assert not ExpectedMembers.objects.exists()


@pytest.mark.django_db
def test_the_audience_is_who_came_and_who_is_expected(community: Community, now: datetime) -> None:
    expect(community=community, numbers={LAGOS: 4}, now=now, actor_id=None)
    make_member(community, person=make_person(zone=MANILA))
    make_member(community, person=make_person())  # nobody knows where
    found = audience_of(community)
    assert (found.counts, found.members, found.awaited) == ({LAGOS: 3, MANILA: 1}, 1, 3)
    assert (found.real, found.expected) == ({MANILA: 1}, {LAGOS: 4})


@pytest.mark.django_db
def test_old_names_of_a_zone_are_one(community: Community, now: datetime) -> None:
    expect(community=community, numbers={"Asia/Kolkata": 3}, now=now, actor_id=None)
    make_member(community, person=make_person(zone="Asia/Calcutta"))
    make_member(community, person=make_person(zone="Asia/Kolkata"))
    found = audience_of(community)
    assert (found.real, found.counts) == ({"Asia/Kolkata": 2}, {"Asia/Kolkata": 3})


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", [{"Mars/Olympus": 1}, {LAGOS: -1}, {LAGOS: 100_001}])
def test_what_cannot_be_is_refused_whole(
    community: Community, now: datetime, numbers: dict[str, int]
) -> None:
    with pytest.raises(UserError) as refused:
        expect(community=community, numbers={MANILA: 2} | numbers, now=now, actor_id=None)
    assert set(refused.value.fields) == set(numbers)
    assert not ExpectedMembers.objects.exists()


@pytest.mark.django_db
def test_no_row_expects_nobody(community: Community) -> None:
    with pytest.raises(IntegrityError):
        ExpectedMembers.objects.create(community=community, zone=LAGOS, number=0)
