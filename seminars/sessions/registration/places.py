"""Places of a session: given, offered and taken back with its line held, so that nobody counts while another gives.

The line (`Line`) is one row per session. Everybody takes it before registrations, and versions last.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from seminars.changes.recording import SITE, raise_versions
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Coming, Line, News, Registration, Seat, Terms
from seminars.sessions.registration.terms import registers, terms_by_session

MOST = 500  # registrations that one transaction moves up
NEAR = timedelta(hours=2)
"""So near the start a place that comes free is theirs at once: nobody could confirm in time."""
MOVED = (
    "seat", "number", "offered_until", "news", "turn", "told_sequence", "stamped_at", "words", "coming",
)  # fmt: skip
"""The columns that `Places` writes."""


@dataclass
class Places:
    """The places of one session, held until the transaction ends. taken, waiting: by way of coming."""

    session: Session
    terms: Terms
    line: Line
    taken: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)

    def free(self, coming: str) -> int | None:
        """Return how many places are free for who comes so; None for no limit."""
        capacity = self.terms.capacity(coming)
        return None if capacity is None else max(0, capacity - self.taken[coming])

    def seat_for(self, coming: str, *, approved: bool = False) -> Seat:
        """Return what a newcomer gets: nobody passes those who wait."""
        if self.terms.approval and not approved:
            return Seat.ASKED
        free = self.free(coming)
        if free is None or (free and not self.waiting[coming]):
            return Seat.PLACE
        return Seat.WAITING if self.terms.waiting_list else Seat.FULL

    def next_number(self) -> int:
        """Return the next number in line; `settle` keeps it."""
        self.line.last += 1
        return int(self.line.last)

    def leave(self, registration: Registration) -> None:
        """Count out who stood somewhere until now."""
        self._count(registration, -1)

    def put(self, registration: Registration, seat: Seat, *, news: str, now: datetime) -> None:
        """Let a registration, counted nowhere now, stand at `seat`: unsaved, see `MOVED`. news: of `News`."""
        had = registration.seat == Seat.PLACE
        registration.seat, registration.news = seat, news
        registration.turn += 1
        registration.offered_until = None
        registration.told_sequence = None
        if had != (seat == Seat.PLACE):
            registration.stamped_at = now
        self._count(registration, 1)

    def receive(self, registration: Registration, *, now: datetime, approved: bool = False) -> None:
        """Give a newcomer a number and what there is for them. approved: the organisers said yes."""
        registration.number = self.next_number()
        seat = self.seat_for(registration.coming, approved=approved)
        self.put(registration, seat, news=self._news(registration, seat, approved), now=now)

    def _news(self, registration: Registration, seat: Seat, approved: bool) -> str:
        """What is told by mail: an invitation for the calendar says itself that there is a place."""
        if seat == Seat.PLACE:
            told = registration.wants_invitation and self.session.series.invites
            alone = registration.whole_id is None or approved
            return News.GIVEN if alone and (approved or not told) else News.NONE
        if seat == Seat.ASKED and registration.whole_id is not None:
            return News.NONE  # the mail about the whole series says so once
        return {Seat.WAITING: News.WAITING, Seat.FULL: News.FULL, Seat.ASKED: News.ASKED}[seat]

    def _count(self, registration: Registration, by: int) -> None:
        if registration.seat in Seat.taking():
            self.taken[registration.coming] += by
        elif registration.seat == Seat.WAITING:
            self.waiting[registration.coming] += by


def hold(sessions: Iterable[Session], terms: Mapping[int, Terms] | None = None) -> dict[int, Places]:
    """Return the places of each session, held until the transaction ends, by its number.

    Three queries, whatever their number; two more where nobody had registered before. Load `series` with them.
    terms: where they were read a moment ago, one query less.
    """
    found = {each.pk: each for each in sessions}
    lines = _lines(found)
    if missing := found.keys() - lines.keys():
        Line.objects.bulk_create([Line(session_id=pk) for pk in sorted(missing)], ignore_conflicts=True)
        lines = _lines(found)
    terms = terms or terms_by_session(found.values())
    places = {pk: Places(found[pk], terms[pk], lines[pk]) for pk in found}
    _count(places)
    return places


def counts_of(session: Session) -> Places:
    """Return who takes a place and who waits at this moment, to be shown only: nothing is held; one query.

    Its terms are the usual ones, whatever they are.
    """
    found = Places(session, Terms(), Line(session=session))
    _count({session.pk: found})
    return found


def _count(places: dict[int, Places]) -> None:
    rows = Registration.objects.counting().filter(
        session__in=list(places), seat__in=[*Seat.taking(), Seat.WAITING]
    )
    counted = rows.order_by().values_list("session_id", "coming", "seat").annotate(n=Count("pk"))
    for pk, coming, seat, count in counted:
        counter = places[pk].waiting if seat == Seat.WAITING else places[pk].taken
        counter[coming] += count


def settle(places: Iterable[Places]) -> None:
    """Keep the numbers that were given."""
    Line.objects.bulk_update([each.line for each in places], ["last", "taken_over"], batch_size=MOST)


def deadline(session: Session, terms: Terms, now: datetime) -> datetime | None:
    """Return until when a place offered at `now` is to be confirmed (aware UTC); None where it is theirs at once.

    Never later than half-way to the start.
    """
    starts_at = session.starts_at
    if not terms.confirm_hours or (starts_at is not None and starts_at - now < NEAR):
        return None
    hours = timedelta(hours=terms.confirm_hours)
    until = now + (hours if starts_at is None else min(hours, (starts_at - now) / 2))
    return until.replace(second=0, microsecond=0)


def fill(places: Places, *, now: datetime) -> list[Registration]:
    """Return who moved up: free places go to those who wait, the first in line first. now: aware UTC.

    Saved. At most `MOST` at once; the sweep goes on. No query where nobody waits or nothing is free.
    """
    if not registers(places.session, places.terms, now):
        return []
    moved: list[Registration] = []
    for coming in Coming.values:
        free = places.free(coming)
        count = min(places.waiting[coming], MOST if free is None else free, MOST)
        if count > 0:
            rows = Registration.objects.waiting().filter(session=places.session, coming=coming)
            moved += rows.select_related("person")[:count]
    until = deadline(places.session, places.terms, now)
    for each in moved:
        places.leave(each)
        places.put(
            each, Seat.OFFERED if until else Seat.PLACE, news=News.OFFERED if until else News.GIVEN, now=now
        )
        each.offered_until = until
    save(moved)
    return moved


def save(registrations: Iterable[Registration]) -> None:
    """Keep where they stand now, and note that calendars of theirs have changed."""
    found = list(registrations)
    if not found:
        return
    Registration.objects.bulk_update(found, MOVED, batch_size=100)
    touch(found)


def touch(registrations: Iterable[Registration]) -> None:
    """What is in the people's own calendars has changed. Load `person` with them."""
    users = {each.person.user_id for each in registrations if each.person and each.person.user_id}
    if users:
        raise_versions({SITE, *(f"user:{pk}" for pk in users)})


def _lines(sessions: Iterable[int]) -> dict[int, Line]:
    rows = Line.objects.select_for_update().filter(session__in=list(sessions)).order_by("session_id")
    return {each.session_id: each for each in rows if each.session_id is not None}
