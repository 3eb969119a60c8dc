"""Captions in and out: WebVTT and SubRip text to cues, cues to WebVTT. Plain Python around webvtt-py."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from io import StringIO

from webvtt import WebVTT
from webvtt.errors import MalformedCaptionError, MalformedFileError
from webvtt.models import Caption, Timestamp

MOST_CUES = 50_000
_TIMING = re.compile(r"^\s*([\d:.,]+)\s*-->\s*([\d:.,]+)")


class CaptionError(ValueError):
    """The captions cannot be read; the text says why, `line` where (counted from 1; 0 where no line is to blame)."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True)
class Cue:
    """Words from `start` to `end`, in seconds from the beginning; plain text, lines joined by a space."""

    start: float
    end: float
    text: str


def parse(text: str) -> list[Cue]:
    """Return the cues of WebVTT (W3C) or SubRip text in order of their start. Raises CaptionError."""
    text = text.lstrip("\ufeff").replace("\x00", "")
    kind = "vtt" if text.startswith("WEBVTT") else "srt"
    _check_times(text)
    try:
        captions = WebVTT.from_buffer(StringIO(text), format=kind).captions
    except (MalformedFileError, MalformedCaptionError) as wrong:
        raise CaptionError("This is neither WebVTT nor SubRip. Its first line should be WEBVTT.") from wrong
    if not captions:
        raise CaptionError("There are no captions in this file.")
    if len(captions) > MOST_CUES:
        raise CaptionError(f"There are more than {MOST_CUES} captions in this file.")
    cues = [
        Cue(
            start=caption.start_time.in_milliseconds() / 1000,
            end=caption.end_time.in_milliseconds() / 1000,
            text=" ".join((unescape(caption.text) if kind == "vtt" else caption.text).split()),
        )
        for caption in captions
    ]
    return sorted((cue for cue in cues if cue.text), key=lambda cue: cue.start)


def _check_times(text: str) -> None:
    """Raise CaptionError that names the line whose caption ends before it starts, or whose times cannot be read."""
    for number, line in enumerate(text.splitlines(), 1):
        if "-->" not in line:
            continue
        found = _TIMING.match(line)
        try:
            start, end = (_milliseconds(part) for part in found.groups()) if found else (None, None)
        except (MalformedCaptionError, ValueError) as wrong:
            raise CaptionError(
                f"Line {number}: the times cannot be read: {line.strip()[:60]}", number
            ) from wrong
        if start is None or end is None:
            raise CaptionError(f"Line {number}: the times cannot be read: {line.strip()[:60]}", number)
        if end <= start:
            raise CaptionError(
                f"Line {number}: this caption ends before it starts: {line.strip()[:60]}", number
            )


def _milliseconds(stamp: str) -> int:
    milliseconds: int = Timestamp.from_string(stamp.replace(",", ".")).in_milliseconds()
    return milliseconds


def write(cues: Iterable[Cue]) -> str:
    """Return the cues as WebVTT text, markup escaped."""
    file = WebVTT()
    for cue in cues:
        words = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        file.captions.append(
            Caption(str(Timestamp.from_seconds(cue.start)), str(Timestamp.from_seconds(cue.end)), words)
        )
    content: str = file.content
    return content
