"""Golden invitations: asked, moved, cancelled; read back by other people's parsers, and proof against what is typed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.calendars import entries, ical
from seminars.calendars.editions import FIRST
from seminars.calendars.invitations import CANCEL, REQUEST, Party, cancel, request
from seminars.sessions.models import Session
from seminars.sessions.state import State
from tests.factories import NOW
from tests.seminars.calendars import parsers
from tests.seminars.calendars.reading import entries_of
from tests.seminars.calendars.test_ical import check_octets
from tests.seminars.calendars.test_zoo import MADE, body_of, check, session_of

US = Party("seminars@example.org", "The zoo; friends, and “lions”")
THEM = Party("ntombi@example.org", 'Ntombi "N" Dlamini')


def facts_of(session: Session) -> ical.EntryFacts:
    with translation.override("en"):
        return entries.entry_facts(session, "en", edition=FIRST)


def asked() -> bytes:
    return request(facts_of(session_of("Europe/Stockholm")), organiser=US, attendee=THEM)


def moved() -> bytes:
    was = {"date": "2026-09-09", "time": "15:00", "fold": 0, "zone": "Europe/Stockholm"}
    session = session_of(
        "Europe/Stockholm",
        state=State.RESCHEDULED,
        moved_from=was,
        sequence=1,
        changed_at=MADE + timedelta(9),
    )
    return request(facts_of(session), organiser=US, attendee=THEM, partstat="NEEDS-ACTION")


def cancelled() -> bytes:
    off = {"state": State.CANCELLED, "cancelled_at": MADE, "reason": "The speaker is ill.", "sequence": 2}
    session = session_of("Europe/Stockholm", changed_at=MADE + timedelta(10), **off)
    return cancel(facts_of(session), organiser=US, attendee=THEM)


FILES = {"invited": asked, "invited-again": moved, "uninvited": cancelled}


@pytest.fixture(autouse=True)
def _public_address(settings: Any) -> None:
    settings.MERIDIAN_URL = "https://seminars.example.org"


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_golden(name: str) -> None:
    body = FILES[name]()
    check(name, body)
    check_octets(body)
    (event,) = entries_of(body)
    assert body.count(b"\r\nATTENDEE") == body.count(b"\r\nORGANIZER") == body.count(b"\r\nMETHOD:") == 1
    assert body.count(b"BEGIN:VTIMEZONE") == 1
    assert event["ATTENDEE"] == "mailto:ntombi@example.org"
    assert (event["STATUS"] == "CANCELLED") == (name == "uninvited")


@pytest.mark.django_db
@pytest.mark.node
@pytest.mark.parametrize("parser", parsers.PARSERS)
@pytest.mark.parametrize("name", FILES)
def test_other_parsers_read_the_same(name: str, parser: str) -> None:
    read = parsers.PARSERS[parser](FILES[name]())
    (entry,) = read.values()
    day = 16
    assert entry["START"] == int(datetime.fromisoformat(f"2026-09-{day}T15:00+02:00").timestamp())
    assert entry["SEQUENCE"] == {"invited": 0, "invited-again": 1, "uninvited": 2}[name]


@pytest.mark.django_db
def test_the_feed_says_the_same_without_the_invitation() -> None:
    session = session_of("Europe/Stockholm", published_at=NOW)
    feed = body_of()
    assert b"METHOD" not in feed
    assert b"ATTENDEE" not in feed
    (ours,) = entries_of(request(facts_of(session), organiser=US, attendee=THEM))
    (theirs,) = entries_of(feed)
    for name in ("UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "LOCATION"):
        assert ours[name] == theirs[name]


def plain() -> ical.EntryFacts:
    start = datetime(2026, 9, 16, 15, 0)
    return ical.EntryFacts(
        uid="42", sequence=1, created=NOW, changed=NOW, start=start, end=start + timedelta(hours=1),
        zone="Europe/Stockholm", summary="Lions",
    )  # fmt: skip


@pytest.mark.parametrize("earlier", [False, True])
def test_of_one_sequence_the_later_stamp_counts(*, earlier: bool) -> None:
    stamped = NOW + timedelta(hours=-1 if earlier else 1)
    (event,) = entries_of(cancel(plain(), organiser=US, attendee=THEM, stamped=stamped))
    assert event["DTSTAMP"].dt == max(NOW, stamped)
    assert event["LAST-MODIFIED"].dt == NOW


@pytest.mark.parametrize("email", ["o'neil+x@example.org", "a&b?c%d@example.org", "räksmörgås@example.org"])
def test_any_address_is_one_address(email: str) -> None:
    body = request(plain(), organiser=US, attendee=Party(email, ""))
    (event,) = entries_of(body)
    value = str(event["ATTENDEE"])
    assert value.startswith("mailto:")
    assert value.isascii()
    assert "?" not in value


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_breaks_out(ours: str, theirs: str) -> None:
    for method, body in (
        (
            REQUEST,
            request(plain(), organiser=Party("a@b.example", ours), attendee=Party("c@d.example", theirs)),
        ),
        (
            CANCEL,
            cancel(plain(), organiser=Party("a@b.example", ours), attendee=Party("c@d.example", theirs)),
        ),
    ):
        check_octets(body)
        (event,) = entries_of(body)
        assert f"\r\nMETHOD:{method}\r\n".encode() in body
        assert (event["ORGANIZER"], event["ATTENDEE"]) == ("mailto:a@b.example", "mailto:c@d.example")


def test_what_has_no_hour_needs_no_clock() -> None:
    facts = ical.EntryFacts(
        uid="1",
        sequence=0,
        created=NOW,
        changed=NOW,
        start=NOW.date(),
        end=NOW.date() + timedelta(1),
        summary="A",
    )
    assert b"VTIMEZONE" not in request(facts, organiser=US, attendee=THEM)
