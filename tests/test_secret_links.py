"""Links that need no account: wrong, ended, used twice, sent on to somebody else, opened by a program."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import get_resolver

from seminars.people.accounts.models import Erasure
from seminars.people.accounts.orders import undo
from seminars.people.introducing.models import Party
from seminars.people.membership.models import JoinRequest
from seminars.people.models import User
from seminars.series.inviting import inviting
from seminars.sessions.attendance.doors import turn
from seminars.sessions.polls.models import DatePoll
from seminars.sessions.registration.models import Registration, SeriesRegistration
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.speaking.models import SpeakerLink
from tests.conftest import signed_in
from tests.factories import NOW, make_user
from tests.links import Site, make_site
from tests.world import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
KINDS = (
    "registration", "series-registration", "membership", "invitations", "reader", "speak", "poll", "group",
    "introductions", "suggestions", "questions", "reviews", "mails/stop", "mails/owed", "me/stay",
    "accounts/link",
)  # fmt: skip
GONE = {"me/stay": 410, "accounts/link": 410}
End = Callable[[Site], object]


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


def test_every_kind_of_link_is_asked_here() -> None:
    """A new page behind a secret is listed above on its first day; feeds have tests of their own."""
    routes = {route for route, names in addresses(get_resolver()) if "token" in names}
    kinds = {route.partition("/<")[0].strip("/") for route in routes if not route.endswith((".ics", ".atom"))}
    assert kinds - {"setup"} == set(KINDS)  # an empty Meridian alone has that one: see test_setup


def link(site: Site, kind: str) -> str:
    """The address of the good link of this kind."""
    return f"/{kind}/{site.worlds[0].others[kind.rpartition('/')[2] + '/token']}/"


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_link_opens_nothing(site: Site, kind: str) -> None:
    good = link(site, kind)
    assert Client().get(good).status_code == 200
    for wrong in (
        f"/{kind}/wrong/",
        f"{good[:-2]}/",
        f"{good[:-1]}x/",
        f"/{kind}/{'x' * 5000}/",
        f"/{kind}/%00/",
    ):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(wrong)
            nothing = {GONE.get(kind, 404), 405 if method == "post" else 404}  # some pages take no form
            nothing |= {404} if "%00" in wrong else set()
            assert answer.status_code in nothing, (method, wrong[:80])
            assert "known@example.org" not in answer.content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.one_database
def test_opening_a_link_changes_nothing_and_signs_nobody_in(site: Site, kind: str) -> None:
    """Mail programs open every address they find."""
    client, before = Client(), _rows()
    answer = client.get(link(site, kind))
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert _rows() == before
    assert client.get("/me/").status_code == 302


def _rows() -> dict[str, list[Any]]:
    """All that is kept; that a speaker has seen their page is noted when it is opened."""
    known = [each for each in apps.get_app_config("seminars").get_models() if each is not SpeakerLink]
    return {each.__name__: list(each._base_manager.order_by("pk").values_list()) for each in known}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.one_database
def test_a_link_sent_on_gives_another_account_nothing_more(site: Site, kind: str) -> None:
    other = signed_in(make_user("other@example.org"))
    address = link(site, kind)
    other.get(address)
    answer = other.post(address, {"do": "accept"}) if kind == "invitations" else other.get(address)
    assert answer.status_code == (403 if kind == "invitations" else 200)
    assert "Known Example" not in other.get("/me/").content.decode()
    assert other.session["_auth_user_id"] == str(User.objects.get(email="other@example.org").pk)


ENDED: dict[str, tuple[str, End, int]] = {
    # what happened: kind, how, the answer
    "withdrawn": ("registration", lambda _site: Registration.objects.update(withdrawn_at=NOW), 200),
    "taken off": ("registration", lambda _site: Registration.objects.update(removed_at=NOW), 200),
    "not the series": (
        "series-registration", lambda _site: SeriesRegistration.objects.update(withdrawn_at=NOW), 200),
    "asks no more": ("membership", lambda _site: JoinRequest.objects.update(standing="withdrawn"), 200),
    "declined": ("membership", lambda _site: JoinRequest.objects.update(standing="declined", decided_at=NOW), 200),
    "no": ("invitations", lambda site: inviting.decline(invitation=site.invitation, now=NOW), 410),
    "taken back": (
        "invitations", lambda site: inviting.revoke(invitation=site.invitation, now=NOW, actor_id=None), 410),
    "ended": ("speak", lambda _site: SpeakerLink.objects.update(revoked_at=NOW), 410),
    "closed": ("poll", lambda _site: DatePoll.objects.update(closed_at=NOW), 200),
    "no group": ("group", lambda _site: ListeningSite.objects.update(withdrawn_at=NOW), 410),
    "stopped": ("introductions", lambda _site: Party.objects.update(stopped_at=NOW), 200),
    "stays": ("me/stay", lambda _site: undo(order=Erasure.objects.get(), now=NOW), 410),
}  # fmt: skip


@pytest.mark.parametrize("what", ENDED)
def test_a_link_that_ended_says_so(site: Site, what: str) -> None:
    kind, end, seen = ENDED[what]
    address = link(site, kind)
    good = Client().get(address).content
    end(site)
    answer = Client().get(address)
    assert answer.status_code == seen
    assert answer.content != good
    before = _rows()
    sent = Client().post(address, {"name": "Other"}).status_code
    assert sent == 410 if seen == 410 else sent < 500
    assert _rows() == before


@pytest.mark.parametrize(("kind", "days"), [("invitations", 15), ("speak", 400), ("accounts/link", 2)])
def test_an_old_link_is_said_to_be_too_old(site: Site, kind: str, days: int) -> None:
    address = link(site, kind)
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        for method in ("get", "post"):
            assert getattr(Client(), method)(address).status_code == 410


def test_an_invitation_and_a_sign_in_link_work_once(site: Site) -> None:
    for kind, given in (("invitations", {"do": "accept"}), ("accounts/link", {})):
        address = link(site, kind)
        assert Client().post(address, given).status_code == 302
        assert Client().post(address, given).status_code == 410
        assert Client().get(address).status_code == 410


def test_an_old_poster_leads_nowhere(site: Site) -> None:
    address = f"/here/{site.worlds[1].others['here/secret']}/"
    assert Client().get(address).status_code == 200
    turn(site.sessions["live"])
    assert Client().get(address).status_code == 404
