"""What a file's name says: the day, what it is, its language, whose it is. Pure."""

import re
from collections.abc import Collection
from datetime import date
from pathlib import PurePath

from recordings.catalogue.models import OriginalKind

_DAYS = (
    re.compile(r"(?<!\d)(?P<y>20\d\d)[-_. ]?(?P<m>0[1-9]|1[0-2])[-_. ]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>0?[1-9]|[12]\d|3[01])\.(?P<m>0?[1-9]|1[0-2])\.(?P<y>20\d\d)(?!\d)"),
)
_ENDINGS = {
    OriginalKind.VIDEO: "mp4 m4v mov webm mkv ogv",
    OriginalKind.AUDIO: "mp3 m4a ogg oga opus wav weba mka",
    OriginalKind.CAPTIONS: "vtt srt",
    OriginalKind.SLIDES: "pdf",
    OriginalKind.HANDOUT: "txt",
}
_WORDS = (
    (re.compile(r"report|minutes|rapport", re.I), OriginalKind.REPORT),
    (re.compile(r"paper", re.I), OriginalKind.PAPER),
    (re.compile(r"hand-?out", re.I), OriginalKind.HANDOUT),
)
_SPOKEN = re.compile(r"transcri|caption|subtitle", re.I)
_LANGUAGE = re.compile(r"[._-]([a-z]{2})\.[a-z0-9]+$")


def day_of(name: str) -> date | None:
    """Return the first day that a name or path says: 2026-11-16, 20261116 or 16.11.2026."""
    for pattern in _DAYS:
        for found in pattern.finditer(name):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                continue
    return None


def kind_of(name: str) -> OriginalKind | None:
    """Return what a file of this name is; None where it is of no kind that is taken in."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    kind = next((kind for kind, endings in _ENDINGS.items() if ending in endings.split()), None)
    if ending == "txt" and _SPOKEN.search(name):
        return OriginalKind.CAPTIONS
    if kind in (OriginalKind.SLIDES, OriginalKind.HANDOUT):
        return next((said for pattern, said in _WORDS if pattern.search(PurePath(name).stem)), kind)
    return kind


def language_of(name: str) -> str:
    """Return the language that stands before the ending, `talk.sv.vtt`; "" without one."""
    found = _LANGUAGE.search(name.lower())
    return found[1] if found else ""


def named_in(name: str, slugs: Collection[str]) -> list[str]:
    """Return those of `slugs` that stand in a name, as whole words; of one within another only the longer."""
    plain = "-" + re.sub(r"[^a-z0-9]+", "-", name.lower()) + "-"
    found = [slug for slug in slugs if f"-{slug}-" in plain]
    return [
        slug for slug in found if not any(slug != other and f"-{slug}-" in f"-{other}-" for other in found)
    ]
