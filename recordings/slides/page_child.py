"""Draws the pages of a PDF, in a process of its own: `python -I page_child.py PATH PREFIX WIDTH HEIGHT MOST`.

Untrusted bytes meet a big C library here, so it runs confined (see assets/confined.py) and imports nothing of ours.
Page n becomes PREFIXn.webp, at most WIDTH × HEIGHT pixels, and a line of JSON: number, width, height, text, title. A
deck that cannot be drawn is one line with `broken` and a code.
"""

import json
import sys
from collections.abc import Iterator
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

QUALITY = 60
MOST_LETTERS, TITLE_LETTERS = 20_000, 160
HYPHENS = dict.fromkeys(map(ord, "\ufffe\x02\xad"))


class Broken(Exception):
    """Why not; the message is a code that paging.py puts into words."""


def pages(path: str, prefix: str, box: tuple[int, int], most: int) -> Iterator[dict[str, Any]]:
    """Draw each page and yield its facts. Raises Broken: password, unreadable, no-pages, too-many."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as wrong:
        raise Broken("password" if getattr(wrong, "err_code", None) == 4 else "unreadable") from wrong
    if not len(document):
        raise Broken("no-pages")
    if len(document) > most:
        raise Broken("too-many")
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
            yield {"number": number, **draw(page, f"{prefix}{number}.webp", box), **words(page)}
        except pypdfium2.PdfiumError as wrong:
            raise Broken("unreadable") from wrong
        page.close()


def draw(page: Any, target: str, box: tuple[int, int]) -> dict[str, int]:
    """Write the picture; return its pixels. Drawn at twice the size, so that thin lines survive."""
    width, height = (max(side, 1.0) for side in page.get_size())
    scale = min(box[0] / width, box[1] / height)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    picture = page.render(scale=scale * 2).to_pil().convert("RGB").resize(size, reducing_gap=3)
    picture.save(target, "WEBP", quality=QUALITY, method=4)
    return {"width": size[0], "height": size[1]}


def words(page: Any) -> dict[str, str]:
    """Return the words of a page and its title: the lines of the largest letters, the first where there are several."""
    text = page.get_textpage()
    try:
        lines = list(lines_of(text))
    finally:
        text.close()
    titles = [each for each in lines if is_title(each[1])] or [each for each in lines if each[1].isalnum()]
    if not titles:
        return {"text": "\n".join(line for _size, line in lines), "title": ""}
    largest = max(size for size, _line in titles)
    chosen: list[str] = []
    for size, line in titles:
        if size > largest * 0.95:
            chosen.append(line)
        elif chosen:
            break
    return {
        "text": "\n".join(line for _size, line in lines),
        "title": " ".join(chosen)[:TITLE_LETTERS].strip(),
    }


def is_title(line: str) -> bool:
    """Return whether a line is words rather than a figure in large digits."""
    letters = sum(map(str.isalpha, line))
    return letters >= 3 and letters * 2 >= sum(map(str.isalnum, line))


def lines_of(text: Any) -> Iterator[tuple[float, str]]:
    """Yield the height of the letters, and the words, of each line."""
    letters: list[str] = []
    heights: list[float] = []
    for index in range(min(text.count_chars(), MOST_LETTERS)):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter in "\r\n":
            yield from line_of(letters, heights)
            letters, heights = [], []
            continue
        letters.append(letter)
        if letter.isalnum():
            _left, bottom, _right, top = text.get_charbox(index, loose=True)
            heights.append(top - bottom)
    yield from line_of(letters, heights)


def line_of(letters: list[str], heights: list[float]) -> Iterator[tuple[float, str]]:
    """Yield the line, if there is anything in it that can be written down."""
    line = "".join(letters).translate(HYPHENS).encode("utf-8", "ignore").decode()
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in line).split())
    if line:
        yield (median(heights) if heights else 0.0), line


def main(arguments: list[str]) -> None:
    """Print a line for each page, or `{"broken": code}`."""
    path, prefix, width, height, most = arguments
    try:
        for facts in pages(path, prefix, (int(width), int(height)), int(most)):
            print(json.dumps(facts), flush=True)
    except Broken as wrong:
        print(json.dumps({"broken": str(wrong)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
