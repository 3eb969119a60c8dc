"""Invitations to registered people: each told once, in order, ten minutes after a change; declined ones left alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage as Mail
from typing import Any

import icalendar
import pytest
from django.core import mail

from seminars.calendars import wording
from seminars.calendars.invitations import CANCEL, REQUEST
from seminars.notifications import attending, outbox
from seminars.notifications.models import Message
from seminars.people.models import Community, Joining, User
from seminars.series.models import Series
from seminars.sessions import moving, undoing
from seminars.sessions.models import Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Partstat, Registration
from seminars.sessions.rewording import edit_series
from tests.factories import make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
MINUTE, GRACE = timedelta(minutes=1), timedelta(minutes=11)
Deed = Callable[..., Any]


@pytest.fixture
def session(community: Community) -> Session:
    """1 December 2026, 15:00 in Johannesburg."""
    Community.objects.filter(pk=community.pk).update(contact="us@example.org")
    return make_session(make_series(community), title={"en": "Savings by phone"})


def comes(session: Session, now: datetime, email: str = "reader@example.org", **columns: Any) -> Registration:
    given = {"name": "Reader Example", "zone": "Asia/Kolkata", "language": "en"} | columns
    found = registering.register(session=session, email=email, now=now, **given)[0]
    return registering.confirm(registration=found, now=now)


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series__community").get(pk=session.pk)


def move(session: Session, now: datetime, hour: int = 17) -> None:
    moving.reschedule(session=fresh(session), wall=datetime(2026, 12, 1, hour), now=now, actor_id=None)


def retitle(session: Session, now: datetime, title: str) -> None:
    moving.edit(session=fresh(session), title={"en": title}, now=now, actor_id=None)


def deliver(at: datetime) -> list[str]:
    """Look and send; the subjects of what left."""
    mail.outbox.clear()
    attending.look(now=at)
    outbox.deliver(clock=lambda: at)
    return [str(each.subject) for each in mail.outbox]


def parts() -> tuple[Mail, icalendar.Calendar, icalendar.Event]:
    """The last mail as it went out, its calendar, and the entry in it."""
    whole = message_from_bytes(mail.outbox[-1].message().as_bytes(linesep="\r\n"), policy=policy.default)
    assert isinstance(whole, Mail)
    found = next(each for each in whole.walk() if each.get_content_type() == "text/calendar")
    assert found.get_param("component") == "VEVENT"
    assert str(found.get_content_charset()).lower() == "utf-8"
    calendar = icalendar.Calendar.from_ical(found.get_payload(decode=True))
    assert isinstance(calendar, icalendar.Calendar)
    assert found.get_param("method") == calendar["METHOD"]
    file = next(each for each in whole.walk() if each.get_filename() == "invite.ics")
    assert icalendar.Calendar.from_ical(file.get_payload(decode=True)) == calendar
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return whole, calendar, event


def test_who_registers_gets_the_invitation_at_once(session: Session, now: datetime) -> None:
    found = comes(session, now)
    assert deliver(now) == ["Invitation, Tue 1 Dec 2026, 18:30–19:30 (Kolkata): Savings by phone"]
    whole, calendar, event = parts()
    assert whole["Reply-To"] == "us@example.org"
    assert [each.get_content_type() for each in whole.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert calendar["METHOD"] == REQUEST
    assert (str(event["UID"]), event["SEQUENCE"]) == (str(session.uid), session.sequence)
    assert event["DTSTAMP"].dt == session.changed_at
    assert event["ORGANIZER"] == "mailto:us@example.org"
    assert event["ORGANIZER"].params["CN"] == session.series.community.name["en"]
    (attendee,) = [event["ATTENDEE"]]
    assert attendee == "mailto:reader@example.org"
    said = {"CN": "Reader Example", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    assert dict(attendee.params) == said
    assert len(calendar.walk("VTIMEZONE")) == 1
    for word in attending.ANSWERS:
        assert f"/registration/{found.token}/{word}/" in str(mail.outbox[0].body)
    assert deliver(now + MINUTE) == []


def test_each_way_into_the_meeting_carries_the_readers_own_ticket(session: Session, now: datetime) -> None:
    found = comes(session, now)
    deliver(now)
    _mail, _calendar, event = parts()
    join = wording.join_page_of(session)
    assert [str(event["LOCATION"]), str(event["CONFERENCE"])] == [f"{join}?r={found.token}"] * 2
    assert f"Join: {join}?r={found.token}\n" in str(event["DESCRIPTION"])
    move(session, now)
    assert deliver(now + GRACE)
    assert str(parts()[2]["LOCATION"]).endswith(f"?r={found.token}")


def test_who_is_not_confirmed_or_follows_the_feed_gets_none(session: Session, now: datetime) -> None:
    registering.register(session=session, email="open@example.org", name="Open", language="en", now=now)
    comes(session, now, wants_invitation=False)
    move(session, now)
    assert deliver(now + GRACE) == []


def test_a_whole_story_counts_its_mails(session: Session, now: datetime) -> None:
    """Register, move, move again within ten minutes, retitle, decline, retitle, move, cancel, reinstate."""
    found, story = comes(session, now), list[tuple[str, str, int, str]]()

    def told(at: datetime) -> int:
        count = len(deliver(at))
        if count:
            _mail, calendar, event = parts()
            attendee = event["ATTENDEE"].params["PARTSTAT"] if calendar["METHOD"] == REQUEST else ""
            story.append((str(calendar["METHOD"]), str(event["SUMMARY"]), int(event["SEQUENCE"]), attendee))
        return count

    assert told(now) == 1
    registering.answer(registration=found, partstat=Partstat.ACCEPTED, now=now + MINUTE)
    assert told(now + MINUTE) == 0
    move(session, now + 2 * MINUTE)
    assert told(now + 9 * MINUTE) == 0
    move(session, now + 10 * MINUTE, hour=19)
    assert told(now + 12 * MINUTE) == 0
    assert told(now + 20 * MINUTE) == 1
    now += timedelta(hours=1)
    registering.answer(registration=found, partstat=Partstat.ACCEPTED, now=now)
    retitle(session, now, "Savings")
    assert told(now + GRACE) == 1
    registering.answer(registration=found, partstat=Partstat.DECLINED, now=now + GRACE)
    retitle(session, now + GRACE, "Saving by phone")
    assert told(now + 3 * GRACE) == 0
    move(session, now + 4 * GRACE, hour=11)
    assert told(now + 5 * GRACE) == 1
    moving.cancel(session=fresh(session), reason="Ill", now=now + 6 * GRACE, actor_id=None)
    assert told(now + 7 * GRACE) == 1
    moving.reinstate(session=fresh(session), now=now + 8 * GRACE, actor_id=None)
    assert told(now + 9 * GRACE) == 0  # who declined is not asked again for the same hour
    assert [each[0] for each in story] == [REQUEST, REQUEST, REQUEST, REQUEST, CANCEL]
    assert [each[3] for each in story] == ["NEEDS-ACTION", "NEEDS-ACTION", "ACCEPTED", "NEEDS-ACTION", ""]
    assert [each[1] for each in story] == [
        "Savings by phone", "[New time] Savings by phone", "[New time] Savings", "[New time] Saving by phone",
        "[Cancelled] Saving by phone",
    ]  # fmt: skip
    sequences = [each[2] for each in story]
    assert sequences == sorted(set(sequences))


def test_what_is_undone_in_time_is_not_told(session: Session, now: datetime) -> None:
    comes(session, now)
    deliver(now)
    move(session, now)
    assert deliver(now + MINUTE) == []
    change = undoing.undoable(series=session.series, session=fresh(session), now=now + 5 * MINUTE)
    assert change is not None
    undoing.undo(series=session.series, change=change, now=now + 5 * MINUTE, actor_id=None)
    assert deliver(now + 20 * MINUTE) + deliver(now + 60 * MINUTE) == []


def test_cancelled_and_reinstated(session: Session, now: datetime) -> None:
    comes(session, now)
    deliver(now)
    moving.cancel(session=fresh(session), reason="Ill", now=now, actor_id=None)
    assert deliver(now + GRACE) == ["Cancelled: Savings by phone"]
    _mail, calendar, event = parts()
    assert (calendar["METHOD"], event["STATUS"]) == (CANCEL, "CANCELLED")
    cancelled = event.decoded("SEQUENCE")
    moving.reinstate(session=fresh(session), now=now + 2 * GRACE, actor_id=None)
    assert deliver(now + 3 * GRACE) == [
        "Takes place after all, Tue 1 Dec 2026, 18:30–19:30 (Kolkata): Savings by phone"
    ]
    _mail, calendar, event = parts()
    assert (calendar["METHOD"], event["STATUS"]) == (REQUEST, "CONFIRMED")
    assert event.decoded("SEQUENCE") > cancelled


def test_postponed_and_given_a_new_day(session: Session, now: datetime) -> None:
    comes(session, now)
    deliver(now)
    moving.postpone(session=fresh(session), reason="No room", now=now, actor_id=None)
    assert deliver(now + GRACE) == ["Postponed: Savings by phone"]
    assert parts()[2]["STATUS"] == "TENTATIVE"
    move(session, now + 2 * GRACE)
    assert deliver(now + 3 * GRACE) == ["New time Tue 1 Dec 2026, 20:30–21:30 (Kolkata): Savings by phone"]


def test_who_withdraws_gets_it_out_of_the_calendar_and_back_again(session: Session, now: datetime) -> None:
    found = comes(session, now)
    deliver(now)
    registering.withdraw(registration=found, now=now + MINUTE)
    assert deliver(now + MINUTE) == ["No longer in your calendar: Savings by phone"]
    _mail, calendar, gone = parts()
    assert (calendar["METHOD"], gone["STATUS"], gone["SUMMARY"]) == (CANCEL, "CANCELLED", "Savings by phone")
    assert "DESCRIPTION" not in gone
    registering.confirm(registration=found, now=now + 2 * MINUTE)
    assert len(deliver(now + 2 * MINUTE)) == 1
    _mail, calendar, back = parts()
    assert calendar["METHOD"] == REQUEST
    assert back["SEQUENCE"] == gone["SEQUENCE"]
    assert back.decoded("DTSTAMP") > gone.decoded("DTSTAMP")  # of one SEQUENCE the later one counts


def test_who_withdraws_before_the_mail_leaves_gets_none(session: Session, now: datetime) -> None:
    found = comes(session, now)
    attending.look(now=now)
    registering.withdraw(registration=found, now=now)
    assert deliver(now + MINUTE) == []


def test_feed_only_takes_the_entry_back(session: Session, now: datetime) -> None:
    found = comes(session, now)
    deliver(now)
    registering.change(registration=found, wants_invitation=False, now=now)
    assert deliver(now + MINUTE) == ["No longer in your calendar: Savings by phone"]
    move(session, now + GRACE)
    assert deliver(now + 3 * GRACE) == []


def test_a_series_by_feed_only(session: Session, now: datetime) -> None:
    Series.objects.update(invites=False)
    comes(session, now)
    assert deliver(now) == []
    series = Series.objects.get()
    edit_series(series=series, invites=True, now=now, actor_id=None)
    assert len(deliver(now + MINUTE)) == 1
    edit_series(series=series, invites=False, now=now, actor_id=None)
    comes(session, now, "late@example.org")
    move(session, now)
    deliver(now + GRACE)
    assert [each.to for each in mail.outbox] == [["reader@example.org"]]  # who was invited hears of changes


def test_a_room_is_told_and_a_recording_is_not(session: Session, now: datetime) -> None:
    comes(session, now)
    deliver(now)
    moving.edit(session=fresh(session), abstract={"en": "Other words"}, now=now, actor_id=None)
    assert deliver(now + GRACE) == []
    moving.edit(session=fresh(session), form="hybrid", room="Town library", now=now + GRACE, actor_id=None)
    assert deliver(now + 2 * GRACE) == ["Changed: Savings by phone"]
    assert "Town library" in str(mail.outbox[0].body)


def test_once_it_is_over_nothing_is_told(session: Session, now: datetime) -> None:
    comes(session, now)
    deliver(now)
    assert session.ends_at
    retitle(session, now, "Later")
    assert deliver(session.ends_at + MINUTE) == []


def test_a_session_that_closed_itself_to_others_says_no_more(session: Session, now: datetime) -> None:
    comes(session, now)
    deliver(now)
    Community.objects.update(joining=Joining.CLOSED)
    retitle(session, now, "Secret words")
    assert deliver(now + GRACE) == ["No longer in your calendar: Savings by phone"]
    assert "Secret words" not in str(mail.outbox[0].message().as_string())
    assert "Secret words" not in parts()[1].to_ical().decode()


def test_mailed_again_on_request(session: Session, now: datetime, member: User) -> None:
    found = comes(session, now)
    deliver(now)
    assert attending.mail_again(found, now=now)
    assert deliver(now + MINUTE) == ["Invitation, Tue 1 Dec 2026, 18:30–19:30 (Kolkata): Savings by phone"]
    registering.withdraw(registration=found, now=now)
    assert not attending.mail_again(found, now=now)


def test_nothing_typed_breaks_out(session: Session, now: datetime) -> None:
    nasty = 'A "B"; C, D: \\N <x>\u2028ATTENDEE:mailto:x@example.org'
    comes(session, now, email="o'neil+a@example.org", name=nasty)
    deliver(now)
    _mail, calendar, event = parts()
    assert not isinstance(event["ATTENDEE"], list)
    assert event["ATTENDEE"] == "mailto:o'neil+a@example.org"
    assert calendar.walk("VEVENT") == [event]


def test_two_sweeps_send_one(session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one claims between our look and our claim: ours writes nothing."""
    comes(session, now)
    claim = attending._claim

    def late(*given: Any) -> None:
        Registration.objects.update(told_sequence=session.sequence, tellings=1)
        claim(*given)

    monkeypatch.setattr(attending, "_claim", late)
    assert attending.look(now=now) == 0
    assert not Message.objects.exists()


def test_more_than_fit_into_one_transaction(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attending, "MOST", 2)
    for number in range(5):
        comes(session, now, f"p{number}@example.org")
    assert attending.look(now=now) == 5
    assert attending.look(now=now) == 0


def test_many_are_asked_in_few_queries(
    session: Session, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        comes(session, now, f"p{number}@example.org")
    with django_assert_max_num_queries(12):
        assert attending.look(now=now) == 30
