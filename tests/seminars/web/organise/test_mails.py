"""Administrators see every kind of mail in every language; speakers' and polls' links go out by mail."""

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from seminars.notifications import outbox
from seminars.notifications.kinds import KINDS
from seminars.notifications.models import Message
from seminars.people.models import Community, User
from seminars.sessions.models import Session, Speaker
from seminars.sessions.polls import polling
from seminars.sessions.polls.models import DatePoll
from seminars.sessions.speaking.models import SpeakerLink
from tests.factories import make_person
from tests.seminars.followups.papers.test_papers import begun, out

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def speaker(session: Session) -> Speaker:
    person = make_person(name="Ana Ruiz", email="ana@example.org", zone="Asia/Kolkata")
    return Speaker.objects.create(session=session, person=person)


@pytest.fixture
def paper(session: Session) -> None:
    """One that is out."""
    out(begun([session]))


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.one_database
def test_each_kind_can_be_looked_at(
    as_administrator: Client, speaker: Speaker, paper: None, kind: str, language: str
) -> None:
    page = as_administrator.get(f"/organise/mails/{kind}/{language}/")
    assert page.status_code == 200
    assert "of at most 15 KB" in text(page)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    html = as_administrator.get(f"/organise/mails/{kind}/{language}/html/")
    assert html.status_code == 200
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "'unsafe-inline'" in html.headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe" not in html.headers["Content-Security-Policy"]
    assert mail.outbox == []


def test_an_empty_site_says_so(as_administrator: Client) -> None:
    first = as_administrator.get("/organise/mails/", follow=True)
    assert "nothing on this site yet" in text(first)
    assert as_administrator.get("/organise/mails/invitation/en/html/").status_code == 404
    assert as_administrator.get("/organise/mails/nothing/en/").status_code == 404
    assert as_administrator.get("/organise/mails/invitation/xx/").status_code == 404


def test_only_administrators_see_them(as_organiser: Client, as_nobody: Client) -> None:
    for path in ("", "invitation/en/", "invitation/en/html/"):
        assert as_organiser.get(f"/organise/mails/{path}").status_code == 404
        assert as_nobody.get(f"/organise/mails/{path}").status_code == 302


def test_the_table_of_mails_is_there_to_look_at(as_administrator: Client, as_organiser: Client) -> None:
    assert as_administrator.get("/admin/seminars/message/").status_code == 200
    assert as_administrator.get("/admin/seminars/message/add/").status_code == 403
    assert as_administrator.get("/admin/seminars/invitation/").status_code == 200
    assert as_organiser.get("/admin/seminars/message/").status_code == 302


def test_a_speakers_link_is_mailed_once_at_a_time(
    as_organiser: Client, session: Session, speaker: Speaker
) -> None:
    base = f"/organise/sessions/{session.slug}/speakers/{speaker.pk}/"
    assert "Mail a link to ana@example.org" in text(as_organiser.get(base))
    assert "The mail goes out now." in text(as_organiser.post(f"{base}link/mail/", follow=True))
    assert "on its way already" in text(as_organiser.post(f"{base}link/mail/", follow=True))
    assert outbox.deliver() == 1
    assert mail.outbox[0].to == ["ana@example.org"]
    assert f"/speak/{SpeakerLink.objects.get().token}/" in mail.outbox[0].body
    assert "18:30–19:30" in mail.outbox[0].body
    assert "Mailed on 16 November 2026" in text(as_organiser.get(base))
    as_organiser.post(f"{base}link/mail/")
    as_organiser.post(f"{base}link/end/")
    assert outbox.deliver() == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"sent", "dropped"}


def test_without_an_address_the_link_is_copied(
    as_organiser: Client, session: Session, speaker: Speaker
) -> None:
    type(speaker.person).objects.update(email="")
    base = f"/organise/sessions/{session.slug}/speakers/{speaker.pk}/"
    assert "Mail a link" not in text(as_organiser.get(base))
    assert "do not know their e-mail address" in text(as_organiser.post(f"{base}link/mail/", follow=True))
    assert not SpeakerLink.objects.exists()


