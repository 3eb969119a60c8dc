"""Later use is counted by day, and what tells one device from another is gone after thirty days."""

from datetime import timedelta
from typing import Any

import pytest

from seminars.results.models import Mark, Salt, Use, UseKind
from seminars.results.using import forget, note_use, window_of
from tests.factories import NOW, make_session

pytestmark = pytest.mark.django_db


def use(session: Any, who: str = "10.0.0.1 Firefox", **fields: Any) -> bool:
    given = {"kind": UseKind.VIEW, "edition": "video", "size": 900, "big": 900, "now": NOW}
    return note_use(session_id=session.pk, who=who, **given | fields)


def test_uses_of_a_day_stand_in_one_row() -> None:
    session = make_session()
    assert [use(session), use(session), use(session, "10.0.0.2 Firefox")] == [True, False, True]
    row = Use.objects.get()
    assert (row.number, row.first, row.size, row.big) == (3, 2, 2700, 2700)


def test_a_small_edition_is_weighed_against_the_large_one() -> None:
    session = make_session()
    use(session, kind=UseKind.LISTEN, edition="voice", size=100, big=900)
    use(session, kind=UseKind.LISTEN, edition="voice", size=100, big=0)
    row = Use.objects.get()
    assert (row.size, row.big) == (200, 1000)


def test_the_next_day_has_a_row_of_its_own_and_the_same_device_is_known() -> None:
    session = make_session()
    later = NOW + timedelta(days=1)
    assert window_of(later.date()) == window_of(NOW.date())
    assert use(session)
    assert not use(session, now=later)
    assert list(Use.objects.values_list("number", "first")) == [(1, 1), (1, 0)]


def test_a_device_is_first_at_each_session_and_the_marks_do_not_say_it_was_the_same() -> None:
    assert use(make_session())
    assert use(make_session())
    assert len({bytes(each) for each in Mark.objects.values_list("digest", flat=True)}) == 2


def test_nothing_of_the_device_is_kept() -> None:
    use(make_session(), "192.0.2.77 Mozilla")
    kept = [*Use.objects.values_list(), *Mark.objects.values_list(), *Salt.objects.values_list()]
    assert "192.0.2.77" not in str(kept)
    assert "Mozilla" not in str(kept)


def test_after_thirty_days_salt_and_marks_are_gone_and_the_counts_stay() -> None:
    session = make_session()
    use(session)
    later = NOW + timedelta(days=30)
    assert forget(now=NOW) == 0
    assert forget(now=later) == 1
    assert not Salt.objects.exists()
    assert not Mark.objects.exists()
    assert Use.objects.get().first == 1


def test_the_next_thirty_days_throw_the_old_secret_away_by_themselves() -> None:
    session = make_session()
    use(session)
    before = bytes(Salt.objects.get().secret)
    assert use(session, now=NOW + timedelta(days=30))
    assert bytes(Salt.objects.get().secret) != before
    assert Mark.objects.count() == 1


def test_who_is_not_known_counts_and_marks_nothing() -> None:
    assert not use(make_session(), "")
    assert Use.objects.get().number == 1
    assert not Mark.objects.exists()
