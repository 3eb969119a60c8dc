"""A report's file: word for word there and back, and for a damaged one the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminars.followups.reports.fields import FIELDS, Field, fields_said, plain
from seminars.followups.reports.markdown import END, Damaged, Sheet, decode, dump, load

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
ODD = st.sampled_from(
    ["## Results", "##", "### deeper", "# one", "---", END, " " + END, "<!-- field: title -->", "\\## x", "\\\\<!--",
     "- a", "> q", "```", "| a | b |", "session: x", "مرحبا ## بك", "日本", "\u2028", "\x0b", "  indented", "\ufeff"]
)  # fmt: skip
ANSWER = st.lists(WORDS | ODD, max_size=6).map("\n".join).map(plain)
NAMES = [each.name for each in FIELDS]
HINTS = {"list": "one on each line", "quotes": "a --> b"}


def written(sheet: Sheet, language: str = "en", own: tuple[Field, ...] = ()) -> str:
    """The file."""
    fields = [*fields_said(None, language), *own]
    return dump(sheet, fields, title="Session report: x\ny", help_words=["Fill it in. --> x"], hints=HINTS)


@given(
    st.dictionaries(st.sampled_from(NAMES), ANSWER),
    st.integers(0, 10**8),
    st.sampled_from(["en", "sv", "ar"]),
)
def test_every_answer_comes_back_word_for_word(answers: dict[str, str], revision: int, language: str) -> None:
    sheet = Sheet("uid", revision, language, answers)
    for text in (written(sheet, language), written(sheet, language).replace("\n", "\r\n")):
        for content in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
            back = load(decode(content), fields_said(None, language))
            assert (back.session, back.revision, back.language) == ("uid", revision, language)
            assert back.answers == dict.fromkeys(NAMES, "") | answers


@given(st.lists(WORDS.map(plain).map(lambda words: " ".join(words.split())), min_size=1, max_size=3), ANSWER)
def test_labels_of_any_words_do_not_disturb_the_file(labels: list[str], answer: str) -> None:
    own = tuple(Field(f"own_{number}", label, "text") for number, label in enumerate(labels))
    sheet = Sheet("uid", 1, "en", {each.name: answer for each in own})
    back = load(decode(written(sheet, own=own).encode()), own)
    assert {name: back.answers[name] for name in sheet.answers} == sheet.answers


def test_a_heading_that_has_lost_its_comment_is_known_by_its_words() -> None:
    text = written(Sheet("uid", 1, "en", {"results": "Three"})).replace("<!-- field: results -->\n", "")
    assert "field: results" not in text
    assert load(text, FIELDS).answers["results"] == "Three"


def test_a_heading_of_ones_own_is_kept_with_its_words() -> None:
    text = written(Sheet("uid", 1, "en")).replace(END, f"## Parking lot\n\nLater.\n\n## Свое\nda\n\n{END}")
    back = load(text, FIELDS)
    assert (back.answers["parking_lot"], back.labels["parking_lot"]) == ("Later.", "Parking lot")
    assert (back.answers["field"], back.labels["field"]) == ("da", "Свое")


def test_a_field_that_was_taken_out_is_not_given() -> None:
    text = written(Sheet("uid", 1, "en", {"results": "Three"}))
    start, end = text.index("## Results"), text.index("## Main statements")
    assert "results" not in load(text[:start] + text[end:], FIELDS).answers


GOOD = written(Sheet("uid", 1, "en", {"results": "Three"}))
NUMBER = {line: number for number, line in enumerate(GOOD.split("\n"), 1)}


@pytest.mark.parametrize(
    ("broken", "line", "says"),
    [
        ("Hello\n" + GOOD, 1, "three hyphens"),
        ("", 1, "three hyphens"),
        (GOOD.replace("revision: 1", "revision one"), 3, "name: value"),
        (GOOD.replace("revision: 1", "revision: one"), 3, "number"),
        (GOOD.replace("session: uid\n", ""), 4, "session:"),
        ("---\nsession: x", 2, "ends before"),
        (GOOD.replace(END, ""), len(GOOD.split("\n")), "too early"),
        (GOOD[: GOOD.index("## Results")], NUMBER["## Results"], "too early"),
        (GOOD + "And one more thing", len(GOOD.split("\n")), "after the end"),
        (GOOD.replace("# Session report: x y", "A word"), NUMBER["# Session report: x y"], "no field"),
        (GOOD.replace("Fill it in. → x\n-->", "Fill it in."), 9, "a comment begins"),
        (GOOD.replace("## Results\n", ""), NUMBER["## Results"], "heading above the field"),
        (GOOD.replace(END, f"## Results\nagain\n{END}"), NUMBER[END], "a second time"),
        (GOOD.replace("Three", "x" * 20_001), NUMBER["## Results"], "20000"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(broken: str, line: int, says: str) -> None:
    with pytest.raises(Damaged) as damaged:
        load(decode(broken.encode()), FIELDS)
    assert (damaged.value.line, says in damaged.value.words) == (line, True), damaged.value.words


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"---\nsession: \xff\n", 2), (b"\x00PDF", 1), (b"x" * 1_000_001, 1), (b"\xff\xfeab\x00", 1)],
)
def test_what_is_not_text_is_refused_with_its_line(content: bytes, line: int) -> None:
    with pytest.raises(Damaged) as damaged:
        decode(content)
    assert damaged.value.line == line
