"""Change a series with a scope: the form, its preview, apply, and ten minutes to take it back."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from seminars.changes.models import Change
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions import moving, planning
from seminars.sessions.models import Session
from seminars.sessions.rewording import edit_series
from tests.factories import NOW, make_member, make_person, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/series/after-hours/"


@pytest.fixture
def series(community: Community) -> Series:
    """Six first Tuesdays, 15:00 in Johannesburg, and a member in Kolkata."""
    series = make_series(
        community, slug="after-hours", title={"en": "After Hours"}, rrule="FREQ=MONTHLY;BYDAY=1TU;COUNT=6"
    )
    planning.fill(series=series, now=NOW)
    make_member(community, person=make_person(zone="Asia/Kolkata"))
    return series


def given(series: Series, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the form, opened on `series` as it is."""
    return {
        "seen": str(series.revision),
        "scope": "future",
        "rhythm": "keep",
        "every_days": "1",
        "every": "1",
        "nth": "1",
        "weekday": "1",
        "months": "1",
        "years": "1",
        "day": "1",
        "first_date": "2026-12-01",
        "dates": "",
        "extra": "",
        "ends": "count",
        "count": "6",
        "until": "",
        "left_out": "",
        "zone": "Africa/Johannesburg",
        "local_time": "15:00",
        "minutes": "1:00",
        "days": "1",
        "form": series.form,
        "room": "",
        "join_url": series.join_url,
        "view_url": "",
        "dial_in": "",
        "doors": 15,
        "language": "en",
        "title": "",
        "abstract": "",
        "reason": "",
    } | changes


def hours(series: Series) -> list[str]:
    return [f"{each.local_date} {each.local_time:%H:%M}" for each in series.sessions.order_by("number")]


def apply(client: Client, data: dict[str, Any], **choices: str) -> Any:
    """Look at the preview, and press the button there."""
    seen = client.post(f"{HERE}change/preview/", data | choices)
    assert seen.status_code == 200, seen.content.decode()
    carried = dict(seen.context["carried"])
    return client.post(f"{HERE}change/apply/", carried | choices | {"seal": seen.context["plan"].seal})


def test_the_form_opens_as_things_stand(as_organiser: Client, series: Series) -> None:
    form = as_organiser.get(f"{HERE}change/").context["form"]
    assert [value for value, _label in form.fields["scope"].choices] == ["future"]
    shown = {name: form[name].value() for name in ("rhythm", "count", "first_date", "local_time", "nth")}
    assert {name: str(value) for name, value in shown.items()} == {
        "rhythm": "keep",
        "count": "6",
        "first_date": "2026-12-01",
        "local_time": "15:00:00",
        "nth": "1",
    }
    assert "As it is: The first Tuesday of every month" in as_organiser.get(f"{HERE}change/").content.decode()


def test_from_a_session_on_the_number_counts_what_remains(as_organiser: Client, series: Series) -> None:
    form = as_organiser.get(f"{HERE}change/?from=after-hours-3").context["form"]
    assert (form["scope"].value(), form["count"].value()) == ("following", 4)
    assert str(form["first_date"].value()) == "2027-02-02"


def test_nothing_happens_before_apply(as_organiser: Client, series: Series) -> None:
    answer = as_organiser.post(f"{HERE}change/preview/", given(series, local_time="16:30"))
    text = answer.content.decode()
    assert "6 sessions move." in text
    assert "Tue 1 Dec 2026, 16:30–17:30 Johannesburg" in text
    assert "14:30–15:30 UTC" in text
    assert "20:00–21:00 Kolkata" in text
    assert answer.context["shown"].affected[0].members == "1 member"
    assert hours(series)[0] == "2026-12-01 15:00"


def test_apply_and_undo(as_organiser: Client, series: Series) -> None:
    data = given(series, **{"from": "after-hours-4"}, scope="following", local_time="16:30")
    assert apply(as_organiser, data).status_code == 302
    assert hours(series)[2:4] == ["2027-02-02 15:00", "2027-03-02 16:30"]
    page = as_organiser.get(HERE)
    assert page.context["undo"].did == "changed its plan"
    number = as_organiser.get("/organise/sessions/after-hours-5/").context["undo"].change
    assert number == page.context["undo"].change
    as_organiser.post("/organise/sessions/after-hours-5/undo/", {"change": number})
    assert hours(series)[3] == "2027-03-02 15:00"
    assert "undid the last change" in as_organiser.get(HERE).content.decode()
    again = as_organiser.post(f"{HERE}undo/", {"change": number}, follow=True)
    assert "This was undone already." in again.content.decode()


