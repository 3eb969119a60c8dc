"""Date polls: proposed, answered, counted, closed, chosen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seminars.changes.refusing import UserError
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.polls import polling
from seminars.sessions.polls.models import DatePoll, PollAnswer, Voice
from seminars.sessions.polls.polling import PollClosed
from tests.factories import make_series

pytestmark = pytest.mark.django_db
WALLS = [datetime(2026, 12, 1, 15, 0), datetime(2026, 12, 2, 9, 0), datetime(2026, 12, 3, 20, 0)]


def make_poll(community: Community, now: datetime, **given: Any) -> DatePoll:
    """An open poll of three hours in Johannesburg."""
    fields: dict[str, Any] = {
        "series": None,
        "title": "Peer assist",
        "zone": "Africa/Johannesburg",
        "minutes": 90,
        "walls": WALLS,
        "actor_id": None,
    }
    return polling.open_poll(community=community, now=now, **fields | given)


@pytest.fixture
def poll(community: Community, now: datetime) -> DatePoll:
    return make_poll(community, now)


def say(poll: DatePoll, name: str, words: str, now: datetime, voice: Voice | None = None) -> Voice:
    """Answer with a letter for each hour: y, m, n, or - for nothing."""
    meaning = {"y": "yes", "m": "maybe", "n": "no"}
    said = {
        slot.pk: meaning[letter]
        for slot, letter in zip(poll.slots.all(), words, strict=True)
        if letter != "-"
    }
    return polling.answer(poll=poll, voice=voice, name=name, zone="Asia/Kolkata", said=said, now=now)


def test_hours_are_kept_as_wall_and_instant(poll: DatePoll) -> None:
    first = poll.slots.select_related("poll").all()[0]
    assert (str(first), first.starts_at) == ("2026-12-01 15:00", datetime(2026, 12, 1, 13, 0, tzinfo=UTC))
    assert first.ends_at - first.starts_at == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"note": "x" * 2001}, "note"),
        ({"zone": "Moon/Base"}, "zone"),
        ({"minutes": 0}, "minutes"),
        ({"walls": WALLS[:1]}, "walls"),
        ({"walls": [WALLS[0], WALLS[0]]}, "walls"),
        ({"walls": [WALLS[0] + timedelta(hours=each) for each in range(31)]}, "walls"),
        ({"walls": [WALLS[0], datetime(2020, 1, 1, 9, 0)]}, "wall1"),
        ({"zone": "Europe/Lisbon", "walls": [datetime(2027, 3, 28, 1, 30), WALLS[0]]}, "wall0"),
        ({"zone": "Europe/Lisbon", "walls": [datetime(2027, 10, 31, 1, 30), WALLS[0]]}, "wall0"),
        ({"walls": [WALLS[0], datetime(9000, 1, 1, 9, 0)]}, "wall1"),
        ({"closes_at": datetime(2026, 11, 1, tzinfo=UTC)}, "closes"),
        ({"closes_at": datetime(2026, 12, 1, 14, 0, tzinfo=UTC)}, "closes"),
    ],
)
def test_a_poll_that_cannot_be(
    community: Community, now: datetime, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(UserError) as refused:
        make_poll(community, now, **given)
    assert set(refused.value.fields) == {field}
    assert not DatePoll.objects.exists()


def test_answers_are_counted_and_the_best_is_marked(poll: DatePoll, now: datetime) -> None:
    say(poll, "Ana", "ymn", now)
    say(poll, "Bo", "yy-", now)
    say(poll, "Cy", "nyn", now)
    found = [(each.yes, each.maybe, each.no, each.best) for each in polling.tallies(poll)]
    assert found == [(2, 0, 1, False), (2, 1, 0, True), (0, 0, 2, False)]


def test_nothing_is_best_before_anybody_answers(poll: DatePoll) -> None:
    assert [each.best for each in polling.tallies(poll)] == [False] * 3


def test_an_answer_is_changed_by_its_own_voice(poll: DatePoll, now: datetime) -> None:
    ana = say(poll, " Ana  Ruiz ", "yyy", now)
    later = say(poll, "Ana R.", "n--", now + timedelta(hours=1), voice=ana)
    assert (later.pk, later.name, later.changed_at > later.made_at) == (ana.pk, "Ana R.", True)
    assert PollAnswer.objects.get().suits == "no"


def test_a_name_answers_once(poll: DatePoll, now: datetime) -> None:
    say(poll, "Ana", "yyy", now)
    with pytest.raises(UserError) as refused:
        say(poll, "ANA", "nnn", now)
    assert set(refused.value.fields) == {"name"}
    assert set(PollAnswer.objects.values_list("suits", flat=True)) == {"yes"}


@pytest.mark.parametrize(("name", "words"), [("", "yyy"), ("x" * 101, "yyy"), ("Ana", "---")])
def test_an_answer_that_cannot_be(poll: DatePoll, now: datetime, name: str, words: str) -> None:
    with pytest.raises(UserError):
        say(poll, name, words, now)
    assert not Voice.objects.exists()


def test_an_hour_of_another_poll_is_refused(poll: DatePoll, community: Community, now: datetime) -> None:
    other = make_poll(community, now).slots.all()[0]
    with pytest.raises(UserError):
        polling.answer(poll=poll, voice=None, name="Ana", zone="", said={other.pk: "yes"}, now=now)


def test_a_closed_poll_takes_no_answers(community: Community, now: datetime) -> None:
    poll = make_poll(community, now, closes_at=now + timedelta(days=2))
    ana = say(poll, "Ana", "yyy", now)
    with pytest.raises(PollClosed):
        say(poll, "Bo", "yyy", now + timedelta(days=2))
    polling.set_open(poll=poll, is_open=True, now=now + timedelta(days=2))
    say(poll, "Bo", "yyy", now + timedelta(days=2))
    polling.set_open(poll=poll, is_open=False, now=now)
    with pytest.raises(PollClosed):
        say(poll, "Ana", "nnn", now, voice=ana)
    assert PollAnswer.objects.filter(suits="no").count() == 0


def test_an_hour_becomes_a_draft_of_its_own_once(poll: DatePoll, organiser: User, now: datetime) -> None:
    slot = poll.slots.all()[1]
    session = polling.choose(poll=poll, slot=slot, now=now, actor_id=organiser.pk)
    assert (session.starts_at, session.minutes, session.published_at) == (slot.starts_at, 90, None)
    assert session.series.title == {"en": "Peer assist"}
    again = polling.choose(poll=poll, slot=poll.slots.all()[0], now=now, actor_id=organiser.pk)
    assert again == session
    assert Session.objects.count() == 1
    poll.refresh_from_db()
    assert not poll.is_open(now)
    with pytest.raises(UserError):
        polling.set_open(poll=poll, is_open=True, now=now)


def test_an_hour_becomes_a_session_of_the_series(
    community: Community, organiser: User, now: datetime
) -> None:
    series = make_series(community, zone="America/New_York")
    poll = make_poll(community, now, series=series)
    slot = poll.slots.all()[0]
    session = polling.choose(poll=poll, slot=slot, now=now, actor_id=organiser.pk)
    assert session.series == series
    assert (session.starts_at, str(session.local_time), session.zone) == (
        slot.starts_at,
        "08:00:00",
        "America/New_York",
    )
    assert session.published_at == now
    assert Series.objects.count() == 1


def test_an_hour_that_passed_is_not_chosen(poll: DatePoll, now: datetime) -> None:
    with pytest.raises(UserError, match="has passed"):
        polling.choose(poll=poll, slot=poll.slots.all()[0], now=now + timedelta(days=30), actor_id=None)
    assert not Session.objects.exists()
