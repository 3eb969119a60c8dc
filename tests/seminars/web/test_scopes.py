"""Feeds by topic, speaker, language and any filter: what is in them, what never is, and what a poll costs."""

import json
from datetime import timedelta
from itertools import combinations
from typing import Any

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seminars.calendars import filters
from seminars.calendars.models import Feed, KnownValue
from seminars.changes.models import Version
from seminars.people.models import Community, Joining, Person
from seminars.series.models import Audience, Series
from seminars.series.topics.models import TopicSlug
from seminars.sessions import materials
from seminars.sessions.models import Session, Speaker
from seminars.sessions.revising import revise
from seminars.sessions.rewording import edit_community
from seminars.sessions.topics import rename_topic, set_series_topics, set_session_topics
from tests.factories import NOW, make_material, make_person, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    """Speaks in public and elsewhere."""
    return make_person(name="Ada Lovelace")


@pytest.fixture
def talk(community: Community, ada: Person) -> Session:
    """A public session that every scope holds."""
    series = make_series(community, slug="talks", external=True)
    return furnished(make_session(series, title={"en": "Open talk"}, language="fr"), ada)


@pytest.fixture
def secrets(community: Community, closed_community: Community, ada: Person, talk: Session) -> list[Session]:
    """What could leak, with the same topic, speaker, language, recording and source as the public one."""
    open_series = talk.series
    closed = make_series(closed_community, external=True)
    found = [
        make_session(closed, title={"en": "SECRET closed"}, language="fr"),
        make_session(open_series, title={"en": "SECRET named"}, language="fr", audience=Audience.NAMED),
        make_session(open_series, title={"en": "SECRET members"}, language="fr", audience=Audience.MEMBERS),
        make_session(open_series, title={"en": "SECRET draft"}, language="fr", published=False),
    ]
    return [furnished(each, ada) for each in found]


def furnished(session: Session, person: Person) -> Session:
    """Give a session what scopes choose by."""
    Speaker.objects.create(session=session, person=person)
    make_material(session, "recording")
    set_session_topics(session=session, names=["Savings groups"], now=NOW, actor_id=None)
    return session


def paths(person: Person) -> list[str]:
    """Return an address of every scope that holds the public talk."""
    asked = [
        ("topic", "savings-groups"),
        ("language", "fr"),
        ("community", "savings"),
        ("series", "talks"),
        ("speaker", str(person.uuid)),
        ("only", "archive"),
        ("only", "external"),
    ]
    pairs = [
        "&".join("=".join(each) for each in some) for size in (1, 2, 7) for some in combinations(asked, size)
    ]
    return [
        "/topics/savings-groups/calendar.ics",
        f"/speakers/{person.uuid}/calendar.ics",
        "/languages/fr/calendar.ics",
        "/archive/calendar.ics",
        "/elsewhere/calendar.ics",
        "/communities/savings/calendar.ics?language=fr",
        "/series/talks/calendar.ics?topic=savings-groups",
        *(f"/calendar.ics?{each}" for each in pairs),
    ]


def titles(path: str) -> list[str]:
    """Return what a stranger's program reads at an address."""
    response = Client().get(path)
    assert response.status_code == 200, (path, response.content)
    assert b"SECRET" not in response.content, path
    return [str(event["SUMMARY"]).split("] ")[-1] for event in entries_of(response.content)]


def test_every_scope_holds_what_is_public_and_never_anything_else(
    ada: Person, talk: Session, secrets: list[Session]
) -> None:
    for path in paths(ada):
        assert titles(path) == ["Open talk"], path
    # The same ones, once the public talk is gone too: nothing is left, and no scope says that there is more.
    revise(Session.objects.get(pk=talk.pk), kind="edited", now=NOW, audience=Audience.NAMED)
    for path in paths(ada):
        assert titles(path) == [], path


