"""Captions out: WebVTT, SubRip, and the transcript as text in paragraphs, with or without times. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recordings.transcripts.blocks import blocks
from recordings.transcripts.vtt import Cue, stamp, write

_TAGLIKE = re.compile(r"<(?=/?(?:b|i|u|s|font)[\s>])|\{(?=\\)", re.IGNORECASE)


def as_srt(cues: Sequence[Cue]) -> str:
    """Return the cues as SubRip, which has no escapes: what would read as a tag or a time gets another sign."""
    parts = []
    for number, cue in enumerate(cues, 1):
        words = _TAGLIKE.sub(lambda found: "(" if found[0] == "{" else "\u2039", _named(cue, cue.text))
        words = words.replace("-->", "→")
        parts.append(f"{number}\n{stamp(cue.start, ',')} --> {stamp(cue.end, ',')}\n{words}\n")
    return "\n".join(parts)


def as_text(cues: Sequence[Cue], *, times: bool) -> str:
    """Return the words in paragraphs. times: each begins with its own, in whole seconds, such as [00:12:30]."""
    found = []
    for block in blocks(cues):
        words = _named(block.cues[0], " ".join(" ".join(cue.text.split()) for cue in block.cues))
        found.append(f"[{stamp(block.start)[:-4]}] {words}" if times else words)
    return "\n\n".join(found) + "\n"


@dataclass(frozen=True)
class Form:
    """A way in which captions are given. file: the end of their address. words: as a link says it."""

    name: str
    file: str
    words: str | Promise
    media_type: str
    give: Callable[[Sequence[Cue]], str]


FORMS = {
    form.name: form
    for form in (
        Form("vtt", "captions.vtt", "VTT", "text/vtt", write),
        Form("srt", "captions.srt", "SRT", "application/x-subrip", as_srt),
        Form("txt", "transcript.txt", "TXT", "text/plain", lambda cues: as_text(cues, times=False)),
        Form(
            "times",
            "transcript-times.txt",
            _("TXT with times"),
            "text/plain",
            lambda cues: as_text(cues, times=True),
        ),
    )
}


def _named(cue: Cue, words: str) -> str:
    return f"{cue.voice}: {words}" if cue.voice else words
