"""Places: never more than there are, in the order of the line, whoever comes at once; and what each is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.changes.refusing import UserError
from seminars.sessions.models import Session
from seminars.sessions.registration import registering, seating
from seminars.sessions.registration.models import Line, News, Registration, Seat, Terms
from seminars.sessions.registration.places import MOVED, deadline
from tests.factories import NOW, make_series, make_session

WHO = {"name": "Reader", "language": "en"}
CROWD, FREE, THREADS = 200, 10, 40


def limited(session: Session | None = None, **columns: Any) -> Session:
    """A session with terms of its own."""
    session = session or make_session()
    Terms.objects.create(session=session, **columns)
    return session


def come(session: Session, name: str, **columns: Any) -> Registration:
    """Somebody registers and confirms."""
    email = f"{name}@example.org"
    found, _new = registering.register(session=session, email=email, now=NOW, **WHO | columns)
    return registering.confirm(registration=found, now=NOW)


def line_of(session: Session, seat: str) -> list[str]:
    """Who stands so, in line."""
    rows = Registration.objects.counting().filter(session=session, seat=seat).order_by("number")
    return [each.email.split("@")[0] for each in rows]


def now_of(registration: Registration) -> Registration:
    """The row as it is."""
    return Registration.objects.get(pk=registration.pk)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_for_the_last_ten_places() -> None:
    session = limited(capacity_online=FREE + 1)
    come(session, "before")
    people = [
        registering.register(session=session, email=f"p{n}@example.org", now=NOW, **WHO)[0]
        for n in range(CROWD)
    ]

    def confirm(each: Registration) -> str:
        try:
            return registering.confirm(registration=each, now=NOW).seat
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        seats = list(pool.map(confirm, people))
    assert (seats.count(Seat.PLACE), seats.count(Seat.WAITING)) == (FREE, CROWD - FREE)
    rows = Registration.objects.filter(session=session).order_by("number")
    assert [each.number for each in rows] == list(range(1, CROWD + 2))
    assert [each.seat for each in rows] == [Seat.PLACE] * (FREE + 1) + [Seat.WAITING] * (CROWD - FREE)
    assert Line.objects.get(session=session).last == CROWD + 1


@pytest.mark.django_db(transaction=True)
def test_who_leaves_at_once_with_who_comes_leaves_no_place_empty() -> None:
    session = limited(capacity_online=5, confirm_hours=0)
    there = [come(session, f"a{n}") for n in range(5)]
    coming = [
        registering.register(session=session, email=f"b{n}@example.org", now=NOW, **WHO)[0] for n in range(20)
    ]

    def do(each: Registration) -> None:
        try:
            verb = registering.withdraw if each in there else registering.confirm
            verb(registration=each, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(do, [one for pair in zip(coming[:5], there, strict=True) for one in pair] + coming[5:]))
    rows = Registration.objects.counting().filter(session=session).order_by("number")
    assert [each.seat for each in rows] == [Seat.PLACE] * 5 + [Seat.WAITING] * 15


@pytest.mark.django_db
def test_nothing_is_kept_before_the_address_is_confirmed() -> None:
    session = limited(capacity_online=1)
    registering.register(session=session, email="slow@example.org", now=NOW, **WHO)
    assert come(session, "quick").seat == Seat.PLACE
    assert come(session, "slow").seat == Seat.WAITING


@pytest.mark.django_db
def test_a_place_that_falls_free_is_the_next_ones_until_it_lapses() -> None:
    session = limited(capacity_online=1, confirm_hours=24)
    first, second, third = come(session, "one"), come(session, "two"), come(session, "three")
    assert [seating.place_in_line(each) for each in (second, third)] == [1, 2]
    assert seating.places_in_line([second, third]) == {second.pk: 1, third.pk: 2}
    registering.withdraw(registration=first, now=NOW)
    offered = now_of(second)
    assert (offered.seat, offered.news) == (Seat.OFFERED, News.OFFERED)
    assert offered.offered_until == NOW + timedelta(hours=24)
    assert come(session, "late").seat == Seat.WAITING
    assert seating.lapse(now=NOW + timedelta(hours=23)) == 0
    late = NOW + timedelta(hours=24)
    with pytest.raises(UserError, match="its time is over"):
        seating.accept(registration=offered, now=late)
    assert seating.lapse(now=late) == 1
    assert seating.lapse(now=late) == 0
    assert [now_of(each).seat for each in (second, third)] == [Seat.LAPSED, Seat.OFFERED]
    assert seating.accept(registration=third, now=late).stands
    again = seating.stand_again(registration=second, now=late)
    assert again.seat == Seat.WAITING
    assert line_of(session, Seat.WAITING) == ["late", "two"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ahead", "hours", "until"),
    [
        (timedelta(days=10), 24, timedelta(hours=24)),
        (timedelta(hours=10), 24, timedelta(hours=5)),
        (timedelta(hours=1), 24, None),
        (timedelta(days=10), 0, None),
    ],
)
def test_the_deadline_is_shorter_near_the_start(
    ahead: timedelta, hours: int, until: timedelta | None
) -> None:
    session = Session(starts_at=NOW + ahead)
    found = deadline(session, Terms(confirm_hours=hours), NOW)
    assert (found - NOW if found else None) == until


@pytest.mark.django_db
def test_more_places_are_filled_in_order_by_the_sweep() -> None:
    session = limited(capacity_online=1, confirm_hours=0)
    for name in ("one", "two", "three", "four"):
        come(session, name)
    Terms.objects.filter(session=session).update(capacity_online=3)
    assert seating.move_up(now=NOW) == 2
    assert line_of(session, Seat.PLACE) == ["one", "two", "three"]
    assert seating.move_up(now=NOW) == 0
    Terms.objects.filter(session=session).update(capacity_online=None)
    assert seating.move_up(now=NOW) == 1


@pytest.mark.django_db
def test_room_and_online_are_counted_apart() -> None:
    series = make_series(form="hybrid")
    session = limited(make_session(series), capacity_online=None, capacity_room=1)
    one, two = come(session, "one", coming="room"), come(session, "two", coming="room")
    assert [one.seat, two.seat, come(session, "three").seat] == [Seat.PLACE, Seat.WAITING, Seat.PLACE]
    three = Registration.objects.get(email="three@example.org")
    with pytest.raises(UserError, match="keep the place"):
        registering.change(registration=three, now=NOW, coming="room")
    assert now_of(three).coming == "online"
    assert registering.change(registration=two, now=NOW, coming="online").stands
    assert registering.change(registration=one, now=NOW, coming="online").stands
    assert registering.change(registration=three, now=NOW, coming="room").stands


@pytest.mark.django_db
def test_organisers_say_yes_and_no_with_words() -> None:
    session = limited(capacity_online=1, approval=True)
    one, two, three = (come(session, name) for name in ("one", "two", "three"))
    assert {each.seat for each in (one, two, three)} == {Seat.ASKED}
    chosen = [two.pk, one.pk]
    how = {"session": session, "now": NOW, "actor_id": None}
    assert seating.decide(chosen=chosen, approve=True, words="Welcome", **how) == 2
    assert seating.decide(chosen=chosen, approve=True, **how) == 0
    assert seating.decide(chosen=[three.pk], approve=False, words="Next time", **how) == 1
    found = [now_of(each) for each in (one, two, three)]
    assert [each.seat for each in found] == [Seat.PLACE, Seat.WAITING, Seat.DECLINED]
    assert [each.news for each in found] == [News.GIVEN, News.WAITING, News.DECLINED]
    assert [each.words for each in found] == ["Welcome", "Welcome", "Next time"]


@pytest.mark.django_db
def test_organisers_move_add_and_remove() -> None:
    session = limited(capacity_online=1, confirm_hours=0)
    one, two = come(session, "one"), come(session, "two")
    how = {"now": NOW, "actor_id": None}
    with pytest.raises(UserError, match="All places are taken"):
        seating.move(registration=two, seat=Seat.PLACE, **how)
    seating.move(registration=one, seat=Seat.DECLINED, **how)
    assert now_of(two).seat == Seat.PLACE
    seating.move(registration=two, seat=Seat.WAITING, **how)
    seating.move(registration=one, seat=Seat.PLACE, **how)
    added = seating.add(session=session, email="guest@example.org", name="Guest", language="en", **how)
    assert added.seat == Seat.WAITING
    with pytest.raises(UserError, match="registered already"):
        seating.add(session=session, email="guest@example.org", name="Guest", language="en", **how)
    gone = registering.remove(registration=one, **how)
    assert (gone.news, now_of(two).seat) == (News.REMOVED, Seat.PLACE)


@pytest.mark.django_db
@pytest.mark.parametrize("waiting_list", [True, False])
def test_organisers_overfill_only_when_they_say_so(waiting_list: bool) -> None:
    session = limited(capacity_online=1, confirm_hours=0, waiting_list=waiting_list)
    one, two = come(session, "one"), come(session, "two")
    how = {"now": NOW, "actor_id": None}
    guest = {"session": session, "email": "guest@example.org", "name": "Guest", "language": "en"} | how
    added = seating.add(over=True, **guest)
    assert (now_of(added).seat, now_of(added).news) == (Seat.PLACE, News.GIVEN)
    assert seating.over_by(added) == 1
    with pytest.raises(UserError, match="All places are taken"):
        seating.move(registration=two, seat=Seat.PLACE, **how)
    seating.move(registration=two, seat=Seat.PLACE, over=True, **how)
    assert (now_of(two).seat, seating.over_by(two)) == (Seat.PLACE, 2)
    late = come(session, "late")
    registering.withdraw(registration=one, now=NOW)
    registering.withdraw(registration=added, now=NOW)
    assert seating.over_by(two) == 0
    assert not now_of(late).stands, "the places that came free were beyond those there are"
    registering.withdraw(registration=two, now=NOW)
    assert now_of(late).stands == waiting_list


@pytest.mark.django_db
def test_without_a_waiting_list_who_is_late_is_told_and_can_look_again() -> None:
    session = limited(capacity_online=1, waiting_list=False)
    one, two = come(session, "one"), come(session, "two")
    assert (two.seat, two.news) == (Seat.FULL, News.FULL)
    with pytest.raises(UserError, match="no waiting list"):
        seating.stand_again(registration=two, now=NOW)
    registering.withdraw(registration=one, now=NOW)
    assert seating.stand_again(registration=two, now=NOW).stands


@pytest.mark.django_db
def test_nobody_moves_up_into_a_session_that_is_over() -> None:
    session = limited(capacity_online=1, confirm_hours=0)
    one, two = come(session, "one"), come(session, "two")
    assert session.ends_at
    registering.withdraw(registration=one, now=session.ends_at)
    assert now_of(two).seat == Seat.WAITING


@pytest.mark.django_db
def test_registering_asks_few_questions() -> None:
    session = limited(capacity_online=3)
    for name in ("one", "two", "three", "four"):
        found, _new = registering.register(session=session, email=f"{name}@example.org", now=NOW, **WHO)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            registering.confirm(registration=found, now=NOW)
    assert len(asked) <= 12, [each["sql"] for each in asked]


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["come", "leave", "accept", "lapse", "more", "again", "take off", "way"]),
        st.integers(0, 9),
    ),
    max_size=30,
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=40)
@given(deeds=DEEDS, capacity=st.integers(0, 3), hours=st.sampled_from([0, 24]))
def test_never_too_many_always_in_order(deeds: list[tuple[str, int]], capacity: int, hours: int) -> None:
    session = limited(capacity_online=capacity, confirm_hours=hours)
    for at, (deed, who) in enumerate(deeds):
        before = line_of(session, Seat.WAITING)
        taking = set(line_of(session, Seat.PLACE) + line_of(session, Seat.OFFERED))
        if deed == "more":
            capacity += 1
            Terms.objects.filter(session=session).update(capacity_online=capacity)
            seating.move_up(now=NOW)
        else:
            _do(session, deed, f"p{who}", NOW + timedelta(seconds=at))
        after = set(line_of(session, Seat.PLACE) + line_of(session, Seat.OFFERED))
        waiting = line_of(session, Seat.WAITING)
        assert len(after) <= capacity
        assert not waiting or len(after) == capacity  # no place is empty while somebody waits
        promoted = [name for name in before if name in after - taking]
        assert promoted == before[: len(promoted)] or (deed == "leave" and before[0] == f"p{who}")
        stayed = [name for name in before if name in waiting]
        assert [name for name in waiting if name in stayed] == stayed or deed == "again"
    Session.objects.filter(pk=session.pk).update(slug=f"done-{session.pk}")


def _do(session: Session, deed: str, name: str, now: datetime) -> None:
    found = Registration.objects.filter(session=session, email=f"{name}@example.org").first()
    if deed == "come":
        come(session, name) if not found or not found.removed_at else None
    elif deed == "lapse":
        seating.lapse(now=now + timedelta(days=2))
    elif found:
        verbs: dict[str, Any] = {
            "leave": registering.withdraw,
            "accept": seating.accept,
            "again": seating.stand_again,
            "way": lambda registration, now: registering.change(
                registration=registration, now=now, coming="room"
            ),
            "take off": lambda registration, now: registering.remove(
                registration=registration, now=now, actor_id=None
            ),
        }
        try:
            verbs[deed](registration=found, now=now)
        except UserError:
            return


def test_what_places_write_is_known() -> None:
    assert set(MOVED) <= {each.name for each in Registration._meta.fields}
