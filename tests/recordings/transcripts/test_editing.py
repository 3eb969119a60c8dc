"""Deeds of the captions' editor: nothing that was said is lost, and each deed has its opposite."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.transcripts.checking import Fault, faults
from recordings.transcripts.editing import (
    CannotEdit,
    Changes,
    Line,
    changed,
    cues_of,
    delete,
    insert,
    lines_of,
    merge,
    ordered,
    replace_all,
    shift,
    split,
)

WORDS = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8)
TEXT = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
LINE = st.builds(
    lambda start, lasts, text, voice: Line(start, start + lasts, text, voice),
    st.integers(5_000, 3_600_000),
    st.integers(200, 9_000),
    TEXT,
    st.sampled_from(["", "Ana", "Bo"]),
)
LINES = st.lists(LINE, min_size=1, max_size=12).map(
    lambda found: {str(n): each for n, each in enumerate(found)}
)
quick = settings(max_examples=60)


def said(lines: dict[str, Line]) -> list[str]:
    """All words, in no order."""
    return sorted(word for each in lines.values() for word in each.text.split())


def opposite(lines: dict[str, Line], changes: Changes) -> Changes:
    return {key: lines.get(key) for key in changes}


@quick
@given(LINES, st.data())
def test_splitting_and_joining_keep_every_word(lines: dict[str, Line], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(lines)))
    at = data.draw(st.integers(0, len(lines[key].text)))
    try:
        changes = split(lines, key, at, "new")
    except CannotEdit:
        return
    after = changed(lines, changes)
    assert "".join(said(after)).replace(" ", "") != ""
    first, second = after[key], after["new"]
    assert (first.start, second.end) == (lines[key].start, lines[key].end)
    assert first.end == second.start
    assert (first.text + second.text).replace(" ", "") == lines[key].text.replace(" ", "")
    assert changed(after, opposite(lines, changes)) == lines


@quick
@given(LINES)
def test_joining_all_leaves_one_line_with_all_words(lines: dict[str, Line]) -> None:
    words = said({key: Line(each.start, each.end, each.text) for key, each in lines.items()})
    now = {key: Line(each.start, each.end, each.text) for key, each in lines.items()}
    while len(now) > 1:
        now = changed(now, merge(now, ordered(now)[0][0]))
    assert said(now) == words
    with pytest.raises(CannotEdit):
        merge(now, next(iter(now)))


def test_joining_keeps_another_speakers_name() -> None:
    lines = {"1": Line(0, 900, "Yes?", "Ana"), "2": Line(1000, 2000, "No.", "Bo")}
    assert merge(lines, "1") == {"1": Line(0, 2000, "Yes?\nBo: No.", "Ana"), "2": None}


@quick
@given(LINES, st.integers(-5_000, 5_000))
def test_shifting_there_and_back_changes_nothing(lines: dict[str, Line], by: int) -> None:
    after = changed(lines, shift(lines, by))
    assert changed(after, shift(after, -by)) == lines
    assert [key for key, _line in ordered(after)] == [key for key, _line in ordered(lines)]


def test_no_line_begins_before_the_recording() -> None:
    with pytest.raises(CannotEdit, match="before the recording"):
        shift({"1": Line(500, 900, "a")}, -501)


@quick
@given(LINES, WORDS)
def test_replacing_changes_the_lines_that_say_it(lines: dict[str, Line], word: str) -> None:
    changes = replace_all(lines, word, "\\1§", match_case=True)
    assert set(changes) == {key for key, each in lines.items() if word in each.text}
    assert all(each is not None and word not in each.text for each in changes.values() if word not in "\\1§")
    assert replace_all(lines, "", "x") == {}


@quick
@given(LINES)
def test_a_new_line_stands_between(lines: dict[str, Line]) -> None:
    keys = [key for key, _line in ordered(lines)]
    after = changed(lines, insert(lines, keys[0], "new"))
    new = after["new"]
    assert new.end > new.start == lines[keys[0]].end
    assert changed(after, delete(after, "new")) == lines
    assert insert(lines, None, "new")["new"] is not None


@quick
@given(LINES)
def test_lines_and_cues_are_the_same(lines: dict[str, Line]) -> None:
    assert list(lines_of(cues_of(lines)).values()) == [each for _key, each in ordered(lines)]


@pytest.mark.parametrize(
    ("line", "before", "found"),
    [
        (Line(0, 2000, "Short."), None, []),
        (Line(2000, 1000, "Short."), None, [Fault.BACKWARDS]),
        (Line(500, 2000, "Short."), Line(0, 900, "a"), [Fault.OVERLAP]),
        (Line(0, 1000, "x" * 26), None, [Fault.FAST]),
        (Line(0, 60_000, "x " * 43), None, [Fault.LONG]),
        (Line(0, 1000, " "), None, [Fault.EMPTY]),
    ],
)
def test_what_is_hard_to_read_is_told(line: Line, before: Any, found: list[Fault]) -> None:
    rows = [*([("0", before)] if before else []), ("1", line)]
    assert faults(rows).get("1", []) == found
