"""Asking to belong: an address proves itself, organisers answer once, who asked may withdraw and ask again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.membership import asking
from seminars.people.membership.leaving import leave
from seminars.people.membership.models import JoinRequest, Organisation, Standing
from seminars.people.models import Community, Joining, Membership, Takes, User
from tests.factories import make_community, make_member, make_user

pytestmark = pytest.mark.django_db
ANA = "ana@example.org"


@pytest.fixture
def asked_of(db: None) -> Community:
    """A community that one joins by request."""
    return make_community(joining=Joining.REQUEST, questions={"en": "Why?"})


def ask(community: Community, now: datetime, **given: Any) -> JoinRequest:
    usual = {
        "email": ANA,
        "proven": True,
        "name": "Ana",
        "language": "en",
        "answers": [("Why?", "To learn.")],
    }
    return asking.ask(community=community, now=now, **usual | given)


def test_an_open_community_takes_in_whoever_proves_their_address(now: datetime) -> None:
    community = make_community()
    made = ask(community, now, proven=False, zone="Asia/Calcutta")
    assert (made.standing, community.memberships.count()) == (Standing.UNCONFIRMED, 0)
    assert asking.confirm(request=made, now=now).standing == Standing.APPROVED
    member = community.memberships.get()
    assert (member.person.name, member.person.email, member.person.zone) == ("Ana", ANA, "Asia/Kolkata")
    asking.confirm(request=made, now=now)
    assert community.memberships.count() == 1


def test_what_strangers_type_never_changes_what_has_counted(asked_of: Community, now: datetime) -> None:
    made = ask(asked_of, now)
    again = ask(asked_of, now, proven=False, name="Mallory", email=" ANA@example.org")
    assert (again.pk, again.standing, again.name) == (made.pk, Standing.WAITING, "Ana")
    ask(asked_of, now, proven=False, name="First", email="bo@example.org")
    assert ask(asked_of, now, proven=False, name="Second", email="bo@example.org").name == "Second"


def test_of_two_organisers_one_answers(asked_of: Community, organiser: User, now: datetime) -> None:
    made = ask(asked_of, now)
    seen = JoinRequest.objects.get(pk=made.pk)
    asking.decide(request=made, approve=True, words="Welcome.", now=now, actor_id=organiser.pk)
    with pytest.raises(asking.Answered) as late:
        asking.decide(request=seen, approve=False, words="No.", now=now, actor_id=None)
    assert (late.value.standing, seen.words) == (Standing.APPROVED, "Welcome.")
    assert asked_of.memberships.count() == 1
    kinds = Change.objects.filter(subject=f"join:{made.pk}").values_list("kind", "actor_id")
    assert list(kinds.order_by("id")) == [("join-asked", None), ("join-approved", organiser.pk)]


def test_withdrawn_while_it_is_approved_only_one_counts(asked_of: Community, now: datetime) -> None:
    one, other = ask(asked_of, now), ask(asked_of, now, email="bo@example.org")
    stale = JoinRequest.objects.get(pk=one.pk)
    asking.withdraw(request=one, now=now)
    with pytest.raises(asking.Answered):
        asking.decide(request=stale, approve=True, words="", now=now, actor_id=None)
    assert not asked_of.memberships.exists()
    stale = JoinRequest.objects.get(pk=other.pk)
    asking.decide(request=other, approve=True, words="", now=now, actor_id=None)
    with pytest.raises(asking.Answered) as late:
        asking.withdraw(request=stale, now=now)
    assert late.value.standing == Standing.APPROVED
    assert asked_of.memberships.count() == 1


def test_declining_needs_words_and_asking_again_needs_time(asked_of: Community, now: datetime) -> None:
    made = ask(asked_of, now)
    with pytest.raises(UserError) as refused:
        asking.decide(request=made, approve=False, words=" ", now=now, actor_id=None)
    assert set(refused.value.fields) == {"words"}
    asking.decide(request=made, approve=False, words="Not yet.", now=now, actor_id=None)
    soon = now + timedelta(days=29)
    with pytest.raises(UserError, match="2026-12-16"):
        ask(asked_of, soon)
    later = now + timedelta(days=30)
    again = asking.ask_again(request=made, now=later, name="Ana R", answers=[("Why?", "Really.")])
    assert (again.standing, again.words, again.asked_at) == (Standing.WAITING, "", later)
    assert [(each["standing"], each["words"], each["answers"]) for each in again.earlier] == [
        ("declined", "Not yet.", [["Why?", "To learn."]])
    ]
    with pytest.raises(UserError):
        asking.ask_again(request=again, now=later, name="Ana", answers=[])


def test_who_left_may_come_back(asked_of: Community, now: datetime) -> None:
    made = asking.decide(request=ask(asked_of, now), approve=True, words="", now=now, actor_id=None)
    assert not asking.may_ask_again(made, now)
    member = asking.membership_of(made)
    assert member is not None
    assert leave(membership=member, now=now, actor_id=None)
    assert asking.may_ask_again(made, now)
    assert ask(asked_of, now).standing == Standing.WAITING


def test_a_request_for_an_organisation_makes_it_once(now: datetime) -> None:
    community = make_community(joining=Joining.REQUEST, takes=Takes.ORGANISATIONS)
    with pytest.raises(UserError) as refused:
        ask(community, now)
    assert set(refused.value.fields) == {"organisation_name"}
    for email, name in ((ANA, "Harvest Advisors"), ("bo@example.org", "HARVEST  advisors")):
        made = ask(community, now, email=email, organisation={"name": name, "country": "ZA"})
        asking.decide(request=made, approve=True, words="", now=now, actor_id=None)
    there = Organisation.objects.get()
    assert (there.name, there.country, there.representatives.count()) == ("Harvest Advisors", "ZA", 2)


def test_a_closed_community_takes_no_requests(asked_of: Community, now: datetime) -> None:
    made = ask(asked_of, now, proven=False)
    Community.objects.filter(pk=asked_of.pk).update(joining=Joining.CLOSED)
    with pytest.raises(UserError, match="invitation"):
        asking.confirm(request=made, now=now)
    assert JoinRequest.objects.get().standing == Standing.UNCONFIRMED


def test_who_is_a_member_already_is_not_asked_twice(asked_of: Community, now: datetime) -> None:
    user = make_user(ANA)
    make_member(asked_of, user, role="organiser")
    assert ask(asked_of, now, proven=False).standing == Standing.UNCONFIRMED
    assert asking.confirm(request=JoinRequest.objects.get(), now=now).standing == Standing.APPROVED
    assert Membership.objects.get(community=asked_of).role == "organiser"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "a@b.org\nBcc: c@d.org"}, "email"),
        ({"email": "a@b.org, c@d.org"}, "email"),
        ({"name": " "}, "name"),
        ({"answers": [("Why?", " ")]}, "answer_0"),
        ({"answers": [("Why?", "x" * 2001)]}, "answer_0"),
        ({"organisation": {"name": "X", "website": "javascript:alert(1)"}}, "organisation_website"),
        ({"organisation": {"name": "X", "country": "zz9"}}, "organisation_country"),
    ],
)
def test_what_cannot_be_is_said(
    asked_of: Community, now: datetime, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        ask(asked_of, now, **given)
    assert set(refused.value.fields) == {field}
    assert not JoinRequest.objects.exists()
