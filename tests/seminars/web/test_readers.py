"""Following by mail: the form for everybody, the page by a secret link, My mails, buttons, times of reminders."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.notifications import wishes
from seminars.notifications.models import Message
from seminars.notifications.readers import following, stopping
from seminars.notifications.readers.models import Reader, Subscription
from seminars.people.models import Community, User
from seminars.sessions.models import MaterialKind, Session
from seminars.sessions.registration.models import Registration
from seminars.web import readers
from tests.factories import make_material, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
ADDRESS = "reader@example.org"
FORM = {"email": ADDRESS, "zone": "Asia/Kolkata", "wanted": ["moves"], "website": ""}


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), title={"en": "Savings by phone"})


def text(response: Any) -> str:
    return str(response.content.decode())


def reader_of(followed: Any, now: datetime, *wanted: str, confirmed: bool = True) -> Reader:
    found = following.follow(
        email=ADDRESS, followed=followed, wanted=wanted or ("moves",), language="en", now=now
    )
    if confirmed:
        following.confirm(reader=found, now=now)
    return Reader.objects.get(pk=found.pk)


def test_everybody_gets_the_same_answer(session: Session, as_nobody: Client, now: datetime) -> None:
    reader_of(session.series, now)
    Message.objects.all().delete()
    path = f"/series/{session.series.slug}/mails/"
    answers = [as_nobody.post(path, FORM | {"email": each}) for each in (ADDRESS, "new@example.org")]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(302, f"{path}sent/")] * 2
    assert "Look into your mail" in text(as_nobody.get(f"{path}sent/"))
    assert set(Message.objects.values_list("email", flat=True)) == {ADDRESS, "new@example.org"}
    as_nobody.post(path, FORM)
    assert Message.objects.count() == 2  # not again within ten minutes


@pytest.mark.parametrize("wrong", [{"website": "x"}, {"email": "none"}, {"wanted": []}, {"zone": "Mars"}])
def test_what_is_wrong_is_said_and_nothing_kept(session: Session, wrong: dict[str, Any]) -> None:
    answer = Client().post(f"/series/{session.series.slug}/mails/", FORM | wrong)
    assert answer.status_code == 422
    assert "Nothing is saved yet" in text(answer)
    assert not Reader.objects.exists()


def test_too_many_forms_from_one_address_are_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "MOST_AN_HOUR", 1)
    path = f"/sessions/{session.slug}/mails/"
    assert [Client().post(path, FORM).status_code for _each in range(2)] == [302, 429]


def test_only_members_follow_what_is_closed(
    closed_community: Community, as_nobody: Client, as_stranger: Client, as_member: Client, member: User
) -> None:
    session = make_session(make_series(closed_community))
    paths = [f"/communities/{closed_community.slug}/mails/", f"/series/{session.series.slug}/mails/"]
    for path in (*paths, f"/sessions/{session.slug}/mails/"):
        for client in (as_nobody, as_stranger):
            assert client.get(path).status_code == client.post(path, FORM).status_code == 404
            assert client.get(f"{path}sent/").status_code == 404
        assert "The mails come to member@example.org" in text(as_member.get(path))
        assert as_member.post(path, {"wanted": "moves"}).headers["Location"] == "/me/mails/"
    rows = Subscription.objects.confirmed()
    assert {each.reader.person for each in rows} == {member.person}
    assert rows.count() == 3
    assert not Message.objects.exists()


def test_the_page_of_an_address(session: Session, as_nobody: Client, now: datetime) -> None:
    reader_of(session.series, now, "moves", "ready")
    found = reader_of(session, now, "ready", confirmed=False)
    page = f"/reader/{found.token}/"
    shown = text(as_nobody.get(page))
    assert "One step is left" in shown
    assert session.series.title["en"] in shown
    as_nobody.post(f"{page}confirm/")
    assert Subscription.objects.confirmed().count() == 2
    series, one = Subscription.objects.order_by("pk")
    sent = {
        f"ready-of-{series.pk}": "on",
        f"moves-of-{one.pk}": "on",
        "language": "sv",
        "zone": "Asia/Kolkata",
    }
    as_nobody.post(page, sent | {"own": "own", "leads": ["hour"], "ready": "on"})
    series.refresh_from_db()
    one.refresh_from_db()
    found.refresh_from_db()
    assert (series.moves, series.ready, one.moves, one.ready) == (False, True, True, False)
    assert (found.language, found.zone, found.leads, found.ready) == ("sv", "Asia/Kolkata", ["hour"], True)
    as_nobody.post(page, {"stop": str(one.pk)})
    assert list(Subscription.objects.all()) == [series]
    as_nobody.post(page, {"language": "en"})
    assert not Subscription.objects.exists()


def test_another_readers_things_are_not_touched(session: Session, as_nobody: Client, now: datetime) -> None:
    mine = reader_of(session, now)
    other = following.follow(
        email="other@example.org", followed=session, wanted=("moves",), language="en", now=now
    )
    following.confirm(reader=other, now=now)
    theirs = other.subscriptions.get()
    as_nobody.post(f"/reader/{mine.token}/", {"stop": str(theirs.pk)})
    assert Subscription.objects.filter(pk=theirs.pk).exists()


def test_an_unknown_link_opens_nothing(as_nobody: Client) -> None:
    for path in ("", "confirm/", "stop/", "account/"):
        assert as_nobody.post(f"/reader/nothing-here/{path}").status_code in {404, 302}
    assert as_nobody.get("/reader/nothing-here/").status_code == 404


def test_only_the_owner_of_the_address_moves_it_into_an_account(
    session: Session, as_member: Client, member: User, as_stranger: Client, now: datetime
) -> None:
    found = reader_of(session.series, now)
    Reader.objects.filter(pk=found.pk).update(email=member.email)
    path = f"/reader/{found.token}/"
    assert "Move these mails" not in text(as_stranger.get(path))
    as_stranger.post(f"{path}account/")
    assert Reader.objects.get().person is None
    assert "Move these mails" in text(as_member.get(path))
    assert as_member.post(f"{path}account/").headers["Location"] == "/me/mails/"
    assert Reader.objects.get().person == member.person
    assert session.series.title["en"] in text(as_member.get("/me/mails/"))


def test_my_mails_hold_all_choices(
    as_member: Client, member: User, community: Community, session: Session, now: datetime
) -> None:
    as_member.post(f"/series/{session.series.slug}/mails/", {"wanted": ["moves", "ready"]})
    row = Subscription.objects.get()
    Registration.objects.create(
        session=session,
        email=member.email,
        person=member.person,
        name="M",
        language="en",
        token="t",
        made_at=now,
        confirmed_at=now,
    )
    page = text(as_member.get("/me/mails/"))
    assert re.search(rf'name="moves-of-{row.pk}" checked', page)
    assert "/registration/t/" in page
    sent = {f"moves-{community.pk}": "on", f"newsletter-{community.pk}": "on", f"ready-of-{row.pk}": "on"}
    as_member.post("/me/mails/", sent | {"own": "own", "leads": ["3days", "15min"]})
    row.refresh_from_db()
    assert (row.moves, row.ready) == (False, True)
    theirs = Subscription.objects.get(scope=f"community:{community.pk}")
    assert (theirs.moves, theirs.ready, theirs.newsletter) == (True, False, True)
    assert wishes.wants(member.person, community)
    assert (Reader.objects.get().leads, Reader.objects.get().ready) == (["3days", "15min"], False)
    as_member.post("/me/mails/", {"ready": "on"})
    assert not Subscription.objects.exists()
    assert not wishes.wants(member.person, community)
    assert (Reader.objects.get().leads, Reader.objects.get().ready) == (None, True)


def test_an_unproven_account_takes_over_nobodys_mails(
    as_stranger: Client, stranger: User, session: Session, now: datetime
) -> None:
    stranger.emailaddress_set.update(verified=False)
    found = reader_of(session, now)
    Reader.objects.filter(pk=found.pk).update(email=stranger.email)
    as_stranger.post("/me/mails/", {"own": "own", "leads": ["hour"]})
    as_stranger.post(f"/reader/{found.token}/account/")
    found.refresh_from_db()
    assert (found.person, found.leads) == (None, None)


@pytest.mark.parametrize("kind", stopping.FOLLOWED)
def test_the_stop_page_of_each_kind(session: Session, community: Community, now: datetime, kind: str) -> None:
    reader_of(community, now, kind)
    path = stopping.stop_address(email=ADDRESS, person_id=None, kind=kind, community=community)
    path = path.removeprefix("http://127.0.0.1:8000")
    browser = Client(enforce_csrf_checks=True)
    assert "Stop these mails?" in text(browser.get(path))
    stopped = text(browser.post(path, {"List-Unsubscribe": "One-Click"}))
    assert "No more of these mails" in stopped
    assert not Subscription.objects.filter(**{kind: True}).exists()
    assert "You get none of these mails" in text(browser.get(path))
    undo = re.search(r'name="undo" value="([^"]+)"', stopped)
    assert undo is not None
    assert "The mails come again" in text(browser.post(path, {"do": "begin", "undo": undo[1]}))
    assert Subscription.objects.get(**{kind: True}).scope == f"community:{community.pk}"
    token = Reader.objects.get().token
    assert token not in text(browser.get(path))  # who was sent the mail on learns no more
    assert "Look into your mail" in text(browser.post(path, {"do": "link"}))
    assert Message.objects.get().kind == "reader-link"


def test_the_stop_page_of_what_has_no_subscription(
    community: Community, manager: User, now: datetime
) -> None:
    """How a session was, asked of an address; requests to join, told to who plans: each is stopped and begun again."""
    Community.objects.filter(pk=community.pk).update(joining="request")
    person = manager.person
    for kind, words in (("asked", "how a session was"), ("requests", "when people ask to join")):
        path = stopping.stop_address(
            email=manager.email, person_id=person.pk, kind=kind, community=community
        ).removeprefix("http://127.0.0.1:8000")
        browser = Client(enforce_csrf_checks=True)
        assert words in text(browser.get(path))
        assert "No more of these mails" in text(browser.post(path, {"List-Unsubscribe": "One-Click"}))
        assert "You get none of these mails" in text(browser.get(path))
        assert "The mails come again" in text(browser.post(path, {"do": "begin", "undo": ""}))
        assert "Stop these mails?" in text(browser.get(path))


def test_an_organiser_chooses_on_the_page_of_all_mails(
    as_manager: Client, community: Community, manager: User, now: datetime
) -> None:
    assert "when people ask to join" not in text(as_manager.get("/me/mails/"))
    Community.objects.filter(pk=community.pk).update(joining="request")
    page = text(as_manager.get("/me/mails/"))
    assert re.search(rf'name="requests-{community.pk}" checked', page)
    as_manager.post("/me/mails/", {"own": "", "ready": "on"})
    assert not wishes.gets_requests(manager.person, community)
    assert not Reader.objects.get(person=manager.person).asked
    as_manager.post("/me/mails/", {"own": "", "ready": "on", "asked": "on", f"requests-{community.pk}": "on"})
    assert wishes.gets_requests(manager.person, community)
    assert Reader.objects.get(person=manager.person).asked


def test_the_main_buttons_lead_to_the_form(session: Session, as_nobody: Client, now: datetime) -> None:
    path = f"/sessions/{session.slug}/"
    assert f'href="{path}mails/"' in text(as_nobody.get(path))  # beside it: mail me if it moves
    Session.objects.filter(pk=session.pk).update(postponed_at=now, reason="No room")
    page = text(as_nobody.get(path))
    assert re.search(rf'class="button primary big" href="{path}mails/">.*?Tell me the new date', page, re.S)
    form = text(as_nobody.get(f"{path}mails/"))
    assert "There is no new date yet" in form
    assert re.search(r'value="moves"[^>]*checked', form)
    over = now - timedelta(hours=3)
    Session.objects.filter(pk=session.pk).update(
        postponed_at=None,
        starts_at=over - timedelta(hours=1),
        ends_at=over,
        published_at=now - timedelta(days=9),
    )
    session.series.owed.create(kind="recording", days=3)
    page = text(as_nobody.get(path))
    assert re.search(rf'href="{path}mails/">.*?Tell me when it is ready', page, re.S)
    form = text(as_nobody.get(f"{path}mails/"))
    assert 'value="ready"' in form
    assert 'value="moves"' not in form
    make_material(session, MaterialKind.RECORDING)
    assert as_nobody.get(f"{path}mails/").headers["Location"] == path


def test_one_chooses_when_to_be_reminded_of_one_session(session: Session, now: datetime) -> None:
    given = {"email": ADDRESS, "name": "R", "language": "en", "token": "t", "made_at": now}
    found = Registration.objects.create(session=session, confirmed_at=now, **given)
    path = "/registration/t/when/"
    assert f'href="{path}"' in text(Client().get("/registration/t/"))
    assert re.search(r'value="week"[^>]*checked', text(Client().get(path)))
    Client().post(path, {"own": "own", "leads": ["15min", "3days"]})
    found.refresh_from_db()
    assert (found.leads, found.reminders) == (["3days", "15min"], True)
    Client().post(path, {"own": "own"})
    found.refresh_from_db()
    assert (found.leads, found.reminders) == ([], False)
    Client().post(path, {"own": ""})
    found.refresh_from_db()
    assert (found.leads, found.reminders) == (None, True)
    assert Client().get("/registration/x/when/").status_code == 404
    assert Client().post(path, {"own": "own", "leads": ["never"]}).status_code == 422


def test_organisers_choose_when_for_a_series(session: Session, as_organiser: Client) -> None:
    series, home = session.series, f"/organise/series/{session.series.slug}/"
    assert f'href="{home}reminders/"' in text(as_organiser.get(home)), "the series' page leads there"
    path = f"{home}reminders/"
    page = text(as_organiser.get(path))
    assert re.findall(r'name="reminders" value="(\w+)"[^>]*checked', page) == ["week", "day", "hour"]
    given = {"reminders": ["15min", "3days"], "invites": "on", "seen": series.revision}
    assert as_organiser.post(path, given)["Location"] == home
    assert as_organiser.post(path, given | {"reminders": []}).status_code == 409, "somebody was faster"
    assert as_organiser.post(path, given | {"reminders": ["never"]}).status_code == 400
    series.refresh_from_db()
    assert series.reminders == ["3days", "15min"]


@pytest.mark.parametrize("where", ["reader", "mails"])
def test_a_page_asks_no_more_for_more_things(
    as_member: Client, member: User, community: Community, now: datetime, where: str, db: None
) -> None:
    asked = []
    for many in (2, 12):
        for _each in range(many):
            session = make_session(make_series(community))
            for followed in (session, session.series):
                following.follow(
                    email=member.email,
                    followed=followed,
                    wanted=("moves",),
                    language="en",
                    person=member.person,
                    now=now,
                )
        path = "/me/mails/" if where == "mails" else f"/reader/{Reader.objects.get().token}/"
        with CaptureQueriesContext(connection) as questions:
            as_member.get(path)
        asked.append(len(questions))
    assert asked[0] == asked[1]
