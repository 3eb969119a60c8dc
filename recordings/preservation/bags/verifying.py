"""Whether a bag is whole: every file that its manifests name is there, unchanged, and nothing else is.

RFC 8493 §3. All that is wrong is told at once, file by file, so that one knows what to copy again.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from recordings.preservation.bags.ledger import ALGORITHMS
from recordings.preservation.bags.paths import BadPath, checked, decoded
from recordings.preservation.bags.reading import Bag, NotABag

MOST_TAG = 1024**2
MOST_MANIFEST = 512 * 1024**2
MOST_TOLD = 100
"""Problems that are listed; a bag of another folder's files would have thousands."""
TAG_FILES = frozenset(
    {"bagit.txt", "bag-info.txt"}
    | {f"{kind}-{name}.txt" for kind in ("manifest", "tagmanifest") for name in ALGORITHMS}
)
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(\S.*)")
Sums = dict[str, dict[str, str]]
"""By path, by algorithm, the sum in hexadecimal."""
Progress = Callable[[int, int], None]


@dataclass
class Verified:
    """What was found. problems: sentences, none when the bag is whole. sums: of its payload, by the manifests."""

    problems: list[str] = field(default_factory=list)
    sums: Sums = field(default_factory=dict)
    files: int = 0
    bytes: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems

    def wrong(self, words: str) -> None:
        """Note a problem."""
        if len(self.problems) < MOST_TOLD:
            self.problems.append(words)


def verify(bag: Bag, *, progress: Progress = lambda done, total: None) -> Verified:
    """Return what is wrong with the bag; reads all of it. progress: bytes read, and in all."""
    found = Verified()
    try:
        _declared(bag)
        tags = _manifests(bag, "tagmanifest", found)
        found.sums = _manifests(bag, "manifest", found)
    except NotABag as wrong:
        found.wrong(str(wrong))
        return found
    payload = {path for path in bag.files if path.startswith("data/")}
    total = sum(bag.files[path] for path in payload)
    found.files, found.bytes = len(payload), total
    if "fetch.txt" in bag.files:  # RFC 8493 §2.2.3
        found.wrong(
            _("fetch.txt: part of this bag lies elsewhere, and Meridian fetches nothing. Get all of the bag.")
        )
    _complete(bag, tags, found)
    _counts(bag, found, len(payload), total)
    done = 0
    for path in sorted(found.sums.keys() | tags.keys()):
        wanted = found.sums.get(path) or tags[path]
        if path not in bag.files:
            continue
        _compare(bag, path, wanted, found)
        if path in payload:
            done += bag.files[path]
            progress(done, total)
    return found


def _declared(bag: Bag) -> None:
    """RFC 8493 §2.1.1: which version, and how its tag files are written."""
    said = _text(bag, "bagit.txt", MOST_TAG).splitlines()
    version = next((line.partition(":")[2].strip() for line in said if line.startswith("BagIt-Version:")), "")
    coding = [
        line.partition(":")[2].strip() for line in said if line.startswith("Tag-File-Character-Encoding:")
    ]
    if version != "1.0":
        words = _("bagit.txt: this is BagIt “%(version)s”; Meridian reads 1.0.")
        raise NotABag(words % {"version": version[:20]})
    if coding != ["UTF-8"]:
        words = _("bagit.txt: its files are said to be written in “%(coding)s”; Meridian reads UTF-8.")
        raise NotABag(words % {"coding": ", ".join(coding)[:40]})


def _text(bag: Bag, path: str, most: int) -> str:
    try:
        return bag.content(path, most=most).decode("utf-8")
    except UnicodeDecodeError as wrong:
        words = _("%(path)s is not in UTF-8, as bagit.txt says it is. Copy the bag again.")
        raise NotABag(words % {"path": path}) from wrong


def _manifests(bag: Bag, kind: str, found: Verified) -> Sums:
    """The sums of both manifests of a kind, path by path."""
    sums: Sums = {}
    for algorithm in ALGORITHMS:
        name = f"{kind}-{algorithm}.txt"
        for number, line in enumerate(_text(bag, name, MOST_MANIFEST).splitlines(), 1):
            try:
                path, value = _line(line, algorithm, payload=kind == "manifest")
            except (ValueError, BadPath) as wrong:
                said = {"name": name, "number": number, "wrong": wrong}
                found.wrong(_("%(name)s, line %(number)d: %(wrong)s") % said)
                continue
            if algorithm in sums.setdefault(path, {}):
                said = {"name": name, "number": number, "path": path}
                found.wrong(_("%(name)s, line %(number)d: %(path)s stands here a second time.") % said)
            sums[path][algorithm] = value
    for path, values in sums.items():
        if len(values) < len(ALGORITHMS):
            found.wrong(_("%(path)s is in one manifest and not in the other.") % {"path": path})
    return sums


def _line(line: str, algorithm: str, *, payload: bool) -> tuple[str, str]:
    """Path and sum of a manifest's line. Raises ValueError, BadPath."""
    said = _LINE.fullmatch(line)
    if said is None or len(said[1]) != hashlib.new(algorithm).digest_size * 2:
        raise ValueError(_("this is not a sum and a path."))
    path = checked(decoded(said[2].removeprefix("./")))
    if payload != path.startswith("data/"):
        raise ValueError(_("%(path)s does not belong into this manifest.") % {"path": path})
    return path, said[1].lower()


def _complete(bag: Bag, tags: Sums, found: Verified) -> None:
    """Every file is named, and every named file is there."""
    for path in sorted((found.sums.keys() | tags.keys()) - bag.files.keys()):
        found.wrong(_("%(path)s is missing. Copy the bag again.") % {"path": path})
    seals = {f"tagmanifest-{name}.txt" for name in ALGORITHMS}
    for path in sorted(bag.files.keys() - found.sums.keys() - tags.keys() - seals):
        found.wrong(
            _("%(path)s is in no manifest: somebody put it there later. Take it out.") % {"path": path}
        )


def _counts(bag: Bag, found: Verified, files: int, total: int) -> None:
    """RFC 8493 §2.2.2, Payload-Oxum."""
    try:
        info = _text(bag, "bag-info.txt", MOST_TAG)
    except NotABag as wrong:
        found.wrong(str(wrong))
        return
    said = [value for label, value in _elements(info) if label == "payload-oxum"]
    if said and said != [f"{total}.{files}"]:
        words = _("bag-info.txt says %(said)s bytes and files; there are %(there)s.")
        found.wrong(words % {"said": ", ".join(said), "there": f"{total}.{files}"})


def _elements(info: str) -> list[tuple[str, str]]:
    """Labels, in small letters, and values of bag-info.txt; a line that begins with a space goes on with the value."""
    found: list[tuple[str, str]] = []
    for line in info.splitlines():
        if line[:1] in (" ", "\t") and found:
            label, value = found.pop()
            found.append((label, f"{value} {line.strip()}".strip()))
        else:
            label, _colon, value = line.partition(":")
            found.append((label.strip().lower(), value.strip()))
    return found


def _compare(bag: Bag, path: str, wanted: dict[str, str], found: Verified) -> None:
    sums = {name: hashlib.new(name) for name in wanted}
    try:
        for block in bag.blocks(path):
            for each in sums.values():
                each.update(block)
    except NotABag as wrong:
        found.wrong(str(wrong))
        return
    differing = [name for name, each in sums.items() if each.hexdigest() != wanted[name]]
    if differing:
        said = {"path": path, "sums": ", ".join(differing)}
        found.wrong(_("%(path)s is not as it was when the bag was made (%(sums)s). Copy it again.") % said)
