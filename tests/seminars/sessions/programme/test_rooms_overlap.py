"""Overlap in a room, against a count of minutes; the timetable holds every part once; lines that people paste."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.sessions.fitting import Taken, first_clash
from seminars.sessions.programme.lines import read
from seminars.sessions.programme.timetable import Block, beside, days_of

START = datetime(2027, 5, 8, 9, tzinfo=UTC)
SPANS = st.tuples(st.sampled_from(["A", "a ", "B", ""]), st.integers(0, 40), st.integers(1, 12))
DAY = date(2027, 5, 8)


def taken(span: tuple[str, int, int], pk: int | None = None) -> Taken:
    room, start, length = span
    first = START + timedelta(minutes=15 * start)
    return Taken(room, first, first + timedelta(minutes=15 * length), pk=pk)


def quarters(span: tuple[str, int, int]) -> set[tuple[str, int]]:
    room, start, length = span
    return {(room.strip().lower(), quarter) for quarter in range(start, start + length)}


@settings(max_examples=150)
@given(SPANS, st.lists(SPANS, max_size=6))
def test_a_clash_is_a_quarter_of_an_hour_in_common(
    one: tuple[str, int, int], others: list[tuple[str, int, int]]
) -> None:
    found = first_clash(taken(one), [taken(each, pk) for pk, each in enumerate(others)])
    clashing = [each for each in others if quarters(one) & quarters(each)]
    assert (found is None) == (not clashing)
    if found:
        assert found.starts_at == min(taken(each).starts_at for each in clashing)


@settings(max_examples=100)
@given(SPANS)
def test_nothing_clashes_with_itself_and_every_clash_is_mutual(one: tuple[str, int, int]) -> None:
    assert first_clash(taken(one, 7), [taken(one, 7)]) is None
    other = ("A", 10, 4)
    assert taken(one).meets(taken(other)) == taken(other).meets(taken(one))


@settings(max_examples=150)
@given(st.lists(SPANS, max_size=10))
def test_a_timetable_holds_every_part_once_and_each_row_is_as_wide_as_its_rooms(
    spans: list[tuple[str, int, int]],
) -> None:
    blocks = [
        Block(key, each.room, each.starts_at.replace(tzinfo=None), each.ends_at.replace(tzinfo=None))
        for key, each in enumerate(map(taken, spans))
    ]
    shown = []
    for day in days_of(blocks):
        height = [0] * len(day.rooms)
        for at, row in enumerate(day.rows):
            assert len(row.cells) == len(day.rooms)
            for column, cell in enumerate(row.cells):
                assert (cell is None) == (height[column] > at)  # a cell above reaches in, or there is one
                if cell:
                    height[column] = at + cell.span
                    shown += [block.key for block in cell.blocks]
                    assert all(block.first == row.first for block in cell.blocks)
        assert all(each <= len(day.rows) for each in height)
    assert sorted(shown) == list(range(len(blocks)))


def block(key: int, room: str, hour: int, minutes: int) -> Block:
    first = datetime(2027, 5, 8, hour)
    return Block(key, room, first, first + timedelta(minutes=minutes))


def test_a_long_part_spans_the_rows_of_those_beside_it() -> None:
    (day,) = days_of([block(1, "B", 9, 120), block(2, "A", 9, 60), block(3, "A", 10, 60)])
    assert day.rooms == ("A", "B")
    assert [(cell.span if cell else None) for cell in day.rows[0].cells] == [1, 2]
    assert day.rows[1].cells[1] is None


def test_what_runs_beside_a_part() -> None:
    blocks = [block(1, "A", 9, 60), block(2, "B", 9, 120), block(3, "A", 10, 60), block(4, "C", 8, 60)]
    assert [each.key for each in beside(blocks[0], blocks)] == [2]
    assert [each.key for each in beside(blocks[1], blocks)] == [1, 3]


PASTED = """
# The first day
09:30-10:15 | room 1.205 | Opening | Astrid Exempel, Nils Exempel
9.30–10.15 | 1.206 | Workshop
10:15-11:00 | 1.205 | Coffee |
Day 2
09:30-10:15 | 1.205 | Farewell
"""


def test_lines_are_read_as_people_write_them() -> None:
    lines = read(PASTED, first=DAY, days=2)
    assert [each.wrong for each in lines] == [""] * 4
    assert (lines[0].room, lines[0].title, lines[0].minutes) == ("1.205", "Opening", 45)
    assert lines[0].speakers == ("Astrid Exempel", "Nils Exempel")
    assert lines[1].wall == datetime(2027, 5, 8, 9, 30)
    assert lines[3].wall == datetime(2027, 5, 9, 9, 30)


def test_each_bad_line_is_named() -> None:
    text = "\n".join(
        [
            "09:30-10:15 | A | Fine",
            "half past nine | A | Opening",
            "10:15-09:30 | A | Backwards",
            "25:00-26:00 | A | Never",
            "11:00-12:00 | A |",
            "just words",
            "10:00-11:00 | a | Clashes",
            "2027-06-01",
            "Day 2",
            "09:30-10:15 | A | " + "x" * 201,
        ]
    )
    lines = read(text, first=DAY, days=2)
    assert [each.number for each in lines if each.wrong] == [2, 3, 4, 5, 6, 7, 8, 10]
    assert "“Fine” is in this room" in next(each.wrong for each in lines if each.number == 7)


def test_lines_may_clash_with_what_is_there_and_are_not_endless() -> None:
    there = Taken("A", datetime(2027, 5, 8, 9), datetime(2027, 5, 8, 10), "There")
    (line,) = read("09:30-10:15 | A | New", first=DAY, days=1, known=(there,))
    assert "There" in line.wrong
    many = read("\n".join(f"09:30-10:15 | A{n} | X" for n in range(300)), first=DAY, days=1)
    assert len(many) == 201
    assert "More than 200" in many[-1].wrong
