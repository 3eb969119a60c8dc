"""Quote the words of a hit with what was found marked. Pure; everything is escaped before it is marked."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recordings.search.folding import Word, words
from recordings.search.parsing import Term

BEFORE, MOST = 60, 240


def quote(text: str, terms: Sequence[Term]) -> SafeString:
    """Return `text` as HTML with the words of `terms` in <mark>; a long one is cut, at words, around the first."""
    found = list(words(text))
    hits = hits_of(found, terms)
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


def hits_of(found: Sequence[Word], terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Return start and end of each hit in order, without overlaps."""
    spans = set()
    for at in range(len(found)):
        for term in terms:
            part = found[at : at + len(term.words)]
            if len(part) == len(term.words) and _same(part, term):
                spans.add((part[0].start, part[-1].end))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _same(part: Sequence[Word], term: Term) -> bool:
    *heads, tail = (word.folded for word in part)
    return heads == list(term.words[:-1]) and (
        tail.startswith(term.words[-1]) if term.prefix else tail == term.words[-1]
    )


def window(text: str, found: Sequence[Word], hit: int) -> tuple[int, int]:
    """Return where to cut `text` so that the hit that starts at `hit` is in it; all of it where it is short."""
    if len(text) <= MOST:
        return 0, len(text)
    first = next((word.start for word in found if word.start >= hit - BEFORE), 0) if hit > BEFORE else 0
    if first + MOST >= len(text):
        return first, len(text)
    return first, max((word.end for word in found if word.end <= first + MOST), default=first + MOST)
