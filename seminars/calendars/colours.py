"""A community's colour by the names that COLOR may hold (RFC 7986 §5.9: CSS names only). Plain Python."""

from colorsys import rgb_to_hls
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
        wanted = _seen(int(accent.removeprefix("#"), 16)) if len(accent) == 7 else None
    except ValueError:
        wanted = None
    if wanted is None:
        return ""
    return min(_NAMED, key=lambda name: _distance(wanted, _seen(_NAMED[name])))


def _seen(colour: int) -> tuple[float, float, float]:
    """Hue, lightness and saturation, each from 0 to 1."""
    return rgb_to_hls((colour >> 16) / 255, (colour >> 8 & 255) / 255, (colour & 255) / 255)


def _distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """People tell calendars apart by hue first; a grey has none."""
    turn = abs(one[0] - other[0])
    hue = 4 * min(turn, 1 - turn) * min(one[2], other[2])
    return hue**2 + (one[1] - other[1]) ** 2 + ((one[2] - other[2]) / 2) ** 2
