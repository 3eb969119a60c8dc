"""Golden calendars, compared byte for byte, and read back by three parsers.

`WRITE_ZOO=1 pytest tests/seminars/calendars/test_zoo.py` writes them anew: read the difference before you keep it.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from seminars.calendars import entries, feeds, wording
from seminars.calendars.scopes import Kind, Options, Scope
from seminars.calendars.wording import address
from seminars.followups.models import Checklist, Item
from seminars.people.models import Form
from seminars.sessions.models import Precision, Session, Speaker, SpeakerRole
from seminars.sessions.state import State
from tests.conftest import need
from tests.factories import NOW, make_community, make_material, make_person, make_series, make_session
from tests.seminars.calendars.reading import entries_of, instants_of, node_modules, thunderbird
from tests.seminars.calendars.test_ical import check_octets

ZOO = Path(__file__).parents[2] / "zoo"
MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def session_of(zone: str = "Africa/Johannesburg", **fields: Any) -> Session:
    """Return a session whose every byte is known."""
    community = make_community(slug="zoo", name={"en": "The zoo", "sv": "Djurparken"}, home_zone=zone)
    series = make_series(
        community,
        slug="zoo-talks",
        title={"en": "Zoo talks", "sv": "Samtal"},
        uuid=UUID(int=7),
        zone=zone,
        made_at=MADE,
        external=fields.pop("external", False),
    )
    given = {
        "uid": UUID(int=42),
        "number": 1,
        "title": {"en": "Lions, tigers; and \\bears", "sv": "Lejon och björnar"},
        "abstract": {"en": "What they eat.\nAnd when.", "sv": "Vad de äter."},
        "made_at": MADE,
        "changed_at": MADE + timedelta(days=1),
        "wall": datetime(2026, 9, 16, 15, 0),
        "zone": zone,
    }
    return make_session(series, **given | fields)


def virtual() -> Session:
    session = session_of()
    person = make_person(name="Ntombi Dlamini", affiliation="Savings Union")
    Speaker.objects.create(session=session, person=person)
    moderator = make_person(name="Åsa Öberg")
    Speaker.objects.create(session=session, person=moderator, role=SpeakerRole.MODERATOR, order=1)
    return session


def hybrid() -> Session:
    """Washington in the week after its clocks went forward."""
    return session_of(
        "America/New_York",
        wall=datetime(2026, 3, 10, 16, 0),
        form=Form.HYBRID,
        room="QED Group, 1250 Eye Street NW, Washington",
        dial_in="+1 (202) 555-0100, code 4711#",
        view_url="https://view.example.org/live?room=1&lang=en",
    )


def cancelled() -> Session:
    return session_of(
        state=State.CANCELLED, cancelled_at=MADE, reason="The speaker is ill; we are sorry.", sequence=2
    )


def moved() -> Session:
    was = {"date": "2026-09-09", "time": "15:00", "fold": 0, "zone": "Africa/Johannesburg"}
    return session_of(state=State.RESCHEDULED, moved_from=was, sequence=1)


def recording() -> Session:
    session = session_of(state=State.PARTLY_ARCHIVED, sequence=5)
    path = "/archive/zoo-talks-1/files/00000000-0000-0000-0000-000000000001/slides.pdf"
    make_material(session, "slides", size=1_234_567, path=path, language="sv")
    make_material(
        session,
        "recording",
        media_type="video/mp4",
        size=48_000_000,
        seconds=2880.0,
        path="/sessions/zoo-talks-1/#recording",
    )
    make_material(session, "report", media_type="", size=0, path="/sessions/zoo-talks-1/#report", language="")
    return session


def promised() -> Session:
    session = session_of(state=State.JUST_ENDED)
    due = datetime(2026, 9, 18, 13, tzinfo=UTC)
    Checklist.objects.create(session=session, opened_at=MADE)
    Item.objects.create(session=session, kind="recording", due_at=due, first_due_at=due, opened_at=MADE)
    return session


def days() -> Session:
    return session_of(
        "Europe/Stockholm",
        wall=datetime(2023, 5, 8),
        all_day=True,
        days=2,
        form=Form.IN_PERSON,
        room="Röstånga",
    )


def week() -> Session:
    return session_of(
        "Europe/Stockholm", wall=datetime(2023, 4, 24), all_day=True, days=7, precision=Precision.WEEK
    )


def external() -> Session:
    return session_of(
        "Europe/Paris",
        external=True,
        wall=datetime(2023, 5, 25),
        all_day=True,
        days=3,
        join_url="",
        source_url="https://www.changenow.world/möten?år=2023",
        title={"en": "ChangeNOW"},
    )


def cairo() -> Session:
    """A zone that Outlook cannot read: in UTC."""
    return session_of("Africa/Cairo")


def fold() -> Session:
    """The second 01:30 of the night in which Lisbon's clocks go back: in UTC."""
    return session_of("Europe/Lisbon", wall=datetime(2026, 10, 25, 1, 30, fold=1))


