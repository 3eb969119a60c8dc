"""Twins and relays: what they share with their lead, what they owe, what becomes of them with it."""

from datetime import date, datetime, time, timedelta

import pytest

from seminars.changes.refusing import UserError
from seminars.followups.checklist import promise
from seminars.followups.models import Item
from seminars.followups.opening import open_due
from seminars.people.models import Community, User
from seminars.sessions import moving
from seminars.sessions.asking import TimeQuestion
from seminars.sessions.clocks import recompute
from seminars.sessions.echoes import add_relay, add_twin
from seminars.sessions.facts import facts_of
from seminars.sessions.keeping import decide
from seminars.sessions.models import Echo, Keeping, Session
from seminars.sessions.programme.parts import add_part
from seminars.sessions.speakers import set_speakers
from seminars.sessions.state import State
from seminars.sessions.turning import turn_due
from seminars.sessions.undoing import undo, undoable
from tests.factories import NOW, make_material, make_person, make_series, make_session
from tests.seminars.sessions.test_clocks import behind

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def lead(community: Community) -> Session:
    """1 December 2026, 15:00 to 16:00 in Johannesburg (13:00 UTC), recorded within two days."""
    series = make_series(community)
    series.owed.create(kind="recording", days=2)
    series.owed.create(kind="slides", days=0)
    session = make_session(series, title={"en": "Savings"})
    people = [(make_person(name="Grace"), "speaker", "KE")]
    return set_speakers(session=session, speakers=people, now=NOW, actor_id=None)


def twin_of(lead: Session, hour: int = 10, **given: object) -> Session:
    asked = {"wall": datetime(2026, 12, 1, hour), "zone": "Asia/Manila", "now": NOW, "actor_id": None} | given
    return add_twin(session=lead, **asked)  # type: ignore[arg-type]


def relay_of(lead: Session, hour: int = 10, **given: object) -> Session:
    asked = {"wall": datetime(2026, 12, 3, hour), "zone": "Asia/Manila", "now": NOW, "actor_id": None} | given
    return add_relay(session=lead, host=make_person(name="Ana"), **asked)  # type: ignore[arg-type]


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series", "lead").get(pk=session.pk)


def test_a_twin_is_the_same_topic_at_its_own_hour(lead: Session) -> None:
    twin = twin_of(lead)
    assert (twin.lead, twin.echo, twin.series) == (lead, Echo.TWIN, lead.series)
    assert twin.uid != lead.uid
    assert (twin.title, twin.zone, twin.local_time, twin.minutes) == (lead.title, "Asia/Manila", time(10), 60)
    assert [each.person.name for each in twin.speakers.all()] == ["Grace"]
    assert twin.published_at == NOW