def test_another_rhythm(as_organiser: Client, series: Series) -> None:
    data = given(series, rhythm="monthly-weekday", nth="3", weekday="3", count="5")
    apply(as_organiser, data | {"reason": "Too many"})
    assert hours(series)[0] == "2026-12-17 15:00"
    gone = series.sessions.get(number=6)
    assert (gone.state, gone.reason) == ("cancelled", "Too many")


def test_a_choice_for_each_thing_done_by_hand(as_organiser: Client, series: Series, organiser: User) -> None:
    rows = list(Session.objects.select_related("series").order_by("number"))
    for row in rows[:2]:
        moving.edit(session=row, room="1.205", now=NOW, actor_id=organiser.pk)
    data = given(series, form="hybrid", room="Hall")
    seen = as_organiser.post(f"{HERE}change/preview/", data)
    assert [choice.pk for choice in seen.context["shown"].choices] == [rows[0].pk, rows[1].pk]
    assert "Room, by hand: 1.205. It would be: Hall." in seen.content.decode()
    apply(as_organiser, data, **{f"hand-{rows[1].pk}": "follow"})
    assert list(series.sessions.order_by("number").values_list("room", flat=True)[:3]) == [
        "1.205",
        "Hall",
        "Hall",
    ]
    series.refresh_from_db()
    apply(as_organiser, given(series, form="hybrid", room="Attic"), hand="follow")
    assert set(series.sessions.values_list("room", flat=True)) == {"Attic"}


def test_what_changed_since_the_preview_is_shown_first(
    as_organiser: Client, series: Series, manager: User
) -> None:
    data = given(series, local_time="16:30")
    seal = as_organiser.post(f"{HERE}change/preview/", data).context["plan"].seal
    one = Session.objects.select_related("series").get(number=2)
    moving.edit(session=one, title="Savings", now=NOW, actor_id=manager.pk)
    answer = as_organiser.post(f"{HERE}change/apply/", data | {"seal": seal})
    assert answer.status_code == 409
    assert "Something changed since you saw the preview" in answer.content.decode()
    assert hours(series)[0] == "2026-12-01 15:00"
    edit_series(series=series, title="Theirs", now=NOW, actor_id=manager.pk)
    for step in ("preview", "apply"):
        late = as_organiser.post(f"{HERE}change/{step}/", data)
        assert late.status_code == 409
        assert late.context["versions"].changes[0].who == "manager@example.org"
        assert late.context["form"]["local_time"].value() == "16:30"
        assert late.context["versions"].fields == [("Start", "15:00", "16:30")]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"local_time": ""}, "local_time", "Give the hour"),
        ({"minutes": "0"}, "minutes", "after the start"),
        ({"zone": "Mars/Olympus"}, "zone", "not a time zone"),
        ({"rhythm": "weekly", "ends": "until", "until": "2020-01-01"}, "until", "before the first one"),
        ({"rhythm": "weekly", "first_date": ""}, "first_date", "Choose the first date"),
        ({"rhythm": "weekly", "count": "900"}, "rhythm", "more than 500 sessions"),
        ({"scope": "one"}, "scope", "Select a valid choice"),
        ({"join_url": "javascript:alert(1)"}, "join_url", "begins with http:// or https://"),
    ],
)
def test_mistakes_are_said_beside_their_field(
    change: dict[str, str], field: str, words: str, as_organiser: Client, series: Series
) -> None:
    answer = as_organiser.post(f"{HERE}change/preview/", given(series, **change))
    assert answer.status_code == 400
    assert words in " ".join(answer.context["form"].errors[field])
    assert Change.objects.count() == 6


