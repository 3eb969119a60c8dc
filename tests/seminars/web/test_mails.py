"""What mails one wants: on one's own page, and by the link in each mail at one click."""

from typing import Any

import pytest
from django.test import Client

from seminars.notifications import wishes
from seminars.notifications.models import Wish
from seminars.people.models import Community, User
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return str(response.content.decode())


def test_one_chooses_for_each_community(
    as_member: Client, member: User, community: Community, closed_community: Community
) -> None:
    page = text(as_member.get("/me/mails/"))
    assert f'name="moves-{community.pk}">' in page
    assert f'name="moves-{closed_community.pk}" checked>' in page  # taken in by its organisers
    as_member.post("/me/mails/", {f"moves-{community.pk}": "on"})
    assert wishes.wants(member.person, community)
    assert not wishes.wants(member.person, closed_community)
    assert "/me/mails/" in text(as_member.get("/me/"))


def test_nobody_sees_the_page_without_signing_in(as_nobody: Client) -> None:
    assert as_nobody.get("/me/mails/").status_code == 302


def test_a_stranger_cannot_choose_for_a_community_they_are_not_in(
    as_stranger: Client, community: Community
) -> None:
    assert "do not belong" in text(as_stranger.get("/me/mails/"))
    as_stranger.post("/me/mails/", {f"moves-{community.pk}": "on"})
    assert not Wish.objects.exists()


def test_one_click_stops_and_another_begins_again(member: User, closed_community: Community) -> None:
    browser = Client(enforce_csrf_checks=True)  # a mail program has no cookie
    address = f"/mails/stop/{wishes.stop_token(member.person, closed_community)}/"
    assert "Stop these mails?" in text(browser.get(address))
    assert wishes.wants(member.person, closed_community)  # looking changes nothing
    answer = browser.post(address, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, "No more of these mails" in text(answer)) == (200, True)
    assert not wishes.wants(member.person, closed_community)
    browser.post(address, {"do": "begin"})
    assert wishes.wants(member.person, closed_community)


def test_a_forged_or_old_link_is_not_there(as_nobody: Client, member: User, community: Community) -> None:
    token = wishes.stop_token(member.person, community)
    assert as_nobody.get(f"/mails/stop/{token}x/").status_code == 404
    Community.objects.filter(pk=community.pk).delete()
    assert as_nobody.get(f"/mails/stop/{token}/").status_code == 404


def test_the_page_asks_no_more_for_more_communities(member: User, django_assert_max_num_queries: Any) -> None:
    client = signed_in(member)
    for number in range(10):
        member.person.memberships.create(
            community=Community.objects.create(
                slug=f"c{number}", home_zone="UTC", made_at="2026-11-16T00:00Z"
            ),
            since="2026-11-16T00:00Z",
        )
    with django_assert_max_num_queries(17):
        client.get("/me/mails/")
