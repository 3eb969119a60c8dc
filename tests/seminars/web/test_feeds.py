"""Feeds over HTTP: headers, conditions, compression, who may have what, and how many queries it costs."""

import gzip
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.calendars.models import Entry, Feed
from seminars.people.models import Community, Joining, User
from seminars.series.models import Audience, Series
from seminars.sessions.models import Precision, Session
from seminars.sessions.revising import revise
from seminars.web.feeds import accepts_gzip
from tests.conftest import signed_in
from tests.factories import NOW, make_material, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db
FEEDS = [
    "/calendar.ics",
    "/communities/savings/calendar.ics",
    "/series/talks/calendar.ics",
    "/sessions/talks-1/session.ics",
]


@pytest.fixture
def series(community: Community) -> Series:
    """A public series."""
    return make_series(community, slug="talks", title={"en": "Talks"})


@pytest.fixture
def session(series: Series) -> Session:
    """Its first session."""
    return make_session(series)


def fetch(path: str, client: Client | None = None, **headers: str) -> Any:
    """Fetch as a calendar program does: without cookies."""
    return (client or Client()).get(
        path, headers={name.replace("_", "-"): each for name, each in headers.items()}
    )


def titles(response: Any) -> list[str]:
    """Return the titles in a feed, in its order."""
    assert response.status_code == 200, response.content
    return [str(event["SUMMARY"]) for event in entries_of(response.content)]


def change(session: Session, **updates: Any) -> None:
    """Change a session as people do."""
    revise(Session.objects.get(pk=session.pk), kind="edit", now=NOW, **updates)


class TestHeaders:
    @pytest.mark.parametrize("path", FEEDS)
    def test_a_feed_is_a_calendar_that_caches_may_hold(self, session: Session, path: str) -> None:
        response = fetch(path)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Content-Disposition"].startswith('inline; filename="')
        assert response.headers["Content-Disposition"].endswith('.ics"')
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["ETag"].startswith('W/"')
        assert parsedate_to_datetime(response.headers["Last-Modified"]) == session.changed_at
        assert response.headers["Cache-Control"] == (
            "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800"
        )
        assert int(response.headers["Content-Length"]) == len(response.content)
        assert "Content-Language" not in response.headers
        assert not response.cookies

    @pytest.mark.parametrize("path", FEEDS)
    def test_it_is_the_same_whoever_asks_in_whatever_language(
        self, session: Session, as_organiser: Client, path: str
    ) -> None:
        mine = as_organiser.get(path, headers={"Accept-Language": "sv", "Accept": "text/html"})
        assert mine.content == fetch(path).content
        assert mine.headers["Vary"] == "Accept-Encoding"
        assert not mine.cookies

    @pytest.mark.parametrize("path", FEEDS)
    def test_head_is_get_without_its_body(self, session: Session, path: str) -> None:
        full, head = fetch(path), Client().head(path)
        assert head.content == b""
        assert dict(head.headers) == dict(full.headers)

    @pytest.mark.parametrize("path", FEEDS)
    def test_nothing_can_be_posted(self, session: Session, path: str) -> None:
        assert Client().post(path).status_code == 405

    def test_the_bytes_do_not_change_by_themselves(self, session: Session) -> None:
        first = fetch(FEEDS[0]).content
        Feed.objects.all().delete()
        Entry.objects.all().delete()
        assert fetch(FEEDS[0]).content == first


