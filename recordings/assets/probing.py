"""Is a file what it is said to be, and whole? Decided from its bytes, in a confined child, never from its name."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recordings.assets.confined import confined
from recordings.assets.decoding import MARKS, NotText, decode, without_mark
from recordings.assets.sniffing import HEAD_BYTES, PPTX, TYPES, Found, Words, binary, sniff, text

PROBE_SECONDS, PROBE_CPU_SECONDS, PROBE_MEMORY = 90, 60, 2 * 1024**3
TEXT_BYTES = 8 * 1024**2  # no caption file of any session comes near
VTT_STARTS = (b"WEBVTT", b"\xef\xbb\xbfWEBVTT")
CONTROLS = frozenset(range(32)) - set(b"\t\n\r\f\x1b")
CHILD = Path(__file__).resolve().with_name("probe_child.py")
PPTX_CHILD = CHILD.with_name("pptx_child.py")


class ReadCaptions(Protocol):
    """Reads captions, or a transcript; see `transcripts.converting.as_vtt`."""

    def __call__(self, text: str, seconds: float | None = None) -> str:
        """Return them as WebVTT. seconds: how long the recording lasts. Raises ValueError with the line at fault."""


VIDEO = ("video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/ogg")
AUDIO = ("audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "audio/x-matroska")
PDF = ("application/pdf",)
ACCEPTED: dict[str, tuple[str, ...]] = {
    "video": VIDEO,
    "audio": AUDIO,
    "slides": (*PDF, PPTX),
    "captions": ("text/vtt",),
    "report": PDF,
    "paper": PDF,
    "handout": (*PDF, "text/plain"),
}
WANTED: dict[str, Words] = {
    "video": gettext_lazy("a video (MP4, MOV, WebM or MKV)"),
    "audio": gettext_lazy("a sound file (MP3, M4A, OGG or WAV)"),
    "slides": gettext_lazy("a PDF document or a PowerPoint presentation (PPTX)"),
    "captions": gettext_lazy("captions (WebVTT or SRT) or a plain text"),
    "report": gettext_lazy("a PDF document"),
    "paper": gettext_lazy("a PDF document"),
    "handout": gettext_lazy("a PDF document or a plain text"),
}
BROKEN: dict[str, Words] = {
    "password": gettext_lazy("The PDF asks for a password. Save it without one, then choose it again."),
    "no-pages": gettext_lazy("The PDF has no pages."),
    "office": gettext_lazy(
        "This Office document is no presentation. Save the slides as PDF, then choose that."
    ),
    "bomb": gettext_lazy(
        "Unpacked, this file would be far too large. Save the slides as PDF, then choose that."
    ),
    "no-slides": gettext_lazy("The presentation has no slides."),
    "nothing": gettext_lazy("The file has neither picture nor sound."),
    "cut": gettext_lazy(
        "The file is cut off: it stops before its end. Copy it again from where it was made."
    ),
}


class Unacceptable(Exception):
    """The file cannot be taken in; the message says what was found and what to do."""


@dataclass(frozen=True)
class Facts:
    """What a file is. probe: seconds, width and height in pixels, codecs, pages: what there is of them."""

    media_type: str
    probe: dict[str, Any]


def inspect(path: Path, kind: str, *, read_captions: ReadCaptions | None = None) -> Facts:
    """Return what the file at `path` is, once it is sure that it is a whole file of `kind` (an OriginalKind).

    read_captions: reads the text of a caption file and raises an error with the line that is wrong.
    Raises Unacceptable.
    """
    with path.open("rb") as file:
        found = sniff(file.read(HEAD_BYTES))
    if found.container in ("", "pdf", "pptx"):
        refuse_unless_wanted(found, kind)
    if not found.container:
        return Facts(found.media_type, read_text(path, kind, found, read_captions))
    probe = look_inside(path, found)
    found = TYPES[media_type_of(found.media_type, probe)]
    refuse_unless_wanted(found, kind)
    return Facts(found.media_type, probe)


def refuse_unless_wanted(found: Found, kind: str) -> None:
    """Raise Unacceptable where the file is not of a type that `kind` takes."""
    if found.media_type in ACCEPTED[kind]:
        return
    said = {"found": found.words, "wanted": WANTED[kind]}
    if kind == "captions" and found.media_type == "application/x-subrip":
        raise Unacceptable(_("This is an SRT caption file. Save it as WebVTT (.vtt), then choose that."))
    raise Unacceptable(_("This is %(found)s. Choose %(wanted)s.") % said)


def media_type_of(container_type: str, probe: dict[str, Any]) -> str:
    """Return the media type, now that it is known whether there is a picture."""
    family = container_type.partition("/")[2]
    if "video_codec" in probe and container_type in ("audio/ogg", "audio/mp4"):
        return f"video/{family}"
    if "video_codec" not in probe and container_type.startswith("video/"):
        return f"audio/{'mp4' if family == 'quicktime' else family}"
    return container_type


def look_inside(path: Path, found: Found) -> dict[str, Any]:
    """Return the facts that the child process found. Raises Unacceptable where it found none."""
    program = [sys.executable, "-I", str(CHILD), found.container, str(path)]
    if found.container == "pptx":
        program = [sys.executable, "-I", str(PPTX_CHILD), "facts", str(path)]
    command = confined(program, cpu_seconds=PROBE_CPU_SECONDS, memory=PROBE_MEMORY)
    broken = _("This looks like %(found)s, but it cannot be read: it is broken or incomplete.")
    try:
        answer = subprocess.run(  # noqa: S603  # our own program; the file is data
            command, capture_output=True, timeout=PROBE_SECONDS, env={}, cwd="/", check=True
        )
        facts = json.loads(answer.stdout)
    except (subprocess.SubprocessError, ValueError) as wrong:
        raise Unacceptable(broken % {"found": found.words}) from wrong
    code = facts.pop("broken", "")
    if code:
        raise Unacceptable(str(BROKEN.get(code) or broken % {"found": found.words}))
    return dict(facts)


def read_text(path: Path, kind: str, found: Found, read_captions: ReadCaptions | None) -> dict[str, Any]:
    """Return the facts of a text, read whole. Raises Unacceptable where it is not UTF-8, or captions have a fault."""
    refuse_large(path, found)
    words = decoded(path)
    if kind == "captions":
        check_captions(words, read_captions)
    return {"lines": words.count("\n") + 1}


def refuse_large(path: Path, found: Found) -> None:
    """Raise Unacceptable for a text that is too large to be read whole."""
    if path.stat().st_size > TEXT_BYTES:
        raise Unacceptable(
            _("This is %(found)s of more than 8 MB. Choose a smaller one.") % {"found": found.words}
        )


def decoded(path: Path, language: str = "") -> str:
    """Return a text file's words. Raises Unacceptable with the line where it is no text."""
    try:
        return decode(path.read_bytes(), language)
    except NotText as wrong:
        raise Unacceptable(str(wrong)) from wrong


