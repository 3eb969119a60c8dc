"""Who is invited by name to one session of a closed community sees it, and of its series the name."""

from datetime import timedelta

import pytest
from django.test import Client

from seminars.people.models import Community, User
from seminars.series.models import Audience, Series
from seminars.sessions.models import Session
from tests.factories import make_series, make_session
from tests.seminars.web.test_session_pages import WALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture
def series(closed_community: Community) -> Series:
    title, abstract = {"en": "Peer assists"}, {"en": "Whispered abstract"}
    return make_series(closed_community, slug="peers", title=title, abstract=abstract)


@pytest.fixture
def session(series: Series, stranger: User) -> Session:
    make_session(series, wall=WALL + timedelta(days=8), title={"en": "Whispered session"})
    title = {"en": "The one assist"}
    found = make_session(series, wall=WALL + timedelta(days=1), title=title, audience=Audience.NAMED)
    found.named.add(stranger.person)
    return found


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def test_the_session_names_its_series_and_leads_nowhere_that_is_shut(
    session: Session, as_stranger: Client
) -> None:
    shown = page(as_stranger, f"/sessions/{session.slug}/")
    assert "The one assist" in shown
    assert "Peer assists" in shown
    assert "Whispered" not in shown
    assert f"/communities/{session.series.community.slug}/" not in shown
    assert "/series/peers/subscribe/" not in shown
    for path in set(shown.split('href="')[1:]):
        address = path.split('"')[0].split("#")[0]
        if address.startswith("/") and not address.startswith("/static/"):
            assert as_stranger.get(address, follow=True).status_code == 200, address


def test_the_series_page_holds_its_name_and_their_sessions(session: Session, as_stranger: Client) -> None:
    shown = page(as_stranger, "/series/peers/")
    assert "Peer assists" in shown
    assert "You are invited to one session of this series." in shown
    assert f'href="/sessions/{session.slug}/"' in shown
    assert "Whispered" not in shown
    assert "peers-1" not in shown


@pytest.mark.parametrize("rest", ["subscribe/", "share/", "mails/", "register/"])
def test_nothing_more_of_the_series_is_there(session: Session, as_stranger: Client, rest: str) -> None:
    assert as_stranger.get(f"/series/peers/{rest}").status_code == 404
    assert as_stranger.post("/series/peers/follow/").status_code == 404
    assert as_stranger.get("/api/series/peers/").status_code == 404


def test_members_see_the_whole_series(session: Session, as_member: Client, as_nobody: Client) -> None:
    shown = page(as_member, "/series/peers/")
    assert "Whispered abstract" in shown
    assert "Whispered session" in shown
    assert "The one assist" not in shown
    assert as_nobody.get("/series/peers/").status_code == 404