def test_a_relay_has_its_host_and_starts_after_its_lead(lead: Session) -> None:
    relay = relay_of(lead)
    assert [(each.person.name, each.role) for each in relay.speakers.all()] == [("Ana", "host")]
    with pytest.raises(UserError, match="starts after 1 December 2026, 22:00, when the session ends"):
        relay_of(lead, wall=datetime(2026, 12, 1, 21, 30))
    assert relay_of(lead, wall=datetime(2026, 12, 1, 22)).local_time == time(22)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"zone": "Asia/Nowhere"}, "time zone from the list"),
        ({"wall": datetime(2026, 11, 1, 10)}, "This time has passed"),
        ({"wall": datetime(2026, 12, 1, 21)}, "hour of the session itself"),
        ({"minutes": 0}, "The end must be after the start"),
    ],
)
def test_bad_input_says_what_to_do(lead: Session, given: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        twin_of(lead, **given)
    assert not lead.echoes.exists()


def test_an_hour_that_clocks_skip_is_asked_about(lead: Session) -> None:
    with pytest.raises(TimeQuestion, match="does not exist"):
        twin_of(lead, wall=datetime(2027, 3, 28, 2, 30), zone="Europe/Stockholm")


def test_echoes_make_no_chains_and_events_are_not_repeated_whole(lead: Session, community: Community) -> None:
    twin = twin_of(lead)
    with pytest.raises(UserError, match="twin or relay itself"):
        twin_of(twin, hour=12)
    lead.series.refresh_from_db()
    whole = make_session(lead.series, wall=datetime(2026, 12, 8), all_day=True)
    with pytest.raises(UserError, match="a date and an hour"):
        twin_of(whole)
    event = make_session(lead.series, wall=datetime(2026, 12, 9, 9), minutes=480)
    add_part(event=event, title="Part", wall=datetime(2026, 12, 9, 10), minutes=60, now=NOW, actor_id=None)
    with pytest.raises(UserError, match="not repeated whole"):
        twin_of(event)
    Session.objects.filter(pk=lead.pk).update(report_only=True)
    with pytest.raises(UserError, match="nothing to relay"):
        relay_of(fresh(lead))
    moving.cancel(session=fresh(lead), reason="Ill", now=NOW, actor_id=None)
    with pytest.raises(UserError, match="does not take place"):
        twin_of(fresh(lead))


def test_a_part_repeated_within_its_event_is_in_the_programme(lead: Session) -> None:
    event = make_session(lead.series, wall=datetime(2026, 12, 9, 9), minutes=480)
    given = {"now": NOW, "actor_id": None, "minutes": 60}
    part = add_part(event=event, title="Workshop", wall=datetime(2026, 12, 9, 10), room="A", **given)
    again = add_twin(session=part, wall=datetime(2026, 12, 9, 14), zone=part.zone, now=NOW, actor_id=None)
    after = add_twin(session=part, wall=datetime(2026, 12, 12, 14), zone=part.zone, now=NOW, actor_id=None)
    assert (again.within, after.within) == (event, None)
    moving.reschedule(session=fresh(event), wall=datetime(2026, 12, 16, 9), now=LATER, actor_id=None)
    days = [fresh(each).local_date for each in (part, again, after)]
    assert days == [date(2026, 12, 16), date(2026, 12, 16), date(2026, 12, 19)]


def test_moving_the_lead_moves_its_echoes_by_days_if_asked(lead: Session) -> None:
    twin, relay = twin_of(lead), relay_of(lead)
    moving.reschedule(session=fresh(lead), wall=datetime(2026, 12, 8, 16), now=LATER, actor_id=None)
    assert (fresh(twin).local_date, fresh(twin).local_time) == (date(2026, 12, 8), time(10))
    assert fresh(relay).local_date == date(2026, 12, 10)
    with pytest.raises(UserError, match="starts after"):
        moving.reschedule(
            session=fresh(lead), wall=datetime(2026, 12, 15, 16), echoes=False, now=LATER, actor_id=None
        )
    before = fresh(twin)
    moving.reschedule(
        session=fresh(lead), wall=datetime(2026, 12, 9, 16), echoes=False, now=LATER, actor_id=None
    )
    after = fresh(twin)
    assert after.local_date == before.local_date
    assert after.sequence == before.sequence + 1  # its entry says the other hour


def test_cancelling_the_lead_cancels_its_echoes_unless_they_stay(lead: Session) -> None:
    twin, relay = twin_of(lead), relay_of(lead)
    moving.cancel(session=relay, reason="No host", now=NOW, actor_id=None)
    moving.cancel(session=fresh(lead), reason="Ill", echoes=False, now=LATER, actor_id=None)
    assert fresh(twin).cancelled_at is None
    moving.reinstate(session=fresh(lead), now=LATER, actor_id=None)
    moving.cancel(session=fresh(lead), reason="Ill", now=LATER, actor_id=None)
    assert (fresh(twin).reason, fresh(relay).reason) == ("Ill", "No host")
    change = undoable(series=lead.series, session=fresh(lead), now=LATER)
    assert change
    undo(series=lead.series, change=change, now=LATER, actor_id=None)
    assert fresh(twin).cancelled_at is None


def test_withdrawing_the_lead_withdraws_its_echoes_that_are_over_too(lead: Session) -> None:
    twin, relay = twin_of(lead), relay_of(lead)
    between = datetime(2026, 12, 2, tzinfo=NOW.tzinfo)
    moving.withdraw(session=fresh(lead), reason="Safety", now=between, actor_id=None)
    for each in (twin, relay):
        assert (fresh(each).withdrawn_at, fresh(each).reason) == (between, "Safety")
        assert fresh(each).state == State.WITHDRAWN


def test_who_is_no_longer_invited_does_not_see_the_other_hour(lead: Session) -> None:
    grace, ana, late = (make_person(name=name) for name in ("Grace", "Ana", "Late"))
    moving.set_named(session=lead, persons=[grace, ana], now=NOW, actor_id=None)
    twin, own = twin_of(lead), twin_of(lead, hour=12)
    moving.set_named(session=own, persons=[grace], now=NOW, actor_id=None)
    moving.set_named(session=fresh(lead), persons=[ana, late], now=LATER, actor_id=None)
    assert set(twin.named.all()) == {ana, late}
    assert not own.named.exists()
    assert fresh(twin).sequence == twin.sequence
    assert fresh(twin).revision == twin.revision + 1


def test_words_and_speakers_of_the_lead_reach_its_echoes(lead: Session) -> None:
    twin, relay = twin_of(lead), relay_of(lead)
    moving.edit(session=fresh(lead), title="Savings, again", now=LATER, actor_id=None)
    people = [(make_person(name="Miguel"), "speaker", "")]
    set_speakers(session=fresh(lead), speakers=people, now=LATER, actor_id=None)
    assert fresh(twin).title == fresh(relay).title == {"en": "Savings, again"}
    assert [each.person.name for each in twin.speakers.all()] == ["Miguel"]
    assert [each.person.name for each in relay.speakers.all()] == ["Ana"]


AFTER = datetime(2026, 12, 5, tzinfo=NOW.tzinfo)


def test_a_relay_owes_nothing_and_is_over_when_it_ended(lead: Session) -> None:
    relay = relay_of(lead)
    assert facts_of(fresh(relay)).owed == frozenset()
    assert promise(fresh(relay)) is None
    open_due(now=AFTER)
    assert not Item.objects.filter(session=relay).exists()
    turn_due(now=AFTER)
    assert fresh(relay).state in (State.JUST_ENDED, State.ENDED)


def test_a_twin_owes_only_what_its_lead_lacks(lead: Session) -> None:
    twin = twin_of(lead)
    assert promise(fresh(twin)) == date(2026, 12, 3)
    make_material(lead, "recording")
    assert promise(fresh(twin)) is None
    assert facts_of(fresh(twin)).owed == {"slides"}
    open_due(now=AFTER)
    assert {item.kind for item in Item.objects.filter(session=twin)} == {"slides"}
    assert {item.kind for item in Item.objects.filter(session=lead)} == {"slides", "recording"}


def test_keeping_the_moment_under_a_new_law_takes_a_session_and_its_twin(
    community: Community, organiser: User
) -> None:
    lead = make_session(make_series(community))
    given = {"zone": lead.zone, "now": NOW, "actor_id": None}
    twin = add_twin(session=lead, wall=datetime(2026, 12, 1, 9), **given)
    for each in (lead, twin):
        behind(fresh(each))
    recompute(now=NOW)
    kept = decide(series=lead.series, keep=Keeping.INSTANT, upto=10**9, now=LATER, actor_id=organiser.pk)
    assert (kept.stayed, kept.returned) == (0, 2)
    assert [fresh(each).local_time for each in (lead, twin)] == [time(14), time(8)]


def test_parts_keep_the_clock_of_their_event_under_a_new_law(community: Community, organiser: User) -> None:
    event = make_session(make_series(community), wall=datetime(2026, 12, 1, 9), minutes=480)
    part = add_part(
        event=event, title="Part", wall=datetime(2026, 12, 1, 10), minutes=60, now=NOW, actor_id=None
    )
    for each in (event, part):
        behind(fresh(each))
    recompute(now=NOW)
    decide(series=event.series, keep=Keeping.INSTANT, upto=10**9, now=LATER, actor_id=organiser.pk)
    assert [fresh(each).local_time for each in (event, part)] == [time(8), time(9)]