def test_what_only_others_may_see_does_not_exist_for_strangers(
    closed_community: Community, community: Community
) -> None:
    """A value that only secret things have answers as one that nothing has: by status and by words."""
    person = make_person()
    secret = make_session(make_series(closed_community, slug="hidden"), language="pt")
    set_session_topics(session=secret, names=["Layoffs"], now=NOW, actor_id=None)
    Speaker.objects.create(session=secret, person=person)
    named = make_session(make_series(community), audience=Audience.NAMED, language="sw")
    set_session_topics(session=named, names=["Peers"], now=NOW, actor_id=None)
    for there, never in [
        ("topic=layoffs", "topic=knitting"), ("topic=peers", "topic=knitting"), ("language=pt", "language=xx"),
        ("language=sw", "language=xx"), ("series=hidden", "series=never"), ("community=cohort", "community=never"),
        (f"speaker={person.uuid}", "speaker=6f1c3f0e-8f5f-4a38-9a44-0a5b7a1c9e11"),
    ]:  # fmt: skip
        answers = [Client().get(f"/calendar.ics?{each}") for each in (there, never)]
        assert [each.status_code for each in answers] == [400, 400]
        said = [
            each.content.decode().replace(asked.split("=")[1], "VALUE")
            for each, asked in zip(answers, (there, never), strict=True)
        ]
        assert said[0] == said[1]
    assert not Feed.objects.exists()
    assert not KnownValue.objects.exists()
    for path in ("/topics/layoffs/calendar.ics", f"/speakers/{person.uuid}/calendar.ics"):
        assert Client().get(path).status_code == 404


def test_a_value_that_never_was_gets_400_with_what_is_allowed(talk: Session) -> None:
    response = Client().get("/calendar.ics?topic=knitting")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    told = json.loads(response.content)
    assert (told["parameter"], told["allowed"]) == ("topic", ["savings-groups"])
    many = "&".join(f"topic=t{number}" for number in range(21))
    assert Client().get(f"/calendar.ics?{many}").status_code == 400


def test_a_community_that_closes_empties_every_scope_at_once(ada: Person, talk: Session) -> None:
    assert titles("/topics/savings-groups/calendar.ics") == ["Open talk"]
    edit_community(community=talk.series.community, now=NOW, actor_id=None, joining=Joining.CLOSED.value)
    for path in paths(ada):
        if path.startswith(("/communities/", "/series/")):
            continue
        response = Client().get(path)
        # Never asked for before it closed: there is no such thing. Asked for: it goes on, with nothing in it.
        assert response.status_code in {200, 400, 404}
        assert b"Open talk" not in response.content, path
    assert titles("/topics/savings-groups/calendar.ics") == []


def test_a_renamed_topic_answers_under_both_addresses_for_ever(talk: Session) -> None:
    topic = TopicSlug.objects.get(slug="savings-groups").topic
    old = "/calendar.ics?language=fr&topic=savings-groups"
    assert titles(old) == ["Open talk"]
    rename_topic(topic=topic, name={"en": "Saving"}, slug="saving", now=NOW, actor_id=None)
    for path in (old, "/calendar.ics?topic=saving", "/topics/savings-groups/calendar.ics"):
        assert titles(path) == ["Open talk"]
    revise(Session.objects.get(pk=talk.pk), kind="edited", now=NOW, title={"en": "Renamed"})
    assert titles(old) == ["Renamed"]


def test_what_was_once_asked_for_answers_in_new_company_too(talk: Session) -> None:
    assert titles("/languages/fr/calendar.ics") == ["Open talk"]
    revise(Session.objects.get(pk=talk.pk), kind="edited", now=NOW, language="es")
    assert titles("/languages/fr/calendar.ics") == []
    assert titles("/calendar.ics?language=fr&only=archive") == []
    assert titles("/languages/es/calendar.ics") == ["Open talk"]


def test_several_values_of_one_field_and_several_fields(talk: Session, community: Community) -> None:
    other = make_session(make_series(community), title={"en": "Other"}, language="es")
    set_session_topics(session=other, names=["Gender"], now=NOW, actor_id=None)
    both = titles("/calendar.ics?topic=gender,savings-groups")
    assert sorted(both) == ["Open talk", "Other"]
    assert titles("/calendar.ics?topic=gender&topic=savings-groups") == both
    assert titles("/calendar.ics?topic=gender,savings-groups&language=es") == ["Other"]
    assert titles("/calendar.ics?topic=gender&language=fr") == []
    assert Feed.objects.filter(key__contains="topic").count() == 3  # the same asked in two ways is one


def test_a_series_gives_its_topic_to_all_its_sessions(talk: Session) -> None:
    make_session(talk.series, title={"en": "Second"})
    set_series_topics(series=talk.series, names=["Gender"], now=NOW, actor_id=None)
    assert titles("/topics/gender/calendar.ics") == ["Open talk", "Second"]


