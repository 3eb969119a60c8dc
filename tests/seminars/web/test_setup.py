"""The one-time setup link: once, for whoever has the last one printed, and nothing half done."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from seminars.changes.models import Change
from seminars.people import setup
from seminars.people.models import Community, Membership, Person, Role, User
from tests.factories import make_person

GIVEN = {
    "email": "Ann@Example.org",
    "name": "Ann Other",
    "community": "Savings groups",
    "zone": "Africa/Johannesburg",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def link(data: Path) -> str:
    return f"/setup/{setup.new_token(data)}/"


def test_the_link_makes_administrator_and_community_and_signs_in(link: str, client: Client) -> None:
    assert setup.setup_needed()
    page = client.get(link)
    assert page.status_code == 200
    assert page["Cache-Control"].count("no-store") == 1
    answer = client.post(link, GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, "/organise/")
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.is_staff, user.zone) == (
        "ann@example.org",
        True,
        True,
        "Africa/Johannesburg",
    )
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.emailaddress_set.get().verified
    community = Community.objects.get()
    assert (community.slug, community.name, community.home_zone) == (
        "savings-groups",
        {"en": "Savings groups"},
        "Africa/Johannesburg",
    )
    membership = Membership.objects.get()
    assert (membership.community, membership.person.user, membership.role) == (community, user, Role.MANAGER)
    assert Change.objects.get().subject == f"community:{community.uuid}"
    assert not setup.setup_needed()


def test_the_second_click_goes_on_and_a_stranger_is_told(link: str, client: Client) -> None:
    client.post(link, GIVEN)
    assert client.post(link, GIVEN)["Location"] == "/organise/"
    for answer in (Client().get(link), Client().post(link, GIVEN | {"email": "b@example.org"})):
        assert answer.status_code == 410
        assert "This link has been used" in answer.content.decode()
    assert (User.objects.count(), Community.objects.count()) == (1, 1)


@pytest.mark.parametrize("token", ["wrong", "", " ", "x" * 500, "..%2Fsecret_key"])
def test_a_wrong_link_makes_nothing(token: str, link: str, client: Client) -> None:
    for answer in (client.get(f"/setup/{token}/"), client.post(f"/setup/{token}/", GIVEN)):
        assert answer.status_code == 404
    assert not User.objects.exists()


def test_a_new_start_ends_the_earlier_link(link: str, client: Client, data: Path) -> None:
    newer = setup.new_token(data)
    answer = client.get(link)
    assert answer.status_code == 404
    assert "the last one that was printed" in answer.content.decode()
    assert client.get(f"/setup/{newer}/").status_code == 200
    assert newer not in (data / "setup_token").read_text()
    assert (data / "setup_token").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("zone", "Mars/Olympus", "is not a time zone"),
        ("zone", "", "Choose the city"),
        ("email", "not an address", "valid email address"),
        ("name", "", "required"),
        ("name", "x" * 201, "at most 200"),
        ("community", "x" * 101, "at most 100"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_made(
    link: str, client: Client, field: str, value: str, words: str
) -> None:
    answer = client.post(link, GIVEN | {field: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    error = re.search(rf'id="id_{field}_error">(.*?)</p>', text, re.DOTALL)
    assert error is not None
    assert words in error[1]
    assert "Ann@Example.org" in text or field == "email"  # what was typed is kept
    assert not User.objects.exists()
    assert not Community.objects.exists()


def test_an_address_that_has_an_account_is_refused(link: str, client: Client, member: Any) -> None:
    answer = client.post(link, GIVEN | {"email": member.email.upper()})
    assert "already an account" in answer.content.decode()
    assert setup.setup_needed()


def test_a_community_without_latin_letters_has_an_address(link: str, client: Client) -> None:
    client.post(link, GIVEN | {"community": "学習会"})
    assert Community.objects.get().slug == "community"


def test_what_is_there_already_is_no_obstacle(link: str, client: Client, community: Community) -> None:
    """Where the last administrator has gone: the address is known as a speaker's, the short name is taken."""
    Community.objects.filter(pk=community.pk).update(slug="savings-groups")
    speaker = make_person(name="A.", email="ann@example.org")
    assert client.post(link, GIVEN).status_code == 302
    speaker.refresh_from_db()
    assert (speaker.user, speaker.name) == (User.objects.get(), GIVEN["name"])
    assert set(Community.objects.values_list("slug", flat=True)) == {"savings-groups", "savings-groups-2"}


def test_the_verb_refuses_what_the_page_would(data: Path, now: datetime) -> None:
    facts: dict[str, Any] = {**GIVEN} | {"folder": data, "language": "en", "now": now}
    token = setup.new_token(data)
    with pytest.raises(setup.WrongLink):
        setup.set_up(token="wrong", **facts)
    assert not Person.objects.exists()
    setup.set_up(token=token, **facts)
    with pytest.raises(setup.AlreadySetUp):
        setup.set_up(token=token, **facts)


def test_the_front_door_says_where_the_link_is_until_it_has_been_used(link: str, client: Client) -> None:
    words = "Open the setup link that was printed"
    assert words in client.get("/").content.decode()
    client.post(link, GIVEN)
    assert words not in Client().get("/").content.decode()
