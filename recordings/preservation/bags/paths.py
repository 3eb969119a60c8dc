"""Paths in bags that somebody hands us: which may be read at all, and where they may lead. Pure.

A bag of ours has plain ASCII names only, so everything else is refused before it can lead out of the folder.
"""

import re

from django.utils.translation import gettext as _

from recordings.preservation.sticks.names import LONGEST_PATH, is_safe

_CODED = re.compile(r"%(0[Aa]|0[Dd]|25)")


class BadPath(ValueError):
    """A path that no bag of ours has; the message names it and says why."""


def checked(path: str) -> str:
    """Return a path of a bag (`/` between names) as it was given. Raises BadPath."""
    shown = path[:120].encode("ascii", "backslashreplace").decode()
    if "\\" in path:
        raise BadPath(_("“%(path)s”: a path in a bag has no backslash.") % {"path": shown})
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        raise BadPath(
            _("“%(path)s” leads to a place outside the bag: it begins at the top of a disk.")
            % {"path": shown}
        )
    names = path.split("/")
    if ".." in names:
        raise BadPath(_("“%(path)s” leads out of the bag.") % {"path": shown})
    if len(path) > LONGEST_PATH or not all(is_safe(name) for name in names):
        raise BadPath(_("“%(path)s” is not a name that a bag of Meridian has.") % {"path": shown})
    return path


def coded(path: str) -> str:
    """Return a path as a manifest writes it: RFC 8493 §2.1.3 codes line ends and the percent sign."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def decoded(path: str) -> str:
    """Return a manifest's path as it is on disk."""
    return _CODED.sub(lambda found: chr(int(found[1], 16)), path)
