"""A report as a Markdown file, to be filled in without a connection, and read back word for word. No database.

A file begins with lines between `---` (the session, the revision it was taken at, the language); then a heading of
the second level for each field, the field's name in a comment below it, and the answer as it was typed. A line of an
answer that would read as a heading or a comment gets a backslash before it, and loses one when it is read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from seminars.followups.reports.fields import LANGUAGE, MOST, Field, fresh_name

LARGEST = 1_000_000
"""Bytes of a file."""
END = "<!-- end of report -->"
MOST_OTHERS = 20
_FENCE = "---"
_MARKED = re.compile(r"<!--\s*field:\s*([a-z][a-z0-9_]{0,39})\b.*?-->\s*")
_HEAD = re.compile(r"##(?!#)\s*(.*?)\s*")
_ESCAPED = re.compile(r"\\*(##(?!#)|<!--)")
_ASKED = ("session", "revision", "language")


class Damaged(ValueError):
    """A file that cannot be read: `line` counts from 1, `words` say what is wrong there and what to do."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(_("Line %(line)d: %(words)s") % {"line": line, "words": words})
        self.line, self.words = line, words


@dataclass(frozen=True)
class Sheet:
    """What a file says. revision: of the report when it was taken, 0 before anything was written.

    answers: by field name, the empty ones too. labels: the headings by name. lines: where each heading stands.
    heads: where each line of the first part stands, by its name.
    """

    session: str
    revision: int
    language: str
    answers: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)


def dump(
    sheet: Sheet, fields: Iterable[Field], *, title: str, help_words: Sequence[str], hints: dict[str, str]
) -> str:
    """Return the file. fields: in their order, with labels in the language of the report.

    title: above all. help_words: lines on how to fill it in, shown as a comment. hints: by kind of field.
    """
    lines = [
        _FENCE,
        f"session: {sheet.session}",
        f"revision: {sheet.revision}",
        f"language: {sheet.language}",
    ]
    lines += [
        _FENCE,
        "",
        f"# {_one_line(title)}",
        "",
        "<!--",
        *(_one_line(each) for each in help_words),
        "-->",
    ]
    for each in fields:
        hint = _one_line(hints.get(each.kind, ""))
        mark = f"<!-- field: {each.name}{f' · {hint}' if hint else ''} -->"
        lines += ["", f"## {_one_line(str(each.label))}", mark, ""]
        answer = sheet.answers.get(each.name, "")
        lines += [f"\\{line}" if _ESCAPED.match(line) else line for line in answer.split("\n")]
    return "\n".join([*lines, "", END, ""])


