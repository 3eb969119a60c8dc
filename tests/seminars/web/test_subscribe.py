"""Subscribe pages and a person's own page: every address on them works, and says what cannot."""

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.calendars import tokens
from seminars.calendars.models import FeedToken
from seminars.people.models import Community, User
from seminars.series.models import Audience
from tests.factories import NOW, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db
PAGES = ["/subscribe/", "/communities/savings/subscribe/", "/series/talks/subscribe/"]
FEEDS = ["/calendar.ics", "/communities/savings/calendar.ics", "/series/talks/calendar.ics"]


@pytest.fixture(autouse=True)
def _sessions(community: Community, closed_community: Community) -> None:
    make_session(make_series(community, slug="talks", title={"en": "Talks & more"}))
    make_session(make_series(closed_community, slug="secret", title={"en": "Secret"}))


def page_of(client: Client, path: str, **options: Any) -> str:
    """Return a page as text."""
    response = client.get(path, **options)
    assert response.status_code == 200, response
    return response.content.decode()


def links_of(page: str) -> list[str]:
    """Return the addresses of its links."""
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)]


class TestSubscribe:
    @pytest.mark.parametrize(("path", "feed"), list(zip(PAGES, FEEDS, strict=True)))
    def test_every_program_gets_its_address(
        self, as_nobody: Client, settings: Any, path: str, feed: str
    ) -> None:
        settings.MERIDIAN_URL = "https://seminars.example.org"
        page = page_of(as_nobody, path)
        links = links_of(page)
        assert f"webcal://seminars.example.org{feed}" in links
        assert "https://calendar.google.com/calendar/u/0/r/settings/addbyurl" in links
        for host in ("outlook.live.com", "outlook.office.com"):
            [found] = [urlsplit(link) for link in links if urlsplit(link).netloc == host]
            assert found.path == "/calendar/0/addfromweb"
            assert parse_qs(found.query)["url"] == [f"https://seminars.example.org{feed}"]
            assert parse_qs(found.query)["name"][0]
        assert f'value="https://seminars.example.org{feed}"' in page
        assert "<svg" in page.split("QR code of the calendar")[1]
        assert feed in links
        assert entries_of(as_nobody.get(feed).content)
        assert "cannot" not in page.split("<main")[1].split("</main>")[0]

    @pytest.mark.parametrize("path", PAGES)
    def test_on_one_machine_it_says_what_cannot_work(self, as_nobody: Client, path: str) -> None:
        page = page_of(as_nobody, path)
        assert "which only this computer can reach" in page
        assert page.count("cannot") >= 4
        links = " ".join(links_of(page))
        assert "outlook" not in links
        assert "calendar.google.com" not in links
        assert ".ics" in links

    def test_in_swedish_the_calendar_is_swedish(self, as_nobody: Client) -> None:
        page = page_of(as_nobody, PAGES[2], headers={"Accept-Language": "sv"})
        assert "/series/talks/calendar.ics?lang=sv" in page

    @pytest.mark.parametrize("path", ["/communities/cohort/subscribe/", "/series/secret/subscribe/"])
    def test_what_is_closed_is_there_for_members_by_their_own_calendar(
        self, as_nobody: Client, as_stranger: Client, as_member: Client, member: User, path: str
    ) -> None:
        assert as_nobody.get(path).status_code == 404
        assert as_stranger.get(path).status_code == 404
        page = page_of(as_member, path)
        assert "/calendar.ics" not in page
        assert 'action="/me/calendar/"' in page
        assert as_member.post("/me/calendar/").status_code == 302
        token = FeedToken.objects.get(user=member).token
        assert f"/me/calendar/{token}.ics" in page_of(as_member, path)
        assert [
            str(each["SUMMARY"]) for each in entries_of(Client().get(f"/me/calendar/{token}.ics").content)
        ]

    def test_a_closed_community_is_not_listed(self, as_stranger: Client, as_member: Client) -> None:
        assert "/communities/cohort/" not in page_of(as_stranger, "/subscribe/")
        assert "/communities/cohort/subscribe/" in page_of(as_member, "/subscribe/")

    def test_a_secret_address_is_shown_to_its_person_only(
        self, as_member: Client, as_organiser: Client, member: User
    ) -> None:
        token = tokens.make(user=member, now=NOW).token
        for path in [*PAGES, "/communities/cohort/subscribe/", "/me/"]:
            assert token not in page_of(as_organiser, path)

    @pytest.mark.parametrize("path", PAGES)
    def test_queries_do_not_grow(self, as_member: Client, path: str) -> None:
        counts = []
        for _round in range(2):
            with CaptureQueriesContext(connection) as queries:
                page_of(as_member, path)
            counts.append(len(queries))
            for _each in range(5):
                make_session(make_series(Community.objects.get(slug="savings")))
        assert counts[0] == counts[1] <= 12


