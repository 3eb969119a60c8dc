"""Becoming a member, and whose person an account is."""

from datetime import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from seminars.changes.models import Change, Version
from seminars.changes.refusing import UserError
from seminars.people import joining
from seminars.people.joining import add_member, person_of, remove_member, zones_of
from seminars.people.models import Community, Membership, Person, User
from tests.factories import make_member, make_person

pytestmark = pytest.mark.django_db


def join(community: Community, now: datetime, **given: Any) -> Membership:
    """Add Ada."""
    return add_member(community=community, now=now, actor_id=None, **{"email": "ada@example.org"} | given)


def test_somebody_unknown_becomes_a_person_without_an_account(community: Community, now: datetime) -> None:
    membership = join(community, now, name="Ada", zone="Asia/Calcutta", role="organiser")
    person = membership.person
    assert (person.name, person.email, person.zone, person.user) == (
        "Ada",
        "ada@example.org",
        "Asia/Kolkata",
        None,
    )
    assert (membership.role, membership.since) == ("organiser", now)


def test_a_second_time_sets_the_role_and_makes_nobody_twice(community: Community, now: datetime) -> None:
    for role in ("member", "member", "manager"):
        join(community, now, email=" ADA@example.org", role=role)
    assert Person.objects.get(email="ada@example.org").memberships.get().role == "manager"
    assert list(Change.objects.values_list("kind", flat=True)) == ["joined", "role"]


def test_the_community_is_held_before_anything_is_written(community: Community, now: datetime) -> None:
    """As whoever leaves or is removed holds it: two of them never wait for each other in a ring."""
    join(community, now, role="manager")
    join(community, now, email="bo@example.org", role="manager")
    with CaptureQueriesContext(connection) as asked:
        join(community, now, email="bo@example.org", zone="Africa/Nairobi", role="member")
    sql = [each["sql"] for each in asked]
    wrote = next(place for place, each in enumerate(sql) if each.startswith(("INSERT", "UPDATE")))
    held = next(place for place, each in enumerate(sql) if f'FROM "{Community._meta.db_table}"' in each)
    assert held < wrote
    assert ("FOR UPDATE" in sql[held]) == (connection.vendor == "postgresql")


def test_of_two_who_add_somebody_new_at_once_the_second_finds_them(
    community: Community, now: datetime, monkeypatch: Any
) -> None:
    ada = make_person(name="Ada", email="Ada@example.org")
    monkeypatch.setattr(
        joining, "person_known_by", lambda email: None
    )  # both have looked before either wrote
    assert join(community, now, name="Ada L.").person == ada
    assert Person.objects.count() == 1


def test_an_address_is_one_person_however_it_is_written(db: None) -> None:
    make_person(email="ada@example.org")
    make_person(), make_person()  # without one, as most speakers are
    with pytest.raises(IntegrityError):
        make_person(email="ADA@example.org")


def test_the_account_with_that_address_is_the_person(
    community: Community, stranger: User, now: datetime
) -> None:
    membership = join(community, now, email="Stranger@example.org")
    assert membership.person == stranger.person
    assert Version.objects.get(scope=f"user:{stranger.pk}").number == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "ada"}, "email"),
        ({"email": "a" * 250 + "@example.org"}, "email"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"role": "king"}, "role"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_wrong_input_is_said_beside_its_field(
    community: Community, now: datetime, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        join(community, now, **given)
    assert list(refused.value.fields) == [field]
    assert not Person.objects.exists()


def test_who_leaves_stays_a_person(community: Community, now: datetime) -> None:
    membership = join(community, now)
    for _ in range(2):
        remove_member(membership=membership, now=now, actor_id=None)
    assert not Membership.objects.exists()
    assert Person.objects.filter(email="ada@example.org").exists()
    assert Change.objects.filter(kind="left").count() == 1


def test_an_account_takes_over_its_person_only_with_a_confirmed_address(now: datetime, db: None) -> None:
    ada = make_person(name="Ada", email="Ada@example.org")
    liar = User.objects.create_user("ada@example.org")
    assert person_of(liar) != ada
    assert person_of(liar) == person_of(liar)
    assert person_of(liar).email == ""
    liar.person.delete()
    liar = User.objects.get(pk=liar.pk)
    EmailAddress.objects.create(user=liar, email="ada@example.org", verified=True, primary=True)
    assert person_of(liar) == ada
    assert Person.objects.get(pk=ada.pk).user == liar


def test_a_person_who_has_an_account_is_never_taken(stranger: User, db: None) -> None:
    other = User.objects.create_user("other@example.org")
    EmailAddress.objects.create(user=other, email="other@example.org", verified=True)
    Person.objects.filter(user=stranger).update(email="other@example.org")
    assert person_of(other) != stranger.person


def test_zones_are_counted_from_person_or_account(community: Community) -> None:
    make_member(community, person=make_person(zone="Africa/Cairo"))
    make_member(community, person=make_person(zone="Asia/Kolkata"))
    account = User.objects.create_user("x@example.org", zone="Asia/Kolkata")
    make_member(community, person=make_person(user=account))
    make_member(community, person=make_person())
    assert list(zones_of(community).items()) == [("Asia/Kolkata", 2), ("Africa/Cairo", 1)]
