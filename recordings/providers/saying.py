"""What sites say of one video, read with care: any key may be missing, or be anything."""

import re
from typing import Any

from django.utils.translation import gettext as _

from recordings.providers.line import Gone, Trouble

LONGEST_TITLE = 300
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""What no column or page can hold: controls, halves of letters, and marks that turn the words around them."""
MOST_SECONDS = 7 * 24 * 3600
MOST_BYTES = 2**50


def refused(trouble: Trouble) -> Trouble:
    """Return the trouble as what it means for a video's page: Gone where it is not there, or not for everybody."""
    if trouble.status in (400, 404, 410):
        return Gone(_("There is no such video any more."), status=trouble.status)
    if trouble.status in (401, 403):
        return Gone(_("The video is not open to everybody there."), status=trouble.status)
    return trouble


def text_of(said: Any, name: str) -> str:
    """Return one text of an answer, "" where it has none. Raises Trouble where it is no answer about a video."""
    if not isinstance(said, dict):
        raise Trouble(_("The provider's answer cannot be read."))
    found = said.get(name)
    return one_line(found) if isinstance(found, str) else ""


def one_line(text: str) -> str:
    """Return somebody else's words as a column and a page can hold them."""
    return " ".join(_UNSEEN.sub("", text).split())[:LONGEST_TITLE]


def list_of(said: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects in a list of an answer, nothing where it has no such list."""
    found = said.get(name) if isinstance(said, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def size_of(said: dict[str, Any], name: str) -> int | None:
    """Return a size in bytes, None where it is none."""
    found = said.get(name)
    fits = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < MOST_BYTES
    return found if fits else None


def number_of(said: dict[str, Any], name: str) -> float | None:
    """Return a length in seconds, None where it is none."""
    found = said.get(name)
    fits = isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < MOST_SECONDS
    return float(found) if fits and found is not None else None
