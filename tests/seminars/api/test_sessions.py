"""/api/sessions/: what each visitor reads of sessions, in which order, and what a wrong question is told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from seminars.people.models import Community, Person, User
from seminars.series.models import Audience
from seminars.sessions.models import MaterialState, Session, Speaker
from tests.factories import NOW, make_community, make_material, make_person, make_series, make_session
from tests.seminars.api.reading import SAID_404, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
LIST = "/api/sessions/"
SITE = "http://127.0.0.1:8000"
SEEING = {"as_organiser", "as_manager", "as_member", "as_administrator"}
CAST = [*sorted(SEEING), "as_stranger", "as_nobody"]


def slugs(client: Client, **query: object) -> list[str]:
    """Return the slugs that the list answers."""
    return [each["slug"] for each in read(client, LIST, **query)["sessions"]]


class TestOne:
    """/api/sessions/<slug>/"""

    def test_it_says_when_in_its_zone_and_in_utc(self, as_nobody: Client, community: Community) -> None:
        series = make_series(community, slug="after-hours", title={"en": "After hours"})
        session = make_session(series, wall=datetime(2026, 12, 1, 15, 0), minutes=90)
        said = read(as_nobody, f"{LIST}after-hours-1/")
        expected = {
            "uid": str(session.uid),
            "state": "upcoming",
            "local_date": "2026-12-01",
            "local_time": "15:00",
            "zone": "Africa/Johannesburg",
            "starts_at": "2026-12-01T13:00:00Z",
            "ends_at": "2026-12-01T14:30:00Z",
            "all_day": False,
            "page": f"{SITE}/sessions/after-hours-1/",
            "join": f"{SITE}/sessions/after-hours-1/join",
            "calendar": f"{SITE}/sessions/after-hours-1/session.ics",
            "address": f"{SITE}/api/sessions/after-hours-1/",
        }
        assert {name: said[name] for name in expected} == expected
        assert said["series"]["title"] == {"en": "After hours"}
        assert said["community"]["name"] == {"en": "Savings groups", "sv": "Spargrupper"}

    def test_the_meetings_own_link_is_not_told(self, as_nobody: Client) -> None:
        session = make_session(join_url="https://meet.example.org/s3cret")
        assert b"s3cret" not in as_nobody.get(f"{LIST}{session.slug}/").content

    def test_materials_have_address_size_length_and_language(self, as_nobody: Client) -> None:
        session = make_session(wall=datetime(2026, 10, 1, 15, 0))
        talk = make_material(
            session,
            "recording",
            media_type="video/mp4",
            size=5_000,
            seconds=61.5,
            path="/archive/a/files/b/c.mp4",
        )
        make_material(
            session, "report", path="https://elsewhere.example.org/r", size=0, language="", media_type=""
        )
        make_material(session, "slides", state=MaterialState.PENDING)
        make_material(session, "handout", state=MaterialState.WITHDRAWN)
        report, recording = sorted(
            read(as_nobody, f"{LIST}{session.slug}/")["materials"],
            key=lambda each: each["kind"],
            reverse=True,
        )
        assert recording == {
            "kind": "recording",
            "title": talk.title,
            "language": "en",
            "media_type": "video/mp4",
            "size": 5_000,
            "seconds": 61.5,
            "address": f"{SITE}/archive/a/files/b/c.mp4",
        }
        nothing = ("language", "media_type", "size", "seconds")
        assert [report[name] for name in nothing] == [None] * 4
        assert report["address"] == "https://elsewhere.example.org/r"

    def test_speakers_by_name_and_nothing_else_of_them(self, as_nobody: Client) -> None:
        session = make_session()
        amina = make_person(name="Amina Diallo", email="amina@example.org", affiliation="Oxfam")
        Speaker.objects.create(session=session, person=amina, role="host")
        answer = read(as_nobody, f"{LIST}{session.slug}/")
        assert answer["speakers"] == [{"name": "Amina Diallo", "role": "host", "affiliation": "Oxfam"}]
        assert "amina@" not in str(answer)

    def test_whole_days_and_the_undated(self, as_nobody: Client) -> None:
        days = make_session(wall=datetime(2026, 12, 8), all_day=True, days=2)
        undated = make_session(starts_at=None, ends_at=None, local_date=None, local_time=None)
        said = read(as_nobody, f"{LIST}{days.slug}/")
        assert [said[name] for name in ("local_date", "local_time", "all_day", "days")] == [
            "2026-12-08",
            None,
            True,
            2,
        ]
        said = read(as_nobody, f"{LIST}{undated.slug}/")
        assert [said[name] for name in ("starts_at", "precision", "all_day", "calendar")] == [
            None,
            "none",
            False,
            None,
        ]

    def test_a_cancelled_one_says_why_and_lets_nobody_in(self, as_nobody: Client) -> None:
        session = make_session(cancelled_at=NOW, reason="The speaker is ill.")
        said = read(as_nobody, f"{LIST}{session.slug}/")
        assert (said["state"], said["reason"], said["join"]) == ("cancelled", "The speaker is ill.", None)

    def test_a_withdrawn_one_is_gone_with_its_reason(self, as_nobody: Client) -> None:
        session = make_session(withdrawn_at=NOW, reason="Asked for by the speaker.")
        said = read(as_nobody, f"{LIST}{session.slug}/", 410)
        assert said["detail"] == "This was withdrawn and will not come back. Asked for by the speaker."
        assert slugs(as_nobody) == []


@pytest.mark.parametrize("who", CAST)
class TestWhoReads:
    """The whole cast before things that are not for all."""

    def hidden_from(self, client: Client, session: Session) -> bool:
        """Whether session and missing answer the same 404, and no list names it."""
        address = f"{LIST}{session.slug}/"
        answer = client.get(address)
        if answer.status_code == 200:
            return False
        missing = client.get(f"{LIST}nothing-here/")
        assert (answer.status_code, answer.content) == (404, missing.content)
        assert SAID_404 in read(client, address, 404)["detail"]
        assert session.slug not in slugs(client)
        return True

    def test_a_closed_community(
        self, request: pytest.FixtureRequest, closed_community: Community, who: str
    ) -> None:
        client: Client = request.getfixturevalue(who)
        session = make_session(make_series(closed_community))
        assert self.hidden_from(client, session) is (who not in SEEING)
        listed = slugs(client, community="cohort"), slugs(client, series=session.series.slug)
        assert listed == (([session.slug],) * 2 if who in SEEING else ([], []))

    def test_for_members_only(self, request: pytest.FixtureRequest, community: Community, who: str) -> None:
        client: Client = request.getfixturevalue(who)
        session = make_session(make_series(community), audience=Audience.MEMBERS)
        assert self.hidden_from(client, session) is (who not in SEEING)

    def test_for_named_people(self, request: pytest.FixtureRequest, community: Community, who: str) -> None:
        client: Client = request.getfixturevalue(who)
        session = make_session(make_series(community), audience=Audience.NAMED)
        assert self.hidden_from(client, session) is (who not in SEEING - {"as_member"})

    def test_a_draft_is_read_by_organisers_and_listed_for_nobody(
        self, request: pytest.FixtureRequest, community: Community, who: str
    ) -> None:
        client: Client = request.getfixturevalue(who)
        session = make_session(make_series(community, published_at=None), published=False)
        assert self.hidden_from(client, session) is (who not in SEEING - {"as_member"})
        assert slugs(client) == []
        if who == "as_organiser":
            said = read(client, f"{LIST}{session.slug}/")
            assert (said["published"], said["calendar"]) == (False, None)


def test_who_was_named_reads_it(as_stranger: Client, stranger: User, closed_community: Community) -> None:
    session = make_session(make_series(closed_community), audience=Audience.NAMED)
    session.named.add(Person.objects.get(user=stranger))
    assert slugs(as_stranger) == [session.slug]
    assert read(as_stranger, f"{LIST}{session.slug}/")["uid"] == str(session.uid)


class TestList:
    """Order, parts and narrowing."""

    def test_after_and_before_take_what_touches_the_span(self, as_nobody: Client) -> None:
        series = make_series()
        first, second, third = (
            make_session(series, wall=datetime(2026, 12, day, 15, 0)).slug for day in (1, 2, 3)
        )
        ended = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)  # when the first is over
        assert slugs(as_nobody, after=ended.isoformat()) == [second, third]
        assert slugs(as_nobody, after=(ended - timedelta(seconds=1)).isoformat()) == [first, second, third]
        assert slugs(as_nobody, before="2026-12-02T13:00:00Z") == [first]
        assert slugs(as_nobody, before="2026-12-02T15:00:01+02:00") == [first, second]
        assert slugs(as_nobody, after="2026-12-02", before="2026-12-03") == [second]

    def test_community_and_series_narrow_it(self, as_nobody: Client) -> None:
        ours, other = make_session(), make_session()
        assert slugs(as_nobody, community=ours.series.community.slug) == [ours.slug]
        assert slugs(as_nobody, series=other.series.slug) == [other.slug]
        assert slugs(as_nobody, series="nothing-here") == []

    def test_next_leads_through_all_once_even_where_starts_are_equal(self, as_nobody: Client) -> None:
        series, other = make_series(), make_series()
        for day in (1, 2, 3):
            make_session(series, wall=datetime(2026, 12, day, 15, 0))
            make_session(other, wall=datetime(2026, 12, day, 15, 0))
        for _each in range(3):
            make_session(other, starts_at=None, ends_at=None, local_date=None, local_time=None)
        whole = slugs(as_nobody)
        assert len(whole) == 9
        found, address, parts = [], f"{LIST}?limit=2", 0
        while address:
            answer = as_nobody.get(address.removeprefix(SITE)).json()
            found += [each["slug"] for each in answer["sessions"]]
            address, parts = answer["next"], parts + 1
        assert (found, parts) == (whole, 5)

    def test_next_keeps_what_was_asked_and_misses_no_row_that_comes_between(self, as_nobody: Client) -> None:
        series = make_series()
        for day in (1, 5, 9):
            make_session(series, wall=datetime(2026, 12, day, 15, 0))
        make_session()
        address = read(as_nobody, LIST, series=series.slug, limit=1)["next"]
        earlier = make_session(series, wall=datetime(2026, 11, 30, 15, 0))
        between = make_session(series, wall=datetime(2026, 12, 3, 15, 0))
        answer = as_nobody.get(address.removeprefix(SITE).replace("limit=1", "limit=9")).json()
        found = [each["slug"] for each in answer["sessions"]]
        assert found == [between.slug, f"{series.slug}-2", f"{series.slug}-3"]
        assert earlier.slug not in found

    def test_at_most_a_hundred(self, as_nobody: Client) -> None:
        series = make_series()
        row = make_session(series)
        many = [
            Session(
                **{field.attname: getattr(row, field.attname) for field in Session._meta.concrete_fields}
                | {"id": None, "uid": uuid4(), "slug": f"s-{n}", "number": n, "original_date": None}
            )
            for n in range(2, 103)
        ]
        Session.objects.bulk_create(many)
        answer = read(as_nobody, LIST, limit=100)
        assert (len(answer["sessions"]), answer["next"] is None) == (100, False)
        assert len(slugs(as_nobody)) == 50


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"after": "yesterday"}, 422, "2026-11-16T12:00:00Z"),
        ({"after": "2026-12-01T00:00:00"}, 422, "with Z or an offset"),
        ({"before": "0001-01-01T00:00:00+14:00"}, 422, "Give a moment"),
        ({"before": "5"}, 422, "Give a moment"),
        ({"after": "2026-12-02", "before": "2026-12-01"}, 422, "later than that of “after”"),
        ({"community": "a b"}, 422, "short name of a community"),
        ({"series": "x\x00y"}, 422, "short name of a series"),
        ({"series": "x" * 51}, 422, "short name of a series"),
        ({"limit": "101"}, 422, "from 1 to 100"),
        ({"limit": "0"}, 422, "from 1 to 100"),
        ({"limit": "ten"}, 422, "from 1 to 100"),
        ({"cursor": "é"}, 422, "“next”"),
        ({"cursor": "AAAA"}, 422, "“next”"),
        ({"cursor": "fDk5OTk5OTk5OTk5OTk5OTk5OTk5"}, 422, "“next”"),
        ({"cursor": "x" * 101}, 422, "“next”"),
        ({"comunity": "savings"}, 400, "There are: after, before, community, series, cursor, limit."),
    ],
)
def test_a_wrong_question_is_told_what_to_do(
    as_nobody: Client, query: dict[str, Any], status: int, words: str
) -> None:
    answer = as_nobody.get(LIST, query)
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = read(as_nobody, LIST, status, **query)
    assert words in said["detail"]
    assert (said["status"], said["type"]) == (status, "about:blank")
    if status == 422:
        assert {each["parameter"] for each in said["errors"]} <= set(query)
        assert said["errors"]


def test_other_communities_are_listed_too(as_member: Client) -> None:
    session = make_session(make_series(make_community()))
    assert slugs(as_member) == [session.slug]
