"""A person's own calendars: what is in them, whose counters they follow, tasks, and several secret addresses."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import icalendar
import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.calendars import clients, following, tokens
from seminars.calendars.models import Calendar, Feed, FeedToken
from seminars.calendars.scopes import Kind, Scope
from seminars.changes.refusing import UserError
from seminars.followups import checklist, opening
from seminars.followups.models import Item
from seminars.followups.owing import set_owed
from seminars.people.joining import add_member, person_of, remove_member
from seminars.people.models import Community, User
from seminars.series.models import Audience, Series
from seminars.series.roles import give_role, take_role
from seminars.sessions.models import Session
from seminars.sessions.moving import set_named
from seminars.sessions.registration import registering
from seminars.sessions.revising import revise
from seminars.sessions.speakers import set_speakers
from tests.factories import NOW, make_community, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db


def fetch(user: User, calendar: str = Calendar.SESSIONS, **headers: str) -> Any:
    scope = tokens.scope_of(tokens.make(user=user, calendar=calendar, now=NOW))
    where = "tasks" if scope.kind == Kind.TASKS else "calendar"
    return Client().get(f"/me/{where}/{scope.name}.ics", headers=headers)


def titles(user: User) -> list[str]:
    response = fetch(user)
    assert response.status_code == 200
    return sorted(str(event["SUMMARY"]) for event in entries_of(response.content))


@pytest.fixture
def elsewhere() -> Session:
    """A session of a community to which the stranger has nothing to do."""
    return make_session(make_series(make_community(), slug="far"), title={"en": "Far"})


class TestWhatIsMine:
    """Each way in, and out again: a poll right after the change is fresh, although only its own counters are read."""

    def test_a_membership(self, stranger: User, elsewhere: Session) -> None:
        assert titles(stranger) == []
        community = elsewhere.series.community
        given = add_member(community=community, email=stranger.email, now=NOW, actor_id=None)
        assert titles(stranger) == ["Far"]
        remove_member(membership=given, now=NOW, actor_id=None)
        assert titles(stranger) == []

    def test_following_a_series(self, stranger: User, elsewhere: Session) -> None:
        for _twice in range(2):
            following.follow(user=stranger, series=elsewhere.series, now=NOW)
        assert titles(stranger) == ["Far"]
        revise(elsewhere, kind="edited", now=NOW, title={"en": "Farther"})
        assert titles(stranger) == ["Farther"]
        revise(elsewhere, kind="edited", now=NOW, audience=Audience.MEMBERS)
        assert titles(stranger) == []  # following is no invitation
        following.unfollow(user=stranger, series=elsewhere.series)
        assert not following.follows(stranger.pk, elsewhere.series)

    def test_a_part_in_a_series(self, stranger: User, elsewhere: Session) -> None:
        given = give_role(series=elsewhere.series, email=stranger.email, role="host", now=NOW, actor_id=None)
        assert titles(stranger) == ["Far"]
        revise(elsewhere, kind="edited", now=NOW, title={"en": "Farther"})
        assert titles(stranger) == ["Farther"]
        take_role(given=given, now=NOW, actor_id=None)
        assert titles(stranger) == []

    def test_an_invitation(self, stranger: User, elsewhere: Session) -> None:
        revise(elsewhere, kind="edited", now=NOW, audience=Audience.NAMED)
        assert titles(stranger) == []
        set_named(session=elsewhere, persons=[stranger.person], now=NOW, actor_id=None)
        assert titles(stranger) == ["Far"]
        set_named(session=elsewhere, persons=[], now=NOW, actor_id=None)
        assert titles(stranger) == []

    def test_speaking(self, stranger: User, elsewhere: Session) -> None:
        assert titles(stranger) == []
        speakers = [(stranger.person, "speaker", "")]
        set_speakers(session=elsewhere, speakers=speakers, now=NOW, actor_id=None)
        assert titles(stranger) == ["Far"]
        set_speakers(session=elsewhere, speakers=[], now=NOW, actor_id=None)
        assert titles(stranger) == []

    def test_what_others_do_elsewhere_touches_nothing(self, member: User, elsewhere: Session) -> None:
        titles(member)
        before = Feed.objects.get().version
        revise(elsewhere, kind="edited", now=NOW, title={"en": "Farther"})
        titles(member)
        assert Feed.objects.get().version == before

    def test_an_unchanged_poll_is_one_query(self, member: User, series: Series) -> None:
        make_session(series)
        first = fetch(member)
        scope = tokens.scope_of(tokens.tokens_of(member)[0])
        for headers, status in (({}, 200), ({"If-None-Match": first.headers["ETag"]}, 304)):
            with CaptureQueriesContext(connection) as queries:
                assert Client().get(f"/me/calendar/{scope.name}.ics", headers=headers).status_code == status
            assert len(queries) == 1


@pytest.fixture
def series(community: Community) -> Series:
    return make_series(community, slug="talks", published_at=NOW - timedelta(days=90))


class TestAddresses:
    def test_one_for_each_program_and_each_ends_alone(self, member: User) -> None:
        phone = tokens.make(user=member, name="Phone", now=NOW)
        work = tokens.make(user=member, name="Work Outlook", now=NOW)
        assert tokens.make(user=member, name=" phone ", now=NOW).pk == phone.pk
        assert [each.name for each in tokens.tokens_of(member)] == ["Phone", "Work Outlook"]
        for each in (phone, work):
            assert Client().get(f"/me/calendar/{each.token}.ics").status_code == 200
        tokens.revoke(token=phone, now=NOW)
        tokens.revoke(token=phone, now=NOW)
        assert Client().get(f"/me/calendar/{phone.token}.ics").status_code == 410
        assert Client().get(f"/me/calendar/{work.token}.ics").status_code == 200
        fresh = tokens.reset(user=member, token=work, now=NOW)
        assert fresh.name == "Work Outlook"
        assert Client().get(f"/me/calendar/{work.token}.ics").status_code == 410
        assert tokens.reset(user=member, token=work, now=NOW).pk == fresh.pk  # a second click

    def test_which_program_came_last(self, member: User, stopped: Any) -> None:
        token = tokens.make(user=member, now=NOW)
        path = f"/me/calendar/{token.token}.ics?tz=utc"
        Client().get(path, headers={"User-Agent": "Google-Calendar-Importer"})
        assert (tokens.used_at(token), token.client) == (NOW, "Google Calendar")
        stopped.move_to(NOW + timedelta(minutes=5))
        Client().get(path, headers={"User-Agent": "iOS/18.1 (22B83) dataaccessd/1.0"})
        assert tokens.used_at(token) == NOW + timedelta(minutes=5)
        kept = FeedToken.objects.get()
        assert (kept.client, kept.used_at) == ("Apple Calendar", NOW + timedelta(minutes=5))

    def test_an_old_secret_without_a_digest_goes_on(self, member: User) -> None:
        token = tokens.make(user=member, now=NOW)
        FeedToken.objects.update(digest=None)
        import_module("seminars.migrations.0003_digests").fill(apps, None)
        assert Client().get(f"/me/calendar/{token.token}.ics").status_code == 200

    def test_a_secret_opens_one_calendar_only(self, member: User) -> None:
        token, tasks = (tokens.make(user=member, calendar=each, now=NOW).token for each in Calendar.values)
        assert Client().get(f"/me/tasks/{token}.ics").status_code == 404
        assert Client().get(f"/me/calendar/{tasks}.ics").status_code == 404
        assert Client().get(f"/me/calendar/{token[:-1]}.ics").status_code == 404
        assert Client().get(f"/me/calendar/{token}x.ics").status_code == 404

    def test_too_many_and_too_long(self, member: User) -> None:
        with pytest.raises(UserError):
            tokens.make(user=member, name="x" * 61, now=NOW)
        for number in range(tokens.MOST):
            tokens.make(user=member, name=f"n{number}", now=NOW)
        with pytest.raises(UserError):
            tokens.make(user=member, name="one more", now=NOW)

    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ("Google-Calendar-Importer", "Google Calendar"),
            ("Microsoft Exchange/16.0", "Outlook on the web"),
            ("Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Thunderbird/128.0", "Thunderbird"),
            ("ICSx5/2.3.1 (Ktor)", "ICSx⁵"),
            ("macOS/14.5 (23F79) CalendarAgent/1028", "Apple Calendar"),
            ("Nextcloud Calendar", "Nextcloud"),
            ("", ""),
            ("curl/8", ""),
        ],
    )
    def test_programs_by_their_names(self, header: str, name: str) -> None:
        assert clients.name_of(header) == name


class TestTasks:
    @pytest.fixture
    def item(self, series: Series, organiser: User) -> Item:
        """What is owed for a session that is over; promised for the day after tomorrow."""
        set_owed(
            series=series, owed={"slides": 2, "recording": 3}, now=NOW - timedelta(days=90), actor_id=None
        )
        session = make_session(
            series, wall=NOW.replace(tzinfo=None) - timedelta(hours=3), title={"en": "Talk; one, two"},
            published_at=NOW - timedelta(days=80),
        )  # fmt: skip
        assert opening.open_due(now=NOW) == 1
        return Item.objects.get(session=session, kind="slides")

    def tasks(self, user: User) -> dict[str, Any]:
        response = fetch(user, Calendar.TASKS)
        assert response.status_code == 200
        calendar = icalendar.Calendar.from_ical(response.content)
        assert not [each.errors for each in calendar.walk() if each.errors]
        return {str(each["SUMMARY"]): each for each in calendar.walk("VTODO")}

    def test_due_status_and_the_same_uid_for_life(self, item: Item, organiser: User) -> None:
        before = self.tasks(organiser)
        slides = before["Slides: Talk; one, two"]
        assert list(before) == ["Slides: Talk; one, two", "Recording: Talk; one, two"]
        assert (slides["DUE"].dt, slides["STATUS"]) == (item.due_at, "NEEDS-ACTION")
        checklist.waive(item=item, reason="None were shown.", now=NOW, actor_id=organiser.pk)
        after = self.tasks(organiser)["Slides: Talk; one, two"]
        assert (after["STATUS"], after["DESCRIPTION"], after["UID"]) == (
            "CANCELLED", "None were shown.", slides["UID"],
        )  # fmt: skip
        assert after["SEQUENCE"] > slides["SEQUENCE"]
        assert after["LAST-MODIFIED"].dt >= slides["LAST-MODIFIED"].dt

    def test_only_what_one_plans(self, item: Item, member: User, stranger: User) -> None:
        assert (self.tasks(member), self.tasks(stranger)) == ({}, {})
        given = give_role(
            series=item.session.series, email=stranger.email, role="organiser", now=NOW, actor_id=None
        )
        assert len(self.tasks(stranger)) == 2
        take_role(given=given, now=NOW, actor_id=None)
        assert self.tasks(stranger) == {}

    def test_tasks_of_every_kind_and_state_are_in_it(
        self, item: Item, organiser: User, series: Series
    ) -> None:
        session = item.session
        Item.objects.filter(pk=item.pk).update(person=organiser.person)
        row = {"session": session, "due_at": NOW, "first_due_at": NOW, "opened_at": NOW}
        brief = Item.objects.create(kind="brief", state="overdue", **row)
        own = Item.objects.create(kind="own-1", words={"en": "Thank them"}, state="overdue", **row)
        checklist.tick_off(item=brief, now=NOW, actor_id=organiser.pk)
        checklist.hold(item=own, reason="No address", now=NOW, actor_id=organiser.pk)
        found = self.tasks(organiser)
        done, held = found["Speaker's brief: Talk; one, two"], found["Thank them: Talk; one, two"]
        assert (done["STATUS"], done["COMPLETED"].dt) == ("COMPLETED", NOW)
        assert (held["STATUS"], held["DESCRIPTION"]) == (
            "NEEDS-ACTION",
            "Waiting for somebody else: No address",
        )
        assert found["Slides: Talk; one, two"]["DESCRIPTION"] == "Organiser sees to it"
        Session.objects.filter(pk=session.pk).update(postponed_at=NOW)
        revise(Session.objects.get(pk=session.pk), kind="postponed", now=NOW)
        assert list(self.tasks(organiser)) == ["Speaker's brief: Talk; one, two"]

    def test_an_unchanged_poll_is_one_query_and_headers_are_private(
        self, item: Item, organiser: User
    ) -> None:
        self.tasks(organiser)
        [token] = tokens.tokens_of(organiser, Calendar.TASKS)
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(f"/me/tasks/{token.token}.ics")
        assert len(queries) == 1
        assert response.headers["Cache-Control"] == "private, max-age=300"
        assert response.headers["X-Robots-Tag"] == "noindex"

    def test_a_moved_promise_and_a_new_title_are_in_the_next_answer(
        self, item: Item, organiser: User
    ) -> None:
        self.tasks(organiser)
        later = item.due_at + timedelta(days=4)
        checklist.move_promise(item=item, due_at=later, now=NOW, actor_id=None)
        assert self.tasks(organiser)["Slides: Talk; one, two"]["DUE"].dt == later
        session = Session.objects.get(pk=item.session_id)
        revise(session, kind="edited", now=NOW, title={"en": "Short"})
        assert "Slides: Short" in self.tasks(organiser)


def test_the_key_never_holds_the_secret() -> None:
    assert "s3cret" not in Scope(Kind.TASKS, "s3cret").key


def test_who_is_registered_finds_it_in_their_calendar_as_busy(stranger: User) -> None:
    session = make_session(make_series(make_community()))
    assert str(session.uid) not in fetch(stranger).content.decode()
    found, _new = registering.register(
        session=session, email=stranger.email, person=person_of(stranger), now=NOW, name="S", language="en"
    )
    (entry,) = entries_of(fetch(stranger).content)
    assert (str(entry["UID"]), entry["TRANSP"]) == (str(session.uid), "OPAQUE")
    revise(session, kind="edited", now=NOW, title={"en": "Other words"})
    assert "Other words" in fetch(stranger).content.decode()
    registering.answer(registration=found, partstat="declined", now=NOW)
    assert str(session.uid) not in fetch(stranger).content.decode()
    registering.answer(registration=found, partstat="accepted", now=NOW)
    assert str(session.uid) in fetch(stranger).content.decode()
    registering.withdraw(registration=found, now=NOW)
    assert str(session.uid) not in fetch(stranger).content.decode()
