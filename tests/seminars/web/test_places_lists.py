"""Lists of places as organisers keep them: taken off, moved, beyond the places, of a series, five thousand long."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.registration import whole
from seminars.sessions.registration.models import Registration, Seat, Terms
from tests.factories import NOW
from tests.seminars.web.test_places import LIST, come, link, said, series, session, terms

__all__ = ["series", "session"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def test_organisers_keep_the_lists(session: Session, as_organiser: Client) -> None:
    rules = terms(session, capacity_online=1, approval=True, confirm_hours=0)
    one, two, three = (come(session, name) for name in ("one", "two", "three"))
    page = said(as_organiser, LIST)
    assert "Wait for your yes" in page
    as_organiser.post(f"{LIST}decide/", {"approve": "yes"})
    as_organiser.post(f"{LIST}decide/", {"chosen": [one.pk, two.pk], "approve": "yes", "words": "Welcome"})
    as_organiser.post(f"{LIST}decide/", {"chosen": [three.pk, "x"], "decline": "yes"})
    seats = dict(Registration.objects.values_list("email", "seat"))
    assert (
        list(seats.values()) == [Seat.PLACE, Seat.WAITING, Seat.DECLINED]
        or seats["one@example.org"] == "place"
    )
    page = said(as_organiser, LIST)
    assert "1 of 1 places" in page
    assert "?list=waiting" in page
    refused = as_organiser.post(f"{LIST}{two.pk}/move/", {"seat": "place", "list": "waiting"}, follow=True)
    assert "or allow more places." in refused.content.decode()
    Terms.objects.filter(pk=rules.pk).update(capacity_online=2)
    as_organiser.post(f"{LIST}{two.pk}/move/", {"seat": "place"})
    assert Registration.objects.get(pk=two.pk).stands
    added = {"name": "Guest", "email": "a@b.org, c@d.org", "zone": "UTC", "coming": "room"}
    assert as_organiser.post(f"{LIST}add/", added).status_code == 422
    as_organiser.post(f"{LIST}add/", added | {"email": "guest@example.org"})
    assert Registration.objects.get(email="guest@example.org").stands
    assert "Guest" in said(as_organiser, f"{LIST}door/")
    assert "One Example" not in said(as_organiser, f"{LIST}door/")
    assert as_organiser.post(f"{LIST}{two.pk}/remove/", {"list": "waiting"})["Location"].endswith(
        "list=waiting"
    )


def test_who_waits_for_the_room_learns_that_online_is_open(session: Session, as_nobody: Client) -> None:
    rules = terms(session, capacity_room=1)
    come(session, "one", coming="room")
    two = come(session, "two", coming="room")
    assert "Online there is a place at once" in said(as_nobody, link(two))
    Terms.objects.filter(pk=rules.pk).update(capacity_online=0)
    assert "Online there is a place at once" not in said(as_nobody, link(two))


def test_organisers_overfill_and_are_warned(session: Session, as_organiser: Client) -> None:
    rules = terms(session, capacity_online=2)
    added = {"name": "Guest", "email": "guest@example.org", "zone": "UTC", "coming": "online", "over": "on"}
    page = as_organiser.post(f"{LIST}add/", added, follow=True).content.decode()
    assert "more than there are places" not in page, "a place was free"
    come(session, "one")
    two = come(session, "two")
    assert "a place, though none is free" in said(as_organiser, f"{LIST}?list=waiting")
    page = as_organiser.post(f"{LIST}{two.pk}/move/", {"seat": "over"}, follow=True).content.decode()
    assert "One person more than there are places." in page
    assert "3 of 2 places" in page
    assert "1 over" in page
    more = added | {"email": "more@example.org"}
    assert (
        "2 people more than there are" in as_organiser.post(f"{LIST}add/", more, follow=True).content.decode()
    )
    rest = {"email": "rest@example.org", "over": ""}
    assert "Waiting list" in as_organiser.post(f"{LIST}add/", added | rest, follow=True).content.decode()
    Terms.objects.filter(pk=rules.pk).update(capacity_online=None)
    page = said(as_organiser, LIST)
    assert 'name="over"' not in page
    assert "though none is free" not in page


def test_series_people_are_listed_and_taken_off(
    session: Session, series: Series, as_organiser: Client
) -> None:
    here = "/organise/series/talks/registrations/"
    assert "Nobody yet." in said(as_organiser, here)
    found, _new = whole.register(series=series, email="w@example.org", name="Whole", language="en", now=NOW)
    whole.confirm(registration=found, now=NOW)
    assert "1 person is registered for all sessions" in said(as_organiser, here)
    assert "w@example.org" in as_organiser.get(f"{here[:-1]}.csv").content.decode()
    as_organiser.post(f"{here}{found.pk}/remove/")
    assert "Nobody yet." in said(as_organiser, here)
    assert not Registration.objects.counting().exists()


def test_five_thousand_are_listed_in_few_queries(session: Session, as_organiser: Client) -> None:
    terms(session, capacity_online=10)
    moments = {"made_at": NOW, "confirmed_at": NOW, "language": "en"}
    Registration.objects.bulk_create(
        Registration(
            session=session, email=f"p{n}@example.org", name=f"P {n:04}", token=f"t{n}", number=n,
            seat=Seat.PLACE if n < 10 else Seat.WAITING, **moments,
        )
        for n in range(5000)
    )  # fmt: skip
    as_organiser.get(LIST)
    with CaptureQueriesContext(connection) as asked:
        page = said(as_organiser, f"{LIST}?list=waiting&page=3")
    assert len(asked) <= 25
    assert "P 0210" in page
    assert "Page 3 of 50" in page
