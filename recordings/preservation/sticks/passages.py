"""What search finds on a stick: passages of each item, and an index of their words that pages load as scripts.

A page opened from a file may load a script beside it and nothing else, so the index is made of scripts: one for each
two letters that words begin with, and the passages of each item. The words go through the same folding as the archive's
search; accents that a browser cannot tell from vowel signs are left out on both sides.
"""

import json
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from recordings.preservation.sticks.pieces import Piece, text_piece
from recordings.search.folding import words

LONGEST = 1200  # characters of a passage; longer ones are parted


@dataclass(frozen=True)
class Passage:
    """Some words that belong together. place: where on the item's page, such as `t83` or `slide-3`."""

    text: str
    place: str = ""
    second: int = -1


def folded_words(text: str) -> set[str]:
    """Return the words of a text as the index has them."""
    return {plain for each in words(text) if (plain := _bare(each.folded))}


def _bare(word: str) -> str:
    return "".join(each for each in word if unicodedata.category(each) not in ("Mn", "Me"))


def parted(passage: Passage) -> Iterator[Passage]:
    """Yield a passage in pieces that can be quoted."""
    text = " ".join(passage.text.split())
    while len(text) > LONGEST:
        cut = text.rfind(" ", LONGEST // 2, LONGEST)
        cut = cut if cut > 0 else LONGEST
        yield Passage(text[:cut], passage.place, passage.second)
        text = text[cut:].lstrip()
    if text:
        yield Passage(text, passage.place, passage.second)


class Index(AbstractContextManager["Index"]):
    """Gathers words on disk, since an archive has millions. Take it as a context."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="meridian-index-")
        self._rows = sqlite3.connect(
            Path(self._folder.name) / "words.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._rows.execute("PRAGMA journal_mode=OFF")
        self._rows.execute("PRAGMA cache_size=-2000")
        self._rows.execute("CREATE TABLE found (word TEXT, item INT, passage INT)")
        self._rows.execute("BEGIN")

    def __exit__(self, *raised: object) -> None:
        self._rows.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def add(self, item: int, passages: Iterable[Passage]) -> Piece:
        """Return the script with an item's passages, whose words are in the index from now on."""
        told = []
        for number, each in enumerate(small for passage in passages for small in parted(passage)):
            told.append([each.text, each.place, each.second])
            self._rows.executemany(
                "INSERT INTO found VALUES (?, ?, ?)",
                [(word, item, number) for word in sorted(folded_words(each.text))],
            )
        content = f"SAID({item},{script(told)});\n"
        return text_piece(f"look/said/{item}.js", lambda: content)

    def pieces(self) -> Iterator[Piece]:
        """Yield a script for each two letters that words begin with."""
        rows = self._rows.execute("SELECT word, item, passage FROM found ORDER BY word, item, passage")
        for name, some in groupby(rows, key=lambda row: shard_of(row[0])):
            found: dict[str, list[int]] = {}
            for word, item, passage in some:
                found.setdefault(word, []).extend((item, passage))
            content = f"WORDS({script(name)},{script(found)});\n"
            yield Piece(f"look/words/{name}.js", partial(_encoded, content))


def shard_of(word: str) -> str:
    """Return the name of the script that has a word: its first two characters, in hexadecimal."""
    return "-".join(f"{ord(each):x}" for each in word[:2])


def script(value: Any) -> str:
    """Return a value as JavaScript; old engines end a line at U+2028 and U+2029 within texts."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return said.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _encoded(text: str) -> list[bytes]:
    return [text.encode()]