def test_whole_days(as_organiser: Client, community: Community) -> None:
    series = make_series(
        community,
        slug="after-hours",
        local_time=None,
        days=2,
        rrule="FREQ=MONTHLY;BYDAY=1TU;COUNT=3",
    )
    planning.fill(series=series, now=NOW)
    data = given(series, rhythm="monthly-weekday", nth="2", count="3", days="3", all_day="on")
    seen = as_organiser.post(f"{HERE}change/preview/", data)
    assert "Tue 8 – Thu 10 Dec 2026" in seen.content.decode()
    assert apply(as_organiser, data).status_code == 302
    assert str(series.sessions.get(number=1).local_date) == "2026-12-08"
    assert set(series.sessions.values_list("days", flat=True)) == {3}


def test_an_hour_that_clocks_skip_is_remarked(as_organiser: Client, series: Series) -> None:
    data = given(series, rhythm="dates", dates="2027-03-28", zone="Europe/Lisbon", local_time="01:30")
    text = as_organiser.post(f"{HERE}change/preview/", data).content.decode()
    assert "Clocks skip 01:30 that day: it will be 02:30." in text


def test_one_session_keeps_its_words_in_other_languages(as_organiser: Client, series: Series) -> None:
    one = Session.objects.select_related("series").get(number=2)
    moving.edit(session=one, title={"en": "Savings", "sv": "Sparande"}, now=NOW, actor_id=None)
    apply(as_organiser, given(series, **{"from": "after-hours-2"}, scope="one", title="Lending"))
    one.refresh_from_db()
    assert one.title == {"en": "Lending", "sv": "Sparande"}


@pytest.mark.parametrize("deed", ["cancel", "postpone"])
def test_a_decision_about_one_session_can_be_taken_back(
    deed: str, as_organiser: Client, series: Series
) -> None:
    here = "/organise/sessions/after-hours-1/"
    assert as_organiser.get(here).context["undo"] is None
    as_organiser.post(f"{here}{deed}/", {"reason": "Ill", "seen": "1"})
    number = as_organiser.get(here).context["undo"].change
    as_organiser.post(f"{here}undo/", {"change": number})
    assert Session.objects.get(number=1).state == "announced"
    assert as_organiser.get(here).context["undo"] is None


def test_the_way_back_keeps_what_was_typed(as_organiser: Client, series: Series) -> None:
    answer = as_organiser.post(f"{HERE}change/", given(series, room="Hall"))
    assert (answer.status_code, answer.context["form"]["room"].value()) == (200, "Hall")


def test_a_session_of_another_series_is_not_found(as_organiser: Client, series: Series) -> None:
    make_session(make_series(series.community, slug="other"))
    assert as_organiser.get(f"{HERE}change/?from=other-1").status_code == 404


def test_two_change_places(as_organiser: Client, series: Series) -> None:
    page = as_organiser.get("/organise/sessions/after-hours-1/swap/")
    assert page.context["others"][0] == ("after-hours-2", "Tue 5 Jan 2027, 15:00–16:00 · Session 2")
    data = {"other": "after-hours-2", "seen": "1"}
    assert as_organiser.post("/organise/sessions/after-hours-1/swap/", data).status_code == 302
    assert hours(series)[:2] == ["2027-01-05 15:00", "2026-12-01 15:00"]
    late = as_organiser.post("/organise/sessions/after-hours-1/swap/", data)
    assert late.status_code == 409
    wrong = as_organiser.post("/organise/sessions/after-hours-1/swap/", {"seen": "2"})
    assert wrong.context["form"].errors["other"] == ["Choose another session of the same series."]


def test_once_more_for_next_year(as_organiser: Client, series: Series) -> None:
    key = as_organiser.get(f"{HERE}once-more/").context["form_key"]
    for _click in range(2):
        answer = as_organiser.post(f"{HERE}once-more/", {"form_key": key})
    assert answer.headers["Location"] == "/organise/series/after-hours-2/"
    draft = Series.objects.get(slug="after-hours-2")
    assert (str(draft.first_date), draft.published_at) == ("2027-12-01", None)


def test_a_change_of_a_stranger_is_not_undone(as_organiser: Client, series: Series) -> None:
    other = make_session(make_series(slug="elsewhere"))
    moving.cancel(session=other, reason="Ill", now=NOW, actor_id=None)
    number = Change.objects.latest("id").pk
    assert as_organiser.post(f"{HERE}undo/", {"change": number}).status_code == 404
    assert as_organiser.post(f"{HERE}undo/", {"change": "x"}).status_code == 404


