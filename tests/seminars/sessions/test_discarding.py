"""A draft can be thrown away; what was published cannot."""

import pytest

from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.sessions.discarding import discard_draft
from seminars.sessions.models import Session
from tests.factories import make_material, make_series, make_session


@pytest.mark.django_db
def test_a_draft_goes_with_its_sessions() -> None:
    series = make_series(published_at=None)
    make_session(series, published=False)
    discard_draft(series=series)
    assert (Series.objects.count(), Session.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("out", ["series", "session"])
def test_what_is_out_stays(out: str) -> None:
    series = make_series(**({} if out == "series" else {"published_at": None}))
    make_session(series, published=out == "session")
    with pytest.raises(UserError, match="is published"):
        discard_draft(series=series)
    assert (Series.objects.count(), Session.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_was_given_to_a_draft_is_not_thrown_away_with_it() -> None:
    series = make_series(published_at=None)
    make_session(series, published=False)
    make_material(make_session(series, published=False))
    with pytest.raises(UserError, match="so it stays"):
        discard_draft(series=series)
    assert (Series.objects.count(), Session.objects.count()) == (1, 2)
