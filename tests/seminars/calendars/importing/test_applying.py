"""Importing: decided first, applied whole or not at all, and doing it again changes nothing."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.calendars.importing.applying import ImportStale, Target, apply_import, decide
from seminars.calendars.importing.incoming import Reading
from seminars.calendars.importing.models import ImportedEntry
from seminars.calendars.importing.planning import Fate, Plan
from seminars.calendars.importing.reading import read
from seminars.changes.models import Change
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions import moving
from seminars.sessions.models import Session
from seminars.sessions.state import State
from tests.factories import NOW, make_series, make_session

ZOO = Path(__file__).resolve().parents[3] / "zoo" / "importing"
pytestmark = pytest.mark.django_db


def calendar(*events: str) -> Reading:
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Theirs\r\n" + "".join(events) + "END:VCALENDAR\r\n"
    return read(text.encode(), zone="Africa/Johannesburg", language="en", today=NOW.date())


def event(uid: str, start: str, title: str = "A talk", **more: str) -> str:
    lines = {"UID": uid, "SUMMARY": title, "DTSTART;TZID=Europe/Lisbon": start, "DURATION": "PT1H"} | more
    return "BEGIN:VEVENT\r\n" + "".join(f"{k}:{v}\r\n" for k, v in lines.items()) + "END:VEVENT\r\n"


ONE = event("one", "20261210T100000", "First")
TWO = event("two", "20261217T100000", "Second", LOCATION="Room 7")


@pytest.fixture
def taken(community: Community) -> Any:
    """Import a reading into one series, over and over."""

    def take(reading: Reading, series: Series | None = None, **options: Any) -> tuple[Series, Plan]:
        target = Target(community, series, "Theirs", external=True, published=True)
        made, plan = apply_import(
            target=target,
            reading=reading,
            source="test",
            now=options.pop("now", NOW),
            actor_id=None,
            **options,
        )
        assert made
        return made, plan

    return take


def fates(plan: Plan) -> dict[str, str]:
    return {row.title: row.fate.value for row in plan.rows}


def test_a_new_series_holds_the_entries_and_no_session_more(taken: Any) -> None:
    series, plan = taken(calendar(ONE, TWO))
    assert fates(plan) == {"First": "add", "Second": "add"}
    first, second = series.sessions.order_by("starts_at")
    assert (first.title, first.zone, first.local_date) == (
        {"en": "First"},
        "Europe/Lisbon",
        date(2026, 12, 10),
    )
    assert first.starts_at == datetime(2026, 12, 10, 10, tzinfo=UTC)
    assert (second.room, second.form) == ("Room 7", "in-person")
    assert series.published_at
    assert series.external
    assert {first.state, second.state} == {State.UPCOMING}


def test_again_changes_nothing(taken: Any) -> None:
    series, _plan = taken(calendar(ONE, TWO))
    changes, revisions = Change.objects.count(), list(series.sessions.values_list("revision", "changed_at"))
    _series, plan = taken(calendar(ONE, TWO), series, now=NOW + timedelta(hours=1))
    assert plan.nothing
    assert Change.objects.count() == changes
    assert list(series.sessions.values_list("revision", "changed_at")) == revisions


def test_what_the_calendar_changed_is_taken_over(taken: Any) -> None:
    series, _plan = taken(calendar(ONE, TWO))
    moved = event("one", "20261211T120000", "First, moved")
    _series, plan = taken(calendar(moved, TWO), series)
    assert fates(plan) == {"First, moved": "change", "Second": "unchanged"}
    session = series.sessions.get(imported_entry__uid="one")
    assert session.starts_at == datetime(2026, 12, 11, 12, tzinfo=UTC)
    assert session.moved_from["date"] == "2026-12-10"  # type: ignore[index]
    assert session.sequence == 1
    assert series.sessions.get(imported_entry__uid="two").revision == 1


def test_what_was_changed_by_hand_is_kept_and_said_unless_told_otherwise(taken: Any, organiser: User) -> None:
    series, _plan = taken(calendar(ONE))
    session = series.sessions.get()
    moving.edit(session=session, title="By hand", now=NOW, actor_id=organiser.pk)
    for _twice in range(2):
        _series, plan = taken(calendar(event("one", "20261210T110000", "Theirs")), series)
        assert [each.name for each in plan.rows[0].conflicts] == ["title"]
        session.refresh_from_db()
        assert session.title == {"en": "By hand"}
        assert session.starts_at == datetime(2026, 12, 10, 11, tzinfo=UTC)
    taken(calendar(event("one", "20261210T110000", "Theirs")), series, follow={"one|"})
    session.refresh_from_db()
    assert session.title == {"en": "Theirs"}


def test_cancelled_there_is_cancelled_here_and_back_again(taken: Any) -> None:
    series, _plan = taken(calendar(ONE))
    off = event("one", "20261210T100000", "First", STATUS="CANCELLED")
    taken(calendar(off), series)
    session = series.sessions.get()
    assert session.state == State.CANCELLED
    assert session.reason
    taken(calendar(ONE), series)
    session.refresh_from_db()
    assert (session.state, session.cancelled_at, session.reason) == (State.UPCOMING, None, "")


def test_what_is_no_longer_there_stays_unless_asked(taken: Any) -> None:
    series, _plan = taken(calendar(ONE, TWO))
    _series, plan = taken(calendar(ONE), series)
    assert (plan.missing, plan.coming, plan.nothing) == (1, 2, True)
    _series, plan = taken(calendar(ONE), series, withdraw=True)
    assert fates(plan)["Second"] == "withdraw"
    assert series.sessions.get(imported_entry__uid="two").state == State.CANCELLED
    _series, plan = taken(calendar(ONE), series, withdraw=True)
    assert plan.nothing
    _series, plan = taken(calendar(ONE, TWO), series)
    assert fates(plan)["Second"] == "change"
    assert series.sessions.get(imported_entry__uid="two").state == State.UPCOMING


def test_a_file_that_was_cut_withdraws_nothing(taken: Any) -> None:
    series, _plan = taken(calendar(ONE, TWO))
    cut = read(("BEGIN:VCALENDAR\r\n" + ONE).encode(), zone="UTC", language="en", today=NOW.date())
    _series, plan = taken(cut, series, withdraw=True)
    assert plan.of(Fate.WITHDRAW) == []


def test_what_is_over_keeps_its_time(taken: Any) -> None:
    series, _plan = taken(calendar(ONE))
    later = datetime(2027, 1, 1, tzinfo=UTC)
    _series, plan = taken(calendar(event("one", "20270210T100000", "First, in words")), series, now=later)
    session = series.sessions.get()
    assert session.starts_at == datetime(2026, 12, 10, 10, tzinfo=UTC)
    assert session.title == {"en": "First, in words"}
    assert plan.rows[0].remarks


def test_whole_or_not_at_all(taken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("a power cut")

    monkeypatch.setattr("seminars.calendars.importing.applying._remember", broken)
    with pytest.raises(RuntimeError):
        taken(calendar(ONE, TWO))
    assert not Session.objects.exists()
    assert not Series.objects.exists()
    assert not Change.objects.exists()


def test_another_plan_than_was_shown_is_not_applied(
    taken: Any, community: Community, organiser: User
) -> None:
    series, _plan = taken(calendar(ONE))
    reading = calendar(event("one", "20261211T100000", "First"))
    target = Target(community, series)
    plan = decide(target=target, reading=reading, source="test", now=NOW)
    moving.edit(session=series.sessions.get(), room="Elsewhere", now=NOW, actor_id=organiser.pk)
    with pytest.raises(ImportStale):
        taken(reading, series, seal=plan.seal)


def test_into_a_series_of_ours_empty_places_come_from_it(community: Community, taken: Any) -> None:
    series = make_series(community, join_url="https://meet.example.org/ours")
    taken(calendar(ONE), series)
    session = series.sessions.get()
    assert session.join_url == "https://meet.example.org/ours"
    _series, plan = taken(calendar(ONE), series)
    assert plan.nothing


def test_our_own_session_is_found_by_its_uid_and_by_title_and_time(community: Community, taken: Any) -> None:
    series = make_series(community)
    ours = make_session(series, wall=datetime(2026, 12, 10, 10), zone="Europe/Lisbon", title={"en": "First"})
    _series, plan = taken(calendar(event(str(ours.uid), "20261222T100000", "Other")), series)
    assert [row.fate for row in plan.rows] == [Fate.UNCHANGED]
    _series, plan = taken(calendar(ONE), series)
    assert fates(plan) == {"First": "unchanged"}
    assert series.sessions.count() == 1
    assert ImportedEntry.objects.get().session == ours


def test_the_whole_zoo_is_imported_and_again_changes_nothing(community: Community, taken: Any) -> None:
    for path in sorted(ZOO.glob("*.ics")):
        if path.name in ("empty.ics", "override-loops.ics"):
            continue
        reading = read(path.read_bytes(), zone="Africa/Johannesburg", language="en", today=NOW.date())
        series, plan = taken(reading)
        assert plan.of(Fate.ADD), path.name
        changes = Change.objects.count()
        _series, plan = taken(reading, series)
        assert plan.nothing, path.name
        assert Change.objects.count() == changes


def test_deciding_costs_two_questions_however_many_lines(community: Community, taken: Any) -> None:
    costs = []
    for count in (2, 40):
        events = [
            event(f"e{n}", f"2027{1 + n % 12:02}{1 + n % 28:02}T100000", f"Talk {n}") for n in range(count)
        ]
        series, _plan = taken(calendar(*events))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            decide(target=Target(community, series), reading=calendar(*events), source="test", now=NOW)
        costs.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            taken(calendar(*events), series)
        costs.append(len(queries))
    assert costs[:2] == costs[2:]
    assert costs[0] <= 2