def test_hours_become_whole_days_and_back(as_organiser: Client, series: Series) -> None:
    whole = given(series, all_day="on", local_time="", minutes="", days="2")
    seen = as_organiser.post(f"{HERE}change/preview/", whole)
    assert "Tue 1 – Wed 2 Dec 2026" in seen.content.decode()
    assert apply(as_organiser, whole).status_code == 302
    series.refresh_from_db()
    assert (series.local_time, series.days, series.minutes) == (None, 2, 60)
    session = series.sessions.get(number=1)
    assert (session.local_time, session.days, session.sequence) == (None, 2, 1)
    assert str(session.starts_at) == "2026-11-30 22:00:00+00:00"
    form = as_organiser.get(f"{HERE}change/").context["form"]
    assert form["all_day"].value() is True
    hours = given(series, local_time="09:00", minutes="2:00", days="1", count="6")
    assert apply(as_organiser, hours).status_code == 302
    session.refresh_from_db()
    assert (f"{session.local_time:%H:%M}", session.minutes, session.days) == ("09:00", 120, 1)
    assert (session.original_time, session.sequence) == (session.local_time, 2)


def test_one_session_becomes_whole_days(as_organiser: Client, series: Series) -> None:
    one = series.sessions.get(number=2)
    data = given(series, scope="one", all_day="on", local_time="", minutes="", days="3") | {"from": one.slug}
    assert apply(as_organiser, data).status_code == 302
    one.refresh_from_db()
    assert (one.local_time, one.days) == (None, 3)
    assert series.sessions.get(number=1).local_time is not None


@pytest.mark.parametrize(
    ("change", "field"),
    [({"local_time": ""}, "local_time"), ({"minutes": ""}, "minutes"), ({"days": "0"}, "days")],
)
def test_hours_need_an_hour_and_a_length(
    change: dict[str, str], field: str, as_organiser: Client, series: Series
) -> None:
    answer = as_organiser.post(f"{HERE}change/preview/", given(series, **change))
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]


def test_weeks_become_a_rhythm_with_days_and_hours(as_organiser: Client, community: Community) -> None:
    series = make_series(
        community,
        slug="after-hours",
        rrule="",
        precision="week",
        local_time=None,
        first_date=date(2027, 1, 4),
        rdates=["2027-01-18", "2027-02-01"],
        published_at=NOW,
    )
    planning.fill(series=series, now=NOW)
    weeks = list(Session.objects.order_by("number").values_list("uid", "local_date", "precision"))
    form = as_organiser.get(f"{HERE}change/").context["form"]
    assert (form["all_day"].value(), form["local_time"].value()) == (False, None)
    kept = {"first_date": "2027-01-04", "local_time": "15:00", "minutes": "1:30"}
    as_organiser.post(f"{HERE}change/apply/", given(series, **kept))
    assert list(Session.objects.order_by("number").values_list("uid", "local_date", "precision")) == weeks

    asked = {"rhythm": "weekly", "every": "2", "weekdays": ["2"], "first_date": "2027-01-06", "count": "4"}
    refused = as_organiser.post(f"{HERE}change/preview/", given(series, **asked, local_time=""))
    assert "local_time" in refused.context["form"].errors
    text = as_organiser.post(f"{HERE}change/preview/", given(series, **asked)).content.decode()
    assert "3 sessions move." in text
    assert "1 session is new." in text
    assert "Week 1, 4–10 January 2027" in text
    assert "Wed 6 Jan 2027, 15:00–16:00 Johannesburg" in text
    apply(as_organiser, given(series, **asked))
    days = ["2027-01-06 15:00", "2027-01-20 15:00", "2027-02-03 15:00", "2027-02-17 15:00"]
    assert hours(series) == days
    assert set(series.sessions.values_list("precision", "moved_from")) == {("day", None)}
    assert [each.uid for each in series.sessions.order_by("number")][:3] == [uid for uid, *_rest in weeks]
    assert Series.objects.get(pk=series.pk).precision == "day"

    change = Change.objects.filter(kind="replanned").latest("pk")
    as_organiser.post(f"{HERE}undo/", {"change": change.pk})
    back = Session.objects.filter(cancelled_at=None).order_by("number")
    assert list(back.values_list("uid", "local_date", "precision")) == weeks
    assert Series.objects.get(pk=series.pk).precision == "week"
