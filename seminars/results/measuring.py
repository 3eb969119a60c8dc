"""Ask what came of sessions: a fixed number of questions, however many sessions and people there are."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time
from statistics import median

from django.db.models import Count, F, Min, Q, QuerySet, Sum, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat, NullIf
from django.db.models.functions import Coalesce as First

from seminars import clock
from seminars.changes.models import Change
from seminars.followups.models import Item, ItemState
from seminars.results.asked import Asked, Opinion, asked_of, opinions_of
from seminars.results.models import Use
from seminars.results.periods import Period
from seminars.sessions.attendance.counting import Counts, counts_of_all
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.dialling import country_of
from seminars.sessions.facts import FILES
from seminars.sessions.models import Material, MaterialState, Session, SessionQuerySet
from seminars.sessions.registration.models import Coming, Registration, Seat
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.state import HEARD

DAY = 24 * 3600.0
MOVES = ("rescheduled", "postponed", "swapped", "replanned")


@dataclass(frozen=True)
class Used:
    """Later use. number: how often. first: by how many devices within thirty days. saved: bytes."""

    number: int = 0
    first: int = 0
    saved: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(self.number + other.number, self.first + other.first, self.saved + other.saved)


@dataclass(frozen=True)
class Promises:
    """What was owed by a day. kept: on the day first told. moved: by a later one that was told. open: not yet due."""

    kept: int = 0
    moved: int = 0
    missed: int = 0
    open: int = 0

    @property
    def due(self) -> int:
        """All that was to be there by now."""
        return self.kept + self.moved + self.missed

    def __add__(self, other: "Promises") -> "Promises":
        return Promises(
            self.kept + other.kept,
            self.moved + other.moved,
            self.missed + other.missed,
            self.open + other.open,
        )


@dataclass
class Held:
    """One session that took place, and its figures. days: until there was a recording; None while there is none."""

    session: Session
    online: int = 0
    room: int = 0
    waiting: int = 0
    counts: Counts = field(default_factory=Counts)
    zones: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    uses: dict[tuple[str, str], Used] = field(default_factory=dict)
    promises: Promises = field(default_factory=Promises)
    days: float | None = None

    @property
    def registered(self) -> int:
        """Who had a place."""
        return self.online + self.room

    @property
    def used(self) -> int:
        """How often its files were used."""
        return sum(each.number for (_edition, kind), each in self.uses.items() if kind != "page")


@dataclass
class Results:
    """The figures of a scope in a period. opinions: of those who said how it was. asked: answers at registration.

    uses: of days in the period, by edition and kind, of all sessions of the scope, earlier ones too.
    """

    held: list[Held] = field(default_factory=list)
    registrants: int = 0
    known: int = 0
    moved: int = 0
    cancelled: int = 0
    answers: int = 0
    opinions: list[Opinion] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    uses: dict[tuple[str, str], Used] = field(default_factory=dict)

    @property
    def counts(self) -> Counts:
        """Who came to all of them."""
        return sum((each.counts for each in self.held), Counts())

    @property
    def zones(self) -> Counter[str]:
        """Who came, by zone."""
        return sum((each.zones for each in self.held), Counter())

    @property
    def countries(self) -> Counter[str]:
        """Who came, by country."""
        return sum((each.countries for each in self.held), Counter())

    @property
    def promises(self) -> Promises:
        """What was owed after all of them."""
        return sum((each.promises for each in self.held), Promises())

    @property
    def days(self) -> float | None:
        """Days until there was a recording: in the middle of all that have one."""
        known = [each.days for each in self.held if each.days is not None]
        return median(known) if known else None

    @property
    def recorded(self) -> int:
        """How many have a recording."""
        return sum(each.days is not None for each in self.held)

    def used(self, *kinds: str) -> Used:
        """Later use of these kinds."""
        return sum((each for (_edition, kind), each in self.uses.items() if kind in kinds), Used())


def measure(*, sessions: SessionQuerySet, period: Period, zone: str, now: datetime) -> Results:
    """Return what came of those of `sessions` that took place in `period` by a clock in `zone`, before `now`.

    Other people's events are left out. About fifteen questions, however many sessions.
    """
    ours = in_period(sessions.published().filter(series__external=False, withdrawn_at=None), period, zone)
    rows = ours.filter(ends_at__lte=now, cancelled_at=None, postponed_at=None).select_related("series")
    found = {each.pk: Held(each) for each in rows.order_by("starts_at", "pk")}
    done = Results(list(found.values()), cancelled=ours.filter(cancelled_at__isnull=False).count())
    done.uses = _uses(sessions, period, found)
    if not found:
        return done
    _registered(found)
    _came(found)
    _promised(found)
    _recorded(found)
    among = Q(session_id__in=list(found))
    done.registrants = _people(Registration.objects.counting().filter(among))
    done.known = _people(Attendance.objects.came().filter(among))
    done.moved = _moved(found)
    done.answers, done.opinions = opinions_of([each.session for each in done.held])
    done.asked = asked_of(list(found))
    return done


def in_period(sessions: SessionQuerySet, period: Period, zone: str) -> SessionQuerySet:
    """Return the sessions that begin in the period, by a clock in `zone`."""
    if period.first is None or period.until is None:
        return sessions.filter(starts_at__isnull=False)
    first, until = (
        clock.to_instant(datetime.combine(each, time()), zone) for each in (period.first, period.until)
    )
    return sessions.filter(starts_at__gte=first, starts_at__lt=until)


def places_of(ids: Collection[int]) -> dict[int, tuple[Counter[str], Counter[str]]]:
    """Return by session how many came by zone, and by country: the one they gave, else that of their clock.

    Heads of listening sites count where the site is, less those of them who are known by name. Two questions.
    """
    found: dict[int, tuple[Counter[str], Counter[str]]] = {pk: (Counter(), Counter()) for pk in ids}
    at_sites: Counter[int] = Counter()
    came = Attendance.objects.came().filter(session_id__in=ids).order_by()
    for pk, way, zone, country, number in came.values_list("session_id", "way", "zone", "country").annotate(
        n=Count("pk")
    ):
        _place(found[pk], zone, country or country_of(zone), number)
        if way == "site" and zone:
            at_sites[pk] += number
    sites = ListeningSite.objects.standing().filter(session_id__in=ids, came__gt=0).order_by()
    for pk, zone, number in sites.values_list("session_id", "zone").annotate(n=Sum("came")):
        known = min(number, at_sites[pk])
        at_sites[pk] -= known
        _place(found[pk], zone, country_of(zone), number - known)
    return found


def _place(places: tuple[Counter[str], Counter[str]], zone: str, country: str, number: int) -> None:
    zones, countries = places
    if zone and number:
        zones[zone] += number
    if country and number:
        countries[country] += number


def _registered(found: dict[int, Held]) -> None:
    rows = Registration.objects.counting().filter(session_id__in=list(found)).order_by()
    for pk, seat, coming, number in rows.values_list("session_id", "seat", "coming").annotate(n=Count("pk")):
        held = found[pk]
        if seat == Seat.WAITING:
            held.waiting += number
        elif seat == Seat.PLACE and coming == Coming.ROOM:
            held.room += number
        elif seat == Seat.PLACE:
            held.online += number


def _came(found: dict[int, Held]) -> None:
    for pk, counts in counts_of_all(found).items():
        found[pk].counts = counts
    for pk, (zones, countries) in places_of(list(found)).items():
        found[pk].zones, found[pk].countries = zones, countries


def _promised(found: dict[int, Held]) -> None:
    done = Q(state=ItemState.DONE, done_at__isnull=False)
    rows = Item.objects.filter(session_id__in=list(found), kind__in=FILES).exclude(state=ItemState.WAIVED)
    rows = rows.order_by()
    per = rows.values_list("session_id").annotate(
        kept=Count("pk", filter=done & Q(done_at__lte=F("first_due_at"))),
        moved=Count("pk", filter=done & Q(done_at__gt=F("first_due_at"), done_at__lte=F("due_at"))),
        done=Count("pk", filter=done),
        overdue=Count("pk", filter=Q(state=ItemState.OVERDUE)),
        all=Count("pk"),
    )
    for pk, kept, moved, ready, overdue, number in per:
        missed = ready - kept - moved + overdue
        found[pk].promises = Promises(kept, moved, missed, number - ready - overdue)


def _recorded(found: dict[int, Held]) -> None:
    """A twin's recording is its lead's: it is looked for there only."""
    rows = Material.objects.filter(session_id__in=list(found), kind__in=HEARD, state=MaterialState.PUBLISHED)
    for pk, out in rows.order_by().values_list("session_id").annotate(out=Min("published_at")):
        ended = found[pk].session.ends_at
        if out and ended:
            found[pk].days = max(0.0, (out - ended).total_seconds() / DAY)


def _moved(found: dict[int, Held]) -> int:
    subjects = [f"session:{each.session.uid}" for each in found.values()]
    rows = Change.objects.filter(subject__in=subjects, kind__in=MOVES).order_by()
    return rows.values("subject").distinct().count()


def _people(rows: "QuerySet[Registration] | QuerySet[Attendance]") -> int:
    """How many different ones, by address, else by person; who is known by neither is left out."""
    by_person = Concat(Value("p"), Cast("person_id", CharField()))
    who = First(NullIf("email", Value("")), NullIf(by_person, Value("p")))
    found: dict[str, int] = rows.order_by().aggregate(n=Count(who, distinct=True))
    return found["n"]


def _uses(sessions: SessionQuerySet, period: Period, found: dict[int, Held]) -> dict[tuple[str, str], Used]:
    rows = Use.objects.filter(session__in=sessions.order_by().values("pk"))
    if period.first and period.until:
        rows = rows.filter(day__gte=period.first, day__lt=period.until)
    per = (
        rows.order_by()
        .values_list("session_id", "edition", "kind")
        .annotate(n=Sum("number"), one=Sum("first"), small=Sum("size"), large=Sum("big"))
    )
    total: dict[tuple[str, str], Used] = {}
    for pk, edition, kind, number, first, size, big in per:
        used = Used(number, first, max(0, big - size))
        total[edition, kind] = total.get((edition, kind), Used()) + used
        if pk in found:
            found[pk].uses[edition, kind] = used
    return total
