"""The profile: who one is, and in which language and by whose clock every page then speaks."""

import re
from typing import Any, ClassVar

import pytest
from django.test import Client

from recordings.templatetags.recordings import is_thrifty
from seminars.people.models import Person, User
from tests.conftest import signed_in
from tests.factories import make_session, make_user

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "Mira Rao",
    "affiliation": "Gram Vikas",
    "country": "IN",
    "about": "Savings groups since 2004.",
    "language": "",
    "languages": ["or", "hi"],
    "zone": "Asia/Calcutta",
    "saves_data": "on",
}


def test_all_of_it_is_kept(as_member: Client, member: User) -> None:
    assert as_member.post("/me/profile/", GIVEN).headers["Location"] == "/me/profile/"
    member.refresh_from_db()
    person = Person.objects.get(user=member)
    assert (person.name, person.affiliation, person.country) == ("Mira Rao", "Gram Vikas", "IN")
    assert person.about == {"en": "Savings groups since 2004."}
    assert sorted(person.languages) == ["hi", "or"]
    assert (member.zone, person.zone, member.saves_data) == ("Asia/Kolkata", "Asia/Kolkata", True)
    page = as_member.get("/me/profile/").content.decode()
    assert 'value="Mira Rao"' in page
    first, unfolds = page.split('<details class="more">')
    assert [each in first for each in ('value="or" id=', 'value="en" id=', 'value="zu" id=')] == [
        True,
        True,
        False,
    ]
    assert 'type="checkbox" name="languages" value="zu" id="id_languages_' in unfolds
    assert page.count('name="languages"') == page.count('type="checkbox" name="languages"') > 150
    assert len(re.findall(r'name="languages"[^>]* checked>', page)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 201), ("country", "XX"), ("languages", ["klingon"]), ("about", "x" * 2001)],
)
def test_what_cannot_be_is_told_and_nothing_kept(
    as_member: Client, member: User, field: str, value: object
) -> None:
    answer = as_member.post("/me/profile/", GIVEN | {field: value})
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Person.objects.get(user=member).country == ""


def test_the_browser_s_zone_is_offered_until_one_is_kept(as_member: Client, member: User) -> None:
    as_member.cookies["meridian_zone"] = "Africa/Maputo"
    User.objects.filter(pk=member.pk).update(zone="")
    assert '<option value="Africa/Maputo" selected>' in as_member.get("/me/profile/").content.decode()
    User.objects.filter(pk=member.pk).update(zone="Asia/Kolkata")
    assert '<option value="Asia/Kolkata" selected>' in as_member.get("/me/profile/").content.decode()


def test_a_speaker_s_new_name_reaches_calendars(as_member: Client, member: User) -> None:
    session = make_session(title={"en": "Talk"})
    session.speakers.create(person=member.person)
    as_member.post("/me/profile/", GIVEN)
    feed = Client().get(f"/series/{session.series.slug}/calendar.ics").content
    assert b"Mira Rao" in feed
    assert b"SEQUENCE:1" in feed


def test_pages_speak_the_account_s_language_whatever_the_browser_asks(member: User) -> None:
    User.objects.filter(pk=member.pk).update(language="sv")
    client = signed_in(member)
    answer = client.get("/", headers={"accept-language": "en"})
    assert '<html lang="sv"' in answer.content.decode()
    assert answer.headers["Content-Language"] == "sv"


def test_the_foot_of_a_page_changes_it_for_good(member: User) -> None:
    User.objects.filter(pk=member.pk).update(language="sv")
    client = signed_in(member)
    client.post("/language/", {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/", headers={"accept-language": "sv"}).content.decode()
    member.refresh_from_db()
    assert member.language == "en"


def test_a_language_that_is_none_changes_nothing(member: User) -> None:
    signed_in(member).post("/language/", {"language": "tlh", "next": "/"})
    member.refresh_from_db()
    assert member.language == ""


def test_nobody_and_strangers_see_no_profile(as_nobody: Client) -> None:
    for path in ("/me/profile/", "/me/data/", "/me/data/export/", "/me/data/leave/", "/accounts/confirm/"):
        assert as_nobody.get(path).headers["Location"].startswith("/accounts/login/?next=")
        assert as_nobody.post(path).headers["Location"].startswith("/accounts/login/?next=")


def test_who_saves_data_hears_first(as_nobody: Client) -> None:

    class Asking:
        headers: ClassVar[dict[str, str]] = {}
        user: Any = make_user(saves_data=True)

    assert is_thrifty(Asking()) is True  # type: ignore[arg-type]
    assert is_thrifty(None) is False
