"""The cast itself, and that tests stay in their own folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from seminars.people.models import Community, User
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from tests.conftest import TOGETHER, need
from tests.factories import make_material, make_member, make_series, make_session

pytestmark = pytest.mark.django_db


def test_sessions_of_the_factory_follow_the_clock_of_their_zone() -> None:
    session = make_session(wall=datetime(2026, 3, 29, 15, 0), zone="Europe/Lisbon", minutes=90)
    assert session.starts_at == datetime(2026, 3, 29, 14, 0, tzinfo=UTC)  # summer time began that morning
    assert session.ends_at == session.starts_at + timedelta(minutes=90)


def test_all_day_sessions_have_a_date_and_no_time() -> None:
    session = make_session(wall=datetime(2026, 5, 8), zone="Europe/Stockholm", all_day=True, days=2)
    assert (session.local_time, session.ends_at) == (None, datetime(2026, 5, 9, 22, 0, tzinfo=UTC))


def test_a_series_numbers_its_sessions() -> None:
    series = make_series(slug="after-hours")
    assert [make_session(series).slug for _ in range(2)] == ["after-hours-1", "after-hours-2"]


def test_closed_sessions_are_seen_by_the_cast_as_planned(
    closed_community: Community, organiser: User, member: User, stranger: User
) -> None:
    session = make_session(make_series(closed_community))
    make_material(session)
    seen = [
        Session.objects.visible_to(Visitor(user_id=user.pk)).filter(pk=session.pk).exists()
        for user in (organiser, member, stranger)
    ]
    assert seen == [True, True, False]


def test_members_can_be_persons_without_an_account(community: Community) -> None:
    assert make_member(community).person.user_id is not None


def test_each_test_writes_into_a_folder_of_its_own(data: Path, as_nobody: Client) -> None:
    assert settings.STORE.is_relative_to(data)
    assert not data.is_relative_to(settings.BASE_DIR)
    assert str(settings.DATABASES["default"]["NAME"]).find(".meridian") == -1


def test_a_missing_part_skips_or_fails_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MERIDIAN_TEST_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception):
        need("a telescope", present=False)
    monkeypatch.setenv("MERIDIAN_TEST_ALL", "1")
    with pytest.raises(pytest.fail.Exception):
        need("a telescope", present=False)


def test_what_runs_in_one_process_is_there() -> None:
    root = Path(__file__).parents[1]
    assert [lot for lot in TOGETHER if not (root / lot).exists()] == []
