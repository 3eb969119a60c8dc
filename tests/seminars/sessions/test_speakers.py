"""Who appears at a session."""

from datetime import date, datetime, time

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.people.models import Person
from seminars.sessions import drafting, planning
from seminars.sessions.models import Session
from seminars.sessions.speakers import set_speakers
from tests.factories import make_community, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(now: datetime) -> Session:
    """A slot of a rhythm, without title and speaker."""
    series = drafting.draft_series(
        community=make_community(),
        title="After Hours",
        zone="America/New_York",
        first_date=date(2027, 1, 5),
        local_time=time(18),
        rrule="FREQ=MONTHLY;COUNT=2",
        now=now,
        actor_id=None,
    )
    planning.publish(series=series, now=now, actor_id=None)
    return Session.objects.select_related("series").earliest("starts_at")


def lines(session: Session) -> list[tuple[str, str, str]]:
    """The speakers as a page lists them."""
    return [(each.person.name, each.role, each.affiliation) for each in session.speakers.all()]


def test_speakers_stand_in_the_order_given_and_end_the_suspense(slot: Session, now: datetime) -> None:
    ada, bo = make_person(name="Ada"), make_person(name="Bo")
    assert slot.state == "announced"
    set_speakers(
        session=slot, speakers=[(bo, "moderator", ""), (ada, "speaker", "SETA")], now=now, actor_id=None
    )
    assert lines(slot) == [("Bo", "moderator", ""), ("Ada", "speaker", "SETA")]
    slot.refresh_from_db()
    assert (slot.state, slot.sequence) == ("upcoming", 1)
    set_speakers(session=slot, speakers=[(ada, "speaker", "SETA")], now=now, actor_id=None)
    assert lines(Session.objects.get(pk=slot.pk)) == [("Ada", "speaker", "SETA")]
    assert Person.objects.filter(name="Bo").exists()


def test_the_same_again_writes_nothing(slot: Session, now: datetime) -> None:
    ada = make_person()
    for _ in range(2):
        set_speakers(session=slot, speakers=[(ada, "speaker", "")], now=now, actor_id=None)
    assert Change.objects.filter(kind="speakers").count() == 1


def test_wrong_lists_are_refused(slot: Session, now: datetime) -> None:
    ada = make_person()
    for wrong in (
        [(ada, "singer", "")],
        [(ada, "speaker", ""), (ada, "speaker", "x")],
        [(ada, "speaker", "x" * 201)],
    ):
        with pytest.raises(UserError):
            set_speakers(session=slot, speakers=wrong, now=now, actor_id=None)
    assert lines(slot) == []
