"""The first draft of a paper, made of session reports. Plain Python: Markdown out of what the reports say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

LIST, QUOTES = "list", "quotes"
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")
_FIRST = re.compile(r"^(\d*)([-+=.)])")


@dataclass(frozen=True)
class Part:
    """One answered field of a report. kind: "list" and "quotes" hold one a line; all others are paragraphs."""

    label: str
    kind: str
    text: str


@dataclass(frozen=True)
class Source:
    """A session: its title, and what its report says, if there is one."""

    title: str
    parts: tuple[Part, ...] = field(default=())


@dataclass(frozen=True)
class Headings:
    """The words over the parts of a paper, in its language."""

    question: str
    said: str
    conclusions: str
    next: str
    nothing: str


def outline(sources: Iterable[Source], words: Headings) -> str:
    """Return the draft as Markdown: what the reports say under each session, with empty parts around to be written."""
    blocks = [f"## {words.question}", f"## {words.said}", said(sources, words).rstrip()]
    blocks += [f"## {words.conclusions}", f"## {words.next}"]
    return "\n\n".join(block for block in blocks if block) + "\n"


def said(sources: Iterable[Source], words: Headings) -> str:
    """Return as Markdown what the reports say, under each session."""
    blocks = []
    for source in sources:
        blocks.append(f"### {plain(source.title)}")
        blocks += [block for part in source.parts for block in (f"#### {plain(part.label)}", _said(part))]
        if not source.parts:
            blocks.append(f"*{plain(words.nothing)}*")
    return "\n\n".join(block for block in blocks if block) + "\n"


def plain(text: str) -> str:
    """Return `text` on one line, written so that Markdown shows it as it is."""
    return _FIRST.sub(r"\1\\\2", _MARKS.sub(r"\\\1", " ".join(text.split())))


def _said(part: Part) -> str:
    lines = [each.strip(" -–•\t") for each in part.text.splitlines()]
    if part.kind == LIST:
        return "\n".join(f"- {plain(each)}" for each in lines if each)
    if part.kind == QUOTES:
        return "\n>\n".join(f"> {plain(each)}" for each in lines if each)
    return "\n\n".join(plain(each) for each in part.text.split("\n\n") if each.strip())
