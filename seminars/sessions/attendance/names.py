"""Names as they are compared: by their letters, whatever case, accents, order of spaces and signs. Plain Python."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

LIKE = 0.72  # below it two names have little in common
MOST_LIKE = 3
MOST_COMPARED = 400  # names that share a word with one: "Maria" is many people
# A device or a program, never a name: it is proposed as nobody.
_MACHINE = re.compile(
    r"(?i)^(i ?phone|i ?pad|android|galaxy|samsung|huawei|redmi|laptop|desktop|zoom user|user|guest|host|admin"
    r"|participant|unknown( user)?|gäst|invité|invitado|convidado|gast)([ _\-]*\d+| von .*| de .*)?$"
    r"|notetaker|note taker|\bai (assistant|companion|notes)\b|otter\.ai|fireflies|read\.ai|recording bot"
)
_PHONE = re.compile(r"^\+?\d[\d *xX().\-]{5,}$|^(call[ -]?in|phone|telefon) user")


def folded(name: str) -> str:
    """Return the name in its comparable form; "" for one without letters or digits."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", bare)))


def turned(name: str) -> str:
    """Return the folded name with its words in alphabetical order: "Example, Akello" is Akello Example."""
    return " ".join(sorted(folded(name).split()))


def bare(name: str) -> tuple[str, str]:
    """Return the name without what stands in brackets behind it, and what stands there ("" for nothing).

    Zoom writes `Shown (Original)`, Teams `Name (Guest)`.
    """
    found = re.fullmatch(r"(.*\S)\s*\(([^()]*)\)\s*", name.strip(), re.S)
    return (found[1].strip(), found[2].strip()) if found else (name.strip(), "")


def is_machine(name: str) -> bool:
    """Return whether the name is of a device or a program."""
    return bool(_MACHINE.search(name.strip()))


def is_phone(name: str) -> bool:
    """Return whether the name is a telephone number, whole or masked."""
    return bool(_PHONE.match(name.strip().casefold()))


class Index:
    """Names to look others up in, by key."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take pairs of key and name."""
        self._exact: dict[str, list[str]] = defaultdict(list)
        self._words: dict[str, list[str]] = defaultdict(list)
        self._folded: dict[str, str] = {}
        for key, name in names:
            if not (plain := turned(name)):
                continue
            self._folded[key] = plain
            self._exact[plain].append(key)
            for word in dict.fromkeys(plain.split()):
                self._words[word].append(key)
                self._words[word[:3] + "…"].append(key)

    def exact(self, name: str) -> list[str]:
        """Return the keys of those who have the same name."""
        return self._exact.get(turned(name), [])

    def like(self, name: str) -> Sequence[str]:
        """Return the keys of those with a similar name, the most similar first, at most three."""
        wanted = turned(name)
        shared: Counter[str] = Counter()
        for word in wanted.split():
            for sign, weight in ((word, 2), (word[:3] + "…", 1)):
                shared.update(dict.fromkeys(self._words.get(sign, [])[:MOST_COMPARED], weight))
        close = [key for key, _number in shared.most_common(MOST_COMPARED // 10)]
        scored = [(_alike(wanted, self._folded[key]), key) for key in close]
        best = sorted((each for each in scored if each[0] >= LIKE), key=lambda each: (-each[0], each[1]))
        return [key for _score, key in best[:MOST_LIKE]]


def _alike(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1. Who gives the first name only is like everybody who has it."""
    ours, theirs = set(one.split()), set(other.split())
    if ours and (ours <= theirs or theirs <= ours):
        return 0.9
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
