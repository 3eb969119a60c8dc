"""Numbers to dial in by: what is read, what is refused with its line, what a phone gets."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from seminars.sessions.dialling import (
    MOST_LINES,
    NotANumber,
    Number,
    country_of,
    nearest_first,
    parse,
    read,
    say_all,
    written,
)


@pytest.mark.parametrize(
    ("line", "expected", "uri"),
    [
        (
            "ZA +27 11 123 4567, code 123456#",
            Number("ZA", "+27 11 123 4567", "123456#"),
            "tel:+27111234567,,123456%23",
        ),
        (
            "+1 202 555 0143, code 4417#",
            Number("", "+1 202 555 0143", "4417#"),
            "tel:+12025550143,,4417%23",
        ),
        (
            "South Africa: +27 11 123 4567 PIN 12 34",
            Number("ZA", "+27 11 123 4567", "1234"),
            "tel:+27111234567,,1234%23",
        ),
        ("Sverige +46 8 123 456 78", Number("SE", "+46 8 123 456 78"), "tel:+46812345678"),
        ("Côte d’Ivoire +225 20 30 40 50", Number("CI", "+225 20 30 40 50"), "tel:+22520304050"),
        ("cote d’ivoire +225 20 30 40 50", Number("CI", "+225 20 30 40 50"), "tel:+22520304050"),
        ("UK: +44 20 7946 0958, *99*1#", Number("GB", "+44 20 7946 0958", "*99*1#"), "tel:+442079460958,,*99*1%23"),
        ("جنوب أفريقيا +٢٧ ١١ ١٢٣ ٤٥٦٧", Number("ZA", "+27 11 123 4567"), "tel:+27111234567"),  # noqa: RUF001
        ("us (202) 555-0143", Number("US", "(202) 555-0143"), "tel:2025550143"),
        ("+27 11 12345; meeting ID: 12 3#", Number("", "+27 11 12345", "123#"), "tel:+271112345,,123%23"),
    ],
)  # fmt: skip
def test_a_line_is_read(line: str, expected: Number, uri: str) -> None:
    assert parse(line) == [expected]
    assert expected.uri == uri


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("call Grace", "Line 2: there is no phone number."),
        ("ZA 12", "Line 2: a phone number has 5 to 15 digits; this has 2."),
        ("ZA +27 11 123 4567 123456#", "Line 2: a phone number has 5 to 15 digits; this has 17."),
        ("Mordor +27 11 123 4567", "Line 2: no country is called “Mordor”."),
        ("XQ +27 11 123 4567", "Line 2: no country is called “XQ”."),
        ("ZA +27 11 123 4567, code 12, then wait", "Line 2: “then wait” cannot be dialled."),
        ("SE +46 8 123 456 78", "Line 2: this number is there twice."),
    ],
)
def test_a_line_that_cannot_be_dialled_is_named(line: str, says: str) -> None:
    with pytest.raises(NotANumber) as refused:
        parse(f"SE +46 8 123 456 78\n{line}")
    assert str(refused.value).startswith(says)
    assert refused.value.line == 2


def test_too_many_lines_are_refused() -> None:
    lines = "\n".join(f"+27 11 123 {each:04}" for each in range(MOST_LINES + 1))
    with pytest.raises(NotANumber, match=f"at most {MOST_LINES} numbers"):
        parse(lines)
    assert len(parse(lines.rpartition("\n")[0])) == MOST_LINES


def test_empty_lines_count_and_are_left_out() -> None:
    assert parse("\n\n") == []
    with pytest.raises(NotANumber, match="Line 3"):
        parse("\nSE +46 8 123 456 78\nnothing")


_groups = st.lists(st.text("0123456789", min_size=2, max_size=4), min_size=3, max_size=3)
_numbers = st.builds(
    Number,
    st.sampled_from(["", "ZA", "SE", "US", "CI", "BO", "TL", "CD"]),
    st.builds(lambda plus, groups: plus + " ".join(groups), st.sampled_from(["", "+"]), _groups),
    st.from_regex(r"(?:[0-9*][0-9*]{0,8}#?)?", fullmatch=True),
)


@given(st.lists(_numbers, max_size=5, unique=True))
def test_what_is_written_reads_back(numbers: list[Number]) -> None:
    assert parse(written(numbers)) == numbers


@given(st.text(max_size=80))
def test_any_text_is_read_and_what_is_a_number_reads_back(text: str) -> None:
    found = read(text)
    assert len(found) == sum(1 for line in text.splitlines() if line.strip())
    numbers = [each for each in dict.fromkeys(found) if isinstance(each, Number) and not each.words]
    assert parse(written(numbers)) == numbers


def test_what_is_stored_from_older_times_is_shown_as_it_is() -> None:
    assert read("SE +46 8 123 456 78\nask Grace") == [Number("SE", "+46 8 123 456 78"), "ask Grace"]
    assert read("Phone 08-123 456 78") == [Number("", "08-123 456 78", words="Phone ")]
    assert say_all("Phone 08-123 456 78", "en") == "Phone 08-123 456 78"
    assert say_all("SE +46 8 123 456 78\nask Grace", "en") == "Sweden: +46 8 123 456 78; ask Grace"


def test_the_country_is_said_in_the_readers_language() -> None:
    number = Number("ZA", "+27 11 123 4567", "12#")
    assert number.say("en") == "South Africa: +27 11 123 4567, code 12#"
    with translation.override("sv"):
        assert number.say("sv").startswith("Sydafrika: +27 11 123 4567")
    assert Number("", "+27 11 123 4567").say("fr") == "+27 11 123 4567"


def test_the_readers_own_country_comes_first() -> None:
    us, za, other = Number("US", "+1 202 555 0143"), Number("ZA", "+27 11 123 4567"), "ask Grace"
    assert nearest_first([us, other, za], "Africa/Johannesburg") == [za, us, other]
    assert nearest_first([us, other, za], "") == [us, other, za]
    assert nearest_first([us, other, za], "Asia/Tokyo") == [us, other, za]
    assert (country_of("Africa/Johannesburg"), country_of("UTC"), country_of("")) == ("ZA", "", "")
