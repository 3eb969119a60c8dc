"""What a series owes after each session."""

import pytest

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.followups.owing import owed_by, set_owed
from tests.factories import NOW, make_series


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
