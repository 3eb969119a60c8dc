"""What a file is by its first bytes, whatever its name says. Pure."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HEAD_BYTES = 4096
Words = str | Promise


@dataclass(frozen=True)
class Found:
    """What the first bytes show.

    media_type: of a file that can be taken in; empty for others. words: what a person calls it, with an article.
    container: ffmpeg's name of the container, `pdf`, or empty for text.
    """

    media_type: str
    words: Words
    container: str = ""


MOV = "mov,mp4,m4a,3gp,3g2,mj2"
MATROSKA = "matroska,webm"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TYPES: dict[str, Found] = {
    found.media_type: found
    for found in (
        Found("video/mp4", _("an MP4 video"), MOV),
        Found("video/quicktime", _("a QuickTime video"), MOV),
        Found("audio/mp4", _("an M4A sound file"), MOV),
        Found("video/webm", _("a WebM video"), MATROSKA),
        Found("video/x-matroska", _("a Matroska video"), MATROSKA),
        Found("audio/webm", _("a WebM sound file"), MATROSKA),
        Found("audio/x-matroska", _("a Matroska sound file"), MATROSKA),
        Found("audio/mpeg", _("an MP3 sound file"), "mp3"),
        Found("audio/ogg", _("an Ogg sound file"), "ogg"),
        Found("video/ogg", _("an Ogg video"), "ogg"),
        Found("audio/wav", _("a WAV sound file"), "wav"),
        Found("application/pdf", _("a PDF document"), "pdf"),
        Found(PPTX, _("a PowerPoint presentation"), "pptx"),
        Found("text/vtt", _("a WebVTT caption file")),
        Found("application/x-subrip", _("an SRT caption file")),
        Found("text/plain", _("a text file")),
    )
}

_REFUSED_STARTS: list[tuple[bytes, Words]] = [
    (b"MZ", _("a Windows program")),
    (b"\x7fELF", _("a Linux program")),
    (b"\xfe\xed\xfa", _("a macOS program")),
    (b"\xcf\xfa\xed\xfe", _("a macOS program")),
    (b"\xca\xfe\xba\xbe", _("a program")),
    (b"PK\x03\x04", _("a ZIP archive or an Office document")),
    (b"PK\x05\x06", _("a ZIP archive or an Office document")),
    (b"\xd0\xcf\x11\xe0", _("an Office document")),
    (b"\x1f\x8b", _("a compressed archive")),
    (b"7z\xbc\xaf", _("a compressed archive")),
    (b"Rar!", _("a compressed archive")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"\x89PNG", _("a picture")),
    (b"GIF8", _("a picture")),
    (b"%!PS", _("a PostScript document")),
    (b"{\\rtf", _("a text with formatting (RTF)")),
]
_REFUSED_TEXT: list[tuple[str, Words]] = [
    (r"ffconcat version|file '", _("a playlist for ffmpeg")),
    (r"#extm3u", _("a streaming playlist")),
    (r"\[playlist\]", _("a streaming playlist")),
    (r"<svg|<\?xml[^>]*>\s*(<!--.*?-->\s*)*<(!doctype )?svg", _("an SVG drawing")),
    (r"<!doctype html|<html|<head|<body|<script|<\?xml[^>]*>\s*<(!doctype )?html", _("a web page")),
    (r"<\?xml|<mpd|<smil", _("an XML file")),
    (r"#!", _("a script")),
    (r"(begin:vcalendar)", _("a calendar file")),
]
_SRT = re.compile(r"\s*\d+\s*\r?\n\d\d:\d\d:\d\d,\d{3} --> ")


def sniff(head: bytes) -> Found:
    """Return what a file with these first bytes (at most 4096 are looked at) is; `media_type` is empty if unwelcome."""
    head = head[:HEAD_BYTES]
    return binary(head) or text(head) or Found("", _("of a kind that is not known here"))


def binary(head: bytes) -> Found | None:
    """Return what the magic bytes say, None where there are none."""
    if head[4:8] == b"ftyp":
        return TYPES[BRANDS[head[8:12]]] if head[8:12] in BRANDS else iso(head)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip") and head[:1] == b"\0":
        return TYPES["video/quicktime"]
    if head.startswith(b"\x1aE\xdf\xa3"):
        return TYPES["video/webm" if b"webm" in head[:64] else "video/x-matroska"]
    if head.startswith(b"OggS"):
        return TYPES["audio/ogg"]
    if head.startswith(b"RIFF"):
        return TYPES["audio/wav"] if head[8:12] == b"WAVE" else Found("", _("a picture or an AVI video"))
    if head.startswith(b"%PDF-"):
        return TYPES["application/pdf"]
    if re.match(rb"(\xef\xbb\xbf)?WEBVTT\s", head):  # here, so that one in another encoding is told so
        return TYPES["text/vtt"]
    if head.startswith(b"PK\x03\x04") and looks_like_slides(head):
        return TYPES[PPTX]
    refused = next((words for start, words in _REFUSED_STARTS if head.startswith(start)), None)
    if refused:
        return Found("", refused)
    is_mp3 = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6) and head[2] >> 4 != 15
    return TYPES["audio/mpeg"] if head.startswith(b"ID3") or is_mp3 else None


def looks_like_slides(head: bytes) -> bool:
    """Return whether a ZIP archive may be a presentation; for certain, that shows only when it is opened."""
    office = b"[Content_Types].xml" in head[:100] and b"word/" not in head and b"xl/" not in head
    return b"ppt/" in head or office


BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")


def iso(head: bytes) -> Found:
    """Return what an ISO base media file of another brand is: a picture of a telephone, or a video."""
    return Found("", _("a picture")) if head[8:12] in PICTURE_BRANDS else TYPES["video/mp4"]


def text(head: bytes) -> Found | None:
    """Return what a text is, None where the bytes are not text in UTF-8."""
    try:
        words = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as wrong:
        if (
            wrong.start < len(head) - 4 or len(head) < HEAD_BYTES
        ):  # else: only the last letter is cut by the limit
            return None
        words = head[: wrong.start].decode("utf-8")
    if "\0" in words:
        return None
    begin = words.lstrip().lower()
    for pattern, said in _REFUSED_TEXT:
        if re.match(pattern, begin, re.DOTALL):
            return Found("", said)
    return TYPES["application/x-subrip" if _SRT.match(words) else "text/plain"]