def gap() -> Session:
    """02:30 on the day Stockholm skips it, so 03:30: in UTC."""
    return session_of("Europe/Stockholm", wall=datetime(2026, 3, 29, 2, 30))


def old_rule() -> Session:
    """Washington before 2007 kept other dates: in UTC."""
    return session_of("America/New_York", wall=datetime(2006, 6, 15, 9, 0))


def nasty() -> Session:
    title = 'C:\\New; "a", b\r\nEND:VEVENT\x00\x1b\u2028 – 研究会 🦁' + "é" * 80
    return session_of(title={"en": title}, abstract={"en": title * 3}, room='Room "1"; a,b', form=Form.HYBRID)


def withdrawn() -> Session:
    where = "https://elsewhere.example.org/the-talk"  # what was withdrawn here is not led to from here either
    reason = "At the speaker's request."
    session = session_of(state=State.WITHDRAWN, withdrawn_at=MADE, reason=reason, source_url=where)
    make_material(session, "recording", media_type="video/mp4")
    return session


ANIMALS: list[Callable[[], Session]] = [
    virtual,
    hybrid,
    cancelled,
    moved,
    recording,
    promised,
    days,
    week,
    external,
    cairo,
    fold,
    gap,
    old_rule,
    nasty,
    withdrawn,
]


def body_of(language: str = "en") -> bytes:
    scope = Scope(Kind.SERIES, "zoo-talks", Options(everything=True, language=language))
    return feeds.read(feeds.answer(scope, now=NOW), compressed=False)[0]


def check(name: str, body: bytes) -> None:
    """Compare with the kept bytes."""
    path = ZOO / f"{name}.ics"
    if os.environ.get("WRITE_ZOO"):
        path.write_bytes(body)
    assert path.read_bytes().decode() == body.decode()


@pytest.fixture(autouse=True)
def _public_address(settings: Any) -> None:
    settings.MERIDIAN_URL = "https://seminars.example.org"


@pytest.mark.django_db
@pytest.mark.parametrize("make", ANIMALS, ids=lambda make: make.__name__)
def test_golden(make: Callable[[], Session]) -> None:
    session = make()
    body = body_of()
    check(make.__name__.replace("_", "-"), body)
    check_octets(body)
    [event] = entries_of(body)
    assert str(event["UID"]) == str(session.uid)
    if session.local_time is not None:
        assert instants_of(body) == {str(session.uid): (session.starts_at, session.ends_at)}


SWEDISH = {
    "Join: %(address)s": "Delta: %(address)s",
    "%(time)s in %(city)s (%(offset)s)": "%(time)s i %(city)s (%(offset)s)",
    "Page of this session: %(address)s": "Träffens sida: %(address)s",
}


@pytest.mark.django_db
def test_golden_in_swedish(monkeypatch: pytest.MonkeyPatch) -> None:
    """With words given here, so that a better translation does not change the file."""
    for module in (wording, entries):
        monkeypatch.setattr(module, "_", lambda text: SWEDISH.get(text, text))
    session_of("Europe/Stockholm")
    check("swedish", body_of("sv"))


@pytest.mark.django_db
@pytest.mark.node
@pytest.mark.parametrize("make", ANIMALS, ids=lambda make: make.__name__)
def test_as_thunderbird_reads_it(make: Callable[[], Session]) -> None:
    modules = node_modules()
    need("ical.js (npm install in tests/node)", present=modules is not None)
    assert modules is not None
    session = make()
    body = body_of()
    [read] = thunderbird(body, modules)
    [event] = entries_of(body)
    assert read["uid"] == str(session.uid)
    assert read["summary"] == str(event["SUMMARY"])
    assert read["description"] == str(event["DESCRIPTION"])
    assert session.starts_at is not None
    assert session.ends_at is not None
    if session.local_time is not None:
        assert (read["start"], read["end"]) == (
            int(session.starts_at.timestamp()),
            int(session.ends_at.timestamp()),
        )
    else:
        assert session.local_date is not None
        assert read["start"] == session.local_date.isoformat()
        assert date.fromisoformat(read["end"]) > session.local_date


def test_addresses_follow_the_setting() -> None:
    with override_settings(MERIDIAN_URL="https://other.example.org"):
        assert address("/sessions/a/") == "https://other.example.org/sessions/a/"
    assert address("https://elsewhere.example.org/x") == "https://elsewhere.example.org/x"
