"""Lists of meeting programs, as they come: every layout of the zoo, and anything else without falling over."""

import csv
import io
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminars.sessions.attendance.merging import Trace, joined, merged, union
from seminars.sessions.attendance.names import Index, bare, folded, is_machine, is_phone
from seminars.sessions.attendance.reading.hours import seconds_of
from seminars.sessions.attendance.reading.people import Reading, read
from seminars.sessions.attendance.reading.sheets import MOST_LINES, SEPARATORS, TooMuch, Unreadable

ZOO = Path(__file__).parents[3] / "zoo" / "attendance"
ZONE = "Africa/Johannesburg"
NEAR = datetime(2026, 12, 1, 15, 0)
START = int(datetime(2026, 12, 1, 13, 0, tzinfo=UTC).timestamp())


def of(name: str) -> Reading:
    return read((ZOO / name).read_bytes(), zone=ZONE, near=NEAR)


def told(reading: Reading) -> dict[str, tuple[str, int | None]]:
    """Address and minutes of each, by name."""
    found = {}
    for each in reading.people:
        row = joined(None, Trace("import", "", tuple(each.spans), each.seconds))
        seconds = merged({"file": row}).seconds
        found[each.name] = (each.email, None if seconds is None else seconds // 60)
    return found


ALL = {
    "zoom-with-header.csv": ("Zoom", {
        "Thandi Host": ("organiser@example.org", 67), "Akello Example": ("akello@example.org", 56),
        "Nana Aba": ("", 59), "iPhone": ("", 30), "27831234567": ("", 38),
    }),
    "zoom-unique.csv": ("Zoom", {
        "Thandi Host": ("organiser@example.org", 68), "Akello Example": ("akello@example.org", 56),
        "محمد علي": ("m.ali@example.org", 44), "Åsa Öberg": ("", 12),
    }),
    "zoom-2024.csv": ("Zoom", {
        "Akello Example": ("akello@example.org", 21), "José Álvarez": ("jose@example.org", 60),
    }),
    "zoom-webinar.csv": ("Zoom", {
        "Thandi Host": ("organiser@example.org", 67), "Akello Example": ("akello@example.org", 60),
    }),
    "teams.csv": ("Teams", {
        "Thandi Host": ("organiser@example.org", 67), "Akello Example": ("akello@example.org", 56),
        "Nana Aba Mensah": ("", 59), "محمد علي": ("m.ali@example.org", 30),
    }),
    "teams-older.csv": ("Teams", {
        "Thandi Host": ("organiser@example.org", 67), "Akello Example": ("akello@example.org", 56),
    }),
    "teams-swedish.csv": ("", {"Åsa Öberg": ("asa@example.org", 60)}),
    "teams-joined-left.csv": ("Teams", {"Thandi Host": ("", None), "Akello Example": ("", 56)}),
    "bbb-dashboard.csv": ("BigBlueButton", {
        "Anonymous": ("", None), "Akello Example": ("", 61), "Thandi Host": ("", 67),
    }),
    "bbb-names.txt": ("BigBlueButton", {
        "Akello Example": ("", None), "Nana Aba Mensah": ("", None), "Thandi Host": ("", None),
    }),
    "semicolons.csv": ("", {"Jürgen Groß": ("juergen@example.org", 60)}),
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_each_layout_is_read(name: str) -> None:
    program, people = ALL[name]
    reading = of(name)
    assert reading.wrong == []
    assert told(reading) == people
    assert reading.program == program


def test_every_file_of_the_zoo_is_tried() -> None:
    assert {each.name for each in ZOO.iterdir()} == {*ALL, "bad-rows.csv"}


def test_hours_are_those_of_the_zone_and_month_and_day_are_told_apart() -> None:
    for name in ("zoom-with-header.csv", "zoom-2024.csv", "teams-swedish.csv", "teams.csv"):
        first = min(start for each in of(name).people for start, _end in each.spans)
        assert abs(first - START) < 600, name


def test_bad_rows_are_named_and_the_good_ones_stay() -> None:
    reading = of("bad-rows.csv")
    assert [(each.number, each.why) for each in reading.wrong] == [(3, "name"), (4, "hours"), (5, "length")]
    assert [each.name for each in reading.people] == ["Akello Example"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"Topic,ID\n1,2\n", b"%PDF-1.4 \x00", b"PK\x03\x04zip"])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content, zone=ZONE, near=NEAR)


