"""Whether a bag is whole: every file that its manifests name is there, unchanged, and no other payload is.

RFC 8493 §3, of bags of others too: one payload manifest or more, of any sum that is known here, each of all the
payload; tag manifests and bag-info.txt where there are any. All that is wrong is told at once, file by file, so that
one knows what to copy again.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from recordings.preservation.bags.paths import BadPath, checked, decoded
from recordings.preservation.bags.reading import Bag, NotABag

OURS = "sha256"
"""The sum that files are called by in the store."""
MOST_TAG = 1024**2
MOST_MANIFEST = 512 * 1024**2
MOST_TOLD = 100
"""Problems that are listed; a bag of another folder's files would have thousands."""
_SUMS = [name for name in hashlib.algorithms_guaranteed if not name.startswith("shake")]
KNOWN = {called: name for name in _SUMS for called in (name, name.replace("_", ""))}
"""Sums by what manifests call them (RFC 8493 §2.4, and bagit.py: `sha3_256`), as Python calls them."""
_MANIFEST = re.compile(r"(manifest|tagmanifest)-([^/]+)\.txt")
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(\S.*)")
Sums = dict[str, dict[str, str]]
"""By path, by algorithm, the sum in hexadecimal."""
Progress = Callable[[int, int], None]


@dataclass
class Verified:
    """What was found. problems: sentences, none when the bag is whole.

    sums: of its payload, by the manifests; SHA-256 of each file that was read, whatever they have.
    """

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
    """The sums of all manifests of a kind, path by path. Raises NotABag where there is none of the payload."""
    sums: Sums = {}
    names = [each for each in map(_MANIFEST.fullmatch, sorted(bag.files)) if each and each[1] == kind]
    there = [each[2] for each in names] or ([OURS] if kind == "manifest" else [])
    for algorithm in there:
        name = f"{kind}-{algorithm}.txt"
        if algorithm in KNOWN:
            _read(bag, name, algorithm, sums, found)
        else:
            found.wrong(_("%(name)s: Meridian does not know this kind of sum.") % {"name": name})
    if kind == "manifest":  # tag manifests need not agree (§2.2.1)
        for path, values in sums.items():
            if len(values) < len(KNOWN.keys() & there):
                found.wrong(_("%(path)s is in one manifest and not in the other.") % {"path": path})
    return sums


def _read(bag: Bag, name: str, algorithm: str, sums: Sums, found: Verified) -> None:
    """Add the sums of one manifest. Raises NotABag."""
    for number, line in enumerate(_text(bag, name, MOST_MANIFEST).splitlines(), 1):
        try:
            path, value = _line(line, algorithm, payload=name.startswith("manifest"))
        except (ValueError, BadPath) as wrong:
            said = {"name": name, "number": number, "wrong": wrong}
            found.wrong(_("%(name)s, line %(number)d: %(wrong)s") % said)
            continue
        if algorithm in sums.setdefault(path, {}):
            said = {"name": name, "number": number, "path": path}
            found.wrong(_("%(name)s, line %(number)d: %(path)s stands here a second time.") % said)
        sums[path][algorithm] = value


def _line(line: str, algorithm: str, *, payload: bool) -> tuple[str, str]:
    """Path and sum of a manifest's line. Raises ValueError, BadPath."""
    said = _LINE.fullmatch(line)
    if said is None or len(said[1]) != _sum(algorithm).digest_size * 2:
        raise ValueError(_("this is not a sum and a path."))
    path = checked(decoded(said[2].removeprefix("./")))
    if payload != path.startswith("data/"):
        raise ValueError(_("%(path)s does not belong into this manifest.") % {"path": path})
    return path, said[1].lower()


def _complete(bag: Bag, tags: Sums, found: Verified) -> None:
    """Every file of the payload is named, and every named file is there. Other tag files may be there (§2.2.4)."""
    for path in sorted((found.sums.keys() | tags.keys()) - bag.files.keys()):
        found.wrong(_("%(path)s is missing. Copy the bag again.") % {"path": path})
    for path in sorted(path for path in bag.files.keys() - found.sums.keys() if path.startswith("data/")):
        found.wrong(
            _("%(path)s is in no manifest: somebody put it there later. Take it out.") % {"path": path}
        )


def _counts(bag: Bag, found: Verified, files: int, total: int) -> None:
    """RFC 8493 §2.2.2, Payload-Oxum."""
    if "bag-info.txt" not in bag.files:
        return
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
    sums = {name: _sum(name) for name in {*wanted, OURS}}
    try:
        for block in bag.blocks(path):
            for each in sums.values():
                each.update(block)
    except NotABag as wrong:
        found.wrong(str(wrong))
        return
    differing = sorted(name for name, value in wanted.items() if sums[name].hexdigest() != value)
    wanted.setdefault(OURS, sums[OURS].hexdigest())
    if differing:
        said = {"path": path, "sums": ", ".join(differing)}
        found.wrong(_("%(path)s is not as it was when the bag was made (%(sums)s). Copy it again.") % said)


def _sum(algorithm: str) -> "hashlib._Hash":
    return hashlib.new(KNOWN[algorithm], usedforsecurity=False)
