"""That somebody came for a calendar, where that is of interest to anybody."""

from datetime import datetime

from seminars.calendars import clients, sweeping, tokens
from seminars.calendars.scopes import Kind, Scope


def note_use(scope: Scope, program: str, *, now: datetime) -> None:
    """Write down that a calendar was fetched: a secret one for its owner to read, a filter's so that it is kept.

    program: a User-Agent, of which only the kind is kept. now: aware UTC.
    """
    if scope.private:
        tokens.note_use(scope, client=clients.name_of(program), now=now)
    elif scope.kind == Kind.FILTER:
        sweeping.note_use(scope, now=now)
