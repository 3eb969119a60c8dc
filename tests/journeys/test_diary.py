"""The diary of one subscription, byte by byte: from announced, by a new time, to the recording.

`WRITE_ZOO=1 pytest tests/journeys/test_diary.py` writes it anew: read the difference before you keep it.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from seminars.calendars import feeds
from seminars.calendars.scopes import Kind, Scope
from seminars.followups.models import Owed
from seminars.sessions import materials, moving
from seminars.sessions.models import Session
from seminars.sessions.state import State
from seminars.sessions.turning import turn_due
from tests.factories import make_community, make_series, make_session
from tests.seminars.calendars.reading import entries_of, instants_of
from tests.seminars.calendars.test_ical import check_octets

DIARY = Path(__file__).parents[1] / "zoo" / "diary.txt"
BORN = datetime(2026, 11, 2, 8, tzinfo=UTC)
MOVED = datetime(2026, 12, 2, 16, 0)  # as clocks in Johannesburg show it
END = datetime(2026, 12, 2, 15, tzinfo=UTC)


class Subscription:
    """A program that polls, and remembers what it was sent."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.seen: list[tuple[str, datetime, bytes]] = []

    def poll(self, title: str, now: datetime) -> bytes:
        """Write down what the calendar says at `now`."""
        answer = feeds.answer(Scope(Kind.SERIES, "diary"), now=now)
        body, _compressed = feeds.read(answer, compressed=False)
        check_octets(body)
        self.seen.append((answer.etag, answer.changed_at, body))
        self.pages.append(f"=== {title}, {now:%Y-%m-%d %H:%M} UTC\n{body.decode()}")
        return body


@pytest.fixture(autouse=True)
def _public_address(settings: Any) -> None:
    settings.MERIDIAN_URL = "https://seminars.example.org"


@pytest.mark.django_db
def test_one_subscription_from_announced_to_recording() -> None:
    community = make_community(slug="diary-keepers", name={"en": "Diary keepers"})
    series = make_series(community, slug="diary", title={"en": "Diary"}, uuid=UUID(int=7), made_at=BORN)
    Owed.objects.create(series=series, kind="recording", days=2)
    session = make_session(
        series,
        title={"en": "Savings groups"},
        uid=UUID(int=42),
        wall=datetime(2026, 12, 1, 15, 0),
        state=State.ANNOUNCED,
        join_url="",
        published_at=BORN,
        made_at=BORN,
        changed_at=BORN,
    )
    reader, now = Subscription(), BORN
    reader.poll("Announced", now)
    now += timedelta(days=1)
    moving.edit(session=session, join_url="https://meet.example.org/room", now=now, actor_id=None)
    reader.poll("Confirmed", now)
    now += timedelta(days=1)
    moving.reschedule(session=Session.objects.get(), wall=MOVED, now=now, actor_id=None)
    reader.poll("Moved", now)
    now = END + timedelta(hours=1)
    turn_due(now=now)
    reader.poll("Over", now)
    now += timedelta(days=1)
    materials.publish(
        source=UUID(int=9),
        session=Session.objects.get(),
        kind="recording",
        title={"en": "Recording"},
        media_type="video/mp4",
        language="en",
        size=48_000_000,
        seconds=2880.0,
        path="/sessions/diary-1/#recording",
        now=now,
    )
    body = reader.poll("Recorded", now)
    reader.poll("A week later", now + timedelta(days=7))
    check(reader)
    assert instants_of(body) == {str(UUID(int=42)): (END - timedelta(hours=1), END)}
    told = "\n".join(reader.pages).replace("\r\n", "\n")
    if os.environ.get("WRITE_ZOO"):
        DIARY.write_text(told, encoding="utf-8")
    assert told == DIARY.read_text(encoding="utf-8")


def check(reader: Subscription) -> None:
    """One UID for life; SEQUENCE and dates rise with every change, and nothing changes without one."""
    events = [entries_of(body)[0] for _etag, _changed, body in reader.seen]
    assert [str(event["SUMMARY"]) for event in events] == [
        *("Savings groups", "Savings groups", "[New time] Savings groups"),
        *("[Recording coming] Savings groups", "[Recording] Savings groups", "[Recording] Savings groups"),
    ]
    assert {str(event["UID"]) for event in events} == {str(UUID(int=42))}
    sequences = [int(event["SEQUENCE"]) for event in events]
    assert sequences[:5] == sorted(set(sequences[:5]))
    dates = [event["LAST-MODIFIED"].dt for event in events]
    assert dates[:5] == sorted(set(dates[:5]))
    assert [event["DTSTAMP"].dt for event in events] == dates
    changed = [moment for _etag, moment, _body in reader.seen]
    assert changed[:5] == sorted(set(changed[:5]))
    assert reader.seen[5] == reader.seen[4]
