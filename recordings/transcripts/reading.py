"""Captions as they lie in the store."""

from functools import lru_cache

from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.catalogue.models import Original
from recordings.transcripts.vtt import CaptionError, Cue, parse

MOST_BYTES = 8 * 1024**2


def cues(original: Original, *, keep_lines: bool = False) -> tuple[Cue, ...]:
    """Return the cues of a stored caption file in order of their start. Reads its asset.

    keep_lines: leave the line breaks inside a cue. Raises CaptionError when the file is too large, not UTF-8, or no
    captions; OSError when it is gone.
    """
    if original.asset.size > MOST_BYTES:
        raise CaptionError(_("A caption file of more than 8 MB is not read."))
    return _kept(str(store.path_of(original.asset.sha256)), keep_lines)


@lru_cache(maxsize=8)  # stored files never change, and a page is often read by many on one day
def _kept(path: str, keep_lines: bool) -> tuple[Cue, ...]:
    with open(path, encoding="utf-8") as file:
        try:
            text = file.read()
        except UnicodeDecodeError as wrong:
            raise CaptionError(
                _("The captions are not in UTF-8. Save them as UTF-8, then add them again.")
            ) from wrong
    return tuple(parse(text, keep_lines=keep_lines))
