"""Quarters, years, and all the time there was: plain Python."""

import re
from dataclasses import dataclass
from datetime import date

FIRST, LAST = 1970, 2200
_KEY = re.compile(r"(\d{4})(?:-Q([1-4]))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """A quarter, a year, or, without a year, all the time there was."""

    year: int | None = None
    quarter: int | None = None

    @property
    def key(self) -> str:
        """How addresses name it: `2026-Q3`, `2026`, `all`."""
        if self.year is None:
            return "all"
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def first(self) -> date | None:
        """Its first day; None for all."""
        return date(self.year, 3 * (self.quarter or 1) - 2, 1) if self.year is not None else None

    @property
    def until(self) -> date | None:
        """The day after its last; None for all."""
        following = self.after
        return following.first if following else None

    @property
    def before(self) -> "Period | None":
        """The one before, of the same length; None for all."""
        return self._moved(-1)

    @property
    def after(self) -> "Period | None":
        """The next, of the same length; None for all."""
        return self._moved(1)

    def _moved(self, steps: int) -> "Period | None":
        if self.year is None:
            return None
        if self.quarter is None:
            return Period(self.year + steps)
        years, quarter = divmod(self.quarter - 1 + steps, 4)
        return Period(self.year + years, quarter + 1)


ALL = Period()


def period_of(key: str) -> Period:
    """Return the period of a key. Raises ValueError for what is none."""
    if key == ALL.key:
        return ALL
    found = _KEY.fullmatch(key)
    if found is None or not FIRST <= int(found[1]) < LAST:
        raise ValueError(f"{key!r} is no quarter such as 2026-Q3, no year, and not all.")
    return Period(int(found[1]), int(found[2]) if found[2] else None)


def quarter_at(day: date) -> Period:
    """Return the quarter in which a day lies."""
    return Period(day.year, (day.month + 2) // 3)
