"""From promise to sessions."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions import drafting, expanding, planning
from seminars.sessions.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(community: Community, organiser: User, now: datetime) -> Any:
    """Drafts a series of the community: quarterly, Tuesday 09:00 in Johannesburg, unless told otherwise."""

    def draft(**given: Any) -> Series:
        base: dict[str, Any] = {
            "community": community,
            "title": "RM&E CoP Webinar",
            "zone": "Africa/Johannesburg",
            "first_date": date(2026, 12, 8),
            "local_time": time(9, 0),
            "minutes": 120,
            "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU;COUNT=4",
            "join_url": "https://meet.example.org/rme",
            "now": now,
            "actor_id": organiser.pk,
        }
        return drafting.draft_series(**base | given)

    return draft


def test_a_draft_has_a_short_name_and_no_sessions(plan: Any, organiser: User) -> None:
    series = plan()
    assert (series.slug, series.published_at, series.made_by) == ("rme-cop-webinar", None, organiser)
    assert series.title == {"en": "RM&E CoP Webinar"}
    assert series.sessions.count() == 0
    assert dict(series.owed.values_list("kind", "days")) == drafting.OWED


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Å ä ö", "a-a-o"),
        ("семинар", "savings"),
        (
            "Financial Services After Hours for people who lend, save and insure",
            "financial-services-after-hours-for",
        ),
        ("x" * 60, "x" * 40),
    ],
)
def test_short_names_are_ascii_short_and_never_empty(plan: Any, title: str, slug: str) -> None:
    assert plan(title=title).slug == slug


def test_the_same_title_twice_gets_a_suffix(plan: Any) -> None:
    assert [plan().slug for _ in range(3)] == ["rme-cop-webinar", "rme-cop-webinar-2", "rme-cop-webinar-3"]


def test_a_double_click_makes_one_series(plan: Any) -> None:
    assert plan(form_key="abc") == plan(form_key="abc")
    assert Series.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 300}, "title"),
        ({"zone": "Africa/Nowhere"}, "zone"),
        ({"first_date": date(9999, 12, 31)}, "first_date"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": -60}, "minutes"),
        ({"days": 0}, "days"),
        ({"join_url": "javascript:alert(1)"}, "join_url"),
        ({"join_url": "ftp://example.org/"}, "join_url"),
        ({"view_url": "example.org"}, "view_url"),
        ({"room": "x" * 301}, "room"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "", "exdates": [date(2026, 12, 8)]}, "exdates"),
        ({"rdates": [date(2020, 1, 1)]}, "rdates"),
        ({"rrule": "FREQ=DAILY;COUNT=501"}, "rrule"),
        ({"rrule": "FREQ=DAILY", "first_date": date(2020, 1, 1)}, "rrule"),
        ({"slug": "No Good"}, "slug"),
        ({"audience": "friends"}, "audience"),
    ],
)
def test_bad_input_is_said_beside_its_field(plan: Any, given: dict[str, Any], field: str) -> None:
    with pytest.raises(UserError) as refused:
        plan(**given)
    assert list(refused.value.fields) == [field]
    assert refused.value.fields[field]
    assert not Series.objects.exists()


def test_all_that_is_wrong_is_said_at_once(plan: Any) -> None:
    with pytest.raises(UserError) as refused:
        plan(title="", zone="Mars/Olympus", join_url="nope", minutes=0)
    assert set(refused.value.fields) == {"title", "zone", "join_url", "minutes"}


def test_a_short_name_that_is_taken_is_refused(plan: Any) -> None:
    plan(slug="rme")
    with pytest.raises(UserError, match="short name"):
        plan(slug="rme")


def test_the_preview_of_an_unsaved_series_remarks_gaps_and_folds() -> None:
    series = Series(
        zone="America/New_York",
        first_date=date(2027, 3, 14),
        local_time=time(2, 30),
        rdates=["2027-11-07", "2027-12-05"],
    )
    series.rdates[1:1] = ["2027-11-07"]
    gap, plain = expanding.occurrences_of(series)[0], expanding.occurrences_of(series)[2]
    assert gap.starts_at == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert "02:30" in gap.note
    assert "03:30" in gap.note
    assert plain.note == ""
    series.local_time = time(1, 30)
    assert "first" in expanding.occurrences_of(series)[1].note


def test_publishing_makes_the_sessions_in_order(plan: Any, organiser: User, now: datetime) -> None:
    series = planning.publish(series=plan(), now=now, actor_id=organiser.pk)
    rows = list(series.sessions.order_by("starts_at"))
    assert [row.slug for row in rows] == [f"rme-cop-webinar-{n}" for n in (1, 2, 3, 4)]
    assert [row.local_date for row in rows] == [
        date(2026, 12, 8),
        date(2027, 3, 9),
        date(2027, 6, 8),
        date(2027, 9, 14),
    ]
    first = rows[0]
    assert first.starts_at == datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
    assert first.ends_at == datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    assert (first.original_date, first.original_time) == (first.local_date, first.local_time)
    assert first.tzdata_release
    assert {row.published_at for row in rows} == {now}
    assert len({row.uid for row in rows}) == 4
    assert {row.state for row in rows} == {"announced"}
    told = Change.objects.filter(kind="published")
    assert told.count() == 5
    assert told.filter(subject__startswith="session:").count() == 4


def test_publishing_twice_does_nothing_more(plan: Any, organiser: User, now: datetime) -> None:
    series = planning.publish(series=plan(), now=now, actor_id=organiser.pk)
    before = list(Session.objects.values()), Change.objects.count()
    again = planning.publish(
        series=Series.objects.get(pk=series.pk), now=now + timedelta(days=1), actor_id=None
    )
    assert again.published_at == now
    assert (list(Session.objects.values()), Change.objects.count()) == before


def test_sessions_that_are_over_when_published_promise_nothing(plan: Any, now: datetime) -> None:
    series = plan(rrule="", first_date=date(2020, 9, 15), rdates=[date(2026, 12, 8)])
    planning.publish(series=series, now=now, actor_id=None)
    past, coming = series.sessions.order_by("starts_at")
    assert (past.state, coming.state) == ("ended", "announced")


def test_a_single_event_is_not_to_be_announced(plan: Any, now: datetime) -> None:
    series = planning.publish(series=plan(rrule=""), now=now, actor_id=None)
    assert [row.state for row in series.sessions.all()] == ["upcoming"]


def test_filling_again_makes_nothing_and_numbers_run_on(plan: Any, now: datetime) -> None:
    series = planning.publish(series=plan(), now=now, actor_id=None)
    assert planning.fill(series=series, now=now) == []
    Series.objects.filter(pk=series.pk).update(rdates=["2026-12-20"])
    series.refresh_from_db()
    (extra,) = planning.fill(series=series, now=now)
    assert (extra.slug, extra.number, extra.published_at) == ("rme-cop-webinar-5", 5, now)
    series.refresh_from_db()
    assert series.next_number == 6


def test_an_open_ended_series_is_filled_and_topped_up(plan: Any, now: datetime) -> None:
    series = plan(rrule="FREQ=MONTHLY;BYDAY=2TU")
    planning.publish(series=series, now=now, actor_id=None)
    assert series.sessions.count() == 18
    assert planning.top_up(now=now) == 0
    later = now + timedelta(days=90)
    assert planning.top_up(now=later) == 3
    assert planning.top_up(now=later) == 0
    assert set(series.sessions.filter(number__gt=18).values_list("published_at", flat=True)) == {later}


def test_a_broken_series_does_not_stop_the_others(plan: Any, now: datetime, caplog: Any) -> None:
    broken, good = (plan(rrule="FREQ=MONTHLY;BYDAY=2TU") for _ in range(2))
    for series in (broken, good):
        planning.publish(series=series, now=now, actor_id=None)
    Series.objects.filter(pk=broken.pk).update(rrule="FREQ=NEVER")
    assert planning.top_up(now=now + timedelta(days=90)) == 3
    assert broken.slug in caplog.text


def test_drafts_and_bounded_series_are_not_topped_up(plan: Any, now: datetime) -> None:
    plan(rrule="FREQ=MONTHLY")
    planning.publish(series=plan(), now=now, actor_id=None)
    assert planning.top_up(now=now + timedelta(days=3650)) == 0


def test_whole_days_last_from_midnight_to_midnight(plan: Any, now: datetime) -> None:
    series = plan(rrule="", zone="Europe/Stockholm", first_date=date(2027, 3, 27), local_time=None, days=2)
    planning.publish(series=series, now=now, actor_id=None)
    row = series.sessions.get()
    assert row.starts_at == datetime(2027, 3, 26, 23, 0, tzinfo=UTC)
    assert row.ends_at == datetime(2027, 3, 28, 22, 0, tzinfo=UTC)  # the clocks change on the second day
    assert (row.local_time, row.days, row.all_day) == (None, 2, True)


def test_other_peoples_events_owe_nothing(plan: Any) -> None:
    series = plan(external=True, source_url="https://changenow.example/")
    assert list(series.owed.all()) == []


def test_an_old_alias_of_a_zone_is_stored_by_its_name(plan: Any) -> None:
    assert plan(zone="Asia/Calcutta").zone == "Asia/Kolkata"


def test_remarks_stand_in_nobodys_way(plan: Any) -> None:
    assert len(drafting.remarks_on(plan(form="hybrid", join_url=""))) == 2
    assert drafting.remarks_on(plan()) == []


def test_publishing_many_takes_a_few_queries(
    plan: Any, now: datetime, django_assert_max_num_queries: Any
) -> None:
    series = plan(rrule="FREQ=WEEKLY;COUNT=90")
    with django_assert_max_num_queries(40):
        planning.publish(series=series, now=now, actor_id=None)
