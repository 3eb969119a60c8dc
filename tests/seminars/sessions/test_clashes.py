"""A series keeps its promise where the dates suit, and says what became of the others."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.series.suiting import moved_words, outcome_words, rules_of, skipped_of
from seminars.sessions import drafting, expanding, moving, planning
from seminars.sessions.clashes import busy_beside
from seminars.sessions.duplicating import duplicate
from seminars.sessions.models import Session, Speaker
from tests.factories import make_community, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
HOLIDAYS = {"countries": ["ZA"], "then": {"holiday": "move"}}


@pytest.fixture
def plan(community: Community, organiser: User, now: datetime) -> Any:
    """Drafts a series: each Friday at 15:00 in Johannesburg for four weeks about Heritage Day 2027, a Friday."""

    def draft(rules: dict[str, Any] | None = None, **given: Any) -> Series:
        base: dict[str, Any] = {
            "community": community,
            "title": "Harvest hour",
            "zone": "Africa/Johannesburg",
            "first_date": date(2027, 9, 10),
            "local_time": time(15),
            "rrule": "FREQ=WEEKLY;COUNT=4",
            "date_rules": HOLIDAYS if rules is None else rules,
            "now": now,
            "actor_id": organiser.pk,
        }
        return drafting.draft_series(**base | given)

    return draft


def dates(series: Series) -> list[str]:
    return [
        f"{each:%m-%d}" for each in series.sessions.order_by("number").values_list("local_date", flat=True)
    ]


def test_a_holiday_is_moved_and_says_why(plan: Any, now: datetime) -> None:
    series = planning.publish(series=plan(), now=now, actor_id=None)
    assert dates(series) == ["09-10", "09-17", "09-27", "10-01"]
    row = series.sessions.get(number=3)
    assert (row.original_date, row.original_time, row.moved_from) == (date(2027, 9, 24), time(15), None)
    said = "Moved from 24 September 2027: Heritage Day in South Africa."
    assert moved_words(row.ruled, row.local_date, "en") == said
    assert moved_words(row.ruled, date(2027, 9, 28), "en") == ""
    assert series.sessions.filter(ruled__isnull=True).count() == 3


def test_a_skipped_date_makes_no_session_and_stays_skipped(plan: Any, now: datetime) -> None:
    rules = {"countries": ["ZA"], "then": {"holiday": "skip"}}
    series = planning.publish(series=plan(rules), now=now, actor_id=None)
    assert dates(series) == ["09-10", "09-17", "10-01"]
    series.refresh_from_db()
    assert series.next_number == 4
    words = [outcome_words(each, "en") for each in skipped_of(series)]
    assert words == ["24 September 2027 is skipped: Heritage Day in South Africa."]
    for changed in (rules, {}):
        Series.objects.filter(pk=series.pk).update(date_rules=changed)
        again = Series.objects.get(pk=series.pk)
        assert planning.fill(series=again, now=now) == []
        assert len(skipped_of(Series.objects.get(pk=series.pk))) == 1


def test_rules_added_later_move_no_session_that_is_there(plan: Any, now: datetime) -> None:
    series = planning.publish(
        series=plan({}, rrule="FREQ=WEEKLY;BYDAY=FR", first_date=date(2026, 12, 4)), now=now, actor_id=None
    )
    before = list(series.sessions.values_list("pk", "local_date", "revision"))
    Series.objects.filter(pk=series.pk).update(date_rules=HOLIDAYS)
    assert planning.top_up(now=now) == 0
    assert list(series.sessions.values_list("pk", "local_date", "revision")) == before
    later = now + timedelta(
        days=160
    )  # Heritage Day 2028 is a Sunday; the Friday is 27 October, and New Year comes
    planning.top_up(now=later)
    made = series.sessions.filter(number__gt=len(before))
    assert made.count() > 10
    youth_day = made.get(original_date=date(2028, 6, 16))
    assert youth_day.ruled
    assert (youth_day.local_date, youth_day.ruled["name"]) == (date(2028, 6, 19), "Youth Day")


def test_an_open_ended_series_is_topped_up_with_its_rules_once(plan: Any, now: datetime) -> None:
    rules = {"countries": ["ZA"], "then": {"holiday": "skip"}}
    series = planning.publish(
        series=plan(rules, rrule="FREQ=WEEKLY;BYDAY=FR", first_date=date(2026, 12, 4)), now=now, actor_id=None
    )
    later = now + timedelta(days=330)
    assert planning.top_up(now=later) > 10
    assert planning.top_up(now=later) == 0
    series.refresh_from_db()
    skipped = [each.day for each in skipped_of(series)]
    assert len(skipped) == len(set(skipped)) > 2
    assert not series.sessions.filter(original_date__in=skipped).exists()
    promised = {
        each.original_date for each in expanding.resolved(series, until=expanding.horizon(series, later))
    }
    assert promised == set(skipped) | set(series.sessions.values_list("original_date", flat=True))


def test_nothing_is_put_on_a_day_that_has_a_session(plan: Any, organiser: User, now: datetime) -> None:
    series = planning.publish(series=plan(rrule="FREQ=WEEKLY;COUNT=2"), now=now, actor_id=None)
    last = series.sessions.get(number=2)
    wall = datetime(2027, 9, 27, 9)
    moving.reschedule(session=last, wall=wall, now=now, actor_id=organiser.pk, seen=last.revision)
    Series.objects.filter(pk=series.pk).update(rrule="FREQ=WEEKLY;COUNT=3")
    (third,) = planning.fill(series=Series.objects.get(pk=series.pk), now=now)
    assert (third.original_date, third.local_date) == (date(2027, 9, 24), date(2027, 9, 28))


def test_the_preview_of_an_unsaved_series_shows_what_is_skipped(plan: Any) -> None:
    series = plan({"countries": ["EG"], "then": {"weekend": "skip"}}, rrule="FREQ=DAILY;COUNT=7")
    found = expanding.resolved(series)
    assert [each.skipped for each in found] == [True, True, False, False, False, False, False]
    assert len(expanding.occurrences_of(series)) == 5
    assert outcome_words(found[0].outcome, "en") == "10 September 2027 is skipped: weekend in Egypt."  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "field", "words"),
    [
        ({"countries": ["Atlantis"], "then": {}}, "countries", "We know no holidays of “Atlantis”"),
        ({"countries": [], "then": {"holiday": "skip"}}, "countries", "Choose the countries"),
        ({"then": {"moon": "skip"}}, "countries", "cannot be read"),
        ({"countries": ["EG"], "then": {"weekend": "skip"}}, "on_weekend", "no date is left"),
    ],
)
def test_bad_rules_are_said_beside_the_field(
    plan: Any, rules: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(UserError) as refused:
        plan(rules)
    assert list(refused.value.fields) == [field]
    assert words in refused.value.fields[field]
    assert not Series.objects.exists()


@pytest.fixture
def other(community: Community) -> Session:
    """Another series' session on 17 September 2027, 15:30, in a room; Ada speaks."""
    series = make_series(community, title={"en": "Choir"}, join_url="")
    wall = datetime(2027, 9, 17, 15, 30)
    given = {"room": "Room 1", "join_url": "", "title": {"en": "Choir"}}
    session = make_session(series, wall=wall, zone="Africa/Johannesburg", **given)
    Speaker.objects.create(session=session, person=make_person(name="Ada"))
    return session


