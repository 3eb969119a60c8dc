"""Everything as one file: it imports back equal, whatever the titles, zones and states, and again changes nothing."""

from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from icalendar import Calendar

from seminars.calendars.importing.applying import Target, apply_import, decide
from seminars.calendars.importing.exporting import export
from seminars.calendars.importing.matching import values_of
from seminars.calendars.importing.planning import Fate
from seminars.calendars.importing.reading import read
from seminars.changes.models import Change
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions import moving
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_series, make_session

ZONES = [
    "Africa/Johannesburg",
    "America/New_York",
    "America/Vancouver",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "UTC",
]
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(
    lambda text: text == " ".join(text.split()) and not text.isspace()
)
walls = st.datetimes(datetime(2026, 12, 1), datetime(2029, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0, fold=0)
)
kinds = st.sampled_from(["plain", "days", "cancelled", "postponed", "week", "undated"])
facts = st.tuples(texts, walls, st.sampled_from(ZONES), kinds, st.sampled_from(["", "Room 1.205; left, \\n"]))
numbers = count(1)


def say(session: Session) -> dict[str, Any]:
    return values_of(session) | {
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "state": session.state,
    }


def make(series: Series, fact: tuple[str, datetime, str, str, str]) -> None:
    title, wall, zone, kind, room = fact
    place = {"room": room, "form": "hybrid" if room else "virtual"}
    words = {"title": {"en": title, "sv": title[::-1]}, "abstract": {"en": f"About\n<b>{title}"}}
    series.refresh_from_db()
    if kind in ("week", "undated"):
        given = {"wall": wall, "precision": "week"} if kind == "week" else {"wall": None}
        moving.add_session(series=series, now=NOW, actor_id=None, **words, **place, **given)  # type: ignore[arg-type]
        return
    dates = {"all_day": kind == "days", "original_date": None, "original_time": None}
    session = make_session(series, wall=wall, zone=zone, **dates, **words, **place)
    if kind == "cancelled":
        moving.cancel(session=session, reason="The hall; burnt, down", now=NOW, actor_id=None)
    if kind == "postponed":
        moving.postpone(session=session, reason="Ill", now=NOW, actor_id=None)


def round_trip(origin: Community, empty: Community) -> list[Session]:
    content, number = export(origin)
    assert len(Calendar.from_ical(content).walk("VEVENT")) <= number
    reading = read(content, zone="Europe/Lisbon", language="en", today=NOW.date())
    assert reading.unclear == ()
    target = Target(empty, None, "Brought", published=True)
    series, plan = apply_import(target=target, reading=reading, source="s", now=NOW, actor_id=None)
    assert series
    assert {row.fate for row in plan.rows} == {Fate.ADD}
    before = Change.objects.count()
    _series, again = apply_import(
        target=Target(empty, series), reading=reading, source="s", now=NOW, actor_id=None
    )
    assert again.nothing
    assert Change.objects.count() == before
    home = decide(target=Target(origin), reading=reading, source="s", now=NOW)
    assert {row.fate for row in home.rows} == {Fate.UNCHANGED}
    return list(series.sessions.select_related("series"))


class RoundTrip(TestCase):  # type: ignore[misc]  # hypothesis has no types for it
    @settings(
        max_examples=20, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(facts, min_size=1, max_size=4, unique_by=lambda fact: (fact[0], fact[1])))
    def test_what_is_exported_imports_back_equal(self, found: list[Any]) -> None:
        number = next(numbers)
        origin = make_community(slug=f"origin-{number}")
        series = make_series(origin, rrule="", external=False)
        for fact in found:
            make(series, fact)
        if not any(each.local_date for each in series.sessions.all()):
            return  # a new series begins with a date
        made = round_trip(origin, make_community(slug=f"empty-{number}"))
        there = sorted(map(str, (say(each) for each in made)))
        assert there == sorted(map(str, (say(each) for each in series.sessions.select_related("series"))))


@pytest.mark.django_db
def test_drafts_and_withdrawn_sessions_stay_at_home(community: Community) -> None:
    series = make_series(community)
    make_session(series, title={"en": "Out"})
    make_session(series, title={"en": "Draft"}, published=False)
    gone = make_session(series, title={"en": "Gone"})
    moving.withdraw(session=gone, reason="A court", now=NOW, actor_id=None)
    content, number = export(community)
    assert number == 1
    assert b"Draft" not in content
    assert b"Gone" not in content


@pytest.mark.django_db
def test_what_somebody_changed_in_the_file_counts(community: Community) -> None:
    series = make_series(community)
    session = make_session(series, wall=datetime(2026, 12, 1, 15), title={"en": "Old"})
    content, _number = export(community)
    content = content.replace(b"20261201T150000", b"20261202T150000").replace(
        b"20261201T160000", b"20261202T160000"
    )
    reading = read(content, zone="UTC", language="en", today=NOW.date())
    apply_import(target=Target(community, series), reading=reading, source="s", now=NOW, actor_id=None)
    session.refresh_from_db()
    assert session.starts_at == datetime(2026, 12, 2, 13, tzinfo=UTC)
    assert session.title == {"en": "Old"}
    assert session.local_time == time(15)


@pytest.mark.django_db
def test_members_only_stays_members_only(community: Community) -> None:
    series = make_series(community)
    make_session(series, title={"en": "Ours"}, audience="members")
    content, _number = export(community)
    reading = read(content, zone="UTC", language="en", today=NOW.date())
    target = Target(make_community(), None, "Brought", published=True)
    made, _plan = apply_import(target=target, reading=reading, source="s", now=NOW, actor_id=None)
    assert made
    assert made.sessions.get().audience == "members"


@pytest.mark.django_db
def test_a_broken_copy_is_left_and_the_plain_entry_counts(community: Community) -> None:
    series = make_series(community)
    make_session(series, wall=NOW.replace(tzinfo=None) + timedelta(days=9), title={"en": "Plain"})
    content, _number = export(community)
    broken = content.replace(b'"zone"', b'"zine"')
    reading = read(broken, zone="UTC", language="en", today=NOW.date())
    assert [entry.values["title"] for entry in reading.entries] == [{"en": "Plain"}]
    assert not reading.entries[0].whole
