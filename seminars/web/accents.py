"""A community's accent colour, made readable: darkened for light pages, lightened for dark ones. Plain Python."""

from dataclasses import dataclass
from functools import lru_cache

LIGHT_PAPER, DARK_CARD = "#f3f1eb", "#1d2024"  # the least favourable grounds of meridian.css
WANTED = 5.2  # WCAG 2.2 asks for 4.5; the rest is for the tint of a soft card


@dataclass(frozen=True)
class Accent:
    """Colours as #rrggbb: the accent on light and on dark pages, and what is written on it there."""

    light: str
    on_light: str
    dark: str
    on_dark: str


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=256)
def accent_of(colour: str) -> Accent:
    """Return the readable accent of a community's colour (#rrggbb). Any colour works, white and black too."""
    return Accent(
        light=_towards(colour, "#000000", LIGHT_PAPER),
        on_light="#ffffff",
        dark=_towards(colour, "#ffffff", DARK_CARD),
        on_dark="#10151a",
    )


def _towards(colour: str, end: str, ground: str) -> str:
    """Mix `colour` with `end` in steps of 2 % until it can be read on `ground`."""
    for step in range(51):
        mixed = _mix(colour, end, step / 50)
        if contrast(mixed, ground) >= WANTED:
            return mixed
    return end


def _mix(one: str, other: str, share: float) -> str:
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