class TestFreshness:
    def test_exactly_what_touches_it_makes_it_anew(
        self, ada: Person, talk: Session, community: Community
    ) -> None:
        elsewhere = make_session(make_series(community), language="es")
        path = f"/calendar.ics?language=fr&speaker={ada.uuid}&topic=savings-groups"
        titles(path)
        kept = Feed.objects.get()
        revise(elsewhere, kind="edited", now=NOW, title={"en": "Elsewhere"})
        titles(path)
        assert Feed.objects.get().version == kept.version
        for updates in ({"title": {"en": "New"}}, {"language": "es"}, {"language": "fr"}):
            before = Feed.objects.get().etag
            revise(Session.objects.get(pk=talk.pk), kind="edited", now=NOW, **updates)
            titles(path)
            assert Feed.objects.get().etag != before

    def test_a_recording_enters_and_leaves_the_archive(self, community: Community, talk: Session) -> None:
        assert titles("/archive/calendar.ics") == ["Open talk"]
        other = make_session(make_series(community), title={"en": "Later"})
        source = make_person().uuid
        materials.publish(source=source, session=other, kind="recording", title={}, path="/x", now=NOW)
        assert sorted(titles("/archive/calendar.ics")) == ["Later", "Open talk"]
        materials.withdraw(source=source, now=NOW)
        assert titles("/archive/calendar.ics") == ["Open talk"]

    def test_an_unchanged_poll_is_one_query_however_much_it_asks(self, ada: Person, talk: Session) -> None:
        for path in paths(ada):
            first = Client().get(path)
            with CaptureQueriesContext(connection) as queries:
                again = Client().get(path)
                same = Client().get(path, headers={"If-None-Match": first.headers["ETag"]})
            assert len(queries) == 2, path  # one each
            assert (again.content, same.status_code) == (first.content, 304)

    def test_making_one_costs_the_same_with_more_sessions(self, talk: Session, ada: Person) -> None:
        counts = []
        path = f"/calendar.ics?topic=savings-groups&speaker={ada.uuid}"
        titles(path)
        for _round in range(2):
            for _each in range(3):
                furnished(make_session(talk.series), ada)
            with CaptureQueriesContext(connection) as queries:
                Client().get(path)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestReminders:
    def test_they_share_the_bytes_of_all_and_have_an_etag_of_their_own(self, talk: Session) -> None:
        plain, reminding = Client().get("/calendar.ics"), Client().get("/calendar.ics?alarm=60,10")
        [event] = entries_of(reminding.content)
        triggers = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
        assert triggers == [-timedelta(minutes=60), -timedelta(minutes=10)]
        assert not [*icalendar.Calendar.from_ical(plain.content).walk("VALARM")]
        assert reminding.headers["ETag"] != plain.headers["ETag"]
        assert Feed.objects.count() == 1
        packed = Client().get("/calendar.ics?alarm=10,60", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["ETag"] == reminding.headers["ETag"]
        etag = {"If-None-Match": reminding.headers["ETag"]}
        assert Client().get("/calendar.ics?alarm=10&alarm=60", headers=etag).status_code == 304
        head = Client().head("/calendar.ics?alarm=10,60")
        assert int(head.headers["Content-Length"]) == len(reminding.content)


words = st.text(st.characters(codec="utf-8"), max_size=12)
values = st.one_of(
    words, st.sampled_from(["fr", "savings-groups", "savings", "talks", "archive", "external", "', --"])
)


@given(
    asked=st.dictionaries(
        st.sampled_from([*filters.FIELDS, "other"]), st.lists(values, max_size=3), max_size=4
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_filter_answers_and_the_same_again_is_the_same(
    talk: Session, secrets: list[Session], asked: dict[str, list[str]]
) -> None:
    response = Client().get("/calendar.ics", asked)
    assert response.status_code in {200, 400}
    assert b"SECRET" not in response.content
    if response.status_code == 400:
        assert response.json()["detail"]
        return
    entries_of(response.content)
    shuffled: dict[str, Any] = dict(reversed([(name, list(reversed(each))) for name, each in asked.items()]))
    assert Client().get("/calendar.ics", shuffled).content == response.content


def test_the_address_of_a_filter_is_the_one_it_is_called_by(talk: Session, ada: Person) -> None:
    """SOURCE says the shortest address that gives the same."""
    for path, said in [
        ("/calendar.ics?topic=savings-groups", "/topics/savings-groups/calendar.ics"),
        (
            "/communities/savings/calendar.ics?language=fr&tz=utc",
            "/calendar.ics?community=savings&language=fr&tz=utc",
        ),
    ]:
        calendar = icalendar.Calendar.from_ical(Client().get(path).content)
        assert str(calendar["SOURCE"]).endswith(said)
        assert titles(said) == ["Open talk"]
    assert Version.objects.filter(scope=f"speaker:{ada.pk}").exists()
    assert Series.objects.get(slug="talks").external
