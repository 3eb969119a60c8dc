"""Any colour a community chooses can be read, in light and in dark."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.web.accents import accent_of, contrast

LIGHT, DARK = ("#fbfaf7", "#ffffff", "#f3f1eb"), ("#15171a", "#1d2024", "#101214")


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#f2c200", "#1f5f8b", "#808080", "#00ff00"])
def test_known_hard_colours(colour: str) -> None:
    check(colour)


@settings(max_examples=150)
@given(st.integers(0, 0xFFFFFF))
def test_every_colour(number: int) -> None:
    check(f"#{number:06x}")


def check(colour: str) -> None:
    """WCAG 2.2 AA for text: 4.5 to 1 on every ground, and of the words on a button."""
    found = accent_of(colour)
    assert all(contrast(found.light, ground) >= 4.5 for ground in LIGHT)
    assert all(contrast(found.dark, ground) >= 4.5 for ground in DARK)
    assert contrast(found.light, found.on_light) >= 4.5
    assert contrast(found.dark, found.on_dark) >= 4.5


def test_a_colour_that_can_be_read_stays() -> None:
    assert accent_of("#1f5f8b").light == "#1f5f8b"
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
