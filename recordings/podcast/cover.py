"""The picture of a podcast: directories want a square of at least 1,400 pixels, as PNG, with no see-through part."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

SIDE = 1400  # pixels
LINE = 36
PAPER = "#ffffff"


@lru_cache(maxsize=32)
def cover(accent: str, logo: bytes = b"") -> bytes:
    """Return a PNG in the community's colour (#rrggbb), with its logo (a PNG), or else the globe of this software."""
    picture = Image.new("RGB", (SIDE, SIDE), accent)
    if logo:
        _paste(picture, logo)
    else:
        _draw_globe(picture)
    out = io.BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _paste(picture: Image.Image, logo: bytes) -> None:
    """Put the logo on a white card in the middle."""
    mark = Image.open(io.BytesIO(logo)).convert("RGBA")
    room = SIDE * 6 // 10
    scale = room / max(mark.size)
    mark = mark.resize((max(1, round(mark.width * scale)), max(1, round(mark.height * scale))))
    edge = SIDE * 14 // 100
    ImageDraw.Draw(picture).rounded_rectangle((edge, edge, SIDE - edge, SIDE - edge), SIDE // 20, PAPER)
    picture.paste(mark, ((SIDE - mark.width) // 2, (SIDE - mark.height) // 2), mark)


def _draw_globe(picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    low, high, middle, narrow = SIDE // 5, SIDE * 4 // 5, SIDE // 2, SIDE * 12 // 100
    draw.ellipse((low, low, high, high), outline=PAPER, width=LINE)
    draw.ellipse((middle - narrow, low, middle + narrow, high), outline=PAPER, width=LINE)
    draw.line((low, middle, high, middle), fill=PAPER, width=LINE)
