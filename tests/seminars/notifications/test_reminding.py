"""Reminders a week, a day and an hour before: when they are due, once for each time, and never what is untrue."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as some

from seminars import clock
from seminars.notifications import daytime, outbox, reminding
from seminars.notifications.models import Message
from seminars.notifications.posting import SUPERSEDED
from seminars.people.models import Community, Joining
from seminars.sessions import moving
from seminars.sessions.models import Precision, Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Partstat, Registration
from tests.factories import make_series, make_session

STARTS = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)  # 15:00 in Johannesburg, 18:30 in Kolkata
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Deed = Callable[[Session], Any]


@pytest.fixture
def session(community: Community) -> Session:
    Community.objects.filter(pk=community.pk).update(contact="us@example.org")
    return make_session(make_series(community), title={"en": "Savings by phone", "sv": "Spara på telefon"})


def comes(session: Session, at: datetime, email: str = "reader@example.org", **columns: Any) -> Registration:
    given = {"name": "Reader Example", "zone": "Asia/Kolkata", "language": "en"} | columns
    found = registering.register(session=session, email=email, now=at, **given)[0]
    return registering.confirm(registration=found, now=at)


def deliver(at: datetime) -> list[str]:
    """Look and send; the subjects of what left."""
    mail.outbox.clear()
    reminding.look(now=at)
    outbox.deliver(clock=lambda: at)
    return [str(each.subject) for each in mail.outbox]


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series__community").get(pk=session.pk)


def move(session: Session, wall: datetime, now: datetime) -> None:
    moving.reschedule(session=fresh(session), wall=wall, now=now, actor_id=None)


@pytest.mark.django_db
def test_three_reminders_each_once_by_the_readers_clock(session: Session, now: datetime) -> None:
    found, told = comes(session, now), list[tuple[datetime, str]]()
    at = STARTS - 9 * DAY
    while at <= STARTS + HOUR:
        told += [(at, each) for each in deliver(at)]
        at += timedelta(minutes=30)
    assert told == [
        (STARTS - 7 * DAY, "Reminder, Tue 1 Dec 2026, 18:30–19:30 (Kolkata): Savings by phone"),
        (STARTS - DAY, "Tomorrow 18:30 (Kolkata): Savings by phone"),
        (STARTS - HOUR, "Today 18:30 (Kolkata): Savings by phone"),
    ]
    assert Message.objects.filter(kind=reminding.KIND).count() == 3
    assert found.stands


@pytest.mark.django_db
def test_the_mail_has_the_way_in_and_the_ways_out(session: Session, now: datetime) -> None:
    found = comes(session, now)
    deliver(STARTS - DAY)
    (sent,) = mail.outbox
    body = str(sent.body)
    assert f"/sessions/{session.slug}/join" in body
    assert f"/registration/{found.token}/\n" in body
    assert "Starts in 24 h" in body
    stop = f"/registration/{found.token}/reminders/>"
    assert str(sent.extra_headers["List-Unsubscribe"]).endswith(stop)
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.reply_to == ["us@example.org"]


@pytest.mark.django_db
def test_swedish_readers_read_swedish(session: Session, now: datetime) -> None:
    comes(session, now, language="sv", zone="Europe/Stockholm")
    (subject,) = deliver(STARTS - DAY)
    assert subject.endswith("14:00 (Stockholm): Spara på telefon")
    assert "tisdag 1 december 2026" in str(mail.outbox[0].body)


@pytest.mark.django_db
def test_who_registers_late_gets_what_is_still_to_come(session: Session) -> None:
    comes(session, STARTS - 2 * HOUR)
    assert deliver(STARTS - 2 * HOUR) == []
    assert deliver(STARTS - HOUR) == ["Today 18:30 (Kolkata): Savings by phone"]
    comes(session, STARTS - MINUTE, "late@example.org")
    assert deliver(STARTS - MINUTE) == []


@pytest.mark.django_db
@pytest.mark.parametrize("silent", ["open", "withdrawn", "declined", "unticked"])
def test_who_is_not_to_come_or_wants_none_is_not_reminded(
    session: Session, now: datetime, silent: str
) -> None:
    if silent == "open":
        registering.register(session=session, email="a@example.org", name="A", language="en", now=now)
    else:
        found = comes(session, now, reminders=silent != "unticked")
        if silent == "withdrawn":
            registering.withdraw(registration=found, now=now)
        if silent == "declined":
            registering.answer(registration=found, partstat=Partstat.DECLINED, now=now)
    assert reminding.look(now=STARTS - DAY) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["cancelled_at", "postponed_at", "withdrawn_at"])
def test_nothing_is_written_down_for_what_is_off(session: Session, now: datetime, column: str) -> None:
    comes(session, now)
    Session.objects.update(**{column: now})
    assert reminding.look(now=STARTS - DAY) == 0
    Session.objects.update(**{column: None})  # in time again
    assert reminding.look(now=STARTS - DAY + HOUR) == 1


def session_with(**columns: Any) -> Deed:
    return lambda session: Session.objects.update(**columns)


def registration_with(**columns: Any) -> Deed:
    return lambda session: Registration.objects.update(**columns)


def close(session: Session) -> None:
    Community.objects.update(joining=Joining.CLOSED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (lambda session: Registration.objects.all().delete(), reminding.GONE),
        (registration_with(withdrawn_at=STARTS - DAY), reminding.GONE),
        (registration_with(partstat=Partstat.DECLINED), reminding.DECLINED),
        (registration_with(reminders=False), reminding.UNWANTED),
        (session_with(cancelled_at=STARTS - DAY), reminding.OFF),
        (session_with(postponed_at=STARTS - DAY), reminding.OFF),
        (session_with(withdrawn_at=STARTS - DAY), reminding.OFF),
        (session_with(published_at=None), reminding.OFF),
        (
            session_with(local_date=None, starts_at=None, ends_at=None, precision=Precision.NONE),
            reminding.OFF,
        ),
        (session_with(closed_at=STARTS - DAY), reminding.BEGUN),
        (lambda session: move(session, datetime(2026, 12, 3, 17), STARTS - DAY), reminding.MOVED),
        (close, reminding.HIDDEN),
    ],
)
def test_what_became_untrue_before_it_leaves_is_dropped(
    session: Session, now: datetime, deed: Deed, reason: str
) -> None:
    comes(session, now)
    assert reminding.look(now=STARTS - DAY) == 1
    deed(session)
    assert outbox.deliver(clock=lambda: STARTS - DAY + MINUTE) == 0
    message = Message.objects.get(kind=reminding.KIND)
    assert (message.state, message.reason) == ("dropped", reason)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("late", "reason"), [(23 * HOUR, SUPERSEDED), (DAY, reminding.BEGUN), (DAY + HOUR, reminding.BEGUN)]
)
def test_a_mail_server_that_was_away_sends_nothing_old(
    session: Session, now: datetime, late: timedelta, reason: str
) -> None:
    comes(session, now)
    assert reminding.look(now=STARTS - DAY) == 1
    assert outbox.deliver(clock=lambda: STARTS - DAY + late) == 0
    assert Message.objects.get().reason == reason


@pytest.mark.django_db
def test_a_moved_session_is_reminded_of_anew(session: Session, now: datetime) -> None:
    comes(session, now)
    assert len(deliver(STARTS - DAY)) == 1
    move(session, datetime(2026, 12, 3, 17), STARTS - DAY + HOUR)
    assert deliver(STARTS - HOUR) == []
    assert deliver(STARTS + DAY + 2 * HOUR) == ["Tomorrow 20:30 (Kolkata): Savings by phone"]
    assert deliver(STARTS + 2 * DAY + HOUR) == ["Today 20:30 (Kolkata): Savings by phone"]


@pytest.mark.django_db
def test_two_looks_write_one(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other sweep writes its mails between our question whether it is done and ours; a third finds it done."""
    comes(session, now)
    pages, other = reminding._pages, list[int]()

    def late(*given: Any) -> Any:
        if not other:
            other.append(0)
            other[0] = reminding.look(now=STARTS - DAY)
        return pages(*given)

    monkeypatch.setattr(reminding, "_pages", late)
    assert (reminding.look(now=STARTS - DAY), other) == (0, [1])
    assert reminding.look(now=STARTS - DAY + MINUTE) == 0
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_what_was_done_long_ago_is_forgotten(session: Session, now: datetime) -> None:
    comes(session, now)
    deliver(STARTS - DAY)
    assert reminding.forget(before=STARTS - DAY) == 0
    assert reminding.forget(before=STARTS + 30 * DAY) == 1


