"""What somebody asked for, as terms. Pure, and it takes anything: no operator or punctuation can break it."""

import re
from dataclasses import dataclass, replace

from recordings.search.folding import words

MOST_TERMS = 20
MOST_CHARACTERS = 1_000
_PARTS = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Term:
    """Folded words that must stand side by side; `prefix`: the last of them may go on.

    as_written: a single word in quotation marks, of which no other form will do. Of several words none ever does.
    """

    words: tuple[str, ...]
    prefix: bool = False
    as_written: bool = False

    @property
    def is_loose(self) -> bool:
        """Whether other forms of the word, by its stem, are found as well."""
        return len(self.words) == 1 and not self.as_written


@dataclass(frozen=True)
class Query:
    """What must be found, what must not be, and whether some of a very long question was left out."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    cut: bool = False


def parse(asked: str) -> Query:
    """Return the terms of `asked`.

    Words are all wanted, in any of their forms, the last one as far as it is typed; "quoted words" stand side by side
    as they are; -word and -"these words" are not wanted. The first 1,000 characters and 20 terms count, and of each
    phrase the first 20 words: in scripts written without spaces, letters.
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    cut = len(asked) > MOST_CHARACTERS
    found = list(_PARTS.finditer(asked[:MOST_CHARACTERS]))
    for number, part in enumerate(found):
        quoted = part["phrase"] is not None
        folded = tuple(word.folded for word in words(part["phrase"] if quoted else part["word"]))
        too_long = len(folded) > MOST_TERMS
        cut = cut or too_long
        term = Term(
            folded[:MOST_TERMS],
            prefix=number == len(found) - 1 and not (part["closed"] or part["minus"] or too_long),
            as_written=quoted,
        )
        if len(term.words) > 1:
            term = replace(term, as_written=False)  # that goes without saying
        if not term.words:
            continue
        if len(term.words[-1]) < 2:  # one letter begins half of all words
            term = replace(term, prefix=False)
        into = unwanted if part["minus"] else wanted
        if term not in into:
            into.append(term)
    cut = cut or len(wanted) > MOST_TERMS or len(unwanted) > MOST_TERMS
    return Query(tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]), cut)
