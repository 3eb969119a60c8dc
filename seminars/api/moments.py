"""Moments as programs write them in an address. Pure."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import BeforeValidator


def read_moment(given: object) -> object:
    """Return the instant (aware UTC) of RFC 3339 text; a day is its midnight in UTC. Raises ValueError."""
    if not isinstance(given, str):
        return given
    try:
        return datetime.combine(date.fromisoformat(given), time(), UTC)
    except ValueError:
        moment = datetime.fromisoformat(given)
    if moment.tzinfo is None:
        raise ValueError("It is not said in which zone.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as wrong:
        raise ValueError("It lies outside of the years 1 to 9999.") from wrong


Moment = Annotated[datetime, BeforeValidator(read_moment)]
