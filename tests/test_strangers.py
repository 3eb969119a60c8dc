"""Every address that names something closed answers a stranger as if nothing were there, in every method.

It walks the site's own table of addresses, so that a new page is tested on the day it appears.
"""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from seminars.people.models import Community, Person, User
from seminars.series.models import Series, SeriesRole
from tests.conftest import signed_in
from tests.factories import NOW, make_community, make_member, make_series
from tests.world import SECRET, World, addresses, make_world, said

# These hold a secret of their own, and nothing else by which a closed thing could be found.
OWN_SECRET = (
    "/here/",
    "/certificates/",
    "/me/",
    "/mailbox/",
    "/setup/",
    "/speak/",
    "/poll/",
    "/group/",
    "/accounts/",
    "/invitations/",
    "/membership/",
    "/mails/stop/",
    "/mails/owed/",
    "/mails/in/",
    "/mails/reports/",
    "/reader/",
    "/registration/",
    "/series-registration/",
    "/introductions/",
    "/suggestions/",
    "/questions/",
    "/reviews/",
    "/providers/",
)
# Of administrators only, and about nothing by name.
OF_ADMINISTRATORS = ("/organise/archive/", "/organise/mails/", "/organise/queue/")
# The site's own newsletter, which everybody reads and which tells of nothing closed.
OF_THE_SITE = ("/newsletter/",)
# A feed of a closed community exists for nobody but in its members' own; the file here has no bytes.
NOWHERE = re.compile(
    r"/(?:calendar\.ics|(?:changes|archive)\.(?:atom|json)|podcast\.(?:xml|png)|chapters\.json|about\.jsonld|embed/)$"
    r"|/files/<"
)

# An organiser's own pages: they name a time and nothing closed, and show each organiser their own sessions.
OWN_PAGES = ("/organise/year/",)


ROUTES = sorted(
    route
    for route, names in addresses(get_resolver())
    if names and not route.startswith((*OWN_SECRET, *OF_ADMINISTRATORS, *OF_THE_SITE))
)
OURS = [route for route in ROUTES if route.startswith("/organise/") and not route.startswith(OWN_PAGES)]


@pytest.fixture
def world(closed_community: Community) -> World:
    """A closed community that has everything."""
    return make_world(closed_community)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["stranger", "nobody"])
@pytest.mark.one_database
def test_a_closed_thing_is_not_there_for_strangers(
    world: World, stranger: User, who: str, method: str
) -> None:
    client, wrong = signed_in(stranger) if who == "stranger" else Client(), {}
    for route in ROUTES:
        closed: Any = getattr(client, method)(world.path(route))
        missing: Any = getattr(client, method)(world.path(route, missing=True))
        alike = closed.status_code == missing.status_code
        away = closed.status_code == 302 and closed.url.startswith("/accounts/login/")
        if not alike or not (away or closed.status_code in {404, 405}) or SECRET in said(closed):
            wrong[route] = closed.status_code
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_organising_is_not_there_for_plain_members(world: World, as_member: Client, method: str) -> None:
    other = make_member(
        make_community(), Person.objects.get(email="member@example.org").user, role="organiser"
    )
    assert other.role == "organiser"  # of another community: the pages are there, these things are not
    wrong = {}
    for route in OURS:
        answer = getattr(as_member, method)(world.path(route))
        if answer.status_code not in {404, 405} or SECRET in said(answer):
            wrong[route] = answer.status_code
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith(OWN_PAGES)])
def test_an_organiser_sees_their_own_sessions_only(
    world: World, as_member: Client, as_organiser: Client, route: str
) -> None:
    make_member(make_community(), Person.objects.get(email="member@example.org").user, role="organiser")
    assert SECRET in said(as_organiser.get(world.path(route)))
    answer = as_member.get(world.path(route))
    assert answer.status_code == 200
    assert SECRET not in said(answer)


@pytest.mark.django_db
def test_what_is_hidden_is_there_for_its_organisers(world: World, as_organiser: Client) -> None:
    wrong = {}
    for route in ROUTES:
        if not NOWHERE.search(route):
            status = as_organiser.get(world.path(route)).status_code
            if status not in {200, 301, 302, 405}:
                wrong[route] = status
    assert wrong == {}, "these cannot be reached, so hiding them shows nothing"


SESSION = "/organise/sessions/<slug:slug>/"
FOR_THE_COMMUNITY = "/once-more/"  # a new series, which has no roles yet
OPEN_TO = {
    "host": (
        SESSION + "run-sheet/",
        SESSION + "asked/",
        SESSION + "close/",
        SESSION + "door/",
        SESSION + "attendance/",
    ),
    "note-taker": (SESSION + "report/", SESSION + "attendance/"),
    "organiser": ("/organise/series/", "/organise/sessions/", "/organise/items/"),
    "owner": ("/organise/series/", "/organise/sessions/", "/organise/items/"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", OPEN_TO)
@pytest.mark.one_database
def test_a_role_in_a_series_opens_its_own_pages_only(world: World, stranger: User, role: str) -> None:
    series = Series.objects.get(slug=world.slugs["series"])
    SeriesRole.objects.create(series=series, person=stranger.person, role=role, since=NOW)
    client = signed_in(stranger)
    wrong = {}
    for route in ROUTES:
        if not route.startswith("/organise/") or route.startswith(OWN_PAGES) or NOWHERE.search(route):
            continue
        status = client.get(world.path(route)).status_code
        opened = route.startswith(OPEN_TO[role]) and not route.endswith(FOR_THE_COMMUNITY)
        expected = {200, 301, 302, 405} if opened else {404, 405}
        leaks = 200 not in expected and SECRET in said(client.get(world.path(route)))
        if status not in expected or leaks:
            wrong[route] = status
    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.one_database
def test_no_role_in_a_series_opens_another(world: World, stranger: User) -> None:
    other = make_series(make_community())
    SeriesRole.objects.create(series=other, person=stranger.person, role="owner", since=NOW)
    client = signed_in(stranger)
    for route in ROUTES:
        if NOWHERE.search(route) or route.startswith(OWN_PAGES):
            continue
        answer = client.get(world.path(route))
        assert answer.status_code in {404, 405}, route
        assert SECRET not in said(answer)