@pytest.mark.django_db
def test_more_than_fit_into_one_transaction(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "MOST", 2)
    for number in range(5):
        comes(session, now, f"p{number}@example.org")
    assert reminding.look(now=STARTS - DAY) == 5


@pytest.mark.django_db
def test_a_sweep_asks_few_questions_however_many_come(session: Session, now: datetime) -> None:
    asked = dict[int, list[int]]()
    for many in (2, 20):
        for number in range(many):
            comes(session, now, f"p{many}-{number}@example.org")
        for at in (STARTS - 4 * DAY, STARTS - DAY, STARTS - DAY + MINUTE):
            with CaptureQueriesContext(connection) as questions:
                reminding.look(now=at)
            asked.setdefault(many, []).append(len(questions))
        reminding.Heard.objects.all().delete()
        Message.objects.all().delete()
    assert asked[2] == asked[20]
    assert asked[20][0] == 1
    assert asked[20][1] <= 12
    assert asked[20][2] == 2


@pytest.mark.django_db
def test_a_mail_says_that_clocks_have_changed_since_the_last_time(community: Community) -> None:
    """Washington's clocks change on 14 March 2027, Berlin's on the 28th: 15:00 in Berlin becomes 14:00."""
    series = make_series(community, zone="America/New_York")
    make_session(series, wall=datetime(2027, 3, 2, 9), zone="America/New_York")
    session = make_session(series, wall=datetime(2027, 3, 16, 9), zone="America/New_York")
    start = datetime(2027, 3, 16, 13, tzinfo=UTC)
    comes(session, start - 9 * DAY, zone="Europe/Berlin")
    comes(session, start - 9 * DAY, "there@example.org", zone="America/New_York")
    assert deliver(start - 7 * DAY) == []  # at nine in New York, which is an hour later
    deliver(start - 7 * DAY + HOUR)
    words = {each.to[0]: str(each.body) for each in mail.outbox}
    assert "14:00 this time, not 15:00 as it would be today" in words["reader@example.org"]
    assert "not the usual" not in words["reader@example.org"]
    assert "this time" not in words["there@example.org"]
    deliver(start - DAY)
    words = {each.to[0]: str(each.body) for each in mail.outbox}
    said = "14:00 this time, not the usual 15:00: clocks have changed in New York."
    assert said in words["reader@example.org"]
    assert "this time" not in words["there@example.org"]


