"""Quote the words of a hit with what was found marked. Pure; everything is escaped before it is marked."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from recordings.search.folding import spans
from recordings.search.parsing import Term
from recordings.search.stemming import stem

BEFORE, MOST = 60, 240


def marked(text: str, hits: Iterable[tuple[int, int]]) -> SafeString:
    """Return `text` as HTML with these of its words in <mark>, cut around the first. hits: first word, and after."""
    found = spans(text)
    # Where another release of Unicode parts words otherwise than when they were indexed, some hits are not there.
    shown = joined([(found[at][0], found[after - 1][1]) for at, after in hits if after <= len(found)])
    first, last = window(text, found, shown[0][0] if shown else 0)
    pieces: list[tuple[str, str]] = []
    at = first
    for start, end in shown:
        if start < at or end > last:
            continue
        pieces.append((text[at:start], text[start:end]))
        at = end
    quoted = format_html_join("", "{}<mark>{}</mark>", pieces)
    return escape("… " if first else "") + quoted + escape(text[at:last] + (" …" if last < len(text) else ""))


def spaced(words: Iterable[str]) -> str:
    """Return words with a space around each, so that one can be looked for as a whole."""
    return f" {' '.join(words)} "


def root_of(term: Term, language: str) -> str:
    """Return the stem of which a text in this language may hold any form; "" where the words must be as they are."""
    return stem(term.words[0], language) if term.is_loose else ""


def places(folded: str, stems: str, root: str, term: Term) -> list[int]:
    """Return at which words of a text a term begins, in order.

    folded, stems: its words and the stem of each, as `spaced` returns them. root: of the term in the text's language.
    """
    found = set(_starts(folded, f" {' '.join(term.words)}" + ("" if term.prefix else " ")))
    if root:
        found.update(_starts(stems, f" {root} "))
    return sorted(found)


def _starts(text: str, piece: str) -> Iterator[int]:
    """Yield the numbers of the words at which `piece` stands. Its first character is the space before a word."""
    at, number = -1, -1
    while (next_one := text.find(piece, at + 1)) >= 0:
        number += text.count(" ", at + 1, next_one + 1)
        at = next_one
        yield number


def joined(hits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return start and end of each span in order, without overlaps."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(set(hits)):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def window(text: str, found: Sequence[tuple[int, int]], hit: int) -> tuple[int, int]:
    """Return where to cut `text` so that the hit that starts at `hit` is in it; all of it where it is short.

    found: where each of its words starts and ends.
    """
    if len(text) <= MOST:
        return 0, len(text)
    first = next((start for start, _end in found if start >= hit - BEFORE), 0) if hit > BEFORE else 0
    if first + MOST >= len(text):
        return first, len(text)
    return first, max((end for _start, end in found if end <= first + MOST), default=first + MOST)
