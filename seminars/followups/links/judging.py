"""Whether a page that answers “200” says all the same that it is not there. Pure; in doubt it is there."""

import re
from urllib.parse import urlsplit

_HOME = re.compile(r"(?:index\.\w{2,5}|home|start|[a-z]{2}(?:[-_][a-z]{2})?)?", re.IGNORECASE)
_MISSING = re.compile(
    r"^\W*(?:error|fel|erreur)?\W*404\b"
    r"|^\W*not found\b"
    r"|\b(?:page|file|document|site|article|resource)\b.{0,40}(?:not|n.t|cannot|no longer) (?:be )?(?:found|exist)"
    r"|\b(?:page|article|document) (?:has been|was) (?:removed|deleted)\b"
    r"|\bsidan (?:finns inte|hittades inte|kunde inte hittas|saknas|existerar inte)"
    r"|\bpage (?:introuvable|inexistante|non trouvée)"
    r"|\bpágina (?:no|não) (?:encontrada|existe)"
    r"|\bseite (?:wurde )?nicht gefunden"
    r"|الصفحة غير موجودة",
    re.IGNORECASE,
)
LONGEST = 300
"""Letters of a title that are read."""


def says_missing(page: str) -> bool:
    """Return whether the title or the first heading of a page (HTML, or its beginning) says that it is not there."""
    return any(_MISSING.search(words) for words in (_words(page, "title"), _words(page, "h1")))


def leads_home(asked: str, came: str) -> bool:
    """Return whether an address deep in a site has led to that site's front page. came: where the answer is from."""
    one, other = urlsplit(asked), urlsplit(came)
    if _host(one.hostname) != _host(other.hostname) or other.query:
        return False
    return not _HOME.fullmatch(one.path.strip("/")) and bool(_HOME.fullmatch(other.path.strip("/")))


def _host(name: str | None) -> str:
    return (name or "").lower().removeprefix("www.")


def _words(page: str, tag: str) -> str:
    """What stands in the first such tag, without marks; found step by step, for a page may be anything."""
    low = page.lower()
    start = low.find(f"<{tag}")
    begin = low.find(">", start) + 1 if start >= 0 else 0
    end = low.find(f"</{tag}", begin) if begin else -1
    inner = page[begin:end] if end >= 0 else ""
    return " ".join(re.sub(r"<[^<>]*>", " ", inner[: LONGEST * 4]).split())[:LONGEST]