def third(plan: Any, rule: str, **given: Any) -> Any:
    return expanding.resolved(plan({"then": {rule: "move"}}, **given))[1]


def test_the_same_audience_at_the_same_time_moves(plan: Any, other: Session) -> None:
    found = third(plan, "audience")
    assert found.local_date == date(2027, 9, 20)
    assert outcome_words(found.outcome, "en", open_names=True) == (
        "Moved from 17 September 2027: another session for the same people at that time (Choir)."
    )
    assert "Choir" not in outcome_words(found.outcome, "en")


@pytest.mark.parametrize("column", ["cancelled_at", "postponed_at", "withdrawn_at"])
def test_what_does_not_take_place_is_no_clash(plan: Any, other: Session, column: str, now: datetime) -> None:
    Session.objects.filter(pk=other.pk).update(**{column: now})
    assert third(plan, "audience").local_date == date(2027, 9, 17)


def test_the_same_room_counts_across_communities_without_a_name(plan: Any, other: Session) -> None:
    Series.objects.filter(pk=other.series_id).update(community=make_community())
    found = third(plan, "room", room="room 1", form="in-person")
    assert found.outcome.moved
    assert found.outcome.reason.name == ""
    assert not third(plan, "room", room="Room 2", form="in-person").outcome.moved
    assert not third(plan, "room").outcome.moved
    assert not third(plan, "audience").outcome.moved


def test_a_join_link_is_a_room(plan: Any, other: Session) -> None:
    Session.objects.filter(pk=other.pk).update(join_url="https://meet.example.org/a")
    assert third(plan, "room", join_url="https://meet.example.org/a").outcome.moved


def test_who_spoke_here_cannot_speak_there(plan: Any, other: Session, now: datetime) -> None:
    series = plan({"then": {"speaker": "move"}})
    assert not expanding.resolved(series)[1].outcome.moved  # type: ignore[union-attr]
    before = make_session(series, wall=datetime(2027, 9, 1, 15))
    Speaker.objects.create(session=before, person=other.speakers.get().person)
    assert expanding.resolved(series)[1].outcome.moved  # type: ignore[union-attr]


def test_a_series_does_not_clash_with_itself(plan: Any, now: datetime) -> None:
    series = planning.publish(series=plan({"then": {"audience": "skip"}}), now=now, actor_id=None)
    assert len(dates(series)) == 4
    assert planning.fill(series=series, now=now) == []


def test_clashes_are_found_in_one_query_each(
    plan: Any, other: Session, django_assert_num_queries: Any
) -> None:
    series = plan({"then": {"audience": "move", "speaker": "move"}}, rrule="FREQ=WEEKLY;COUNT=100")
    with django_assert_num_queries(2):
        expanding.resolved(series)
    assert len(busy_beside(series, rules_of(series), other.starts_at, other.ends_at)) == 1  # type: ignore[arg-type]


def test_the_series_once_more_keeps_its_rules(plan: Any, organiser: User, now: datetime) -> None:
    assert duplicate(series=plan(), now=now, actor_id=organiser.pk).date_rules == HOLIDAYS


def test_only_series_that_lack_dates_are_touched(
    community: Community, now: datetime, django_assert_num_queries: Any
) -> None:
    for place in range(12):
        first = date(2026, 12, 1) + timedelta(days=place)
        series = make_series(community, rrule="FREQ=YEARLY", first_date=first, published_at=now)
        planning.fill(series=series, now=now)
    with django_assert_num_queries(2):
        assert planning.top_up(now=now) == 0
