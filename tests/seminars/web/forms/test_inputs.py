"""Lengths, dates and addresses as people type them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from seminars.web.forms.inputs import Dates, Length, WebAddress


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("90", 90), ("1:30", 90), ("1h30", 90), ("1 h 30 min", 90), ("2 h", 120), ("45 min", 45), ("0:05", 5)],
)
def test_lengths(typed: str, minutes: int) -> None:
    assert Length().clean(typed) == minutes


@pytest.mark.parametrize("typed", ["0", "0:00", "-1", "1:75", "soon", "1.5", "90 apples", "400:00"])
def test_what_is_no_length(typed: str) -> None:
    with pytest.raises(ValidationError):
        Length().clean(typed)


def test_minutes_are_shown_as_people_write_them() -> None:
    assert [Length().prepare_value(value) for value in (90, 5, "soon")] == ["1:30", "0:05", "soon"]


def test_dates_are_sorted_and_kept_once() -> None:
    typed = "2027-05-08, 2027-03-01\n2027-05-08"
    assert Dates().clean(typed) == [date(2027, 3, 1), date(2027, 5, 8)]


@pytest.mark.parametrize("typed", ["2027-02-30", "8 May", "9999-12-31", "0001-01-01"])
def test_what_is_no_date_is_named(typed: str) -> None:
    with pytest.raises(ValidationError, match="is not a date"):
        Dates().clean(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("meet.example.org/x", "https://meet.example.org/x"), ("http://a.example.org", "http://a.example.org")],
)
def test_addresses_are_completed(typed: str, kept: str) -> None:
    assert WebAddress().clean(typed) == kept


@pytest.mark.parametrize(
    "typed", ["ftp://example.org", "javascript:alert(1)", "data:text/html,x", "see mail", "https://"]
)
def test_what_is_no_web_address(typed: str) -> None:
    with pytest.raises(ValidationError, match="begins with http:// or https://"):
        WebAddress().clean(typed)
