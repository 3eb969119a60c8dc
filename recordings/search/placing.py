"""Where the words of a recording stand, kept so that a quotation is picked without reading its texts. Pure.

Words lie in drawers by their first two letters. A drawer is its number in a line of its own, and entries with spaces
around. `saving.ensave:3=17,88;4=2`, with `tokens.STEM` for the dot, says that "saving", in English of the stem "save",
is the words 17 and 88 of piece 3, and word 2 of piece 4. The entry without a word says the primary key of piece 0.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from recordings.search.parsing import Term
from recordings.search.stemming import stem
from recordings.search.tokens import STEM

DRAWERS = 251


def drawer_of(word: str) -> int:
    """Return in which drawer a word, its beginning of two letters or more, or a stem lies."""
    return (ord(word[0]) * 37 + ord(word[1:2] or " ")) % DRAWERS


def drawers(first: int, pieces: Iterable[tuple[int, str, Sequence[str]]]) -> dict[int, str]:
    """Return what is in each drawer. pieces: primary key, language (`stemming.language_of`), folded words.

    first: the primary key from which on they are numbered.
    """
    places: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, language, words in pieces:
        for at, word in enumerate(words):
            places[word, language][key - first].append(at)
    found: dict[int, list[str]] = defaultdict(list)
    for (word, language), by_piece in places.items():
        root = stem(word, language)
        spots = ";".join(f"{number}={','.join(map(str, at))}" for number, at in by_piece.items())
        for drawer in {drawer_of(word), drawer_of(root)}:
            found[drawer].append(f"{word}{_form(root, language)}:{spots}")
    return {drawer: f"{drawer}\n :{first} {' '.join(entries)} \n" for drawer, entries in found.items()}


def drawers_for(terms: Iterable[Term], languages: Iterable[str]) -> set[int]:
    """Return which drawers say where these terms stand. languages: those of the texts."""
    found = set[int]()
    for term in terms:
        found.update(map(drawer_of, term.words))
        found.update(drawer_of(stem(term.words[0], each)) for each in languages if term.is_loose)
    return found


def best_pieces(kept: str, terms: Sequence[Term], languages: Sequence[str], most: int) -> list[int]:
    """Return the primary keys of the pieces with most of the terms, the earlier first among equals.

    kept: the drawers for the terms, one after the other. languages: of the recording's texts.
    """
    lines = kept.split("\n")
    opened: dict[int, str] = defaultdict(str)
    for number, entries in zip(lines[::2], lines[1::2], strict=False):
        opened[int(number)] += entries
    counts: Counter[int] = Counter()
    for term in terms:
        counts.update(_holding(opened, term, languages))
    first = next(int(each) for entries in opened.values() for each in _entries(entries, " :"))
    return [first + number for number in sorted(counts, key=lambda each: (-counts[each], each))[:most]]


def _holding(opened: Mapping[int, str], term: Term, languages: Sequence[str]) -> set[int]:
    """Return the numbers of the pieces in which a term stands."""
    if len(term.words) > 1:
        return {number for number, starts in _starts(opened, term, languages).items() if starts}
    (word,) = term.words
    found = _of_word(opened, word, languages, begun=term.prefix)
    if term.is_loose:
        for language in languages:
            root = stem(word, language)
            found += _entries(opened[drawer_of(root)], f"{_form(root, language)}:")
    return {int(part.partition("=")[0]) for entry in found for part in entry.split(";")}


def _starts(opened: Mapping[int, str], phrase: Term, languages: Sequence[str]) -> dict[int, set[int]]:
    """Return by the number of a piece at which of its words a phrase begins."""
    found: dict[int, set[int]] = {}
    for place, word in enumerate(phrase.words):
        begun = phrase.prefix and place == len(phrase.words) - 1
        here: dict[int, set[int]] = defaultdict(set)
        for entry in _of_word(opened, word, languages, begun=begun):
            for part in entry.split(";"):
                number, _is, at = part.partition("=")
                here[int(number)].update(int(each) - place for each in at.split(","))
        found = {number: found[number] & here[number] for number in found.keys() & here} if place else here
    return found


def _of_word(opened: Mapping[int, str], word: str, languages: Sequence[str], *, begun: bool) -> list[str]:
    """Return where a folded word stands, or any that begins so."""
    entries = opened[drawer_of(word)]
    if begun:
        return _entries(entries, f" {word}")
    forms = ["", *(_form(stem(word, language), language) for language in languages)]
    return [each for form in forms for each in _entries(entries, f" {word}{form}:")]


def _form(root: str, language: str) -> str:
    """Return what an entry says of a word's stem; nothing where its language has none."""
    return f"{STEM}{language}{root}" if language else ""


def _entries(entries: str, beginning: str) -> list[str]:
    """Return what follows the colon in the entries with this."""
    found = []
    at = entries.find(beginning)
    while at >= 0:
        start = entries.index(":", at) + 1
        end = entries.index(" ", start)
        found.append(entries[start:end])
        at = entries.find(beginning, end)
    return found
