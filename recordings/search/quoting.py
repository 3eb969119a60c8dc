"""Quote the words of a hit with what was found marked. Pure; everything is escaped before it is marked."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recordings.search.folding import Word, words
from recordings.search.parsing import Term
from recordings.search.stemming import stem

BEFORE, MOST = 60, 240


def quote(text: str, terms: Sequence[Term], language: str = "") -> SafeString:
    """Return `text` as HTML with the words of `terms` in <mark>; a long one is cut, at words, around the first.

    language: of the text, as `stemming.language_of` returns it: other forms of a word are marked as well.
    """
    found = list(words(text))
    folded = [word.folded for word in found]
    stems = [stem(word, language) for word in folded]
    spans = [
        (found[at].start, found[at + len(term.words) - 1].end)
        for term in terms
        for at in places(folded, stems, term, language)
    ]
    hits = joined(spans)
    first, last = window(text, found, hits[0][0] if hits else 0)
    pieces: list[tuple[SafeString | str, SafeString | str]] = []
    at = first
    for start, end in hits:
        if start < at or end > last:
            continue
        pieces.append((text[at:start], format_html("<mark>{}</mark>", text[start:end])))
        at = end
    quoted = format_html_join("", "{}{}", [*pieces, (text[at:last], "")])
    return format_html("{}{}{}", "… " if first else "", quoted, " …" if last < len(text) else "")


def places(folded: Sequence[str], stems: Sequence[str], term: Term, language: str) -> list[int]:
    """Return at which words of a text a term begins. folded, stems: of each of its words."""
    *heads, tail = term.words
    if not heads:
        root = stem(tail, language) if term.is_loose else None
        return [
            at
            for at, word in enumerate(folded)
            if word == tail or (term.prefix and word.startswith(tail)) or stems[at] == root
        ]
    last = len(heads)
    return [
        at
        for at in range(len(folded) - last)
        if folded[at] == heads[0]
        and list(folded[at : at + last]) == heads
        and (folded[at + last].startswith(tail) if term.prefix else folded[at + last] == tail)
    ]


def joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return start and end of each span in order, without overlaps."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def window(text: str, found: Sequence[Word], hit: int) -> tuple[int, int]:
    """Return where to cut `text` so that the hit that starts at `hit` is in it; all of it where it is short."""
    if len(text) <= MOST:
        return 0, len(text)
    first = next((word.start for word in found if word.start >= hit - BEFORE), 0) if hit > BEFORE else 0
    if first + MOST >= len(text):
        return first, len(text)
    return first, max((word.end for word in found if word.end <= first + MOST), default=first + MOST)