@pytest.fixture
def poll(community: Community, now: datetime) -> DatePoll:
    walls = [datetime(2026, 12, day, 15, 0) for day in (1, 2)]
    return polling.open_poll(
        community=community,
        series=None,
        title="Harvest hour",
        zone="Africa/Johannesburg",
        minutes=60,
        walls=walls,
        now=now,
        actor_id=None,
    )


def test_a_polls_link_is_mailed_to_pasted_addresses(
    as_organiser: Client, poll: DatePoll, member: User
) -> None:
    base = f"/organise/communities/savings/polls/{poll.pk}/"
    people = {"people": f"{member.email}\nnew@example.org"}
    assert "2 mails go out now." in text(as_organiser.post(f"{base}mail/", people, follow=True))
    assert "on its way already" in text(as_organiser.post(f"{base}mail/", people, follow=True))
    assert outbox.deliver() == 2
    told = {each.to[0]: each.body for each in mail.outbox}
    assert "Tue 1 Dec 2026, 18:30–19:30 (your time – Kolkata (UTC+5:30))" in told[member.email]
    assert "Tue 1 Dec 2026, 15:00–16:00 in Johannesburg" in told["new@example.org"]
    assert f"/poll/{poll.token}/" in told["new@example.org"]
    page = text(as_organiser.get(base))
    assert page.count("Mailed on 16 November 2026") == 2
    bad = as_organiser.post(f"{base}mail/", {"people": "nobody"})
    assert (bad.status_code, "Line 1, “nobody”" in text(bad)) == (400, True)


def test_a_poll_is_mailed_to_all_members_and_not_when_closed(
    as_organiser: Client, poll: DatePoll, member: User, now: datetime
) -> None:
    base = f"/organise/communities/savings/polls/{poll.pk}/"
    as_organiser.post(f"{base}mail/", {"members": "yes", "people": ""})
    assert Message.objects.count() == 2
    polling.set_open(poll=poll, is_open=False, now=now)
    assert outbox.deliver() == 0
    answer = as_organiser.post(f"{base}mail/", {"people": "a@example.org"}, follow=True)
    assert "The poll is closed." in text(answer)


def test_organisers_see_how_far_mails_are_and_send_a_stopped_one_again(
    as_organiser: Client, as_stranger: Client, poll: DatePoll
) -> None:
    base = "/organise/communities/savings/mails/"
    assert "None yet." in text(as_organiser.get(base))
    as_organiser.post(
        f"/organise/communities/savings/polls/{poll.pk}/mail/", {"people": "a@example.org\nb@example.org"}
    )
    assert "2 mails wait for their time." in text(as_organiser.get(base))
    outbox.deliver()
    broken = Message.objects.get(email="a@example.org")
    Message.objects.filter(pk=broken.pk).update(state="given-up", reason=f"{outbox.REFUSED}\n550 unknown")
    page = text(as_organiser.get(base))
    assert "These need you" in page
    assert "The mail server refused it. 550 unknown" in page
    assert as_stranger.post(f"{base}{broken.pk}/").status_code == 404
    other = "/organise/communities/cohort/mails/"
    assert as_organiser.post(f"{other}{broken.pk}/").status_code == 404
    said = as_organiser.post(f"{base}{broken.pk}/", follow=True)
    assert "The mail goes out again." in text(said)
    assert outbox.deliver() == 1
    said = as_organiser.post(f"{base}{broken.pk}/", follow=True)
    assert "needs no help any more" in text(said)
    assert "/mails/" in text(as_organiser.get("/organise/communities/savings/"))


def test_the_list_of_mails_asks_no_more_for_more(
    as_organiser: Client, poll: DatePoll, django_assert_max_num_queries: Any
) -> None:
    people = "\n".join(f"p{number}@example.org" for number in range(40))
    as_organiser.post(f"/organise/communities/savings/polls/{poll.pk}/mail/", {"people": people})
    with django_assert_max_num_queries(11):
        as_organiser.get("/organise/communities/savings/mails/")
