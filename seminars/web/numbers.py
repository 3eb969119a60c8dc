"""Numbers of rows, as pages send them back: whoever changes a form by hand can send anything in their place."""

from collections.abc import Iterable

DIGITS = 18  # what a database can hold for sure


def row_number(text: str | None) -> int:
    """Return the number; 0, which no row has, for anything else and for one that no database holds."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= DIGITS else 0


def row_numbers(texts: Iterable[str]) -> list[int]:
    """Return the numbers among `texts`, in their order."""
    return [number for text in texts if (number := row_number(text))]
