"""Plots made by the server: SVG whose numbers are in it as text, with title and description, and a table behind.

Widths are shares of the line, letters keep their size: one drawing reads well on a phone, a screen and paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

LINE, BAR, LETTERS = 40, 12, 13
TALL, FOOT, HEAD = 180, 24, 20
MOST_NAMES, MOST_NUMBERS = 6, 12


@dataclass(frozen=True)
class Plot:
    """A drawing and what it shows. heads, rows: the table behind it. legend: colour and words of each sequence.

    numbers: of lying bars, one a row."""

    key: str
    title: str
    about: str
    svg: SafeString
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[tuple[str, str]] = field(default_factory=tuple)
    numbers: Sequence[int] = field(default_factory=tuple)


def bars(
    key: str, title: str, about: str, heads: Sequence[str], rows: Sequence[tuple[str, int, str]]
) -> Plot:
    """Return lying bars. rows: name, number, and the number in words."""
    most = max((number for _name, number, _words in rows), default=0) or 1
    drawn = format_html_join(
        "",
        '<text x="0" y="{}" font-size="{}" fill="currentColor">{}</text>'
        '<rect x="0" y="{}" width="{}%" height="{}" rx="2" fill="var(--accent)"/>'
        '<text x="100%" y="{}" font-size="{}" text-anchor="end" fill="currentColor">{}</text>',
        (
            (
                at * LINE + LETTERS,
                LETTERS,
                name,
                at * LINE + 19,
                max(0.5, round(100 * number / most, 1)) if number else 0,
                BAR,
                at * LINE + LETTERS,
                LETTERS,
                words,
            )
            for at, (name, number, words) in enumerate(rows)
        ),
    )
    return Plot(
        key,
        title,
        about,
        _svg(key, title, about, max(1, len(rows)) * LINE, drawn),
        heads,
        [(name, words) for name, _number, words in rows],
        numbers=[number for _name, number, _words in rows],
    )


def columns(
    key: str,
    title: str,
    about: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, int, int]],
) -> Plot:
    """Return standing columns in pairs. rows: name, and both numbers. heads: of the names and of both sequences."""
    most = max((max(one, other) for _name, one, other in rows), default=0) or 1
    wide = 100 / max(1, len(rows))
    every = -(-len(rows) // MOST_NAMES)
    drawn = []
    for at, (name, *numbers) in enumerate(rows):
        for second, number in enumerate(numbers):
            drawn.append(_column(at * wide + wide * (0.1 + 0.42 * second), wide * 0.38, number, most, second))
            if len(rows) <= MOST_NUMBERS and number:
                drawn.append(_number(at * wide + wide * (0.29 + 0.42 * second), number, most))
        if at % every == 0:
            drawn.append(
                format_html(
                    '<text x="{}%" y="{}" font-size="12" fill="currentColor" text-anchor="{}">{}</text>',
                    round(at * wide + wide * _ANCHORS[_anchor(at, every, len(rows))], 2),
                    HEAD + TALL + FOOT - 6,
                    _anchor(at, every, len(rows)),
                    name,
                )
            )
    ground = format_html('<line x1="0" x2="100%" y1="{0}" y2="{0}" stroke="var(--edge)"/>', HEAD + TALL)
    drawing = format_html_join("", "{}", ((each,) for each in [*drawn, ground]))
    return Plot(
        key,
        title,
        about,
        _svg(key, title, about, HEAD + TALL + FOOT, drawing),
        heads,
        [(name, str(one), str(other)) for name, one, other in rows],
        legend=(("edge", heads[1]), ("accent", heads[2])),
    )


_ANCHORS = {"start": 0.1, "middle": 0.5, "end": 0.9}


def _anchor(at: int, every: int, rows: int) -> str:
    """Where a name stands to its columns: below them, or, where not each has one, so that it stays in the drawing."""
    if every == 1:
        return "middle"
    return "end" if at > 0.85 * rows else "start"


def _column(x: float, width: float, number: int, most: int, second: int) -> SafeString:
    tall = round(TALL * number / most)
    return format_html(
        '<rect x="{}%" y="{}" width="{}%" height="{}" fill="var(--{})"/>',
        round(x, 2),
        HEAD + TALL - tall,
        round(width, 2),
        tall,
        "accent" if second else "edge",
    )


def _number(x: float, number: int, most: int) -> SafeString:
    return format_html(
        '<text x="{}%" y="{}" font-size="11" text-anchor="middle" fill="currentColor">{}</text>',
        round(x, 2),
        HEAD + TALL - round(TALL * number / most) - 4,
        number,
    )


def _svg(key: str, title: str, about: str, tall: int, drawing: SafeString) -> SafeString:
    return format_html(
        '<svg width="100%" height="{}" role="img" aria-labelledby="plot-{}-title plot-{}-about">'
        '<title id="plot-{}-title">{}</title><desc id="plot-{}-about">{}</desc>{}</svg>',
        tall,
        key,
        key,
        key,
        title,
        key,
        about,
        drawing,
    )
