"""The link of an invitation: who comes in by it, who signs in first, and what it says when it has ended."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from seminars.people.models import Community, Membership, User
from seminars.series.inviting import inviting
from seminars.series.inviting.models import Invitation
from tests.conftest import signed_in
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
ANA = "ana@example.org"


@pytest.fixture
def invitation(closed_community: Community, stopped: Traveller, now: datetime) -> Invitation:
    people = [("Ana Ruiz", ANA)]
    return inviting.invite(
        community=closed_community, people=people, role="member", language="en", now=now, actor_id=None
    )[0]


@pytest.fixture
def address(invitation: Invitation) -> str:
    return f"/invitations/{inviting.token_of(invitation)}/"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_new_person_accepts_and_is_in(as_nobody: Client, address: str) -> None:
    shown = as_nobody.get(address)
    assert "The cohort" in text(shown)
    assert "makes your account" in text(shown)
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert not Membership.objects.exists()  # looking changes nothing
    as_nobody.cookies["meridian_zone"] = "Asia/Kolkata"
    answer = as_nobody.post(address, {"do": "accept"}, follow=True)
    assert answer.redirect_chain == [("/communities/cohort/", 302)]
    assert "Welcome. Your role: member." in text(answer)
    user = User.objects.get(email=ANA)
    assert (user.zone, user.person.name) == ("Asia/Kolkata", "Ana Ruiz")
    used = Client().get(address)
    assert used.status_code == 410
    assert "You have accepted" in text(used)


def test_who_has_an_account_signs_in_by_code_first(as_nobody: Client, address: str) -> None:
    user = make_user(ANA)
    page = text(as_nobody.get(address))
    assert "Sign in first" in page
    assert 'value="accept"' not in page
    answer = as_nobody.post(address, {"do": "accept"})
    assert answer.headers["Location"] == f"/accounts/login/?next={address}"
    assert "_auth_user_id" not in as_nobody.session
    assert not Membership.objects.exists()
    assert signed_in(user).post(address, {"do": "accept"}).headers["Location"] == "/communities/cohort/"
    assert user.person.memberships.get().role == "member"


def test_a_link_that_was_passed_on_gives_nothing_to_another(as_stranger: Client, address: str) -> None:
    page = as_stranger.get(address)
    assert "You are signed in as stranger@example.org. This invitation is for ana@example.org." in text(page)
    for do in ("accept", "decline"):
        assert as_stranger.post(address, {"do": do}).status_code == 403
    standing = Invitation.objects.standing()
    assert standing.count() == 1
    assert not Membership.objects.exists()


def test_an_inactive_account_stays_out(as_nobody: Client, address: str) -> None:
    User.objects.create_user(ANA, is_active=False)
    as_nobody.post(address, {"do": "accept"})
    assert "_auth_user_id" not in as_nobody.session
    assert not Membership.objects.exists()


def test_declining_needs_no_account(as_nobody: Client, address: str) -> None:
    assert "You have declined" in text(as_nobody.post(address, {"do": "decline"}))
    assert "You have declined" in text(as_nobody.post(address, {"do": "accept"}))
    assert not User.objects.filter(email=ANA).exists()


def test_ended_links_have_words_of_their_own(
    as_nobody: Client, address: str, invitation: Invitation, stopped: Traveller, now: datetime
) -> None:
    stopped.move_to(now + timedelta(days=14))
    late = as_nobody.post(address, {"do": "accept"})
    assert (late.status_code, "has run out" in text(late)) == (410, True)
    stopped.move_to(now)
    inviting.revoke(invitation=invitation, now=now, actor_id=None)
    assert "was taken back" in text(as_nobody.get(address))
    unknown = as_nobody.get("/invitations/nothing/")
    assert (unknown.status_code, "This link does not work" in text(unknown)) == (404, True)
    assert "cohort" not in text(unknown)


def test_an_organiser_lands_where_they_plan(as_nobody: Client, address: str, now: datetime) -> None:
    Invitation.objects.update(role="organiser")
    assert as_nobody.post(address, {"do": "accept"}).headers["Location"] == "/organise/communities/cohort/"


def test_an_account_of_a_planner_is_never_made_by_a_link(
    as_nobody: Client, address: str, closed_community: Community
) -> None:
    person = make_member(closed_community, make_user("x@example.org")).person
    person.user = None
    person.email = ANA
    person.save()
    person.memberships.update(role="manager")
    as_nobody.post(address, {"do": "accept"})
    assert not User.objects.filter(email=ANA).exists()