def test_ten_thousand_lines_are_the_most() -> None:
    lines = [f"Person {number},p{number}@example.org,60" for number in range(MOST_LINES)]
    head = "Name (Original Name),User Email,Total Duration (Minutes)\n"
    assert len(read((head + "\n".join(lines)).encode(), zone=ZONE, near=NEAR).people) == MOST_LINES
    with pytest.raises(TooMuch):
        read((head + "\n".join([*lines, "One More,one@example.org,1"])).encode(), zone=ZONE, near=NEAR)


CELLS = st.text(max_size=30)
NAMES = st.from_regex(r"[^\W\d_]{2,12} [^\W\d_]{2,12}", fullmatch=True)


@given(st.lists(st.tuples(NAMES, st.integers(0, 600)), min_size=1, max_size=8), st.sampled_from(SEPARATORS),
       st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]))  # fmt: skip
def test_any_name_in_any_script_separator_and_encoding_comes_through(
    rows: list[tuple[str, int]], separator: str, encoding: str
) -> None:
    out = io.StringIO()
    table = csv.writer(out, delimiter=separator)
    table.writerow(["Name (Original Name)", "User Email", "Total Duration (Minutes)", "Guest"])
    table.writerows(
        [name, f"a{place}@example.org", minutes, "No"] for place, (name, minutes) in enumerate(rows)
    )
    reading = read(out.getvalue().encode(encoding), zone=ZONE, near=NEAR)
    assert [(each.name, each.seconds) for each in reading.people] == [(name, 60 * m) for name, m in rows]


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.sampled_from(SEPARATORS))
def test_anything_is_read_or_refused(rows: list[list[str]], separator: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(
        [["Name", "Email", "Duration"], *rows]
    )
    try:
        reading = read(out.getvalue().encode("utf-8", "replace"), zone=ZONE, near=NEAR)
    except Unreadable:
        return
    for each in reading.people:
        assert each.name or each.email
        assert all(start <= end for start, end in each.spans)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes) -> None:
    try:
        read(content, zone=ZONE, near=NEAR)
    except Unreadable:
        return


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h 2m 3s", 3723), ("2m 3s", 123), ("45s", 45), ("1 tim 2 min 3 sek", 3723), ("1 h 2 min 3 s", 3723),
        ("1 Std. 2 Min. 3 Sek.", 3723), ("01:02:03", 3723), ("2:03", 123), ("1 час 2 мин", 3720), ("soon", None),
        ("", None), ("1.5h", 5400),
    ],
)  # fmt: skip
def test_lengths_are_read_in_several_languages(text: str, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


def test_names_are_compared_by_their_letters() -> None:
    assert folded("  ÅSA  Öberg ") == folded("Asa Oberg")
    assert bare("Nana Aba (Nana Aba Mensah)") == ("Nana Aba", "Nana Aba Mensah")
    index = Index(
        [("a", "Nana Aba Mensah"), ("b", "Akello Example"), ("c", "Akelo Other"), ("d", "محمد علي")]
    )
    assert index.exact("Mensah, Nana Aba") == ["a"]
    assert index.like("Akelo Example")[0] == "b"
    assert index.like("Nana Aba") == ["a"]
    assert index.exact("محمد علي") == ["d"]
    assert index.like("Somebody Else") == []
    assert is_machine("iPhone")
    assert is_machine("Otter.ai Notetaker")
    assert not is_machine("Usha Guest")
    assert is_phone("+27 83 123 4567")
    assert is_phone("27831xxxx67")


SPANS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=10)


@given(SPANS)
def test_time_that_overlaps_counts_once(spans: list[tuple[int, int]]) -> None:
    whole = union(spans)
    seconds = {s for start, end in spans for s in range(start, end)}
    assert sum(end - start for start, end in whole) >= len(seconds)
    assert all(a[1] + 1 < b[0] for a, b in pairwise(whole))
    assert union(whole) == whole


@given(SPANS, SPANS)
def test_sources_merge_in_any_order_and_as_often_as_one_likes(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    first, second = Trace("import", "Zoom", tuple(union(one))), Trace("room", "door", tuple(union(other)))
    here = merged({"a": first.stored(), "b": second.stored()})
    turned = merged({"b": second.stored(), "a": joined(first.stored(), first)})
    assert (here.way, here.seconds, here.first_at) == (turned.way, turned.seconds, turned.first_at)
    assert here.way == "room"
