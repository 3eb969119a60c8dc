"""Dates that do not suit, on the planner and wherever somebody may wonder why a session is on another day."""

from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from seminars.calendars import wording
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session

pytestmark = pytest.mark.usefixtures("stopped")
PLAN, PREVIEW, PUBLISH = (
    "/organise/series/new/",
    "/organise/series/new/preview/",
    "/organise/series/new/publish/",
)


@pytest.fixture
def fridays(plan: dict[str, Any]) -> dict[str, Any]:
    """Four Fridays around Heritage Day of South Africa, 24 September 2027."""
    return plan | {"rhythm": "weekly", "weekdays": ["4"], "first_date": "2027-09-10"}


MOVED = {"countries": ["ZA"], "on_holiday": "move"}


def test_the_preview_says_what_was_moved_and_why(as_organiser: Client, fridays: dict[str, Any]) -> None:
    page = as_organiser.post(PREVIEW, fridays | MOVED).content.decode()
    assert "Moved from 24 September 2027: Heritage Day in South Africa." in page
    assert "Mon 27 Sep" in page
    assert '<details class="date-rules"' in page
    assert " open>" in page


def test_the_preview_says_what_is_skipped_and_what_is_kept(
    as_organiser: Client, fridays: dict[str, Any]
) -> None:
    lines = as_organiser.post(PREVIEW, fridays | MOVED | {"on_holiday": "skip"}).context["preview"].lines
    assert [line.skipped for line in lines] == [False, False, True, False]
    assert lines[2].remarks == ["24 September 2027 is skipped: Heritage Day in South Africa."]
    lines = as_organiser.post(PREVIEW, fridays | {"countries": ["ZA"]}).context["preview"].lines
    assert lines[2].remarks == ["Kept on 24 September 2027: Heritage Day in South Africa."]


def test_whole_days_say_it_too(as_organiser: Client, fridays: dict[str, Any]) -> None:
    whole = fridays | MOVED | {"all_day": "on", "days": "1"}
    answer = as_organiser.post(PREVIEW, whole)
    assert answer.context["preview"].lines[2].remarks[0].startswith("Moved from 24 September 2027")
    assert "Moved from 24 September 2027" in answer.content.decode()


def test_the_live_preview_reads_the_first_that_takes_place(
    as_organiser: Client, fridays: dict[str, Any]
) -> None:
    sent = fridays | {"first_date": "2027-09-24", "countries": ["ZA"], "on_holiday": "skip"}
    page = as_organiser.post(PREVIEW, sent, headers={"HX-Request": "true"}).content.decode()
    assert "Preview: first on Fri 1 Oct 2027, 15:00–16:30" in page


def test_the_form_finds_countries_by_their_names(as_organiser: Client) -> None:
    page = as_organiser.get(PLAN).content.decode()
    assert "Dates that do not suit" in page
    assert "<span>South Africa</span>" in page
    assert page.index("<span>Albania</span>") < page.index("<span>Zimbabwe</span>")
    assert page.count('name="countries"') > 200


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"countries": ["XX"]}, "countries", "We know no holidays of “XX”"),
        ({"on_holiday": "skip"}, "countries", "Choose the countries whose holidays"),
        ({"on_room": "paint"}, "on_room", "Select a valid choice"),
        ({"countries": ["EG"], "on_weekend": "skip"}, "on_weekend", "With this rule no date is left."),
    ],
)
@pytest.mark.parametrize("address", [PLAN, PREVIEW, PUBLISH])
def test_bad_rules_stand_beside_their_field(
    address: str, as_organiser: Client, fridays: dict[str, Any], given: dict[str, Any], field: str, words: str
) -> None:
    answer = as_organiser.post(address, fridays | given)
    assert answer.status_code == 400
    assert words in answer.context["form"].errors[field][0]
    assert 'value="Harvest hour"' in answer.content.decode()
    assert not Series.objects.exists()


def test_a_single_event_stays_on_its_day(as_organiser: Client, fridays: dict[str, Any]) -> None:
    as_organiser.post(PUBLISH, fridays | MOVED | {"rhythm": "once", "first_date": "2027-09-24"})
    assert Session.objects.get().local_date == date(2027, 9, 24)


@pytest.fixture
def published(as_organiser: Client, fridays: dict[str, Any]) -> Series:
    """Heritage Day is moved, and New Year's Day, a Saturday, does not matter."""
    as_organiser.post(PUBLISH, fridays | MOVED)
    return Series.objects.get()


def test_publishing_keeps_the_rules_and_moves(published: Series) -> None:
    assert published.date_rules == {"countries": ["ZA"], "then": {"holiday": "move"}, "tell": False}
    assert published.sessions.get(number=3).local_date == date(2027, 9, 27)


SAID = "Moved from 24 September 2027: Heritage Day in South Africa."


def test_organisers_read_why_on_session_and_series(as_organiser: Client, published: Series) -> None:
    third = published.sessions.get(number=3)
    assert SAID in as_organiser.get(reverse("organise_session", args=[third.slug])).content.decode()
    other = reverse("organise_session", args=[published.sessions.get(number=2).slug])
    assert "Heritage Day" not in as_organiser.get(other).content.decode()
    page = as_organiser.get(reverse("organise_series", args=[published.slug])).content.decode()
    assert SAID in page
    assert "Change these rules" in page


def test_a_skipped_date_is_on_the_organisers_page(as_organiser: Client, fridays: dict[str, Any]) -> None:
    as_organiser.post(PUBLISH, fridays | MOVED | {"on_holiday": "skip"})
    page = as_organiser.get(reverse("organise_series", args=[Series.objects.get().slug])).content.decode()
    assert "24 September 2027 is skipped: Heritage Day in South Africa." in page


def test_subscribers_are_told_only_when_asked_for(
    as_organiser: Client, as_nobody: Client, fridays: dict[str, Any], published: Series
) -> None:
    third = published.sessions.get(number=3)
    assert "Heritage Day" not in wording.description(third, "en")
    assert "Heritage Day" not in as_nobody.get(f"/series/{published.slug}/").content.decode()
    as_organiser.post(PUBLISH, fridays | MOVED | {"tell": "on", "form_key": "k2", "title": "Told"})
    told = Series.objects.get(slug="told")
    assert SAID in wording.description(told.sessions.get(number=3), "en")
    assert "Heritage Day" not in wording.description(told.sessions.get(number=2), "en")
    assert SAID in as_nobody.get("/series/told/").content.decode()


def test_names_of_other_sessions_stay_with_organisers(
    as_organiser: Client, as_nobody: Client, fridays: dict[str, Any], community: Community
) -> None:
    as_organiser.post(PUBLISH, fridays | {"title": "Board only"})
    sent = fridays | {"on_audience": "move", "tell": "on", "form_key": "k2", "title": "Told"}
    as_organiser.post(PUBLISH, sent)
    told = Series.objects.get(slug="told")
    first = told.sessions.get(number=1)
    assert (first.local_date, first.local_time) == (date(2027, 9, 13), time(15))
    own = as_organiser.get(reverse("organise_session", args=[first.slug])).content.decode()
    assert "another session for the same people at that time (Board only)" in own
    public = as_nobody.get("/series/told/").content.decode()
    assert "another session for the same people at that time." in public
    assert "Board only" not in public + wording.description(first, "en")
