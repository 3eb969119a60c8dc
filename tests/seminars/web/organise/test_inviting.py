"""Organisers invite by mail: to a community, to a series; they see how far each mail is, send it again, end it."""

from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from seminars.notifications import outbox
from seminars.notifications.models import Message
from seminars.people.models import Community, User
from seminars.series.inviting.models import Invitation
from seminars.series.models import Series, SeriesRole
from tests.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
PAGE = "/organise/communities/savings/members/invite/"
ROLES = "/organise/series/after-hours/roles/invite/"


def text(response: Any) -> str:
    return str(response.content.decode())


def ask(client: Client, page: str = PAGE, **given: str) -> Any:
    data = {"people": "Ana Ruiz <ana@example.org>\nbo@example.org", "role": "member", "language": "en"}
    return client.post(page, data | given, follow=True)


def test_several_are_invited_and_each_gets_one_mail(as_organiser: Client, now: datetime) -> None:
    assert "2 invitations go out now." in text(ask(as_organiser))
    assert "The mail is on its way." in text(as_organiser.get(PAGE))
    assert outbox.deliver() == 2
    ana = next(each for each in mail.outbox if each.to == ["ana@example.org"])
    assert ana.subject == "You are invited to Savings groups"
    assert "Organiser invites you to Savings groups." in ana.body
    assert "With it you may see and follow what is for members." in ana.body
    link = next(line for line in ana.body.splitlines() if "/invitations/" in line)
    assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    page = text(as_organiser.get(PAGE))
    assert "Mailed on 16 November 2026, 12:00 UTC" in page
    assert "/invitations/" not in page  # the link proves an address: nobody else sees it
    assert "/members/invite/" in text(as_organiser.get("/organise/communities/savings/members/"))


def test_bad_lines_are_named_and_the_good_ones_wait_until_asked(as_organiser: Client) -> None:
    people = "ana@example.org\nnot an address\nBo bo@\n\ncleo@example.org"
    answer = ask(as_organiser, people=people)
    assert answer.status_code == 400
    assert "Line 2, “not an address”" in text(answer)
    assert "Line 3, “Bo bo@”" in text(answer)
    assert "Leave the bad lines out" in text(answer)
    assert not Invitation.objects.exists()
    assert "2 invitations go out now." in text(ask(as_organiser, people=people, only_good="on"))
    assert ask(as_organiser, people="nobody\n", only_good="on").status_code == 400


def test_it_can_be_sent_again_and_taken_back(as_organiser: Client) -> None:
    ask(as_organiser, people="ana@example.org")
    row = Invitation.objects.get()
    outbox.deliver()
    said = text(as_organiser.post(f"{PAGE}{row.pk}/", {"do": "again"}, follow=True))
    assert "The invitation of ana@example.org goes out again." in said
    said = text(as_organiser.post(f"{PAGE}{row.pk}/", {"do": "end"}, follow=True))
    assert "has ended" in said
    assert outbox.deliver() == 0  # the second mail had not left yet
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "dropped"]
    said = text(as_organiser.post(f"{PAGE}{row.pk}/", {"do": "again"}, follow=True))
    assert "answered or taken back meanwhile" in said


def test_who_is_there_gets_no_mail(as_organiser: Client, member: User) -> None:
    said = text(ask(as_organiser, people=member.email))
    assert "has this role already" in said
    assert not Message.objects.exists()


def test_owners_invite_to_their_series(series: Series, stranger: User, as_organiser: Client) -> None:
    given = {"role": "host", "people": "ana@example.org"}
    SeriesRole.objects.create(series=series, person=stranger.person, role="organiser", since=series.made_at)
    client = signed_in(stranger)
    assert ask(client, ROLES, **given).status_code == 404
    assert "The owners of this series invite others." in text(client.get(ROLES))
    SeriesRole.objects.update(role="owner")
    assert "1 invitation goes out now." in text(ask(client, ROLES, **given))
    outbox.deliver()
    assert mail.outbox[0].subject == "host in “After Hours”: you are invited"
    assert "run its sessions on the day" in mail.outbox[0].body
    assert ROLES in text(as_organiser.get("/organise/series/after-hours/roles/"))


def test_an_invitation_of_another_community_is_not_there(
    as_organiser: Client, as_stranger: Client, community: Community, stranger: User
) -> None:
    ask(as_organiser, people="ana@example.org")
    row = Invitation.objects.get()
    other = "/organise/communities/cohort/members/invite/"
    assert as_organiser.post(f"{other}{row.pk}/", {"do": "end"}).status_code == 404
    assert as_stranger.post(f"{PAGE}{row.pk}/", {"do": "end"}).status_code == 404
    assert Invitation.objects.standing().count() == 1


def test_the_list_asks_no_more_for_more(as_organiser: Client, django_assert_max_num_queries: Any) -> None:
    ask(as_organiser, people="\n".join(f"p{number}@example.org" for number in range(30)))
    with django_assert_max_num_queries(12):
        assert text(as_organiser.get(PAGE)).count("waits for an answer") == 30
