"""An organiser's answer to a new law: the local time or the moment, a series at once, and nothing twice."""

from datetime import datetime, timedelta

import pytest

from seminars.changes.models import Change
from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions import keeping, moving
from seminars.sessions.clocks import recompute
from seminars.sessions.keeping import Kept, decide
from seminars.sessions.models import Keeping, LawChange, Session
from tests.factories import NOW, make_series, make_session
from tests.seminars.sessions.test_clocks import HOUR, behind, kept, member_in

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def series(community: Community) -> Series:
    """Two sessions that a new law has moved by an hour, and one that it left alone."""
    series = make_series(community)
    for _session in range(2):
        behind(make_session(series))
    make_session(series)
    recompute(now=NOW)
    assert LawChange.objects.count() == 2
    return series


def answer(series: Series, keep: Keeping, organiser: User) -> Kept:
    """The organiser answers for all that is there."""
    return decide(series=series, keep=keep, upto=10**9, now=LATER, actor_id=organiser.pk)


def test_keeping_the_local_time_moves_nothing_and_is_written_down(series: Series, organiser: User) -> None:
    before = list(Session.objects.values_list("starts_at", "revision", "sequence"))
    assert answer(series, Keeping.LOCAL, organiser) == Kept(stayed=2, returned=0)
    assert list(Session.objects.values_list("starts_at", "revision", "sequence")) == before
    said = LawChange.objects.values_list("decided", "decided_by", "decided_at")
    assert set(said) == {("local", organiser.pk, LATER)}
    assert Change.objects.filter(kind="kept-local", actor=organiser).count() == 2
    assert answer(series, Keeping.INSTANT, organiser) == Kept(0, 0)


def test_keeping_the_moment_gives_each_session_another_wall_time(series: Series, organiser: User) -> None:
    assert answer(series, Keeping.INSTANT, organiser) == Kept(stayed=0, returned=2)
    for finding in LawChange.objects.select_related("session"):
        assert finding.session.starts_at == finding.starts_before
        assert finding.session.local_time == datetime(2026, 12, 1, 14, 0).time()
        assert finding.session.moved_from
        assert finding.session.moved_from["time"] == "15:00"
        assert (finding.decided, finding.decided_by) == ("instant", organiser)
    changes = Change.objects.filter(kind="rescheduled", actor=organiser)
    assert changes.count() == 2
    assert "keeps the moment" in changes[0].note
    assert not LawChange.objects.standing(now=LATER).exists()
    assert answer(series, Keeping.INSTANT, organiser) == Kept(0, 0)


def test_only_what_was_seen_and_still_stands_is_answered_for(series: Series, organiser: User) -> None:
    first, second = LawChange.objects.all()
    assert decide(series=series, keep=Keeping.LOCAL, upto=first.pk, now=LATER, actor_id=organiser.pk) == Kept(
        1, 0
    )
    moving.cancel(session=second.session, reason="Ill", now=LATER, actor_id=organiser.pk)
    assert answer(series, Keeping.INSTANT, organiser) == Kept(0, 0)
    second.refresh_from_db()
    assert second.decided_at is None
    assert answer(make_series(series.community), Keeping.LOCAL, organiser) == Kept(0, 0)


def test_whole_days_and_moments_that_have_passed_stay(community: Community, organiser: User) -> None:
    series = make_series(community)
    behind(make_session(series, wall=datetime(2026, 12, 1), all_day=True))
    soon = behind(make_session(series, wall=datetime(2026, 11, 16, 16, 30)), by=-2 * HOUR)
    recompute(now=NOW)
    assert soon.starts_at
    assert NOW < soon.starts_at < LATER
    assert answer(series, Keeping.INSTANT, organiser) == Kept(stayed=2, returned=0)
    assert set(LawChange.objects.values_list("decided", flat=True)) == {"local"}


def test_hours_of_members_are_answered_for_without_moving(community: Community, organiser: User) -> None:
    member_in(community, "America/Sao_Paulo")
    session = make_session(make_series(community))
    kept(NOW, "America/Sao_Paulo", hours=1)
    recompute(now=NOW)
    assert answer(session.series, Keeping.INSTANT, organiser) == Kept(stayed=1, returned=0)
    assert Session.objects.get().revision == 1


def test_all_or_nothing(series: Series, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = moving.reschedule, []

    def second_fails(**given: object) -> Session:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("the power is gone")
        return real(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "reschedule", second_fails)
    with pytest.raises(RuntimeError):
        answer(series, Keeping.INSTANT, organiser)
    assert LawChange.objects.standing(now=LATER).undecided().count() == 2
    assert not Change.objects.filter(kind="rescheduled").exists()
