"""Public pages ask nothing of anybody else, and counting later use adds no cookie, no pixel and no script."""

from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from seminars.people.models import Community
from seminars.results.models import Mark, Use, UseKind
from seminars.sessions.models import Session
from tests.factories import make_material, make_recording, make_series, make_session
from tests.seminars.results.cast import come

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0", "Accept-Language": "en"}
PAGES = (
    "/",
    "/archive/",
    "/subscribe/",
    "/topics/",
    "/communities/savings/",
    "/series/after-hours/",
    "/sessions/after-hours-1/",
    "/sessions/after-hours-2/",
    "/sessions/after-hours-1/feedback/",
    "/sessions/after-hours-2/register/",
    "/mails/follow/",
)
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}
LOADS |= {"link": "href", "object": "data", "embed": "src", "track": "src", "form": "action", "use": "href"}
KNOWN_COOKIES = {settings.CSRF_COOKIE_NAME}
"""Set by pages with a form before there were results."""


class Requests(HTMLParser):
    """What a browser asks for when it shows a page, or sends from its forms."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.pixels: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (name := LOADS.get(tag)) and (address := given.get(name)):
            self.found.append(address)
        for name in ("poster", "srcset", "ping", "background"):
            if address := given.get(name):
                self.found.append(address)
        if tag == "img" and given.get("width") in {"0", "1"}:
            self.pixels.append(str(given))


@pytest.fixture
def past(community: Community) -> Session:
    """A session in the archive, and one to come."""
    series = make_series(community, slug="after-hours")
    found = make_session(series, wall=datetime(2026, 9, 1, 15, 0), state="archived")
    make_session(series, wall=datetime(2026, 12, 1, 15, 0))
    make_material(found, "recording", media_type="video/mp4")
    make_recording(found)
    come(found, 61)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_public_page_asks_nobody_else_and_sets_no_new_cookie(
    past: Session, as_nobody: Client, page: str
) -> None:
    answer = as_nobody.get(page, headers=BROWSER)
    assert answer.status_code == 200
    asked = Requests()
    asked.feed(answer.content.decode())
    ours = urlsplit(settings.MERIDIAN_URL).netloc
    assert [each for each in asked.found if urlsplit(each).netloc not in {"", ours}] == []
    assert asked.pixels == []
    assert set(answer.cookies) <= KNOWN_COOKIES
    assert "'self'" in answer.headers["Content-Security-Policy"]


def test_the_page_of_a_session_that_is_over_counts_without_a_trace(past: Session, as_nobody: Client) -> None:
    for _each in range(2):
        answer = as_nobody.get(f"/sessions/{past.slug}/", headers=BROWSER)
    assert set(answer.cookies) <= KNOWN_COOKIES
    row = Use.objects.get()
    assert (row.session, row.kind, row.number, row.first) == (past, UseKind.PAGE, 2, 1)
    assert Mark.objects.count() == 1


def test_pages_to_come_and_programs_are_not_counted(past: Session, as_nobody: Client) -> None:
    as_nobody.get("/sessions/after-hours-2/", headers=BROWSER)
    as_nobody.get(f"/sessions/{past.slug}/", headers=BROWSER | {"User-Agent": "Googlebot/2.1"})
    as_nobody.get(f"/sessions/{past.slug}/", headers=BROWSER | {"Sec-Purpose": "prefetch;prerender"})
    as_nobody.head(f"/sessions/{past.slug}/", headers=BROWSER)
    assert not Use.objects.exists()


def test_the_archive_says_how_many_took_part(past: Session, as_nobody: Client) -> None:
    come(past, 2, zone="Asia/Manila", country="PH")
    said = "63 took part live, in 2 countries"
    assert said in as_nobody.get(f"/sessions/{past.slug}/").content.decode()
    assert said in as_nobody.get("/series/after-hours/").content.decode()


def test_two_people_are_not_told_of(past: Session, as_nobody: Client) -> None:
    past.attendances.all().delete()
    come(past, 2)
    for page in (f"/sessions/{past.slug}/", "/series/after-hours/"):
        assert "took part live" not in as_nobody.get(page).content.decode()