class TestMe:
    @pytest.mark.parametrize("path", ["/me/", "/me/calendar/reset/"])
    def test_it_asks_to_sign_in(self, as_nobody: Client, path: str) -> None:
        response = as_nobody.get(path)
        assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={path}")

    def test_my_next_sessions_and_communities(self, as_member: Client, as_stranger: Client) -> None:
        page = page_of(as_member, "/me/")
        assert "/sessions/talks-1/" in page
        assert "/sessions/secret-1/" in page
        assert "/communities/cohort/" in page
        other = page_of(as_stranger, "/me/")
        assert "/sessions/" not in other
        assert "/communities/" not in other

    def test_an_invitation_counts_and_others_do_not(self, as_stranger: Client, stranger: User) -> None:
        series = make_series(slug="peers")
        make_session(series, audience=Audience.NAMED)
        make_session(series, audience=Audience.NAMED).named.add(stranger.person)
        page = page_of(as_stranger, "/me/")
        assert "/sessions/peers-2/" in page
        assert "/sessions/peers-1/" not in page

    def test_the_address_is_made_on_demand_and_once(self, as_member: Client, member: User) -> None:
        assert ".ics" not in page_of(as_member, "/me/")
        for _twice in range(2):
            response = as_member.post("/me/calendar/")
            assert response.headers["Location"] == "/me/#calendar"
        [token] = FeedToken.objects.filter(user=member)
        page = page_of(as_member, "/me/")
        assert f"/me/calendar/{token.token}.ics" in page
        assert "No program has fetched it yet" in page
        Client().get(f"/me/calendar/{token.token}.ics")
        assert "Last fetched less than an hour ago." in page_of(as_member, "/me/")

    def test_reset_asks_first(self, as_member: Client, member: User) -> None:
        assert as_member.get("/me/calendar/reset/").status_code == 302
        old = tokens.make(user=member, now=NOW).token
        assert "stops working at once" in page_of(as_member, "/me/calendar/reset/")
        assert tokens.token_of(member).token == old  # type: ignore[union-attr]
        assert as_member.post("/me/calendar/reset/").status_code == 302
        new = FeedToken.objects.get(user=member, revoked_at__isnull=True).token
        assert new != old
        assert new in page_of(as_member, "/me/")
        assert Client().get(f"/me/calendar/{old}.ics").status_code == 410

    def test_language_and_zone_are_kept(self, as_member: Client, member: User) -> None:
        response = as_member.post("/me/profile/", {"name": "Mira", "language": "sv", "zone": "Asia/Calcutta"})
        assert response.status_code == 302
        member.refresh_from_db()
        assert (member.language, member.zone) == ("sv", "Asia/Kolkata")
        assert response.cookies["meridian_language"].value == "sv"
        assert '<html lang="sv"' in page_of(as_member, "/me/")

    def test_a_wrong_zone_is_told_beside_the_field(self, as_member: Client, member: User) -> None:
        response = as_member.post(
            "/me/profile/", {"name": "Mira", "language": "sv", "zone": "Europe/Nowhere"}
        )
        assert response.status_code == 400
        assert "is not a time zone" in response.content.decode()
        member.refresh_from_db()
        assert (member.language, member.zone) == ("", "Asia/Kolkata")

    def test_queries_do_not_grow(self, as_member: Client, member: User) -> None:
        tokens.make(user=member, now=NOW)
        series = make_series(Community.objects.get(slug="savings"))
        counts = []
        for turn in range(2):
            with CaptureQueriesContext(connection) as queries:
                page_of(as_member, "/me/")
            counts.append(len(queries))
            for number in range(5):
                make_session(series, wall=NOW.replace(tzinfo=None) + timedelta(days=10 * turn + number + 1))
        assert counts[0] == counts[1] <= 15


class TestOtherWays:
    @pytest.mark.parametrize("path", PAGES)
    def test_mails_instead_of_a_calendar(self, as_nobody: Client, as_member: Client, path: str) -> None:
        form = {"/": "/mails/follow/"}.get(
            path.removesuffix("subscribe/"), path.replace("subscribe", "mails")
        )
        assert form in links_of(page_of(as_nobody, path))
        assert "/me/mails/" in links_of(page_of(as_member, path))
        assert as_nobody.get("/me/mails/").status_code == 302
        assert as_member.get("/me/mails/").status_code == 200

    @pytest.mark.parametrize(
        ("path", "page"),
        [
            ("/subscribe/", "/"),
            ("/subscribe/?community=savings&language=en", "/"),
            ("/communities/savings/subscribe/", "/communities/savings/"),
            ("/series/talks/subscribe/", "/series/talks/"),
        ],
    )
    def test_a_text_to_send_on(self, as_nobody: Client, settings: Any, path: str, page: str) -> None:
        settings.MERIDIAN_URL = "https://seminars.example.org"
        shown = page_of(as_nobody, path)
        found = re.search(r'<textarea id="note"[^>]*>([^<]*)</textarea>', shown)
        assert found is not None
        text = html.unescape(found[1])
        assert text.splitlines()[1:] == [
            f"All sessions in your own time: https://seminars.example.org{page}",
            f"In your calendar: https://seminars.example.org{path}",
        ]
        [whatsapp] = [urlsplit(link) for link in links_of(shown) if link.startswith("https://wa.me/")]
        assert parse_qs(whatsapp.query)["text"] == [text]
        [sms] = [link for link in links_of(shown) if link.startswith("sms:")]
        assert unquote(sms.partition("body=")[2]) == text
        for line in text.splitlines()[1:]:
            assert as_nobody.get(line.partition("https://seminars.example.org")[2]).status_code == 200

    def test_members_only_has_nothing_to_send_on(self, as_member: Client) -> None:
        assert 'id="note"' not in page_of(as_member, "/series/secret/subscribe/")
