"""A community's logo: any raster picture becomes a PNG file of at most 512 pixels, kept by its content."""

import hashlib
import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from seminars.changes.refusing import UserError
from seminars.people.models import Community

SIDE = 512  # pixels
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True)
class Logo:
    """A picture that is kept. key: SHA-256 of its file. width, height: pixels."""

    key: str
    width: int
    height: int


NONE = Logo("", 0, 0)


def kept(content: bytes) -> Logo:
    """Return the logo made of an uploaded file; nothing of the file but its pixels stays. Raises UserError ("logo").

    A drawing with scripts (SVG) is refused: it could do things in the browser of who looks.
    """
    picture = _read(content)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    file = out.getvalue()
    key = hashlib.sha256(file).hexdigest()
    there = path_of(key)
    if not there.exists():
        there.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=there.parent, delete=False) as part:
            part.write(file)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(there)
    return Logo(key, *picture.size)


def path_of(key: str) -> Path:
    """Return where the file of a logo is."""
    return Path(settings.DATA) / "logos" / f"{key}.png"


def forget(key: str) -> None:
    """Delete the file of a logo that no community has any more."""
    if key and not Community.objects.filter(logo=key).exists():
        path_of(key).unlink(missing_ok=True)


def _read(content: bytes) -> Image.Image:
    if len(content) > MOST_BYTES:
        raise UserError({"logo": _("The file is larger than 5 MB. Choose a smaller one.")})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its size, which is looked at below, and of odd colour tables
            opened = Image.open(io.BytesIO(content), formats=FORMATS)
            if opened.width * opened.height > MOST_PIXELS:
                raise UserError({"logo": _("The picture has too many pixels. Make it smaller first.")})
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except UserError:
        raise
    except Exception as broken:  # broad: what a broken file makes its reader raise is not to be foretold
        words = _("This is not a picture that can be read. Choose a PNG, JPEG or WebP file.")
        raise UserError({"logo": words}) from broken
    picture.thumbnail((SIDE, SIDE))
    opaque = picture.getchannel("A").getextrema() == (255, 255)
    return picture.convert("RGB") if opaque else picture