@pytest.mark.django_db
def test_whole_days_have_no_hour(session: Session, now: datetime) -> None:
    whole = make_session(
        session.series, wall=datetime(2026, 12, 8), all_day=True, days=2, title={"en": "Fair"}
    )
    comes(whole, now)
    assert reminding.due_at(whole, "hour") is None
    due = reminding.due_at(whole, "day")
    assert due == datetime(2026, 12, 6, 22, tzinfo=UTC)  # midnight in Johannesburg, 03:30 in Kolkata
    assert deliver(due) == []
    assert deliver(datetime(2026, 12, 7, 2, 30, tzinfo=UTC)) == ["Tomorrow: Fair"]  # 08:00 in Kolkata


@settings(max_examples=60, deadline=None)
@given(
    some.datetimes(datetime(2026, 1, 10), datetime(2028, 1, 1)),
    some.sampled_from(["Europe/Berlin", "America/New_York", "Africa/Maputo", "Australia/Lord_Howe"]),
    some.sampled_from(["Asia/Kolkata", "America/Mexico_City", "Africa/Casablanca", "Pacific/Auckland"]),
)
def test_due_times_keep_the_hour_over_changes_of_clocks(wall: datetime, zone: str, reader: str) -> None:
    starts = clock.to_instant(wall, zone)
    session = Session(starts_at=starts, local_date=wall.date(), local_time=wall.time(), zone=zone)
    for which, days in (("week", 7), ("day", 1)):
        due = reminding.due_at(session, which)
        assert due is not None
        said = clock.to_wall(starts, zone) - timedelta(days=days)
        assert due == clock.to_instant(said, zone)
        assert abs(starts - due - timedelta(days=days)) <= timedelta(hours=1)
        later = daytime.by_day(due, reader)
        assert due <= later < starts - HOUR
        assert daytime.MORNING <= clock.to_wall(later, reader).hour < daytime.EVENING
    assert reminding.due_at(session, "hour") == starts - HOUR
