"""Looks into one file, in a process of its own: `python -I probe_child.py FORMAT PATH` prints JSON.

Untrusted bytes meet big C libraries here, so it runs confined (see confined.py), imports nothing of ours, and opens the
file itself: the libraries get no file names and no network. FORMAT is ffmpeg's name of the container, or pdf.
"""

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

import av
import pypdfium2

Facts = dict[str, Any]


class Broken(Exception):
    """What is wrong with the file; the message is a code that probing.py puts into words."""


def pdf_facts(path: Path) -> Facts:
    """Return the number of pages. Raises Broken: password, unreadable, no-pages."""
    try:
        document = pypdfium2.PdfDocument(path)
        pages = len(document)
        if not pages:
            raise Broken("no-pages")
        width, height = document[0].get_size()
    except pypdfium2.PdfiumError as wrong:
        raise Broken("password" if getattr(wrong, "err_code", None) == 4 else "unreadable") from wrong
    return {"pages": pages, "width": round(width), "height": round(height)}


def media_facts(name: str, file: BinaryIO) -> Facts:
    """Return seconds, pixels and codecs of the first picture and sound. Raises Broken: unreadable, nothing, cut."""
    # The container is forced to the one that the bytes announce, and no protocol is allowed: a playlist in disguise
    # cannot make ffmpeg open anything else.
    options = {"format_whitelist": name, "protocol_whitelist": "file"}
    try:
        with av.open(file, "r", format=name.split(",")[0], options=options) as container:
            facts: Facts = {}
            if container.duration:
                facts["seconds"] = round(container.duration / av.time_base, 3)
            pictures = [s for s in container.streams.video if not is_cover(s)]
            if pictures:
                facts |= {"video_codec": pictures[0].codec_context.name}
                facts |= {
                    "width": pictures[0].codec_context.width,
                    "height": pictures[0].codec_context.height,
                }
            if container.streams.audio:
                facts |= {"audio_codec": container.streams.audio[0].codec_context.name}
            streams = [*pictures[:1], *container.streams.audio[:1]]
            if not streams:
                raise Broken("nothing")
            for stream in streams:
                decode_one(container, stream)
            check_end(container, streams[0], facts.get("seconds", 0.0))
    except (av.FFmpegError, ValueError) as wrong:
        raise Broken("unreadable") from wrong
    return facts


def is_cover(stream: Any) -> bool:
    """Return whether a video stream is only the cover picture of a sound file."""
    return "attached_pic" in str(stream.disposition).lower()


def decode_one(container: Any, stream: Any) -> None:
    """Decode one frame, so that a file of noise behind a right header is found. Raises Broken."""
    container.seek(0)
    if next(container.decode(stream), None) is None:
        raise Broken("unreadable")


def check_end(container: Any, stream: Any, seconds: float) -> None:
    """Read the last tenth. Raises Broken("cut") where it ends well before the end that the header announces."""
    if stream.duration:
        seconds = min(seconds, float(stream.duration * stream.time_base))
    if seconds < 5:
        return
    container.seek(int(seconds * 0.9 / stream.time_base), stream=stream, backward=True)
    last = 0.0
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size and not packet.is_corrupt:
            last = max(last, float(packet.pts * stream.time_base))
    if last < seconds - max(5.0, seconds * 0.1):
        raise Broken("cut")


def main(arguments: list[str]) -> None:
    """Print the facts, or `{"broken": code}`."""
    name, path = arguments[0], Path(arguments[1])
    try:
        if name == "pdf":
            facts = pdf_facts(path)
        else:
            with path.open("rb") as file:
                facts = media_facts(name, file)
    except Broken as wrong:
        facts = {"broken": str(wrong)}
    print(json.dumps(facts))


if __name__ == "__main__":
    main(sys.argv[1:])
