"""Whether somebody was there long enough for a certificate. Plain Python."""

from dataclasses import dataclass

SEEN = frozenset({"room", "site", "hand"})
"""Ways by which somebody was seen: they count as there for the whole session."""


@dataclass(frozen=True)
class Threshold:
    """What is asked of one session. minutes: at least. share: of its length, in hundredths, at least. None: nothing."""

    minutes: int | None = None
    share: int | None = None

    def seconds(self, length: int) -> int:
        """Return how long one must have been there. length: of the session, in minutes; one cannot ask for more."""
        wanted = max(self.minutes or 0, (self.share or 0) * length / 100)
        return round(min(wanted, length) * 60)

    def is_met(self, *, way: str, seconds: int | None, length: int) -> bool:
        """Return whether a part meets it. Of whom it is not known how long they stayed, only nothing can be asked."""
        if way in SEEN:
            return True
        wanted = self.seconds(length)
        return wanted == 0 or (seconds is not None and seconds >= wanted)
