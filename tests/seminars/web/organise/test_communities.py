"""Communities and their members, as organisers and administrators change them."""

from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community, Membership, Person, User
from tests.factories import make_member, make_person

pytestmark = pytest.mark.usefixtures("stopped")
NEW = "/organise/communities/new/"
HERE = "/organise/communities/savings/"


@pytest.fixture
def given() -> dict[str, Any]:
    """What a browser sends from *Make a community*."""
    return {
        "slug": "harvest",
        "name_en": "Harvest finance",
        "name_sv": "",
        "summary_en": "Loans that wait for rain.",
        "summary_sv": "",
        "eligibility_en": "",
        "eligibility_sv": "",
        "purpose": "task",
        "life": "short-term",
        "joining": "closed",
        "form": "hybrid",
        "home_zone": "Africa/Maputo",
        "language": "pt",
        "countries": "mz, za",
        "accent": "#1F5F8B",
        "contact": "hello@example.org",
        "discusses_at": "forum.example.org",
    }


def test_an_administrator_makes_a_community(as_administrator: Client, given: dict[str, Any]) -> None:
    assert as_administrator.post(NEW, given)["Location"] == "/organise/communities/harvest/"
    made = Community.objects.get(slug="harvest")
    assert (made.name, made.countries, made.accent) == ({"en": "Harvest finance"}, ["MZ", "ZA"], "#1f5f8b")
    assert (made.joining, made.discusses_at) == ("closed", "https://forum.example.org")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"slug": "savings"}, "slug", "Another community is called"),
        ({"slug": "new"}, "slug", "Another community is called"),
        ({"slug": "a b"}, "slug", "Use letters"),
        ({"name_en": ""}, "name_en", "Give a name"),
        ({"home_zone": "Mars/Olympus"}, "home_zone", "is not a time zone"),
        ({"countries": "ZA, Mars"}, "countries", "“MARS” is not a country code"),
        ({"accent": "blue"}, "accent", "Give the colour as"),
        ({"contact": "nobody"}, "contact", "valid email"),
        ({"discusses_at": "ftp://example.org"}, "discusses_at", "begins with http:// or https://"),
    ],
)
def test_bad_details_are_said_beside_their_field(
    change: dict[str, str],
    field: str,
    words: str,
    as_administrator: Client,
    community: Community,
    given: dict[str, Any],
) -> None:
    answer = as_administrator.post(NEW, given | change)
    assert answer.status_code == 400
    assert words in answer.context["form"].errors[field][0]
    assert answer.context["form"]["summary_en"].value() == "Loans that wait for rain."
    assert Community.objects.count() == 1


def test_an_organiser_changes_the_details_but_never_the_address(
    as_organiser: Client, given: dict[str, Any]
) -> None:
    as_organiser.post(f"{HERE}edit/", given)
    changed = Community.objects.get(slug="savings")
    assert (changed.name, changed.home_zone) == ({"en": "Harvest finance"}, "Africa/Maputo")
    assert as_organiser.post(NEW, given).status_code == 404


def members() -> dict[str, str]:
    found = Membership.objects.filter(community__slug="savings")
    return dict(found.order_by("person__email").values_list("person__email", "role"))


def test_members_are_added_changed_and_removed(as_organiser: Client) -> None:
    person = {"name": "Amina Diallo", "email": "Amina@Example.org", "zone": "Africa/Dakar", "role": "member"}
    as_organiser.post(f"{HERE}members/add/", person)
    assert members() == {"amina@example.org": "member", "organiser@example.org": "organiser"}
    assert "Dakar" in as_organiser.get(f"{HERE}members/").content.decode()
    one = Membership.objects.get(person__email="amina@example.org")
    as_organiser.post(f"{HERE}members/{one.pk}/role/", {"role": "manager"})
    assert members()["amina@example.org"] == "manager"
    assert "Remove Amina Diallo?" in as_organiser.get(f"{HERE}members/{one.pk}/remove/").content.decode()
    as_organiser.post(f"{HERE}members/{one.pk}/remove/")
    assert members() == {"organiser@example.org": "organiser"}
    assert Person.objects.filter(email="amina@example.org").exists()


def test_a_bad_address_is_said_beside_its_field(as_organiser: Client) -> None:
    answer = as_organiser.post(f"{HERE}members/add/", {"name": "A", "email": "nobody", "role": "member"})
    assert answer.status_code == 400
    assert "name@example.org" in answer.context["form"].errors["email"][0]
    assert len(members()) == 1


def test_a_list_is_pasted_and_roles_stay(as_organiser: Client) -> None:
    lines = "Amina Diallo <amina@example.org>\n\nb@example.org\nOrganiser, organiser@example.org;\n"
    as_organiser.post(f"{HERE}members/paste/", {"people": lines})
    assert members() == {
        "amina@example.org": "member",
        "b@example.org": "member",
        "organiser@example.org": "organiser",
    }
    assert Person.objects.get(email="amina@example.org").name == "Amina Diallo"


def test_neither_form_takes_the_last_who_plans_away(as_organiser: Client, organiser: User) -> None:
    Person.objects.filter(pk=organiser.person.pk).update(email="")  # known by the account's address only
    as_organiser.post(f"{HERE}members/paste/", {"people": "Organiser@example.org"})
    assert members() == {"": "organiser"}
    less = {"name": "O", "email": "organiser@example.org", "role": "member"}
    answer = as_organiser.post(f"{HERE}members/add/", less)
    assert answer.status_code == 400
    assert b"Somebody must plan for the community." in answer.content
    assert members() == {"": "organiser"}


def test_a_list_with_a_bad_line_adds_nobody(as_organiser: Client) -> None:
    lines = "a@example.org\nnot an address"
    answer = as_organiser.post(f"{HERE}members/paste/", {"people": lines})
    assert answer.status_code == 400
    assert "Line 2, “not an address”" in answer.context["pasted"].errors["people"][0]
    assert answer.context["pasted"]["people"].value() == lines
    assert len(members()) == 1


@pytest.mark.parametrize("address", ["role/", "remove/"])
def test_somebody_always_plans(address: str, as_organiser: Client, organiser: User) -> None:
    mine = Membership.objects.get(person__user=organiser, community__slug="savings")
    page = as_organiser.post(f"{HERE}members/{mine.pk}/{address}", {"role": "member"}, follow=True)
    assert "Somebody must plan for the community" in page.content.decode()
    assert members() == {"organiser@example.org": "organiser"}


def test_members_of_another_community_cannot_be_reached(as_organiser: Client, organiser: User) -> None:
    other = Membership.objects.get(person__user=organiser, community__slug="cohort")
    assert as_organiser.post(f"{HERE}members/{other.pk}/remove/").status_code == 404


def test_a_role_is_changed_without_an_address(as_organiser: Client, community: Community) -> None:
    one = make_member(community, person=make_person(email=""))
    as_organiser.post(f"{HERE}members/{one.pk}/role/", {"role": "organiser"})
    one.refresh_from_db()
    assert one.role == "organiser"