class TestConditions:
    @pytest.mark.parametrize("path", FEEDS)
    @pytest.mark.parametrize("form", ["{weak}", '"other", {weak}', "{strong}", "*"])
    def test_an_etag_that_is_known_gets_304(self, session: Session, path: str, form: str) -> None:
        etag = fetch(path).headers["ETag"]
        known = form.format(weak=etag, strong=etag.removeprefix("W/"))
        response = fetch(path, If_None_Match=known)
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == etag
        assert response.headers["Vary"] == "Accept-Encoding"
        assert "max-age=900" in response.headers["Cache-Control"]
        assert "Content-Length" not in response.headers

    def test_another_etag_gets_the_calendar_whatever_the_date_says(self, session: Session) -> None:
        response = fetch(FEEDS[0])
        again = fetch(FEEDS[0], If_None_Match='"other"', If_Modified_Since=response.headers["Last-Modified"])
        assert again.status_code == 200

    def test_a_date_that_is_known_gets_304(self, session: Session) -> None:
        changed = fetch(FEEDS[0]).headers["Last-Modified"]
        assert fetch(FEEDS[0], If_Modified_Since=changed).status_code == 304
        assert fetch(FEEDS[0], If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT").status_code == 200
        assert fetch(FEEDS[0], If_Modified_Since="yesterday").status_code == 200

    @pytest.mark.parametrize("path", FEEDS)
    def test_a_change_is_in_the_next_answer_and_dates_rise(self, session: Session, path: str) -> None:
        seen = fetch(path)
        for title in ("Second", "Third"):
            change(session, title={"en": title})  # in the same second
            response = fetch(path, If_None_Match=seen.headers["ETag"])
            assert titles(response) == [title]
            assert parsedate_to_datetime(response.headers["Last-Modified"]) > parsedate_to_datetime(
                seen.headers["Last-Modified"]
            )
            assert fetch(path, If_Modified_Since=seen.headers["Last-Modified"]).status_code == 200
            seen = response

    def test_what_disappears_makes_the_date_rise_too(self, session: Session, series: Series) -> None:
        other = make_session(series, title={"en": "Other"})
        change(other, title={"en": "Later"})
        before = fetch(FEEDS[0])
        change(other, published_at=None, visible=False)
        after = fetch(FEEDS[0])
        assert titles(after) == ["Session 1 of talks"]
        assert parsedate_to_datetime(after.headers["Last-Modified"]) > parsedate_to_datetime(
            before.headers["Last-Modified"]
        )

    def test_a_new_public_address_writes_everything_anew(self, session: Session, settings: Any) -> None:
        before = entries_of(fetch(FEEDS[0]).content)[0]
        settings.MERIDIAN_URL = "https://seminars.example.org"
        after = entries_of(fetch(FEEDS[0]).content)[0]
        assert (before["UID"], before["URL"]) != (after["UID"], after["URL"])
        assert before["UID"] == after["UID"]
        assert after["URL"] == "https://seminars.example.org/sessions/talks-1/"

    def test_what_is_written_anew_is_taken_anew(self, session: Session, settings: Any, stopped: Any) -> None:
        """Programs keep what they have until both rise, although no session has changed; also on the way back."""
        told = []
        for hours, url in enumerate(
            ["https://a.example.org", "https://b.example.org", "https://a.example.org"]
        ):
            stopped.move_to(NOW + timedelta(hours=hours))
            settings.MERIDIAN_URL = url
            answer = fetch(FEEDS[0])
            [event] = entries_of(answer.content)
            told.append(
                (event["SEQUENCE"], event.LAST_MODIFIED, event.DTSTAMP, answer.headers["Last-Modified"])
            )
            assert fetch(FEEDS[0]).content == answer.content
        first, second, third = told
        assert [each[0] for each in told] == [0, 1, 2]
        assert first[1] < second[1] < third[1]
        assert first[2] < second[2] < third[2]
        assert len({each[3] for each in told}) == 3


class TestCompression:
    @pytest.mark.parametrize("path", FEEDS)
    def test_compressed_where_it_is_taken(self, session: Session, path: str) -> None:
        plain, packed = fetch(path), fetch(path, Accept_Encoding="br, gzip;q=0.5")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content
        assert packed.headers["ETag"] == plain.headers["ETag"]
        assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content)
        assert fetch(path, Accept_Encoding="gzip").content == packed.content

    def test_plain_where_it_is_not(self, session: Session) -> None:
        response = fetch(FEEDS[0], Accept_Encoding="gzip;q=0, identity")
        assert "Content-Encoding" not in response.headers
        assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")

    @pytest.mark.parametrize(
        ("header", "taken"),
        [
            ("", False),
            ("gzip", True),
            ("GZIP", True),
            ("deflate, gzip;q=1.0, *;q=0.5", True),
            ("*", True),
            ("*;q=0", False),
            ("gzip;q=0.0, *", False),
            ("x-gzip", True),
            ("identity", False),
            ("gzip;q=nonsense", False),
        ],
    )
    def test_weights(self, header: str, taken: bool) -> None:
        assert accepts_gzip(header) is taken


