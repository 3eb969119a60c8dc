"""Captions as cues: WebVTT (W3C) and SubRip text to cues, cues to WebVTT. Pure.

Written by hand: a fault is named by its line, words are never lost to a tag, and a file with 50,000 cues is read in a
moment. What we write is read by webvtt-py in the tests.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from math import inf

from django.utils.translation import gettext as _

MOST_CUES = 50_000
LONGEST_HOURS = 500
LONGEST_TEXT = 2000  # characters of one cue
LONGEST_VOICE = 120  # characters
_STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_STAMP}\s*-->\s*{_STAMP}(?![\d:.,])")
_NO_END = re.compile(rf"^\s*{_STAMP}\s*-->\s*$")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")  # no two parts fit the same letters: read in one go
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class CaptionError(ValueError):
    """The captions cannot be read; the text says why, `line` where (counted from 1; 0 where no line is to blame)."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True)
class Cue:
    """Words from `start` to `end`, in seconds from the beginning; plain text. voice: who says it, where that is known.

    The lines of a cue are joined by a space, but where `parse` was asked to keep them.
    """

    start: float
    end: float
    text: str
    voice: str = ""


def parse(text: str, *, keep_lines: bool = False, coming_in: bool = False) -> list[Cue]:
    """Return the cues of WebVTT or SubRip text in order of their start. Raises CaptionError.

    keep_lines: leave the line breaks inside a cue. coming_in: refuse cues of more than LONGEST_TEXT characters; what is
    kept already is read however long they are.
    """
    lines = plain(text).split("\n")
    is_vtt = lines[0].startswith("WEBVTT")
    if not is_vtt and "-->" not in text:
        raise CaptionError(_("This is neither WebVTT nor SubRip. Its first line should be WEBVTT."))
    found = list(_cues(lines, is_vtt, "\n" if keep_lines else " ", LONGEST_TEXT if coming_in else inf))
    if not found:
        raise CaptionError(_("There are no captions in this file."))
    return sorted((cue for cue in found if cue.text), key=lambda cue: cue.start)


def write(cues: Iterable[Cue]) -> str:
    """Return the cues as WebVTT text, markup escaped."""
    parts = ["WEBVTT"]
    for cue in cues:
        parts.append(f"{stamp(cue.start)} --> {stamp(cue.end)}\n{with_tags(cue.text, cue.voice)}")
    return "\n\n".join(parts) + "\n"


def with_tags(text: str, voice: str) -> str:
    """Return the words of a cue as WebVTT, with its voice tag."""
    return (f"<v {_escaped(voice)}>" if voice else "") + _escaped(text)


def stamp(seconds: float, mark: str = ".") -> str:
    """Return a time such as 01:02:03.450. mark: what stands before the milliseconds."""
    rest, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}{mark}{milliseconds:03}"


def plain(text: str) -> str:
    """Return text without its byte order mark and control characters, its lines ended by one line feed each."""
    return _CONTROLS.sub("", text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def without_tags(text: str) -> tuple[str, str]:
    """Return who says it (the first voice tag, "" without one) and the words of a WebVTT cue, no markup left.

    A voice after the first becomes “Name: ” in the words, so that nobody's name is lost.
    """
    voices = [_named(each) for each in _VOICE.findall(text)]
    if not voices:
        return "", unescape(_TAG.sub("", text))
    now = voices[0]

    def said(match: re.Match[str]) -> str:
        nonlocal now
        before, now = now, _named(match[1])
        return "" if now in ("", before) else f" {match[1].strip()}: "

    return voices[0][:LONGEST_VOICE], unescape(_TAG.sub("", _VOICE.sub(said, text)))


def too_long(number: int) -> str:
    """Return what to say of a cue with more than LONGEST_TEXT characters, by the number of its line."""
    words = _("Line %(number)d: this caption has more than %(most)d characters. Split it.")
    return words % {"number": number, "most": LONGEST_TEXT}


# Below: how it is done.


def _cues(lines: list[str], is_vtt: bool, joint: str, longest: float) -> Iterator[Cue]:
    """Every cue, also those without words: a file that only has such is not empty."""
    timings = [number for number, line in enumerate(lines) if "-->" in line]
    if len(timings) > MOST_CUES:
        raise CaptionError(_("There are more than %(most)d captions in this file.") % {"most": MOST_CUES})
    for number, after in pairwise([*timings, len(lines)]):
        start, end = _times(lines[number], number + 1)
        body = _body(lines[number + 1 : after], is_vtt=is_vtt, is_last=after == len(lines))
        voice, words = without_tags("\n".join(body)) if is_vtt else ("", _SRT_TAG.sub("", "\n".join(body)))
        rows = (" ".join(row.split()) for row in words.split("\n"))
        said = joint.join(row for row in rows if row)
        if len(said) > longest:
            raise CaptionError(too_long(number + 1), number + 1)
        yield Cue(start, end, said, voice)


def _body(lines: list[str], *, is_vtt: bool, is_last: bool) -> list[str]:
    """The lines of one cue. In SubRip an empty line may stand inside: it ends where the next number does."""
    if is_vtt:
        return lines[: next((number for number, line in enumerate(lines) if not line.strip()), len(lines))]
    if not is_last and lines and lines[-1].strip().isdigit():
        return lines[:-1]
    return lines


def _times(line: str, number: int) -> tuple[float, float]:
    """Start and end in seconds."""
    said = {"number": number, "line": line.strip()[:60]}
    found = _TIMING.match(line)
    if found is None:
        words = (
            _("Line %(number)d: this caption has no time at which it ends: %(line)s")
            if _NO_END.match(line)
            else _("Line %(number)d: the times cannot be read: %(line)s")
        )
        raise CaptionError(words % said, number)
    parts = found.groups()
    start, end = _milliseconds(parts[:4]), _milliseconds(parts[4:])
    if start is None or end is None:
        raise CaptionError(_("Line %(number)d: the times cannot be read: %(line)s") % said, number)
    if end <= start:
        raise CaptionError(_("Line %(number)d: this caption ends before it starts: %(line)s") % said, number)
    return start / 1000, end / 1000


def _milliseconds(parts: tuple[str | None, ...]) -> int | None:
    hours, minutes, seconds = (int(each or 0) for each in parts[:3])
    if hours > LONGEST_HOURS or minutes > 59 or seconds > 59:
        return None
    return (hours * 3600 + minutes * 60 + seconds) * 1000 + int((parts[3] or "0").ljust(3, "0"))


def _named(name: str) -> str:
    return " ".join(unescape(name).split())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
