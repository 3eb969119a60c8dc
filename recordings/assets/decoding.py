"""The bytes of a text as letters, whatever a program saved them as: UTF-8, UTF-16, the old Western encoding. Pure."""

import re

from django.utils.translation import gettext as _

_TAGS = "af ca da de en es et eu fi fo fr ga gl id is it ms nb nl nn no pt sq sv sw tl"
WESTERN = frozenset(_TAGS.split())
"""Languages whose letters all are in Windows-1252."""
MOST_HIGH = 0.25
"""Of the letters, those that are not in ASCII: in other alphabets nearly all are."""
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LIKELY = re.compile(
    r"[\t\n\r\x20-\x7e\xa0-\xd6\xd8-\xf6\xf8-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u2010-\u203a\u20ac]*"
)


class NotText(ValueError):
    """The bytes are no text that can be read here; the message names the `line` and says what to do."""

    def __init__(self, line: int) -> None:
        message = _("Line %(line)s is not UTF-8 text. Save the file as UTF-8, then choose it again.")
        super().__init__(message % {"line": line})
        self.line = line


def decode(data: bytes, language: str = "") -> str:
    """Return the text of `data`. language: a tag, what it is written in, if that is known.

    The old Western encoding is only taken where the language's letters are all in it, and the text looks like that.
    Raises NotText for anything else.
    """
    coding = MARKS.get(data[:2]) or without_mark(data)
    try:
        return data.decode(coding or "utf-8-sig")
    except UnicodeDecodeError as wrong:
        if coding is None and (western := _western(data, language)) is not None:
            return western
        raise NotText(data[: wrong.start].count(b"\n") + 1) from wrong


def without_mark(data: bytes) -> str | None:
    """Return which UTF-16 it is where the mark is missing, else None: every second byte of Latin letters is 0."""
    head = data[:400]
    if len(head) < 8 or b"\0" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.3 and even < len(head) * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) * 0.3 and odd < len(head) * 0.05 else None


def _western(data: bytes, language: str) -> str | None:
    if language.partition("-")[0].lower() not in WESTERN:
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    words = [letter for line in text.split("\n") if "-->" not in line for letter in line if letter.isalpha()]
    high = sum(letter > "\x7f" for letter in words)
    return text if high <= len(words) * MOST_HIGH and _LIKELY.fullmatch(text) else None
