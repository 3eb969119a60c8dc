"""What somebody asked for, as terms. Pure, and it takes anything: no operator or punctuation can break it."""

import re
from dataclasses import dataclass

from recordings.search.folding import words

MOST_TERMS = 20
MOST_CHARACTERS = 1_000
_PARTS = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Term:
    """Folded words that must stand side by side; `prefix`: the last of them may go on."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Query:
    """What must be found, what must not be, and whether some of a very long question was left out."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    cut: bool = False


def parse(asked: str) -> Query:
    """Return the terms of `asked`.

    Words are all wanted, the last one as far as it is typed; "quoted words" stand side by side; -word and -"these
    words" are not wanted. The first 1,000 characters and 20 terms count.
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    found = list(_PARTS.finditer(asked[:MOST_CHARACTERS]))
    for number, part in enumerate(found):
        quoted = part["phrase"] is not None
        term = Term(
            tuple(word.folded for word in words(part["phrase"] if quoted else part["word"]))[:MOST_TERMS],
            prefix=number == len(found) - 1 and not part["closed"] and not part["minus"],
        )
        if not term.words:
            continue
        if len(term.words[-1]) < 2:  # one letter begins half of all words
            term = Term(term.words)
        into = unwanted if part["minus"] else wanted
        if term not in into:
            into.append(term)
    cut = len(asked) > MOST_CHARACTERS or len(wanted) > MOST_TERMS or len(unwanted) > MOST_TERMS
    return Query(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]), cut)
