"""Captions in and out: WebVTT and SubRip text to cues, cues to WebVTT. Around webvtt-py."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from io import StringIO

from django.utils.translation import gettext as _
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
        raise CaptionError(
            _("This is neither WebVTT nor SubRip. Its first line should be WEBVTT.")
        ) from wrong
    if not captions:
        raise CaptionError(_("There are no captions in this file."))
    if len(captions) > MOST_CUES:
        raise CaptionError(_("There are more than %(most)d captions in this file.") % {"most": MOST_CUES})
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
        said = {"number": number, "line": line.strip()[:60]}
        unreadable = _("Line %(number)d: the times cannot be read: %(line)s") % said
        found = _TIMING.match(line)
        if found is None:
            raise CaptionError(unreadable, number)
        try:
            start, end = (_milliseconds(part) for part in found.groups())
        except (MalformedCaptionError, ValueError) as wrong:
            raise CaptionError(unreadable, number) from wrong
        if end <= start:
            raise CaptionError(
                _("Line %(number)d: this caption ends before it starts: %(line)s") % said, number
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
