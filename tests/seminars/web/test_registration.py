"""Register for a session: a public form, a mail, a secret link; what organisers and strangers see of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.notifications import outbox
from seminars.notifications.models import Message
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Partstat, Registration
from seminars.web import registration as pages
from tests.factories import NOW, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
WHO = {
    "name": "Akello Example", "email": "Akello@Example.org", "zone": "Africa/Kampala",
    "calendar": "invitation", "website": "",
}  # fmt: skip
HERE = "/sessions/talks-1/register/"


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community, slug="talks"))


def known(session: Session, email: str = "known@example.org", **columns: Any) -> Registration:
    given = {"name": "Known Example", "zone": "Africa/Kampala", "language": "en"} | columns
    found = registering.register(session=session, email=email, now=NOW, **given)[0]
    return registering.confirm(registration=found, now=NOW)


def post(client: Client, **change: str) -> Any:
    return client.post(HERE, WHO | change)


def test_who_registers_confirms_by_the_mailed_link(session: Session, as_nobody: Client) -> None:
    page = as_nobody.get("/sessions/talks-1/").content.decode()
    assert f'href="{HERE}"' in page
    assert 'href="/sessions/talks-1/session.ics"' in page
    assert as_nobody.get(HERE).status_code == 200
    answer = post(as_nobody)
    assert answer["Location"] == f"{HERE}sent/"
    assert "Look into your mail" in as_nobody.get(f"{HERE}sent/").content.decode()
    found = Registration.objects.get()
    assert (found.email, found.stands) == ("akello@example.org", False)
    outbox.deliver(clock=lambda: NOW)
    (sent,) = mail.outbox
    assert sent.subject.startswith("Confirm your registration")
    assert f"/registration/{found.token}/" in sent.body
    assert "Akello Example" not in sent.body
    link = f"/registration/{found.token}/"
    opened = as_nobody.get(link)
    assert "Confirm" in opened.content.decode()
    assert opened["Referrer-Policy"] == "same-origin"
    assert opened["X-Robots-Tag"] == "noindex"
    assert not Registration.objects.get().stands  # a program that opens every address registers nobody
    after = as_nobody.post(f"{link}confirm/", follow=True)
    assert Registration.objects.get().stands
    assert after.content.decode().count("You are registered") == 1  # said once, in its place


def test_the_answer_is_the_same_for_a_known_address(session: Session, as_nobody: Client) -> None:
    before = known(session, "akello@example.org")
    known_answer, unknown = post(as_nobody, name="Somebody else"), post(as_nobody, email="new@example.org")
    assert (known_answer.status_code, known_answer["Location"]) == (unknown.status_code, unknown["Location"])
    before.refresh_from_db()
    assert (before.name, before.stands) == ("Known Example", True)  # anybody can type any address
    assert Message.objects.filter(kind="registration").count() == 2
    post(as_nobody)
    assert Message.objects.filter(kind="registration").count() == 2  # one in ten minutes


def test_who_is_signed_in_is_registered_at_once(session: Session, as_member: Client, member: User) -> None:
    assert 'value="member@example.org"' in as_member.get(HERE).content.decode()
    answer = post(as_member, email=member.email)
    found = Registration.objects.get()
    assert answer["Location"] == f"/registration/{found.token}/"
    assert found.stands
    assert found.person
    assert found.person.user == member
    assert not Message.objects.filter(kind="registration").exists()  # the invitation holds the link
    page = as_member.get("/sessions/talks-1/").content.decode()
    assert f'href="/registration/{found.token}/"' in page
    assert f'href="{HERE}"' not in page
    assert as_member.get(HERE)["Location"] == f"/registration/{found.token}/"


def test_another_address_of_somebody_signed_in_has_to_prove_itself(
    session: Session, as_member: Client
) -> None:
    assert post(as_member, email="victim@example.org")["Location"] == f"{HERE}sent/"
    found = Registration.objects.get()
    assert (found.stands, found.person) == (False, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Give your name"),
        ({"email": ""}, "Give your e-mail address"),
        ({"email": "a@example.org,b@example.org"}, "valid e"),
        ({"zone": "Mars"}, "is not a time zone"),
        ({"calendar": ""}, "Choose one of the two."),
        ({"website": "https://spam.example"}, "empty, and send again"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    session: Session, as_nobody: Client, change: dict[str, str], words: str
) -> None:
    answer = post(as_nobody, **change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Registration.objects.exists()


def test_one_address_registers_so_many_an_hour(
    session: Session, as_nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_AN_HOUR", 1)
    post(as_nobody)
    assert post(as_nobody, email="b@example.org").status_code == 429
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("fields", [{"cancelled_at": NOW, "state": "cancelled"}, {"published": False}])
def test_where_nobody_can_register(
    community: Community, as_organiser: Client, fields: dict[str, Any]
) -> None:
    session = make_session(make_series(community), **fields)
    here = f"/sessions/{session.slug}/register/"
    assert here not in as_organiser.get(f"/sessions/{session.slug}/").content.decode()
    assert "Nobody can register" in as_organiser.get(here).content.decode()
    assert as_organiser.post(here, WHO).status_code == 409
    assert not Registration.objects.exists()


def test_strangers_register_for_nothing_closed(
    closed_community: Community, as_nobody: Client, as_stranger: Client, as_member: Client
) -> None:
    session = make_session(make_series(closed_community))
    here = f"/sessions/{session.slug}/register/"
    for client in (as_nobody, as_stranger):
        assert client.get(here).status_code == 404
        assert client.post(here, WHO).status_code == 404
        assert client.get(f"{here}sent/").status_code == 404
    assert as_member.get(here).status_code == 200


def test_the_link_answers_changes_and_withdraws(session: Session, as_nobody: Client) -> None:
    found = known(session)
    link = f"/registration/{found.token}/"
    page = as_nobody.get(f"{link}no/")
    assert "No, I do not come" in page.content.decode()
    found.refresh_from_db()
    assert found.partstat == Partstat.NEEDS_ACTION  # no change on GET
    as_nobody.post(f"{link}no/")
    found.refresh_from_db()
    assert found.partstat == Partstat.DECLINED
    assert as_nobody.get(f"{link}perhaps/").status_code == 404
    as_nobody.post(link, {"name": "Other Name", "zone": "Asia/Kolkata", "calendar": "feed"})
    found.refresh_from_db()
    assert (found.name, found.zone, found.wants_invitation) == ("Other Name", "Asia/Kolkata", False)
    as_nobody.post(f"{link}withdraw/")
    found.refresh_from_db()
    assert not found.stands
    assert "you withdrew" in as_nobody.get(link).content.decode()
    assert "not registered" in as_nobody.get(f"{link}yes/").content.decode()
    as_nobody.post(f"{link}yes/")
    found.refresh_from_db()
    assert found.partstat == Partstat.DECLINED
    as_nobody.post(f"{link}confirm/")
    found.refresh_from_db()
    assert (found.stands, found.partstat) == (True, Partstat.NEEDS_ACTION)


def test_another_link_is_nothing(session: Session, as_nobody: Client) -> None:
    known(session)
    for path in ("", "confirm/", "withdraw/", "yes/"):
        assert as_nobody.post(f"/registration/guess/{path}").status_code == 404
    assert Registration.objects.standing().count() == 1


def test_late_registrants_see_join_at_once(session: Session, as_nobody: Client) -> None:
    found = known(session)
    link = f"/registration/{found.token}/"
    assert "/sessions/talks-1/join" not in as_nobody.get(link).content.decode()
    assert session.starts_at
    with time_machine.travel(session.starts_at + timedelta(minutes=5), tick=False):
        assert post(as_nobody, email="late@example.org").status_code == 302
        for path in (link, f"{HERE}sent/"):
            assert "/sessions/talks-1/join" in as_nobody.get(path).content.decode()


def test_a_series_that_follows_the_feed_asks_nothing(session: Session, as_nobody: Client) -> None:
    Series.objects.update(invites=False)
    assert "sends no invitations" in as_nobody.get(HERE).content.decode()
    given = {name: value for name, value in WHO.items() if name != "calendar"}
    assert as_nobody.post(HERE, given).status_code == 302


def test_organisers_see_all_by_zone_and_take_it_away(session: Session, as_organiser: Client) -> None:
    known(session, name="=SUM(A1)")
    gone = known(session, "gone@example.org", name="Gone Example")
    registering.register(session=session, email="open@example.org", name="Open Example", now=NOW)
    here = "/organise/sessions/talks-1/registrations/"
    assert here in as_organiser.get("/organise/sessions/talks-1/").content.decode()
    page = as_organiser.get(here).content.decode()
    assert "2 people are registered" in page
    assert "1 address has not been confirmed" in page
    assert "Kampala" in page
    as_organiser.post(f"{here}{gone.pk}/remove/")
    gone.refresh_from_db()
    assert not gone.stands
    table = as_organiser.get("/organise/sessions/talks-1/registrations.csv").content.decode()
    assert "'=SUM(A1)" in table
    assert "known@example.org" in table
    assert "gone@example.org" not in table
    as_organiser.post(f"/registration/{gone.token}/confirm/")
    gone.refresh_from_db()
    assert not gone.stands  # what organisers removed stays removed
    assert "took somebody off" in as_organiser.get("/organise/sessions/talks-1/").content.decode()


def test_organisers_invite_again(session: Session, as_organiser: Client) -> None:
    found = known(session)
    as_organiser.post(f"/organise/sessions/talks-1/registrations/{found.pk}/again/")
    assert Message.objects.filter(kind="attending", email=found.email).count() == 1


def test_others_see_no_list(session: Session, as_member: Client, as_stranger: Client) -> None:
    found = known(session)
    here = "/organise/sessions/talks-1/registrations/"
    for client in (as_member, as_stranger):
        for path in (here, here.removesuffix("/") + ".csv"):
            assert client.get(path).status_code == 404
        for verb in ("remove", "again"):
            assert client.post(f"{here}{found.pk}/{verb}/").status_code == 404
    found.refresh_from_db()
    assert found.stands


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_the_list_asks_as_much_for_many(session: Session, as_organiser: Client) -> None:
    here = "/organise/sessions/talks-1/registrations/"
    known(session)
    few = queries(as_organiser, here)
    for number in range(20):
        known(session, f"p{number}@example.org")
    assert queries(as_organiser, here) == few


def test_registering_asks_little(session: Session, as_nobody: Client) -> None:
    with CaptureQueriesContext(connection) as found:
        registering.register(session=session, email="a@example.org", name="A", language="en", now=NOW)
    assert len(found) <= 12


def test_organisers_choose_feed_only_for_a_series(session: Session, as_organiser: Client) -> None:
    here = "/organise/series/talks/reminders/"
    form = as_organiser.get(here).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert given.pop("invites") is True
    assert as_organiser.post(here, given).status_code == 302
    assert not Series.objects.get().invites
    page = as_organiser.get("/organise/sessions/talks-1/registrations/").content.decode()
    assert "sends no invitations" in page


def test_reminders_are_asked_about_and_can_be_switched_off(session: Session, as_nobody: Client) -> None:
    ticked = re.compile(r'id="id_reminders"[^>]* checked')
    assert ticked.search(as_nobody.get(HERE).content.decode())
    post(as_nobody, reminders="on")
    found = Registration.objects.get()
    assert found.reminders
    registering.confirm(registration=found, now=NOW)
    link = f"/registration/{found.token}/"
    assert ticked.search(as_nobody.get(link).content.decode())
    as_nobody.post(link, WHO)
    found.refresh_from_db()
    assert not found.reminders
    assert not ticked.search(as_nobody.get(link).content.decode())


def test_one_click_in_a_mail_program_stops_the_reminders(session: Session) -> None:
    found = known(session)
    client, address = Client(enforce_csrf_checks=True), f"/registration/{found.token}/reminders/"
    assert "Stop the reminders" in client.get(address).content.decode()
    found.refresh_from_db()
    assert found.reminders  # a program that opens every address stops nothing
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    found.refresh_from_db()
    assert (found.reminders, found.stands) == (False, True)
    assert "No more reminders" in client.get(address).content.decode()
    assert "The reminders come again" in client.post(address, {"do": "begin"}).content.decode()
    found.refresh_from_db()
    assert found.reminders
    assert client.get("/registration/unknown/reminders/").status_code == 404
