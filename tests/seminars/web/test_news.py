"""Atom and JSON Feed of changes: valid, the same for everybody, stable ids, and nothing that was never public."""

import json
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime

from seminars.people.models import Community
from seminars.series.models import Audience, Series
from seminars.sessions import materials
from seminars.sessions.models import Session
from seminars.sessions.moving import cancel, reschedule
from seminars.sessions.revising import revise
from seminars.sessions.rewording import edit_community
from seminars.sessions.speakers import set_speakers
from seminars.sessions.topics import set_session_topics
from tests.factories import NOW, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def series(community: Community) -> Series:
    return make_series(community, slug="talks", title={"en": "Talks"})


@pytest.fixture
def session(series: Series) -> Session:
    return make_session(series, title={"en": "Tea <&> “law”\x0b"})


def items(path: str = "/changes.json", **headers: str) -> list[dict[str, Any]]:
    response = Client().get(path, headers=headers)
    assert response.status_code == 200, response.content
    found = json.loads(response.content)["items"]
    assert isinstance(found, list)
    return found


def titles(path: str = "/changes.json") -> list[str]:
    return [each["title"] for each in items(path)]


def move(session: Session) -> None:
    fresh = Session.objects.select_related("series").get(pk=session.pk)
    reschedule(session=fresh, wall=datetime(2026, 12, 3, 16, 0), now=LATER, actor_id=None)


class TestAtom:
    """RFC 4287, rule by rule: §4.1.1 feed, §4.1.2 entry, §3.3 dates, §4.2.6 ids, §4.2.7 links."""

    @pytest.mark.parametrize(
        "path", ["/changes.atom", "/communities/savings/changes.atom", "/series/talks/changes.atom"]
    )
    def test_it_is_valid(self, session: Session, path: str) -> None:
        move(session)
        cancel(session=Session.objects.get(pk=session.pk), reason="Ill & gone", now=LATER, actor_id=None)
        response = Client().get(path)
        assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = ElementTree.fromstring(response.content)  # our own
        assert feed.tag == f"{ATOM}feed"
        for name in ("id", "title", "updated"):
            assert len(feed.findall(f"{ATOM}{name}")) == 1
            assert (feed.findtext(f"{ATOM}{name}") or "").strip()
        links = {each.get("rel"): each.get("href") for each in feed.findall(f"{ATOM}link")}
        assert str(links["self"]).endswith(path)
        assert str(links["alternate"]).startswith("http://")
        assert feed.findtext(f"{ATOM}author/{ATOM}name")
        entries = feed.findall(f"{ATOM}entry")
        assert len({each.findtext(f"{ATOM}id") for each in entries}) == len(entries) == 2
        for entry in entries:
            for name in ("id", "title", "updated", "published", "summary"):
                assert len(entry.findall(f"{ATOM}{name}")) == 1
            assert str(entry.findtext(f"{ATOM}id")).startswith("urn:uuid:")
            moment = parse_datetime(str(entry.findtext(f"{ATOM}updated")))
            assert moment is not None
            assert moment.tzinfo is not None
            assert entry.find(f"{ATOM}link[@rel='alternate']") is not None
        assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
        assert [each.findtext(f"{ATOM}title") for each in entries] == [
            "Cancelled: Tea <&> “law”", "New time: Tea <&> “law”",
        ]  # fmt: skip
        assert "Ill & gone" in str(entries[0].findtext(f"{ATOM}summary"))

    def test_an_empty_one_is_valid_too(self) -> None:
        feed = ElementTree.fromstring(Client().get("/changes.atom").content)  # our own
        assert feed.findtext(f"{ATOM}updated")
        assert feed.findall(f"{ATOM}entry") == []


