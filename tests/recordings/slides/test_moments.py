"""Times as people write them, and rows as they are typed."""

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.slides import moments
from recordings.slides.reading import Mark
from recordings.web.slide_rows import marks_in, times_in, typed


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 360_000_000))
def test_what_is_said_is_read_back(thousandths: int) -> None:
    assert moments.read(moments.say(thousandths / 1000)) == thousandths / 1000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("83", 83), ("1:23", 83), ("1:02:03", 3723), (" 1:23,5 ", 83.5), ("90:00", 5400)],
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert moments.read(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1:99", "1:60:00", "1:2:3:4", "٣", "1e9", "9" * 40, "1.", "nan"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(moments.NoMoment):
        moments.read(text)


def post(*rows: tuple[str, str], remove: tuple[int, ...] = ()) -> QueryDict:
    sent = QueryDict(mutable=True)
    sent.setlist("start", [row[0] for row in rows])
    sent.setlist("what", [row[1] for row in rows])
    sent.setlist("remove", [str(each) for each in remove])
    return sent


@pytest.mark.parametrize(
    ("rows", "remove", "wanted"),
    [
        ([("0", "1"), ("1:00", "2")], (), [(0, 1), (60, 2)]),
        ([("1:00", "2"), ("0:30", "1"), ("", "")], (), [(0, None), (30, 1), (60, 2)]),
        ([("0", "1"), ("30", "1"), ("40", ""), ("50", "1")], (), [(0, 1), (40, None), (50, 1)]),
        ([("0", "1"), ("30", "2")], (1,), [(0, 1)]),
        ([("0", "1")], (0,), [(0, None)]),
        ([("5", ""), ("9", "2")], (), [(0, None), (9, 2)]),
    ],
)
def test_rows_become_times_in_order(
    rows: list[tuple[str, str]], remove: tuple[int, ...], wanted: list[tuple[float, int | None]]
) -> None:
    assert times_in(typed(post(*rows, remove=remove)), 3, 600) == wanted


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("x", "1"), "as 1:23"),
        (("10", "4"), "no slide 4"),
        (("10", "zwei"), "no slide zwei"),
        (("10", "0"), "no slide 0"),
        (("20:00", "1"), "ends before that, at 10:00"),
        (("0", "2"), "same time"),
    ],
)
def test_a_wrong_row_says_so_itself(row: tuple[str, str], words: str) -> None:
    rows = typed(post(("0", "1"), row))
    assert times_in(rows, 3, 600) is None
    assert words in rows[1].wrong
    assert not rows[0].wrong


def test_chapters_need_a_title() -> None:
    rows = typed(post(("0", " The  plan "), ("1:00", "")))
    assert marks_in(rows, 600) is None
    assert "title" in rows[1].wrong
    assert marks_in(rows[:1], 600) == [Mark(0.0, "The plan")]
