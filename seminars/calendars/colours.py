"""A community's colour by the names that COLOR may hold (RFC 7986 §5.9: CSS names only). Plain Python."""

from functools import lru_cache

_NAMED = {
    "black": 0x000000, "dimgray": 0x696969, "gray": 0x808080, "silver": 0xC0C0C0, "white": 0xFFFFFF,
    "maroon": 0x800000, "firebrick": 0xB22222, "crimson": 0xDC143C, "red": 0xFF0000, "tomato": 0xFF6347,
    "coral": 0xFF7F50, "salmon": 0xFA8072, "chocolate": 0xD2691E, "sienna": 0xA0522D, "saddlebrown": 0x8B4513,
    "orange": 0xFFA500, "darkorange": 0xFF8C00, "goldenrod": 0xDAA520, "gold": 0xFFD700, "yellow": 0xFFFF00,
    "khaki": 0xF0E68C, "olive": 0x808000, "yellowgreen": 0x9ACD32, "green": 0x008000, "forestgreen": 0x228B22,
    "darkgreen": 0x006400, "seagreen": 0x2E8B57, "limegreen": 0x32CD32, "lime": 0x00FF00, "teal": 0x008080,
    "darkcyan": 0x008B8B, "lightseagreen": 0x20B2AA, "turquoise": 0x40E0D0, "aqua": 0x00FFFF, "skyblue": 0x87CEEB,
    "cadetblue": 0x5F9EA0, "steelblue": 0x4682B4, "dodgerblue": 0x1E90FF, "royalblue": 0x4169E1, "blue": 0x0000FF,
    "navy": 0x000080, "midnightblue": 0x191970, "slateblue": 0x6A5ACD, "darkslateblue": 0x483D8B,
    "indigo": 0x4B0082, "rebeccapurple": 0x663399, "purple": 0x800080, "darkviolet": 0x9400D3, "orchid": 0xDA70D6,
    "violet": 0xEE82EE, "plum": 0xDDA0DD, "fuchsia": 0xFF00FF, "deeppink": 0xFF1493, "hotpink": 0xFF69B4,
    "pink": 0xFFC0CB, "slategray": 0x708090, "darkslategray": 0x2F4F4F,
}  # fmt: skip


@lru_cache(maxsize=256)
def nearest(accent: str) -> str:
    """Return the CSS name that is nearest to `accent` (`#rrggbb`); "" for anything else."""
    try:
        wanted = _parts(int(accent.removeprefix("#"), 16)) if len(accent) == 7 else None
    except ValueError:
        wanted = None
    if wanted is None:
        return ""
    return min(_NAMED, key=lambda name: _distance(wanted, _parts(_NAMED[name])))


def _parts(colour: int) -> tuple[int, int, int]:
    return colour >> 16, colour >> 8 & 255, colour & 255


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    """Weighted as eyes see: green most, blue least."""
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return 3 * red * red + 6 * green * green + 2 * blue * blue