class TestContents:
    def test_what_moved_from_when(self, session: Session) -> None:
        move(session)
        [told] = items()
        assert told["title"] == "New time: Tea <&> “law”"
        assert "Was Tuesday, December 1, 2026, 15:00." in told["content_text"]
        assert told["url"].endswith("/sessions/talks-1/")

    def test_recordings_and_speakers(self, session: Session) -> None:
        source = make_person().uuid
        materials.publish(source=source, session=session, kind="recording", title={}, path="/x", now=LATER)
        speakers = [(make_person(name="Ada"), "speaker", "")]
        set_speakers(session=Session.objects.get(pk=session.pk), speakers=speakers, now=LATER, actor_id=None)
        assert titles() == ["Speakers: Tea <&> “law”", "Recording: Tea <&> “law”"]
        materials.withdraw(source=source, now=LATER)
        assert titles() == ["Speakers: Tea <&> “law”"]

    def test_ids_stay_while_titles_change(self, session: Session) -> None:
        move(session)
        before = items()
        revise(Session.objects.get(pk=session.pk), kind="edited", now=LATER, title={"en": "Tea"})
        after = items()
        assert [each["id"] for each in after] == [each["id"] for each in before]
        assert after[0]["title"] == "New time: Tea"

    def test_by_filter_and_in_another_language(self, session: Session, series: Series) -> None:
        move(session)
        other = make_session(series, title={"en": "Other"})
        set_session_topics(session=other, names=["Gender"], now=LATER, actor_id=None)
        move(other)
        assert titles("/changes.json?topic=gender") == ["New time: Other"]
        assert titles("/changes.json?topic=gender&language=en&community=savings") == ["New time: Other"]
        assert len(titles("/series/talks/changes.json")) == 2
        assert Client().get("/changes.atom?lang=sv").content.count(b'xml:lang="sv"') == 1
        for wrong in ("lang=xx", "topic=knitting"):
            assert Client().get(f"/changes.json?{wrong}").status_code == 400


class TestWhoReadsWhat:
    def test_nothing_of_what_is_not_public(
        self, session: Session, series: Series, closed_community: Community
    ) -> None:
        hidden = [
            make_session(make_series(closed_community, slug="hidden"), title={"en": "SECRET"}),
            make_session(series, title={"en": "SECRET"}, audience=Audience.NAMED),
            make_session(series, title={"en": "SECRET"}, audience=Audience.MEMBERS),
            make_session(series, title={"en": "SECRET"}, published=False),
        ]
        for each in [*hidden, session]:
            move(each)
        withdrawn = make_session(series, title={"en": "SECRET"})
        move(withdrawn)
        Session.objects.filter(pk=withdrawn.pk).update(withdrawn_at=LATER, reason="SECRET")
        assert titles() == ["New time: Tea <&> “law”"]
        for path in (
            "/changes.json",
            "/changes.atom",
            "/communities/savings/changes.json",
            "/series/talks/changes.atom",
        ):
            assert b"SECRET" not in Client().get(path).content
        for path in (
            "/communities/cohort/changes.json",
            "/series/hidden/changes.atom",
            "/series/never/changes.json",
        ):
            assert Client().get(path).status_code == 404

    def test_what_happened_before_it_was_public_is_never_told(self, session: Session, series: Series) -> None:
        """Neither what was changed in a draft, nor while only members saw it, nor while the community was closed."""
        draft = make_session(series, title={"en": "Draft"}, published=False)
        move(draft)
        Session.objects.filter(pk=draft.pk).update(published_at=LATER + timedelta(hours=1))
        revise(session, kind="edited", now=LATER, audience=Audience.MEMBERS)
        move(session)
        revise(Session.objects.get(pk=session.pk), kind="edited", now=LATER, audience=Audience.EVERYONE)
        assert titles() == []
        later = LATER + timedelta(days=1)
        fresh = Session.objects.select_related("series").get(pk=session.pk)
        cancel(session=fresh, reason="Ill", now=later, actor_id=None)
        assert titles() == ["Cancelled: Tea <&> “law”"]
        community = Community.objects.get(slug="savings")
        for joining in ("closed", "open"):
            edit_community(
                community=community, now=later + timedelta(hours=1), actor_id=None, joining=joining
            )
        assert titles() == []


class TestHttp:
    def test_what_is_known_costs_one_query(self, session: Session) -> None:
        move(session)
        for path in ("/changes.atom", "/changes.json", "/series/talks/changes.atom"):
            first = Client().get(path)
            assert first.headers["Vary"] == "Accept-Encoding"
            assert not first.cookies
            Client().get("/calendar.ics")
            with CaptureQueriesContext(connection) as queries:
                again = Client().get(path, headers={"If-None-Match": first.headers["ETag"]})
            assert (again.status_code, len(queries)) == (304, 1)
            head = Client().head(path)
            assert (head.content, head.headers["Content-Length"]) == (b"", str(len(first.content)))

    def test_a_change_is_in_the_next_answer(self, session: Session) -> None:
        before = Client().get("/changes.json")
        move(session)
        after = Client().get("/changes.json", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert before.headers["ETag"] != after.headers["ETag"]

    def test_queries_do_not_grow(self, series: Series) -> None:
        counts = []
        for _round in range(2):
            for _each in range(4):
                move_each = make_session(series)
                materials.publish(
                    source=make_person().uuid,
                    session=move_each,
                    kind="slides",
                    title={},
                    path="/x",
                    now=LATER,
                )
            with CaptureQueriesContext(connection) as queries:
                assert titles()
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12
