"""Whose time the pages show: profile, cookie, or the event's; and the page to choose it."""

from datetime import datetime

import pytest
from django.test import Client

from seminars.people.models import Community, User
from tests.factories import make_member, make_person, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture
def address(community: Community) -> str:
    """A session at 15:00 in Johannesburg."""
    return f"/sessions/{make_session(make_series(community), wall=datetime(2026, 12, 1, 15, 0)).slug}/"


def shown(client: Client, address: str) -> str:
    """What the page says of the hour and whose it is."""
    page = client.get(address).content.decode()
    return page.split('class="when-own">')[1].split("Change")[0]


def test_nobody_is_told_the_event_s_own_time(as_nobody: Client, address: str) -> None:
    assert "15:00–16:00" in shown(as_nobody, address)
    assert "time in Johannesburg (UTC+2)" in shown(as_nobody, address)


def test_a_cookie_is_enough(as_nobody: Client, address: str) -> None:
    as_nobody.cookies["meridian_zone"] = "Asia/Calcutta"  # as browsers still call it
    assert "18:30–19:30" in shown(as_nobody, address)
    assert "your time – Kolkata (UTC+5:30)" in shown(as_nobody, address)


def test_a_wrong_cookie_is_passed_over(as_nobody: Client, address: str) -> None:
    as_nobody.cookies["meridian_zone"] = "../../etc/passwd"
    assert "time in Johannesburg" in shown(as_nobody, address)


def test_the_profile_wins_over_the_cookie(as_member: Client, address: str) -> None:
    as_member.cookies["meridian_zone"] = "Europe/Lisbon"
    assert "your time – Kolkata" in shown(as_member, address)


def test_choosing_keeps_it_in_cookie_and_profile(as_member: Client, member: User, address: str) -> None:
    answer = as_member.post("/zone/", {"zone": "Africa/Maputo", "next": address})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert answer.cookies["meridian_zone"].value == "Africa/Maputo"
    member.refresh_from_db()
    assert member.zone == "Africa/Maputo"
    assert "your time – Maputo (UTC+2)" in shown(as_member, address)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example.org/", "//evil.example.org", "javascript:alert(1)", "me", "2026-02-30"]
)
def test_nobody_is_led_away(as_nobody: Client, wanted: str) -> None:
    answer = as_nobody.post("/zone/", {"zone": "Africa/Maputo", "next": wanted})
    assert answer.headers["Location"] == "/"


def test_the_page_itself_is_no_way_back(as_nobody: Client) -> None:
    assert 'href="/zone/?next=' not in as_nobody.get("/zone/?next=/archive/").content.decode()
    answer = as_nobody.post("/zone/", {"zone": "Africa/Maputo", "next": "/zone/?next=/zone/"})
    assert answer.headers["Location"] == "/"


def test_from_a_preview_one_comes_back_to_its_form(as_nobody: Client) -> None:
    for sent, form in [
        ("/organise/series/ah/change/preview/", "/organise/series/ah/change/"),
        ("/organise/series/ah/sessions/apply/", "/organise/series/ah/sessions/"),
        ("/organise/series/ah/", "/organise/series/ah/"),
    ]:
        answer = as_nobody.post("/zone/", {"zone": "Africa/Maputo", "next": sent})
        assert answer.headers["Location"] == form


def test_an_unknown_zone_is_refused_beside_the_field(as_nobody: Client) -> None:
    answer = as_nobody.post("/zone/", {"zone": "Mars/Olympus", "next": "/"})
    assert answer.status_code == 400
    assert "is not a time zone" in answer.content.decode()
    assert "meridian_zone" not in answer.cookies


def test_the_picker_groups_by_country_without_offsets(as_nobody: Client) -> None:
    page = as_nobody.get("/zone/").content.decode()
    assert '<optgroup label="Mozambique">' in page
    assert "UTC+" not in page
    assert "GMT" not in page


def test_twelve_hours_where_the_reader_counts_so(as_nobody: Client, address: str) -> None:
    page = as_nobody.get(address, headers={"accept-language": "en-US"}).content.decode()
    assert "Tuesday, December 1, 2026, 3:00–4:00\u202fPM" in page


def test_without_a_zone_the_cities_of_members_are_named_but_never_of_a_few(
    as_nobody: Client, community: Community, address: str
) -> None:
    for zone, count in {"Asia/Kolkata": 3, "Africa/Nairobi": 2, "Pacific/Auckland": 4}.items():
        for _ in range(count):
            make_member(community, person=make_person(zone=zone))
    page = as_nobody.get(address).content.decode()
    assert "02:00 Wednesday in Auckland · 18:30 in Kolkata" in page
    assert "Nairobi" not in page
    as_nobody.cookies["meridian_zone"] = "Europe/Lisbon"
    assert "Auckland" not in as_nobody.get(address).content.decode()
