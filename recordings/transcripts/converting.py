"""Captions and transcripts that are not WebVTT become WebVTT: SubRip, SBV, texts with or without times. Pure."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from recordings.transcripts.vtt import LONGEST_TEXT, CaptionError, Cue, parse, plain, write

_SBV = re.compile(r"^(\d{1,3}:\d\d:\d\d\.\d{1,3}),(\d{1,3}:\d\d:\d\d\.\d{1,3})[ \t]*$", re.MULTILINE)
_STAMP = re.compile(r"^\s*[\[(]?(?:(\d{1,2}):)?(\d{1,2}):(\d\d)(?:[.,]\d{1,3})?[\])]?\s*[-–:]?\s*(.*)$")
ESTIMATED = "NOTE The times are estimated: the words came without."
SECONDS_A_CHARACTER = 0.07  # some 150 words a minute
LONGEST_CUE = 200  # characters of one that we cut


def as_vtt(text: str, seconds: float | None = None) -> str:
    """Return captions or a transcript as WebVTT; what is WebVTT already as it is.

    seconds: how long the recording lasts: words without times are spread over it, and a note says so. Raises
    CaptionError that names the line at fault.
    """
    text = text.lstrip("\ufeff")
    if "-->" not in text:  # YouTube's SBV: as SubRip, without numbers
        text = _SBV.sub(r"\1 --> \2", plain(text))
    if "-->" in text:
        cues = parse(text, coming_in=True)
        return text if text.startswith("WEBVTT") else write(cues)
    timed = _timed(text.splitlines())
    if timed:
        return write(_with_ends(timed, seconds))
    return _spread(text, seconds)


def _timed(lines: Sequence[str]) -> list[tuple[float, str]]:
    """The words after each time that begins a line; nothing where no line begins with one. Raises CaptionError."""
    found: list[tuple[float, list[str]]] = []
    for number, line in enumerate(lines, 1):
        stamp = _STAMP.match(line)
        if stamp is None:
            if found:
                found[-1][1].append(line)
            continue
        hours, minutes, seconds, words = stamp.groups()
        start = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        if found and start < found[-1][0]:
            said = {"number": number, "line": line.strip()[:60]}
            raise CaptionError(
                _("Line %(number)d: this time is before the one above it: %(line)s") % said, number
            )
        found.append((float(start), [words]))
    joined = [(start, " ".join(" ".join(words).split())) for start, words in found]
    return [(start, words) for start, words in joined if words]


def _with_ends(timed: list[tuple[float, str]], seconds: float | None) -> list[Cue]:
    """Each until the next begins, but no longer than it takes to say; a very long one as its sentences."""
    cues: list[Cue] = []
    after = [start for start, _words in timed[1:]] + [float("inf")]
    for (start, words), following in zip(timed, after, strict=True):
        said = start + max(len(words) * SECONDS_A_CHARACTER * 1.5, 2.0)
        end = min(following, said, seconds if seconds and seconds > start else float("inf"))
        pieces = [words] if len(words) <= LONGEST_TEXT else _pieces(words)
        cues += _shared(pieces, start, end if end > start else start + 1.0)
    return cues


def _spread(text: str, seconds: float | None) -> str:
    """Words without times, spread evenly over the recording."""
    pieces = [piece for line in text.splitlines() for piece in _pieces(line)]
    if not pieces:
        raise CaptionError(_("There are no words in this file."))
    if not seconds:
        raise CaptionError(
            _(
                "No line begins with a time such as 00:12:30. Add the recording first; then words are spread over it."
            )
        )
    cues = _shared(pieces, 0.0, seconds)
    return write(cues).replace("WEBVTT\n", f"WEBVTT\n\n{ESTIMATED}\n", 1)


def _shared(pieces: Sequence[str], start: float, end: float) -> Iterator[Cue]:
    """Each piece with its share of the time, by its length."""
    each = (end - start) / sum(map(len, pieces))
    for piece in pieces:
        after = start + len(piece) * each
        yield Cue(start, after, piece)
        start = after


def _pieces(line: str) -> list[str]:
    """A paragraph as sentences, long ones cut between words."""
    found: list[str] = []
    for sentence in re.split(r"(?<=[.?!…؟。।])\s+", " ".join(line.split())):
        while len(sentence) > LONGEST_CUE:
            cut = sentence.rfind(" ", 0, LONGEST_CUE)
            cut = cut if cut > 0 else LONGEST_CUE
            found.append(sentence[:cut])
            sentence = sentence[cut:].strip()
        if sentence:
            found.append(sentence)
    return found
