"""One series: publish, discard, edit for all its sessions, what it owes, one session more."""

from typing import Any

import pytest
from django.test import Client

from seminars.people.models import User
from seminars.series.models import Series
from seminars.sessions import moving
from seminars.sessions.models import Session
from seminars.sessions.rewording import edit_series
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.usefixtures("stopped")
HERE = "/organise/series/after-hours/"


def details(series: Series, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the edit form, opened on `series` as it is."""
    return {
        "seen": str(series.revision),
        "form": series.form,
        "room": "",
        "join_url": series.join_url,
        "view_url": "",
        "dial_in": "",
        "language": "en",
        "audience": series.audience,
        "title_en": series.title["en"],
        "title_sv": "",
        "abstract_en": "",
        "abstract_sv": "",
    } | changes


def test_a_new_link_reaches_the_sessions_nobody_edited(
    as_organiser: Client, series: Series, session: Session, organiser: User
) -> None:
    by_hand = make_session(series)
    moving.edit(session=by_hand, join_url="https://own.example.org", now=NOW, actor_id=organiser.pk)
    given = details(series, join_url="https://new.example.org/room", title_sv="Efter arbetet")
    assert as_organiser.post(f"{HERE}edit/", given).status_code == 302
    links = dict(Session.objects.values_list("slug", "join_url"))
    assert links == {
        "after-hours-1": "https://new.example.org/room",
        "after-hours-2": "https://own.example.org",
    }
    series.refresh_from_db()
    assert series.title == {"en": "After Hours", "sv": "Efter arbetet"}
    assert "changed its details" in as_organiser.get(HERE).content.decode()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"title_en": ""}, "title_en", "Give a title"),
        ({"title_en": "x" * 300}, "title_en", "it has 300"),
        ({"join_url": "javascript:alert(1)"}, "join_url", "begins with http:// or https://"),
    ],
)
def test_bad_details_are_said_beside_their_field(
    change: dict[str, str], field: str, words: str, as_organiser: Client, series: Series
) -> None:
    answer = as_organiser.post(f"{HERE}edit/", details(series, dial_in="+27 10", **change))
    assert answer.status_code == 400
    assert words in answer.context["form"].errors[field][0]
    assert answer.context["form"]["dial_in"].value() == "+27 10"


def test_a_form_left_open_shows_both_versions(as_organiser: Client, series: Series, manager: User) -> None:
    mine = details(series, title_en="Mine")
    edit_series(series=series, title="Theirs", now=NOW, actor_id=manager.pk)
    answer = as_organiser.post(f"{HERE}edit/", mine)
    assert answer.status_code == 409
    assert ("Title (English)", "Theirs", "Mine") in answer.context["versions"].fields
    assert answer.context["versions"].changes[0].who == "manager@example.org"
    assert as_organiser.post(f"{HERE}edit/", mine | {"seen": "2"}).status_code == 302
    assert Series.objects.get().title == {"en": "Mine"}


def test_what_is_owed(as_organiser: Client, series: Series) -> None:
    given = {"slides-on": "on", "slides-days": "0", "slides-side": "before", "recording-on": "on"}
    given |= {"recording-days": "3", "recording-side": "after", "report-days": "10", "report-side": "after"}
    given |= {"own0-words": "Thank them", "own0-days": "1", "own0-side": "after"}
    as_organiser.post(f"{HERE}follow-ups/", given)
    own = series.owed.get(words={"en": "Thank them"})
    assert dict(series.owed.values_list("kind", "days")) == {"slides": 0, "recording": 3, own.kind: 1}
    answer = as_organiser.post(f"{HERE}follow-ups/", given | {"slides-days": "900"})
    assert (answer.status_code, answer.context["wrong"]) == (400, ["Slides: Give a number from 0 to 365."])
    wrong = {"recording-days": "0", "own1-words": "More"}
    answer = as_organiser.post(f"{HERE}follow-ups/", given | wrong)
    assert answer.context["wrong"] == [
        "Recording: Give at least one day after the end.",
        "More: Say how many days.",
    ]
    kept = given | {"own0-kind": own.kind, "own0-days": "2", "brief-on": "on"}  # empty days are the usual
    as_organiser.post(f"{HERE}follow-ups/", kept)
    assert series.owed.get(kind=own.kind).days == 2
    assert series.owed.get(kind="brief").days == -14
    assert "Recording: 3 days after" in as_organiser.get(HERE).content.decode()


def test_one_more_session(as_organiser: Client, series: Series) -> None:
    given = {"title": "Extra", "precision": "day", "date": "2026-12-20", "time": "10:00", "minutes": "2:00"}
    as_organiser.post(f"{HERE}sessions/add/", given)
    session = Session.objects.get()
    assert (session.title, session.minutes, str(session.starts_at)) == (
        {"en": "Extra"},
        120,
        "2026-12-20 08:00:00+00:00",
    )
    again = as_organiser.post(f"{HERE}sessions/add/", given)
    assert "already has this session" in again.context["form"].errors["time"][0]
    assert Session.objects.count() == 1


def test_a_session_of_some_week(as_organiser: Client, series: Series) -> None:
    as_organiser.post(f"{HERE}sessions/add/", {"precision": "week", "date": "2027-04-29", "time": "10:00"})
    session = Session.objects.get()
    assert (session.precision, str(session.local_date)) == ("week", "2027-04-26")


@pytest.mark.parametrize("precision", ["week", "none"])
def test_what_has_no_day_yet_needs_no_hour_and_gets_its_day_later(
    precision: str, as_organiser: Client, as_nobody: Client, series: Series
) -> None:
    given = {"title": "Waves", "precision": precision, "date": "2027-04-29", "time": "", "minutes": ""}
    assert as_organiser.post(f"{HERE}sessions/add/", given).status_code == 302
    session = Session.objects.get()
    assert (session.precision, session.starts_at is None) == (precision, precision == "none")
    assert "Waves" in as_nobody.get("/series/after-hours/").content.decode()
    assert "Waves" in as_organiser.get("/organise/year/2027/").content.decode()
    feed = as_nobody.get("/series/after-hours/calendar.ics").content.decode()
    assert ("DTSTART;VALUE=DATE:20270426" in feed) == (precision == "week")
    assert ("Waves" in feed) == (precision == "week")
    moved = {"seen": str(session.revision), "date": "2027-04-29", "time": "15:00", "minutes": "1:00"}
    assert as_organiser.post(f"/organise/sessions/{session.slug}/move/", moved).status_code == 302
    session.refresh_from_db()
    assert (session.precision, str(session.starts_at)) == ("day", "2027-04-29 13:00:00+00:00")
    again = as_nobody.get("/series/after-hours/calendar.ics").content.decode()
    assert "20270429T" in again


def test_a_day_still_needs_its_date_and_hour(as_organiser: Client, series: Series) -> None:
    answer = as_organiser.post(f"{HERE}sessions/add/", {"precision": "day", "date": "", "time": ""})
    assert set(answer.context["form"].errors) == {"date", "time"}
    answer = as_organiser.post(f"{HERE}sessions/add/", {"precision": "week", "date": ""})
    assert set(answer.context["form"].errors) == {"date"}


def test_a_draft_is_discarded_and_what_is_out_stays(as_organiser: Client, session: Session) -> None:
    make_series(session.series.community, slug="draft", published_at=None)
    as_organiser.post("/organise/series/draft/discard/")
    as_organiser.post(f"{HERE}discard/")
    assert list(Series.objects.values_list("slug", flat=True)) == ["after-hours"]
    assert Session.objects.count() == 1
