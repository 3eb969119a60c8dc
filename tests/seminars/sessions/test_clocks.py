"""A new tzdata release: wall times stay, instants follow, and each finding is told once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seminars import clock
from seminars.changes.models import Change
from seminars.people.models import Community
from seminars.sessions import clocks
from seminars.sessions.clocks import recompute
from seminars.sessions.models import ClockLaw, Keeping, LawChange, Session
from seminars.sessions.revising import Stale
from tests.factories import make_member, make_person, make_series, make_session

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def behind(session: Session, *, by: timedelta = -HOUR) -> Session:
    """The session as another release would have it: `by` away from the truth."""
    assert session.starts_at
    assert session.ends_at
    session.starts_at, session.ends_at = session.starts_at + by, session.ends_at + by
    session.tzdata_release = "2020a"
    session.save()
    return session


def kept(now: datetime, zone: str, *, hours: int) -> ClockLaw:
    """An older law that the site kept, by which `zone` was `hours` further ahead of UTC than it is."""
    zones = clocks.law_at(now)
    zones[zone] = [[second, offset + hours * 3600] for second, offset in zones[zone]]
    return ClockLaw.objects.create(release="2020a", noted_at=now - timedelta(days=30), zones=zones)


def member_in(community: Community, zone: str) -> None:
    """One more member, who lives there."""
    make_member(community, person=make_person(zone=zone))


def test_instants_follow_the_new_law_and_walls_stay(now: datetime, django_assert_num_queries: Any) -> None:
    wrong = behind(make_session(wall=datetime(2027, 1, 12, 9, 0), zone="Africa/Casablanca"))
    right = make_session(wall=datetime(2027, 1, 13, 9, 0), zone="Africa/Cairo")
    past = make_session(wall=datetime(2026, 1, 13, 9, 0), zone="Africa/Cairo")
    assert wrong.starts_at
    true = wrong.starts_at + HOUR
    Session.objects.update(tzdata_release="2020a")
    assert [session.pk for session in recompute(now=now)] == [wrong.pk]
    for each in (wrong, right, past):
        each.refresh_from_db()
    assert (wrong.starts_at, wrong.ends_at, wrong.sequence) == (true, true + HOUR, 1)
    assert wrong.local_time == datetime(2027, 1, 12, 9, 0).time()
    assert (right.revision, right.tzdata_release) == (1, clock.release())
    assert (past.tzdata_release, past.starts_at) == ("2020a", datetime(2026, 1, 13, 7, 0, tzinfo=UTC))
    assert Change.objects.get().kind == "clocks"
    with django_assert_num_queries(2):
        assert recompute(now=now) == []


def test_a_finding_says_what_moved_and_is_told_once(now: datetime) -> None:
    session = behind(make_session(wall=datetime(2027, 1, 12, 9, 0), zone="Africa/Casablanca"))
    was = session.starts_at
    assert was
    recompute(now=now)
    recompute(now=now + HOUR)
    finding = LawChange.objects.get()
    assert (finding.session, finding.zone) == (session, "Africa/Casablanca")
    assert (finding.release_from, finding.release_to) == ("2020a", clock.release())
    assert (finding.starts_before, finding.starts_after) == (was, was + HOUR)
    assert finding.offset_before - finding.offset_after == 3600
    assert finding.offset_after == clock.offset(was, "Africa/Casablanca").total_seconds()
    assert (finding.found_at, finding.decided, finding.decided_at) == (now, Keeping.LOCAL, None)
    assert finding.moved


def test_a_session_and_its_finding_are_written_together(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = behind(make_session())
    was = session.starts_at

    def crash(*_args: Any, **_fields: Any) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(LawChange, "save", crash)
        with pytest.raises(RuntimeError):
            recompute(now=now)
    session.refresh_from_db()
    assert (session.starts_at, session.tzdata_release, Change.objects.count()) == (was, "2020a", 0)
    assert [each.pk for each in recompute(now=now)] == [session.pk]
    assert LawChange.objects.count() == 1


def test_members_elsewhere_are_found_by_the_law_that_was_kept(now: datetime, community: Community) -> None:
    for zone in ("America/Sao_Paulo", "America/Sao_Paulo", "Europe/Lisbon", "Africa/Johannesburg"):
        member_in(community, zone)
    session = make_session(make_series(community))
    make_session(make_series(community), published=False)
    make_session(make_series(community), all_day=True)
    make_session(make_series(), wall=datetime(2027, 1, 5, 9, 0))  # nobody of São Paulo is in that community
    kept(now, "America/Sao_Paulo", hours=1)
    assert recompute(now=now) == []
    finding = LawChange.objects.get()
    assert (finding.session, finding.zone, finding.moved) == (session, "America/Sao_Paulo", False)
    assert (finding.offset_before, finding.offset_after) == (-2 * 3600, -3 * 3600)
    assert (finding.release_from, finding.release_to) == ("2020a", clock.release())
    recompute(now=now)
    assert LawChange.objects.count() == 1
    assert list(ClockLaw.objects.values_list("release", flat=True)) == ["2020a", clock.release()]


def test_an_old_name_of_a_zone_is_the_zone(now: datetime, community: Community) -> None:
    member_in(community, "Asia/Calcutta")
    make_session(make_series(community))
    kept(now, "Asia/Kolkata", hours=1)
    recompute(now=now)
    assert [finding.zone for finding in LawChange.objects.all()] == ["Asia/Kolkata"]


def test_who_is_told_of_a_moved_session_is_not_told_of_its_members(
    now: datetime, community: Community
) -> None:
    member_in(community, "America/Sao_Paulo")
    behind(make_session(make_series(community)))
    kept(now, "America/Sao_Paulo", hours=1)
    recompute(now=now)
    assert [finding.zone for finding in LawChange.objects.all()] == ["Africa/Johannesburg"]


def test_the_law_is_kept_only_when_every_session_follows(
    now: datetime, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = behind(make_session(make_series(community)))

    def busy(*_args: Any, **_fields: Any) -> None:
        raise Stale(session)

    with monkeypatch.context() as patch:
        patch.setattr(clocks, "revise", busy)
        assert recompute(now=now) == []
    assert not ClockLaw.objects.exists()
    assert recompute(now=now) == [session]
    assert ClockLaw.objects.get().release == clock.release()


def test_only_one_of_two_notes_a_law(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept(now, "Europe/Lisbon", hours=1)
    real = clocks.law_at

    def overtaken(at: datetime) -> Any:
        ClockLaw.objects.create(release=clock.release(), noted_at=at, follows=before, zones={})
        return real(at)

    monkeypatch.setattr(clocks, "law_at", overtaken)
    recompute(now=now)
    assert ClockLaw.objects.filter(follows=before).count() == 1


def test_what_stands_is_the_last_word_on_what_is_still_to_come(now: datetime) -> None:
    behind(make_session(wall=datetime(2027, 1, 12, 9, 0)))
    recompute(now=now)
    behind(Session.objects.get(), by=HOUR)
    recompute(now=now + HOUR)
    first, second = LawChange.objects.all()
    assert first.starts_after == second.starts_after == second.starts_before - HOUR
    assert list(LawChange.objects.standing(now=now)) == [second]
    assert not LawChange.objects.standing(now=now + timedelta(days=90)).exists()
    Session.objects.update(starts_at=second.starts_after - HOUR)
    assert not LawChange.objects.standing(now=now).exists()
