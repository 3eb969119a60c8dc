"""Times as people write them: 1:23, 1:02:03, 83, 1:23.5. Pure."""

import re

_MOMENT = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?", re.ASCII)
MOST = 100 * 3600.0


class NoMoment(ValueError):
    """It is no time."""


def read(text: str) -> float:
    """Return the seconds. Raises NoMoment."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise NoMoment(text)
    hours, minutes, seconds, part = found.groups()
    if (minutes and int(seconds) > 59) or (hours and int(minutes) > 59):
        raise NoMoment(text)
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds) + float(f"0.{part or 0}")
    if total > MOST:
        raise NoMoment(text)
    return round(total, 3)


def say(seconds: float) -> str:
    """Return seconds as they are read back: the same to a thousandth."""
    thousandths = round(seconds * 1000)
    whole, part = divmod(thousandths, 1000)
    hours, minutes = divmod(whole // 60, 60)
    said = f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
    return f"{said}.{part:03}".rstrip("0") if part else said