def decode(content: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with its mark, as some editors write it. Raises Damaged."""
    if len(content) > LARGEST:
        raise Damaged(1, _("this file is larger than a report can be: 1 MB. Choose the report's own file."))
    coding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(coding)
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        words = _("this is not text in UTF-8. Save the file as text with the encoding UTF-8.")
        raise Damaged(line, words) from wrong
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise Damaged(line, _("this is not text. Choose the file with the ending .md that you filled in."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def load(text: str, fields: Iterable[Field]) -> Sheet:
    """Return what a file says. fields: by whose labels headings are known that have lost their comment.

    A heading that is no field's becomes a field of its own: nothing is dropped. Raises Damaged, which names the line.
    """
    lines = text.split("\n")
    head, first = _head(lines)
    last = _end(lines)
    sheet = Sheet(head["session"][1], _revision(*head["revision"]), head["language"][1])
    sheet.heads.update({name: line for name, (line, _value) in head.items()})
    names = {" ".join(str(each.label).split()).casefold(): each.name for each in fields}
    parts = list(_parts(lines[first:last], first + 1))
    known = {name for _line, _label, name, _body in parts if name} | set(names.values())
    for line, label, marked, body in parts:
        marked = "" if marked == LANGUAGE else marked
        name = marked or names.get(label.casefold()) or fresh_name(label, known)
        if name in sheet.lines:
            said = {"label": label or name, "line": sheet.lines[name]}
            raise Damaged(
                line,
                _("“%(label)s” stands here a second time; it was in line %(line)d already. Join the two.")
                % said,
            )
        known.add(name)
        sheet.lines[name], sheet.labels[name], sheet.answers[name] = line, label or name, body
        if len(body) > MOST:
            raise Damaged(line, _("Use at most %(most)d characters.") % {"most": MOST})
    others = sheet.answers.keys() - set(names.values())
    if len(others) > MOST_OTHERS:
        raise Damaged(
            first + 1,
            _("These are more fields of your own than a report can hold. Put them below another heading."),
        )
    return sheet


# Below: how it is done.


def _head(lines: list[str]) -> tuple[dict[str, tuple[int, str]], int]:
    """What stands between the first two `---`, with the number of each line; and how many lines that takes."""
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() != _FENCE:
        raise Damaged(
            start + 1,
            _("a report's file begins with a line of three hyphens, ---. Put back what stood above it."),
        )
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines[start + 1 :], start + 1):
        if line.strip() == _FENCE:
            for name in _ASKED:
                if name not in found:
                    raise Damaged(number + 1, _("“%(name)s:” is missing above this line.") % {"name": name})
            return found, number + 1
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            raise Damaged(
                number + 1, _("this line is neither “name: value” nor the three hyphens that end this part.")
            )
        found[name.casefold()] = (number + 1, value)
    raise Damaged(len(lines), _("the file ends before the second line of three hyphens, ---."))


def _revision(line: int, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise Damaged(line, _("the revision is a number, such as 12. Put back the one that stood here."))
    return int(value)


def _end(lines: list[str]) -> int:
    """The index of the line that ends the file."""
    found = [number for number, line in enumerate(lines) if line.rstrip() == END]
    if not found:
        raise Damaged(
            len(lines), _("the file ends too early: its last line, %(end)s, is missing.") % {"end": END}
        )
    for number, line in enumerate(lines[found[0] + 1 :], found[0] + 2):
        if line.strip():
            raise Damaged(number, _("this stands after the end of the report. Put it below a heading."))
    return found[0]


def _parts(lines: list[str], first: int) -> Iterable[tuple[int, str, str, str]]:
    """Line, label, field name ("" where its comment is lost) and answer of each heading; first: number of the first."""
    starts = [number for number, line in enumerate(lines) if _HEAD.fullmatch(line)]
    _nothing_before(lines[: starts[0] if starts else len(lines)], first)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        label = _HEAD.fullmatch(lines[start])
        body, name = lines[start + 1 : end], ""
        after = next((number for number, line in enumerate(body) if line.strip()), None)
        if after is not None and (mark := _MARKED.fullmatch(body[after])):
            name, body = mark[1], body[after + 1 :]
        answer = "\n".join(_unescaped(body, first + end - len(body)))
        yield first + start, label[1] if label else "", name, answer.strip()


def _nothing_before(lines: list[str], first: int) -> None:
    """Above the first heading stand the title and the comment of ours; words there belong to no field."""
    begun = 0
    for number, line in enumerate(lines, first):
        said = line.strip()
        if begun or said.startswith("<!--"):
            begun = 0 if "-->" in said else begun or number
        elif said and not said.startswith("# "):
            raise Damaged(number, _("this stands in no field. Put it below a heading."))
    if begun:
        raise Damaged(begun, _("a comment begins here with <!-- and never ends. Put --> after it."))


def _unescaped(lines: list[str], first: int) -> Iterable[str]:
    for number, line in enumerate(lines, first):
        if line.startswith("<!--") and (mark := _MARKED.fullmatch(line)):
            words = _("the heading above the field “%(name)s” is missing: a line that begins with ##.")
            raise Damaged(number, words % {"name": mark[1]})
        yield line[1:] if line.startswith("\\") and _ESCAPED.match(line) else line


def _one_line(text: str) -> str:
    return " ".join(text.replace("-->", "→").split())
