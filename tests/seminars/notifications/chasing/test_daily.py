"""Who hears of what is owed, when, and in how many mails: one a day for each person, by day, until it is done."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from seminars import tasks
from seminars.followups import checklist, opening
from seminars.followups.models import Item
from seminars.notifications import outbox
from seminars.notifications.chasing import daily, stopping
from seminars.notifications.models import Heard, Message
from seminars.people.models import Community, Person, Role, User
from seminars.sessions.models import Session
from seminars.sessions.speaking.models import SpeakerLink
from tests.factories import make_community, make_material, make_member, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
ENDED = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)  # 10:00 in Johannesburg


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 by the clock of Johannesburg."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


@pytest.fixture
def community() -> Community:
    """One with a manager in New York and one in Manila."""
    made = make_community()
    for name, zone in (("Mia", "America/New_York"), ("Nils", "Asia/Manila")):
        person = make_person(name=name, email=f"{name}@example.org".lower(), zone=zone)
        make_member(made, person=person, role=Role.MANAGER)
    return made


@pytest.fixture
def session(community: Community, organiser: User) -> Session:
    """An hour on 8 December whose recording is due on the 10th at 17:00, and which has ended."""
    Person.objects.filter(user=organiser).update(zone="Africa/Johannesburg")
    series = make_series(community, made_by=organiser)
    series.owed.create(kind="recording", days=2)
    series.owed.create(kind="report", days=2)
    made = make_session(series, wall=datetime(2026, 12, 8, 9, 0))
    opening.open_due(now=ENDED)
    return made


def told(now: datetime) -> list[tuple[str, str]]:
    """Send what is due, and return to whom with which subject."""
    mail.outbox.clear()
    checklist.reconcile(now=now)
    daily.look(now=now)
    outbox.deliver(clock=lambda: now)
    return sorted((each.to[0], str(each.subject)) for each in mail.outbox)


def test_the_owner_hears_the_day_before_on_the_day_and_two_days_after(session: Session) -> None:
    found = {}
    for day in range(8, 16):
        for hour in (3, 8, 12, 20):
            found[day, hour] = [who for who, _subject in told(at(day, hour))]
    mine = [key for key, who in found.items() if "organiser@example.org" in who]
    assert mine == [(9, 8), (10, 8), (12, 8), (14, 8)], "the last one as who leads the series"


def test_one_mail_tells_all_of_the_day_and_what_is_done_drops_out(session: Session) -> None:
    assert [subject for _who, subject in told(at(9, 8))] == ["2 things are due"]
    text = str(mail.outbox[0].body)
    assert "Recording: " in text
    assert "due tomorrow, Thu 10 Dec 2026, 17:00 (Johannesburg)" in text
    assert "/organise/follow-ups/" in text
    daily.look(now=at(10, 8))
    make_material(session, "report")
    checklist.reconcile(now=at(10, 8))
    outbox.deliver(clock=lambda: at(10, 8))
    assert mail.outbox[-1].subject.startswith("Recording: ")


def test_nothing_is_sent_when_all_is_done_by_then(session: Session) -> None:
    daily.look(now=at(9, 8))
    make_material(session, "report")
    make_material(session, "recording")
    assert told(at(9, 8)) == []
    assert Message.objects.get(kind="owed").reason == daily.DONE


def test_managers_hear_after_ten_days_by_their_own_clocks(session: Session) -> None:
    when: dict[str, list[datetime]] = {}
    for hours in range(24 * 10, 24 * 14):
        now = at(10, 0) + timedelta(hours=hours)
        for who, _subject in told(now):
            when.setdefault(who, []).append(now)
    assert when["mia@example.org"] == [datetime(2026, 12, 20, 13, 0, tzinfo=UTC)], "8:00 in New York"
    assert when["nils@example.org"] == [datetime(2026, 12, 20, 0, 0, tzinfo=UTC)], "8:00 in Manila"


def test_a_queue_that_stood_still_catches_up_once(session: Session) -> None:
    assert told(at(9, 23)) == []
    assert len(told(at(11, 9))) == 1
    assert told(at(11, 15)) == []


def test_what_is_held_or_stopped_reminds_nobody(session: Session, organiser: User) -> None:
    for item in Item.objects.select_related("session"):
        checklist.hold(item=item, reason="The provider is slow", now=ENDED, actor_id=None)
    assert told(at(10, 9)) == []
    for item in Item.objects.select_related("session"):
        checklist.reopen(item=item, now=ENDED, actor_id=None)
    stopping.choose(person=organiser.person, wanted=False, now=ENDED)
    assert told(at(10, 9)) == []
    stopping.choose(person=organiser.person, wanted=True, now=ENDED)
    assert len(told(at(10, 9))) == 1


def test_a_moved_promise_is_reminded_of_anew(session: Session) -> None:
    assert len(told(at(9, 8))) == 1
    for item in Item.objects.select_related("session"):
        later = item.due_at + timedelta(days=7)
        checklist.move_promise(item=item, due_at=later, now=at(9, 9), actor_id=None)
    assert [told(at(day, 9)) for day in (10, 11, 12, 13, 14, 15)] == [[]] * 6
    assert len(told(at(16, 9))) == 1


def test_a_speaker_without_an_account_is_led_to_their_secret_page(session: Session) -> None:
    ada = make_person(name="Ada", email="ada@example.org", zone="Asia/Manila")
    session.series.owed.create(kind="slides", days=0)
    coming = make_session(session.series, wall=datetime(2026, 12, 22, 9, 0))
    coming.speakers.create(person=ada)
    opening.open_ahead(now=at(9, 9))
    assert Item.objects.get(session=coming).person == ada
    sent = dict(told(datetime(2026, 12, 21, 0, 0, tzinfo=UTC)))
    link = SpeakerLink.objects.get(engagement__person=ada)
    assert sent["ada@example.org"].startswith("Slides: ")
    body = next(str(each.body) for each in mail.outbox if each.to == ["ada@example.org"])
    assert f"/speak/{link.token}/" in body
    assert "/organise/" not in body


def test_who_has_no_address_is_stood_in_for_by_who_leads(session: Session) -> None:
    nobody = make_person(name="Nobody")
    Item.objects.update(person=nobody)
    assert [who for who, _subject in told(at(10, 9))] == ["organiser@example.org"]
    assert "Nobody sees to it" not in str(mail.outbox[0].body)


def test_a_look_takes_as_many_queries_for_many(session: Session, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        more = make_session(session.series, wall=datetime(2026, 12, 8, 10 + number, 0))
        assert more
    opening.open_due(now=at(8, 23))
    assert Item.objects.count() == 14
    with django_assert_max_num_queries(20):
        assert daily.look(now=at(9, 9)) == 1


def test_a_mail_tells_all_however_few_are_looked_at_at_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "AT_ONCE", 1)
    assert [subject for _who, subject in told(at(9, 8))] == ["2 things are due"]
    assert Heard.objects.filter(fact__startswith="owed:").count() == 2
    assert told(at(9, 9)) == []


def test_what_is_owed_is_looked_for_once_in_a_quarter_of_an_hour(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = []

    def look(*, now: datetime) -> int:
        minutes.append(now.minute)
        return 0

    monkeypatch.setattr(daily, "look", look)
    last = None
    for minute in (7, 8, 14, 15, 16, 29, 31, 59):
        now = at(9, 8) + timedelta(minutes=minute)
        daily.look_each_quarter(now=now, last=last)
        last = now
    assert minutes == [7, 15, 31, 59]


def test_the_sweep_tells_what_is_owed(session: Session) -> None:
    mail.outbox.clear()
    with time_machine.travel(at(9, 8), tick=False):
        tasks.sweep()
    assert "organiser@example.org" in [each.to[0] for each in mail.outbox]