def other_captions(
    path: Path, seconds: float | None, read_captions: ReadCaptions, language: str = ""
) -> str | None:
    """Return SRT captions, a transcript, or captions in another encoding, as WebVTT in UTF-8; None for other files.

    seconds: how long the recording lasts, if that is known. language: the words', if that is known. Raises
    Unacceptable.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not is_text(head):
        return None
    refuse_large(path, sniff(head))
    if head.startswith(VTT_STARTS) and is_utf8(path):
        return None
    words = decoded(path, language)
    try:
        return read_captions(words, seconds)
    except ValueError as wrong:
        raise Unacceptable(_("The captions cannot be read. %(why)s") % {"why": wrong}) from wrong


def is_text(head: bytes) -> bool:
    """Return whether a file that begins like this is a text, in whatever encoding, and no script, page or the like."""
    if head[:2] in MARKS or without_mark(head):
        return True
    found = binary(head) or text(head)
    if found is None:
        return not CONTROLS & set(head)
    return found.media_type in ("application/x-subrip", "text/plain", "text/vtt")


def is_utf8(path: Path) -> bool:
    """Return whether all of a file is UTF-8."""
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return True


def check_captions(text: str, read_captions: ReadCaptions | None) -> None:
    """Raise Unacceptable where captions have no cue or one that cannot be read."""
    if "-->" not in text:
        raise Unacceptable(_("The caption file has no captions: there is no line with “-->”."))
    if read_captions is None:
        return
    try:
        read_captions(text)
    except ValueError as wrong:
        raise Unacceptable(_("The captions cannot be read. %(why)s") % {"why": wrong}) from wrong
