"""What a series owes after each session."""

from datetime import timedelta

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.followups import opening
from seminars.followups.models import Item
from seminars.followups.owing import owed_by, set_owed
from seminars.sessions.facts import state_after
from seminars.sessions.models import Session
from tests.factories import NOW, make_series, make_session


@pytest.mark.django_db
def test_the_template_is_replaced_with_a_change() -> None:
    series = make_series()
    for _time in range(2):
        set_owed(series=series, owed={"slides": 0, "recording": 3}, now=NOW, actor_id=None)
    assert owed_by(series) == {"slides": 0, "recording": 3}
    assert Change.objects.get().after == {"slides": 0, "recording": 3}


@pytest.mark.django_db
def test_a_kind_that_is_none_is_refused() -> None:
    series = make_series()
    with pytest.raises(UserError):
        set_owed(series=series, owed={"applause": 1}, now=NOW, actor_id=None)
    assert owed_by(series) == {}


@pytest.mark.django_db
def test_what_was_over_before_anything_was_owed_owes_nothing() -> None:
    series = make_series(published_at=NOW - timedelta(days=99))
    for days in (-30, 30):
        wall = (NOW + timedelta(days=days)).replace(tzinfo=None)
        make_session(
            series, wall=wall, published_at=series.published_at, state="ended" if days < 0 else "upcoming"
        )
    set_owed(series=series, owed={"recording": 3}, now=NOW, actor_id=None)
    later = NOW + timedelta(days=31)
    opening.open_due(now=later)
    assert [item.session.number for item in Item.objects.all()] == [2]
    assert state_after(Session.objects.with_facts().get(number=1), later) == "ended"
