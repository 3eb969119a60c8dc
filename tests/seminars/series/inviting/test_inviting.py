"""Invitations: made, sent again, ended, accepted by who owns the address, declined; no role is made smaller."""

from datetime import datetime, timedelta

import pytest

from seminars.changes.refusing import UserError
from seminars.people.joining import add_member
from seminars.people.models import Community, Role, User
from seminars.series.inviting import inviting
from seminars.series.inviting.entering import NeedsCode, enter, is_new, owns
from seminars.series.inviting.inviting import InvitationEnded, State
from seminars.series.inviting.models import Invitation
from seminars.series.models import SeriesRole
from tests.factories import make_member, make_person, make_series, make_user

pytestmark = pytest.mark.django_db
ANA = "ana@example.org"


def ask(community: Community, now: datetime, *, email: str = ANA, role: str = "member") -> Invitation:
    people = [("Ana Ruiz", email)]
    found = inviting.invite(
        community=community, people=people, role=role, language="en", now=now, actor_id=None
    )
    return found[0]


def test_only_the_hash_of_the_link_is_kept(closed_community: Community, now: datetime) -> None:
    made = ask(closed_community, now)
    token = inviting.token_of(made)
    assert inviting.found_by(token) == made
    kept = Invitation.objects.filter(pk=made.pk).values()[0]
    assert token not in {str(value) for value in kept.values()}
    assert inviting.found_by(token[:-1]) is None
    assert made.expires_at == now + timedelta(days=14)


def test_asked_twice_it_is_one_invitation_with_the_newer_role(
    closed_community: Community, now: datetime
) -> None:
    made = ask(closed_community, now)
    again = ask(closed_community, now + timedelta(days=3), email="ANA@example.org", role="organiser")
    assert (again.pk, again.role, again.sends) == (made.pk, "organiser", 2)
    assert again.expires_at == now + timedelta(days=17)


def test_who_has_the_role_or_a_wider_one_is_left_out(closed_community: Community, now: datetime) -> None:
    make_member(closed_community, make_user(ANA), role=Role.MANAGER)
    people = [("", ANA), ("", "bo@example.org")]
    found = inviting.invite(
        community=closed_community, people=people, role="organiser", language="en", now=now, actor_id=None
    )
    assert [each.email for each in found] == ["bo@example.org"]


@pytest.mark.parametrize(
    ("people", "role", "field"),
    [
        ([], "member", "people"),
        ([("", "a@b\nBcc: c@d.org")], "member", "people"),
        ([("", f"a{number}@example.org") for number in range(10_001)], "member", "people"),
        ([("", ANA)], "host", "role"),
    ],
)
def test_what_cannot_be_is_said(
    community: Community, now: datetime, people: list[tuple[str, str]], role: str, field: str
) -> None:
    with pytest.raises(UserError) as refused:
        inviting.invite(community=community, people=people, role=role, language="en", now=now, actor_id=None)
    assert list(refused.value.fields) == [field]
    assert not Invitation.objects.exists()


def test_a_new_person_comes_in_and_belongs(closed_community: Community, now: datetime) -> None:
    user = enter(invitation=ask(closed_community, now), zone="Asia/Kolkata", now=now)
    assert (user.email, user.zone) == (ANA, "Asia/Kolkata")
    assert user.person.name == "Ana Ruiz"
    assert user.person.memberships.get().role == "member"
    assert user.emailaddress_set.get().verified  # type: ignore[attr-defined]


def test_a_link_signs_in_nobody_who_is_known(closed_community: Community, now: datetime) -> None:
    made = ask(closed_community, now)
    assert is_new(made)
    planner = make_person(email=ANA)
    make_member(closed_community, person=planner, role=Role.ORGANISER)
    assert not is_new(made)
    planner.memberships.all().delete()
    assert is_new(made)
    User.objects.create_user(ANA)
    with pytest.raises(NeedsCode):
        enter(invitation=made, zone="", now=now)
    assert Invitation.objects.get().accepted_at is None


def test_only_the_account_of_that_address_owns_it(closed_community: Community, now: datetime) -> None:
    made = ask(closed_community, now)
    other, mine = make_user("bo@example.org"), make_user("ana2@example.org")
    assert not owns(other, made)
    mine.emailaddress_set.create(email=ANA, verified=False)  # type: ignore[attr-defined]
    assert not owns(mine, made)
    mine.emailaddress_set.update(verified=True)  # type: ignore[attr-defined]
    assert owns(mine, made)


def test_accepting_gives_the_role_once_and_makes_none_smaller(
    closed_community: Community, now: datetime
) -> None:
    user = make_user(ANA)
    made = ask(closed_community, now, role="organiser")
    add_member(community=closed_community, email=ANA, role="manager", now=now, actor_id=None)
    inviting.accept(invitation=made, user=user, now=now)
    assert user.person.memberships.get().role == "manager"
    with pytest.raises(InvitationEnded) as ended:
        inviting.accept(invitation=made, user=user, now=now)
    assert ended.value.state == State.ACCEPTED


def test_a_role_in_a_series(community: Community, now: datetime) -> None:
    series, user = make_series(community), make_user(ANA)
    made = inviting.invite(
        community=community,
        series=series,
        people=[("", ANA)],
        role="host",
        language="sv",
        now=now,
        actor_id=None,
    )[0]
    assert "run-sheet" in inviting.duties(made)
    inviting.accept(invitation=made, user=user, now=now)
    assert SeriesRole.objects.get().role == "host"
    assert not user.person.memberships.exists()


@pytest.mark.parametrize("how", ["expired", "revoked", "declined"])
def test_what_has_ended_gives_no_role(closed_community: Community, now: datetime, how: str) -> None:
    made, user, later = ask(closed_community, now), make_user(ANA), now
    if how == "expired":
        later = now + timedelta(days=14)
    elif how == "revoked":
        assert inviting.revoke(invitation=made, now=now, actor_id=None)
        assert not inviting.revoke(invitation=made, now=now, actor_id=None)
    else:
        inviting.decline(invitation=made, now=now)
    with pytest.raises(InvitationEnded) as ended:
        inviting.accept(invitation=made, user=user, now=later)
    assert ended.value.state == how
    assert not user.person.memberships.exists()
    if how == "expired":
        again = inviting.again(invitation=made, now=later, actor_id=None)
        inviting.accept(invitation=again, user=user, now=later)
    else:
        with pytest.raises(UserError):
            inviting.again(invitation=made, now=later, actor_id=None)
        assert ask(closed_community, later).pk != made.pk