class TestOptions:
    def test_unknown_ones_are_ignored(self, session: Session) -> None:
        assert fetch(FEEDS[0] + "?utm_source=x&nocache=1").content == fetch(FEEDS[0]).content

    @pytest.mark.parametrize(
        "wrong",
        [
            "past=some",
            "lang=xx",
            "tz=Europe/Lisbon",
            "lang=",
            "alarm=soon",
            "alarm=-5",
            "alarm=40321",
            "alarm=1,2,3,4,5,6",
        ],
    )
    @pytest.mark.parametrize("path", FEEDS)
    def test_wrong_values_are_told_in_a_problem_document(
        self, session: Session, path: str, wrong: str
    ) -> None:
        response = fetch(f"{path}?{wrong}")
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        told = response.json()
        assert (told["status"], told["parameter"]) == (400, wrong.split("=")[0])
        assert set(told["allowed"]) in ({"all"}, {"en", "sv"}, {"utc"}, {"10", "60", "1440"})
        assert told["parameter"] in told["detail"]

    def test_utc_on_request(self, session: Session) -> None:
        local, utc = fetch(FEEDS[2]), fetch(FEEDS[2] + "?tz=utc")
        assert b"BEGIN:VTIMEZONE" in local.content
        assert b"BEGIN:VTIMEZONE" not in utc.content
        assert b"\r\nDTSTART:20261201T130000Z\r\n" in utc.content

    def test_in_another_language(self, session: Session) -> None:
        change(session, title={"en": "Lions", "sv": "Lejon"})
        assert titles(fetch(FEEDS[2] + "?lang=sv")) == ["Lejon"]
        assert titles(fetch(FEEDS[2])) == ["Lions"]

    def test_all_of_the_past(self, session: Session, series: Series) -> None:
        make_session(
            series, title={"en": "Gone"}, wall=NOW.replace(tzinfo=None) - timedelta(days=90), state="cancelled",
            cancelled_at=NOW - timedelta(days=91),
        )  # fmt: skip
        assert titles(fetch(FEEDS[2])) == ["Session 1 of talks"]
        assert titles(fetch(FEEDS[2] + "?past=all")) == ["[Cancelled] Gone", "Session 1 of talks"]


class TestContents:
    def test_what_has_no_date_is_not_in_it(self, session: Session, series: Series) -> None:
        nowhere = {"starts_at": None, "ends_at": None, "local_date": None, "local_time": None}
        make_session(series, precision=Precision.NONE, **nowhere)
        assert titles(fetch(FEEDS[2])) == ["Session 1 of talks"]
        assert fetch("/sessions/talks-2/session.ics").status_code == 404

    def test_a_broken_session_keeps_its_last_good_entry(
        self, session: Session, series: Series, caplog: Any
    ) -> None:
        other = make_session(series, title={"en": "Other"})
        fetch(FEEDS[2])
        change(other, local_time=None, days=0, title={"en": "Broken"})  # as no verb would leave it
        assert titles(fetch(FEEDS[2])) == ["Session 1 of talks", "Other"]
        assert "talks-2" in caplog.text

    @pytest.mark.usefixtures("stopped")
    def test_a_feed_that_is_too_large_is_cut_and_says_so(self, series: Series, monkeypatch: Any) -> None:
        monkeypatch.setattr("seminars.calendars.contents.MAX_ENTRIES", 3)
        for number in range(5):
            make_session(series, title={"en": f"Talk {number}"})
        response = fetch(FEEDS[2])
        assert titles(response) == ["Talk 0", "Talk 1", "Talk 2"]  # all ahead: the farthest leave
        assert b"?past=all" in response.content.replace(b"\r\n ", b"")
        assert len(titles(fetch(FEEDS[2] + "?past=all"))) == 5


