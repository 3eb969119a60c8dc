"""Captions: what is written reads back, what is wrong is named by its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.transcripts.vtt import CaptionError, Cue, parse, write

MEDIA = Path(__file__).parents[3] / "recordings" / "demo" / "media"
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60).map(
    lambda text: " ".join(text.split())
)


@st.composite
def cues(draw: st.DrawFn) -> list[Cue]:
    starts = sorted(draw(st.lists(st.integers(0, 20_000_000), min_size=1, max_size=20, unique=True)))
    words = st.builds(str, WORDS).filter(lambda text: text and "-->" not in text)
    return [Cue(at / 1000, (at + draw(st.integers(1, 9000))) / 1000, draw(words)) for at in starts]


@given(cues())
def test_what_is_written_reads_back(given_cues: list[Cue]) -> None:
    assert parse(write(given_cues)) == given_cues


@pytest.mark.parametrize("path", sorted(MEDIA.glob("*.vtt")), ids=lambda path: path.name)
def test_the_demo_is_read_in_order(path: Path) -> None:
    found = parse(path.read_text())
    assert len(found) >= 12
    assert found == sorted(found, key=lambda cue: cue.start)


def test_subrip_is_read_too_without_its_markup() -> None:
    assert parse("1\n00:00:01,000 --> 00:00:02,500\nGood <b>morning</b>\nall\n") == [
        Cue(1.0, 2.5, "Good morning all")
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 0, "first line should be WEBVTT"),
        ("WEBVTT\n", 0, "no captions"),
        ("hello", 0, "first line should be WEBVTT"),
        ("WEBVTT\n\n00:00:05.000 --> 00:00:02.000\nx\n", 3, "Line 3: this caption ends before it starts"),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\nsoon --> later\nx\n",
            6,
            "Line 6: the times cannot be read",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, line: int, said: str) -> None:
    with pytest.raises(CaptionError, match=said) as raised:
        parse(text)
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\ufeffWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nOne\r\n", [Cue(1, 2, "One")]),
        (
            "WEBVTT\r\r00:01.000 --> 00:02.000\rOne\rrow\r\r00:03.000 --> 00:04.000\rTwo\r",
            [Cue(1, 2, "One row"), Cue(3, 4, "Two")],
        ),
        (
            "1\r00:00:01,000 --> 00:00:02,000\rOne\r\r2\r00:00:03,000 --> 00:00:04,000\rTwo\r",
            [Cue(1, 2, "One"), Cue(3, 4, "Two")],
        ),
        ("WEBVTT\n\n100:00:01.000 --> 100:00:02.000\nLong\n", [Cue(360001, 360002, "Long")]),
        (
            "WEBVTT\n\n00:01.000 --> 00:05.000\nOne\n\n00:02.000 --> 00:03.000\nTwo\n",
            [Cue(1, 5, "One"), Cue(2, 3, "Two")],
        ),
        (
            "WEBVTT\n\nREGION\nid:fred\nwidth:40%\n\nSTYLE\n::cue { color: red }\n\nNOTE said twice\n\nintro\n"
            "00:01.000 --> 00:02.000 region:fred align:left position:10%,line-left\n<v Fred>One\n\nNOTE\nto see\n\n"
            "00:03.000 --> 00:04.000 line:0\nTwo\n",
            [Cue(1, 2, "One", "Fred"), Cue(3, 4, "Two")],
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<00:01.200><c.a>One</c> <00:01.500>two\n",
            [Cue(1, 2, "One two")],
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\nA &amp; B &nbsp;&lt;i&gt; &#128512;\n",
            [Cue(1, 2, "A & B <i> \U0001f600")],
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<script>x()</script><img src=x onerror=x()>One\n",
            [Cue(1, 2, "x()One")],
        ),
    ],
    ids=[
        "mark and CRLF",
        "CR",
        "SubRip with CR",
        "100 hours",
        "overlap",
        "blocks",
        "karaoke",
        "entities",
        "script",
    ],
)
def test_the_forms_that_programs_write_are_read(text: str, found: list[Cue]) -> None:
    assert parse(text) == found


@pytest.mark.parametrize(
    "body", ["<v" + " " * 200_000, "<v" + ".<v" * 200_000, "<a" * 200_000, "{\\" * 200_000]
)
def test_tags_that_never_end_cost_nothing(body: str) -> None:
    """Read part by part again and again, each of these takes half an hour; the suite's time limit ends it."""
    assert len(parse(f"WEBVTT\n\n00:01.000 --> 00:02.000\nx{body}\n")) == 1
    assert len(parse(f"1\n00:00:01,000 --> 00:00:02,000\nx{body}\n")) == 1
