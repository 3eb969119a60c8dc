"""Reads the words of a presentation (PPTX), in a process of its own: `python -I pptx_child.py facts|slides PATH`.

Untrusted XML in an untrusted ZIP, so it runs confined (see confined.py), imports nothing of ours and unpacks no more
than it needs. `facts` prints how many slides there are, `slides` a line of JSON for each that is shown: number, title,
text, notes; or one line with `broken` and a code.
"""

import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any
from xml.etree import ElementTree

MOST_PARTS, MOST_XML = 20_000, 16 * 1024**2
MOST_RATIO, MOST_BYTES = 100, 1024**3
MOST_LETTERS, MOST_SLIDES = 20_000, 1000
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TITLES = ("title", "ctrTitle")
PRESENTATION = "ppt/presentation.xml"


class Broken(Exception):
    """Why not; the message is a code that probing.py puts into words."""


def opened(path: str) -> zipfile.ZipFile:
    """Return the archive of a presentation. Raises Broken: office (another document), bomb, unreadable."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as wrong:
        raise Broken("unreadable") from wrong
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or any(part.flag_bits & 1 for part in parts):
        raise Broken("unreadable")
    if PRESENTATION not in archive.namelist():
        raise Broken("office")
    whole, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if whole > MOST_BYTES and whole > packed * MOST_RATIO:
        raise Broken("bomb")
    return archive


def tree_of(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return a part of it as XML. Raises Broken."""
    try:
        with archive.open(name) as part:
            data = part.read(MOST_XML + 1)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as wrong:
        raise Broken("unreadable") from wrong
    if len(data) > MOST_XML:
        raise Broken("bomb")
    if (
        b"<!DOCTYPE" in data or b"<!ENTITY" in data
    ):  # no presentation has them; what they can do, nobody needs
        raise Broken("unreadable")
    try:
        return ElementTree.fromstring(data)  # noqa: S314 - in a child under limits, and without entities
    except ElementTree.ParseError as wrong:
        raise Broken("unreadable") from wrong


def related(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Return what a part points at inside the archive: kind and name of the part, by id."""
    file = join(dirname(name), "_rels", f"{name.rpartition('/')[2]}.rels")
    if file not in archive.namelist():
        return {}
    found = {}
    for each in tree_of(archive, file):
        if each.get("TargetMode") != "External":
            target = normpath(join(dirname(name), each.get("Target", ""))).lstrip("/")
            found[each.get("Id", "")] = ((each.get("Type") or "").rpartition("/")[2], target)
    return found


def slides(archive: zipfile.ZipFile) -> list[str]:
    """Return the parts of the slides, in order."""
    known = related(archive, PRESENTATION)
    listed = tree_of(archive, PRESENTATION).find(f"{P}sldIdLst")
    ids = [each.get(f"{R}id", "") for each in listed] if listed is not None else []
    return [known[each][1] for each in ids if each in known]


def shapes_of(tree: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Yield the placeholder and the words of each shape that has any, tables included."""
    for shape in tree.iter():
        if shape.tag not in (f"{P}sp", f"{P}graphicFrame"):
            continue
        holder = next(shape.iter(f"{P}ph"), None)
        lines = ["".join(_letters(paragraph)) for paragraph in shape.iter(f"{A}p")]
        words = "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)
        if words:
            yield holder.get("type", "body") if holder is not None else "", words


def _letters(paragraph: ElementTree.Element) -> Iterator[str]:
    for piece in paragraph.iter():
        if piece.tag == f"{A}t":
            yield re.sub(r"[\ud800-\udfff\x00]", "", piece.text or "")
        elif piece.tag in (f"{A}br", f"{A}tab"):
            yield " "


def read(path: str) -> Iterator[dict[str, Any]]:
    """Yield the slides that are shown. Raises Broken: also no-slides, too-many."""
    archive = opened(path)
    parts = slides(archive)
    if not parts:
        raise Broken("no-slides")
    if len(parts) > MOST_SLIDES:
        raise Broken("too-many")
    number = 0
    for part in parts:
        tree = tree_of(archive, part)
        if tree.get("show") in ("0", "false"):
            continue
        number += 1
        shapes = list(shapes_of(tree))
        title = next((words for kind, words in shapes if kind in TITLES), shapes[0][1] if shapes else "")
        notes = ""
        for kind, target in related(archive, part).values():
            if kind == "notesSlide":
                notes = "\n".join(
                    words for holder, words in shapes_of(tree_of(archive, target)) if holder == "body"
                )
        text = "\n".join(words for _kind, words in shapes)
        yield {
            "number": number,
            "title": " ".join(title.split())[:160],
            "text": text[:MOST_LETTERS],
            "notes": notes[:MOST_LETTERS],
        }


def main(arguments: list[str]) -> None:
    """Print what is asked for, or `{"broken": code}`."""
    try:
        if arguments[0] == "facts":
            print(json.dumps({"pages": sum(1 for _slide in read(arguments[1]))}))
            return
        for facts in read(arguments[1]):
            print(json.dumps(facts), flush=True)
    except Broken as wrong:
        print(json.dumps({"broken": str(wrong)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
