"""Changes in sentences: every kind that a verb of sessions writes has words."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from seminars.changes.models import Change
from seminars.web.organise.history import DEEDS, told
from tests.factories import NOW, make_user

ROOT = Path(__file__).parents[4] / "seminars"
AREAS = ("sessions", "followups", "series")


def test_every_kind_of_change_has_words() -> None:
    texts = [path.read_text() for area in AREAS for path in (ROOT / area).rglob("*.py")]
    kinds = {
        kind
        for text in texts
        for kind in re.findall(r'(?:\bkind=|\btell\(|_decide\(session, )"([a-z-]+)"', text)
    }
    assert len(kinds) > 10
    assert kinds - {"svg"} <= set(DEEDS)  # a picture is no change


@pytest.mark.django_db
def test_a_change_says_who_what_and_how_it_was() -> None:
    change = Change(
        at=NOW,
        actor=make_user("organiser@example.org"),
        kind="rescheduled",
        before={"local_date": "2026-12-01", "local_time": "15:00:00", "state": "upcoming"},
        after={"local_date": "2026-12-08", "local_time": "15:00:00", "state": "rescheduled"},
        note="Room taken",
    )
    found = told(change)
    assert (found.who, found.did, found.note) == ("organiser@example.org", "gave it a new time", "Room taken")
    assert found.details == [("Date", "1 December 2026", "8 December 2026")]


def test_a_change_by_the_clock_has_no_person() -> None:
    change = Change(at=NOW, kind="state", before={"state": "upcoming"}, after={"state": "live"})
    assert told(change).who == "The site"
    assert told(change).details == [("State", "Upcoming", "Live now")]


@pytest.mark.parametrize(
    ("kind", "note", "said"),
    [
        ("material", "slides published", "Slides: ready"),
        ("promise", "captions", "Captions"),
        ("postponed", "recording of the hall failed", "recording of the hall failed"),
    ],
)
@pytest.mark.django_db
def test_a_note_of_the_program_is_told_in_words(kind: str, note: str, said: str) -> None:
    assert told(Change(at=NOW, kind=kind, note=note)).note == said


@pytest.mark.django_db
def test_a_state_of_the_checklist_is_told_in_words() -> None:
    change = Change(at=NOW, kind="item", before={"state": "overdue"}, after={"state": "waived"})
    with translation.override("sv"):
        assert told(change).details == [("Status", "försenat", "avstått")]


def test_a_new_law_says_which_instant_followed() -> None:
    moments = ({"starts_at": f"2026-12-01T{hour}:00:00+00:00"} for hour in (18, 17))
    change = Change(at=NOW, kind="clocks", before=next(moments), after=next(moments), note="2026f")
    assert told(change).details == [("Start in UTC", "1 December 2026, 18:00", "1 December 2026, 17:00")]
    assert told(change).note == "2026f"
