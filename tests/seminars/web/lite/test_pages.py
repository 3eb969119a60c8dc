"""The Lite edition: every page that has one is small, needs nothing else, and shows nothing to whom it is not for."""

import gzip
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars.people.models import Community
from seminars.sessions.models import Session
from tests.factories import NOW, make_recording, make_series, make_session

pytestmark = pytest.mark.django_db
MOST = 14 * 1024


@pytest.fixture
def session(community: Community) -> Session:
    series = make_series(community, abstract={"en": "About mobile money. " * 40})
    for month in range(1, 11):
        make_session(series, wall=datetime(2026, month, 3, 15, 0), title={"en": f"Part {month}"})
    return make_session(series, title={"en": "Savings groups"}, abstract={"en": "Who saves, and why. " * 60})


def small(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    page = answer.content.decode()
    assert not re.search(r"<(script|img|svg|video|audio|iframe|link rel=.stylesheet)", page), path
    assert " src=" not in page
    assert len(gzip.compress(answer.content)) <= MOST, path
    return page


def test_every_page_that_people_read_has_one(session: Session) -> None:
    client = Client()
    for path in (
        "",
        f"communities/{session.series.community.slug}/",
        "archive/",
        "archive/?q=savings",
        "papers/",
    ):
        assert "<h1>" in small(client, f"/l/{path}")
    page = small(client, f"/l/series/{session.series.slug}/")
    assert f'href="/l/sessions/{session.slug}/"' in page
    page = small(client, f"/l/sessions/{session.slug}/")
    assert "Savings groups" in page
    assert "Who saves, and why." in page
    assert f'<a href="/sessions/{session.slug}/">Full edition</a>' in page
    assert '<link rel="canonical" href="' in page


def test_every_page_leads_to_it_and_first_for_who_saves_data(session: Session) -> None:
    path = f"/sessions/{session.slug}/"
    page = Client().get(path).content.decode()
    assert f'<a href="/l{path}">Lite edition</a>' in page
    assert page.index("<h1") < page.index(f"/l{path}")
    saving = Client(headers={"Save-Data": "on"}).get(path).content.decode()
    assert f'<nav class="top small" aria-label="Lite edition"><div><a href="/l{path}">' in saving
    assert saving.index(f"/l{path}") < saving.index("<header")
    assert "/l/" not in Client().get("/accounts/login/").content.decode()


def test_search_stays_small(session: Session) -> None:
    page = small(Client(), "/l/archive/")
    assert '<form action="/l/archive/"' in page
    assert "<button>Search</button>" in page


def test_what_has_none_is_opened_as_it_is(session: Session) -> None:
    answer: Any = Client().get("/l/subscribe/?lang=sv")
    assert (answer.status_code, answer["Location"]) == (302, "/subscribe/?lang=sv")
    assert Client().get("/l//evil.example/").status_code == 404
    assert Client().get("/l/l/").status_code == 302
    assert Client().post("/l/").status_code == 405


def test_a_page_that_leads_on_leads_to_the_small_one(session: Session) -> None:
    make_recording(session, slug="savings")
    for address, place in (
        ("/l/archive/savings/?t=12", f"/l/sessions/{session.slug}/?t=12"),
        ("/l/archive?q=rain", "/l/archive/?q=rain"),
        (f"/l/sessions/{session.slug}", f"/l/sessions/{session.slug}/"),
    ):
        answer: Any = Client().get(address)
        assert (address, answer.status_code, answer.headers.get("Location")) == (address, 301, place)
    for nowhere in ("/l/nothing", "/l//evil.example", "/l//evil.example/"):
        assert Client().get(nowhere).status_code == 404


def test_hidden_and_missing_answer_the_same(closed_community: Community) -> None:
    closed = make_session(make_series(closed_community))
    hidden = small(Client(), f"/l/sessions/{closed.slug}/", 404)
    missing = small(Client(), "/l/sessions/nothing/", 404)
    nonce = re.compile(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"')
    assert nonce.sub("", hidden.replace(closed.slug, "nothing")) == nonce.sub("", missing)


def test_a_withdrawn_thing_says_so(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(withdrawn_at=NOW - timedelta(days=1), reason="Not ours.")
    assert "Not ours." in small(Client(), f"/l/sessions/{session.slug}/", 410)
