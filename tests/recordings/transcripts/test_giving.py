"""Captions out: what is written is read back, by us and by others; markup is words, never run."""

from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webvtt import WebVTT

from recordings.transcripts.converting import as_vtt
from recordings.transcripts.editing import Line, changed, lines_of
from recordings.transcripts.giving import FORMS, as_srt, as_text
from recordings.transcripts.sheets import changes_in, sheet_of
from recordings.transcripts.vtt import MOST_CUES, CaptionError, Cue, parse, write

ROW = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
ROWS = st.lists(ROW.filter(bool), min_size=1, max_size=3).map("\n".join)
NAME = ROW.filter(bool)
PLAIN = st.lists(
    st.text(st.characters(categories=["L"]), min_size=1, max_size=8), min_size=1, max_size=6
).map(" ".join)
quick = settings(max_examples=80)


@st.composite
def cues(draw: st.DrawFn, words: st.SearchStrategy[str] = ROWS, names: bool = True) -> list[Cue]:
    starts = sorted(draw(st.lists(st.integers(0, 9_000_000), min_size=1, max_size=12, unique=True)))
    voice = st.one_of(st.just(""), NAME) if names else st.just("")
    return [
        Cue(at / 1000, (at + draw(st.integers(1, 9000))) / 1000, draw(words), draw(voice)) for at in starts
    ]


@quick
@given(cues())
def test_webvtt_keeps_rows_voices_and_milliseconds(given_cues: list[Cue]) -> None:
    assert parse(write(given_cues), keep_lines=True) == given_cues


@quick
@given(cues(names=False))
def test_others_read_our_webvtt(given_cues: list[Cue]) -> None:
    read = WebVTT.from_buffer(StringIO(write(given_cues)), format="vtt").captions
    times = [(each.start_time.in_milliseconds(), each.end_time.in_milliseconds()) for each in read]
    assert times == [(round(each.start * 1000), round(each.end * 1000)) for each in given_cues]


@quick
@given(cues(PLAIN))
def test_subrip_comes_back(given_cues: list[Cue]) -> None:
    named = [Cue(c.start, c.end, f"{c.voice}: {c.text}" if c.voice else c.text) for c in given_cues]
    back = parse(as_srt(given_cues), keep_lines=True)
    assert [(c.start, c.end) for c in back] == [(c.start, c.end) for c in named]
    plain = [(b.text, c.text) for b, c in zip(back, named, strict=True) if not set("<{>-") & set(c.text)]
    assert all(one == other for one, other in plain)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (r"{\an8}above", r"(\an8}above"),
        ("<i>leaning</i> <Font color=red>", "\u2039i>leaning\u2039/i> \u2039Font color=red>"),
        ("a --> b, {x} and 1 < 2", "a → b, {x} and 1 < 2"),
    ],
)
def test_what_a_player_would_obey_is_shown(words: str, shown: str) -> None:
    assert as_srt([Cue(1, 2, words)]) == f"1\n00:00:01,000 --> 00:00:02,000\n{shown}\n"


@quick
@given(cues(PLAIN, names=False))
def test_from_a_text_through_every_form_words_and_times_stay(given_cues: list[Cue]) -> None:
    first = as_vtt(as_text(given_cues, times=True))
    assert as_vtt(as_srt(parse(first))) == first
    assert " ".join(cue.text for cue in parse(first)) == " ".join(cue.text for cue in given_cues)


@quick
@given(cues(PLAIN, names=False))
def test_a_transcript_with_times_comes_back_word_for_word(given_cues: list[Cue]) -> None:
    back = parse(as_vtt(as_text(given_cues, times=True)))
    assert " ".join(cue.text for cue in back) == " ".join(cue.text for cue in given_cues)
    assert int(back[0].start) == int(given_cues[0].start)
    words = as_text(given_cues, times=False).split()
    assert words == " ".join(cue.text for cue in given_cues).split()


def test_forms_of_one_file() -> None:
    said = [Cue(1.5, 4, "Good morning.\nAll.", "Ana"), Cue(5, 7, "1 < 2 <script>alert(1)</script>")]
    assert FORMS["srt"].give(said) == (
        "1\n00:00:01,500 --> 00:00:04,000\nAna: Good morning.\nAll.\n\n"
        "2\n00:00:05,000 --> 00:00:07,000\n1 < 2 <script>alert(1)</script>\n"
    )
    assert FORMS["times"].give(said) == (
        "[00:00:01] Ana: Good morning. All.\n\n[00:00:05] 1 < 2 <script>alert(1)</script>\n"
    )
    assert "&lt;script&gt;" in FORMS["vtt"].give(said)
    assert parse(FORMS["vtt"].give(said), keep_lines=True) == said


def test_voices_and_tags_of_others() -> None:
    text = (
        "WEBVTT - made elsewhere\n\nNOTE nothing\nto see\n\nSTYLE\n::cue {}\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start\n"
        "<v.loud Esme &amp; Co>Hi <i>there</i></v> <v Mary>Hello</v>\n\n"
        "00:03.000 --> 00:04.000\na <b><00:03.500>c</b> & 3 < 4\n"
    )
    assert parse(text) == [Cue(1, 2, "Hi there Mary: Hello", "Esme & Co"), Cue(3, 4, "a c & 3 < 4")]


def test_an_empty_row_inside_subrip_is_not_its_end() -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\n\r\ntwo\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n1984\r\n"
    assert [cue.text for cue in parse(text)] == ["One two", "1984"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("WEBVTT\n\n00:01.000 -->\nHello\n", 3, "no time at which it ends"),
        ("WEBVTT\n\n00:01.000 --> 00:61.000\nx\n", 3, "cannot be read"),
        ("WEBVTT\n\n900:00:01.000 --> 900:00:02.000\nx\n", 3, "cannot be read"),
        ("WEBVTT\n\n" + "00:01.000 --> 00:02.000\nx\n\n" * (MOST_CUES + 1), 0, "more than 50000"),
    ],
    ids=["no end", "61 seconds", "900 hours", "50,001 cues"],
)
def test_bad_captions_are_refused_in_words(text: str, line: int, words: str) -> None:
    with pytest.raises(CaptionError, match=words) as refused:
        parse(text)
    assert refused.value.line == line


LINE = st.builds(
    lambda start, lasts, text: Line(start, start + lasts, text),
    st.integers(0, 90_000),
    st.integers(1, 5000),
    ROWS.filter(lambda text: "-->" not in text),
)


@quick
@given(st.lists(LINE, max_size=8), st.lists(LINE, max_size=8))
def test_a_sheet_says_what_was_changed(before: list[Line], after: list[Line]) -> None:
    was = [(str(number), each) for number, each in enumerate(sorted(before, key=lambda e: e.start))]
    wanted = sorted(after, key=lambda each: each.start)
    names = iter(range(99))
    text = sheet_of([("", each) for each in wanted], 1)
    changes = changes_in(text, was, lambda: f"n{next(names)}")
    found = changed(dict(was), changes)
    assert sorted(map(repr, found.values())) == sorted(map(repr, wanted))
    assert changes_in(sheet_of(was, 1), was, str) == {}


def test_a_wrong_line_of_a_sheet_is_named() -> None:
    was = list(lines_of([Cue(1, 2, "One")]).items())
    with pytest.raises(CaptionError, match="Line 2: this caption ends before it starts"):
        changes_in("1\n00:00:05.000 --> 00:00:02.000\nOne\n", was, str)


def test_each_way_is_told_from_the_others_by_its_words() -> None:
    assert [str(form.words) for form in FORMS.values()] == ["VTT", "SRT", "TXT", "TXT with times"]
