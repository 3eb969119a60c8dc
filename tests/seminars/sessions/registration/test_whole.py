"""Once for a whole series: every session that is open or becomes so; each declined alone; nobody counted in twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.changes.refusing import UserError
from seminars.notifications import attending
from seminars.notifications.models import Message
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.registration import registering, whole
from seminars.sessions.registration.models import Mode, News, Registration, Seat, SeriesRegistration, Terms
from tests.factories import NOW, make_series, make_session

pytestmark = pytest.mark.django_db
WHO = {"name": "Reader", "language": "en", "zone": "Africa/Kampala"}
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def series(community: Community) -> Series:
    found = make_series(community, slug="talks")
    for _number in range(3):
        make_session(found)
    return found


def come(series: Series, name: str = "one", now: datetime = NOW, **columns: Any) -> SeriesRegistration:
    found, _new = whole.register(series=series, email=f"{name}@example.org", now=now, **WHO | columns)
    return whole.confirm(registration=found, now=now)


def seats(session: Session) -> list[str]:
    return [each.seat for each in Registration.objects.counting().filter(session=session).order_by("number")]


def test_one_for_all_sessions_that_are_open_and_those_that_become_so(series: Series) -> None:
    make_session(series, published=False)
    make_session(series, audience="named")
    make_session(series, cancelled_at=NOW)
    found, new = whole.register(series=series, email="One@example.org", now=NOW, **WHO)
    assert new
    assert not Registration.objects.exists()  # an address that is not confirmed holds no place
    whole.confirm(registration=found, now=NOW)
    whole.confirm(registration=found, now=NOW)
    assert Registration.objects.standing().count() == 3
    added = make_session(series)
    assert whole.take_over(now=LATER) == 1
    assert whole.take_over(now=LATER) == 0
    row = Registration.objects.get(session=added)
    assert (row.whole, row.stands, row.zone) == (found, True, "Africa/Kampala")
    Session.objects.filter(published_at=None).update(published_at=NOW)
    assert whole.take_over(now=LATER) == 1


def test_each_session_is_declined_alone_and_stays_so(series: Series) -> None:
    come(series)
    first = Registration.objects.order_by("session_id")[0]
    registering.withdraw(registration=first, now=LATER)
    assert whole.take_over(now=LATER) == 0
    assert Registration.objects.standing().count() == 2


def test_withdrawing_from_the_series_frees_every_place(series: Series) -> None:
    Terms.objects.create(series=series, capacity_online=1, confirm_hours=0)
    one, two = come(series), come(series, "two")
    session = series.sessions.order_by("pk")[0]
    assert seats(session) == [Seat.PLACE, Seat.WAITING]
    whole.withdraw(registration=one, now=LATER)
    whole.withdraw(registration=one, now=LATER)
    assert seats(session) == [Seat.PLACE]
    assert all(each.whole == two for each in Registration.objects.standing())
    again = whole.confirm(registration=one, now=LATER + timedelta(minutes=1))
    assert again.counts
    assert seats(session) == [Seat.PLACE, Seat.WAITING]
    whole.take_over(now=LATER + timedelta(minutes=2))
    assert Registration.objects.count() == 6


def test_who_was_taken_off_stays_off_and_is_told_once(series: Series) -> None:
    found = come(series)
    whole.remove(registration=found, now=LATER, actor_id=None)
    assert Registration.objects.filter(news=News.REMOVED).count() == 1
    with pytest.raises(UserError, match="took this registration off"):
        whole.confirm(registration=found, now=LATER)
    make_session(series)
    whole.take_over(now=LATER)
    assert not Registration.objects.counting().exists()


def test_a_single_registration_is_joined_not_doubled(series: Series) -> None:
    session = series.sessions.order_by("pk")[0]
    registering.register(session=session, email="one@example.org", now=NOW, **WHO)
    come(series)
    assert Registration.objects.count() == 3
    assert Registration.objects.standing().count() == 3


def test_sessions_without_registration_wait_until_it_is_asked(series: Series) -> None:
    session = series.sessions.order_by("pk")[0]
    terms = Terms.objects.create(session=session, mode=Mode.NONE)
    come(series)
    whole.take_over(now=LATER)
    assert seats(session) == []
    terms.delete()
    assert whole.take_over(now=LATER) == 1


def test_what_is_changed_for_the_series_follows_in_its_sessions(series: Series) -> None:
    found = come(series)
    whole.change(registration=found, now=LATER, name="Another", reminders=False)
    rows = Registration.objects.all()
    assert {(each.name, each.reminders) for each in rows} == {("Another", False)}


def test_an_invitation_for_each_session(series: Series) -> None:
    come(series)
    assert attending.look(now=LATER) == 3
    assert Message.objects.filter(kind="attending").count() == 3
    make_session(series)
    whole.take_over(now=LATER)
    assert attending.look(now=LATER) == 1


def test_a_place_in_each_session_is_written_once(series: Series) -> None:
    with CaptureQueriesContext(connection) as queries:
        come(series)
    updates = [each["sql"] for each in queries if each["sql"].startswith('UPDATE "seminars_registration"')]
    assert (Registration.objects.standing().count(), updates) == (3, [])


def test_questions_do_not_grow_with_sessions_or_people(series: Series) -> None:
    def asked(verb: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            verb()
        return len(queries)

    come(series, "warm")
    few = asked(lambda: come(series, "a"))
    for _number in range(20):
        make_session(series)
    whole.take_over(now=LATER)
    assert asked(lambda: come(series, "b")) <= few
    assert asked(lambda: whole.take_over(now=LATER)) == 1
    added = make_session(series)
    one = asked(lambda: whole.take_over(now=LATER))
    for number in range(40):
        come(series, f"c{number}")
    whole.take_over(now=LATER)
    make_session(series)
    assert asked(lambda: whole.take_over(now=LATER)) <= one + 3  # a statement takes some forty rows
    assert len(seats(added)) == 43