class TestWhoSeesWhat:
    @pytest.fixture
    def closed(self, closed_community: Community) -> Session:
        """A session of a closed community."""
        return make_session(make_series(closed_community, slug="secret", title={"en": "Secret"}))

    @pytest.mark.parametrize(
        "path",
        [
            "/communities/cohort/calendar.ics",
            "/series/secret/calendar.ics",
            "/communities/nowhere/calendar.ics",
            "/series/nowhere/calendar.ics",
            "/sessions/nowhere/session.ics",
        ],
    )
    def test_closed_and_missing_answer_the_same_to_all(
        self, closed: Session, as_member: Client, as_stranger: Client, path: str
    ) -> None:
        answers = [fetch(path), as_member.get(path), as_stranger.get(path)]
        assert [each.status_code for each in answers] == [404, 404, 404]
        assert {each.content for each in answers} == {b"There is no such calendar.\n"}

    def test_the_site_holds_what_is_public_only(
        self, closed: Session, session: Session, series: Series
    ) -> None:
        make_session(series, audience=Audience.MEMBERS)
        make_session(series, audience=Audience.NAMED)
        make_session(series, published=False)
        assert titles(fetch("/calendar.ics")) == ["Session 1 of talks"]
        assert titles(fetch("/communities/savings/calendar.ics")) == ["Session 1 of talks"]

    def test_one_closed_session_for_members_who_are_signed_in(
        self, closed: Session, as_member: Client, as_stranger: Client
    ) -> None:
        path = "/sessions/secret-1/session.ics"
        assert (fetch(path).status_code, as_stranger.get(path).status_code) == (404, 404)
        response = as_member.get(path)
        assert titles(response) == ["Session 1 of secret"]
        assert response.headers["Cache-Control"] == "private, max-age=300"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert as_member.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304

    def test_a_community_that_closes_takes_its_bytes_along(self, session: Session, data: Path) -> None:
        assert fetch("/communities/savings/calendar.ics").status_code == 200
        kept = len(list(data.glob("feeds/*/*/*.ics.gz")))
        Community.objects.update(joining=Joining.CLOSED)
        assert fetch("/communities/savings/calendar.ics").status_code == 404
        assert len(list(data.glob("feeds/*/*/*.ics.gz"))) == kept - 1


class TestQueries:
    @pytest.mark.parametrize("path", FEEDS)
    def test_a_poll_costs_one(self, session: Session, path: str) -> None:
        etag = fetch(path).headers["ETag"]
        with CaptureQueriesContext(connection) as queries:
            assert fetch(path, If_None_Match=etag).status_code == 304
        assert len(queries) == 1, queries.captured_queries
        with CaptureQueriesContext(connection) as queries:
            assert fetch(path).status_code == 200
        assert len(queries) == 1

    def test_making_it_anew_does_not_cost_more_for_more_sessions(self, series: Series) -> None:
        fetch(FEEDS[2])
        counts = []
        for number in (25, 50):  # few sessions are read otherwise
            for _each in range(number):
                session = make_session(series)
                make_material(session)
            change(session, title={"en": "Changed"})
            Entry.objects.all().delete()
            with CaptureQueriesContext(connection) as queries:
                assert fetch(FEEDS[2]).status_code == 200
            cold = len(queries)
            change(session, title={"en": "Changed again"})
            with CaptureQueriesContext(connection) as queries:
                assert fetch(FEEDS[2]).status_code == 200
            counts.append((cold, len(queries)))
        assert counts[0] == counts[1]

    def test_signed_in_or_not(self, session: Session, member: User) -> None:
        client = signed_in(member)
        fetch(FEEDS[3])
        with CaptureQueriesContext(connection) as queries:
            client.get(FEEDS[3])
        assert len(queries) == 1
