"""Any title, in any zone, at any hour, on any rhythm: every parser gives the same instants and words back."""

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import cycle, islice
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars import clock
from seminars.calendars import feeds, ical, lines, vtimezone
from seminars.calendars.scopes import Kind, Options, Scope
from seminars.series import cadence
from seminars.series.cadence import Cadence
from seminars.sessions import planning
from seminars.sessions.models import Session
from tests.conftest import need
from tests.factories import NOW, make_series
from tests.seminars.calendars.parsers import PARSERS, Read, told
from tests.seminars.calendars.reading import NODE, node_modules
from tests.seminars.calendars.test_ical import FACTS, ZONES, check_octets

SWITCHES = [
    ("Europe/Stockholm", date(2027, 3, 1), time(2, 30)),  # skipped on the 28th, twice on 31 October
    ("America/New_York", date(2027, 2, 28), time(1, 30)),
    ("Australia/Lord_Howe", date(2027, 3, 1), time(1, 45)),  # by half an hour
    ("Africa/Cairo", date(2027, 3, 26), time(0, 15)),
    ("Africa/Casablanca", date(2027, 1, 20), time(15, 0)),  # Ramadan
    ("America/Santiago", date(2027, 3, 7), time(23, 30)),
    ("Asia/Kolkata", date(2027, 3, 1), time(9, 0)),
]
RHYTHMS = {
    "daily": cadence.daily(),
    "every third day": cadence.daily(interval=3),
    "weekly": cadence.weekly(weekdays=(6,)),
    "twice a week": cadence.weekly(weekdays=(2, 6), interval=2),
    "a day of the month": cadence.monthly_day(day=28),
    "the last day": cadence.monthly_day(day=31),
    "a weekday of the month": cadence.monthly_weekday(weekday=6, nth=-1),
    "yearly": "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=28",
}


@dataclass(frozen=True)
class Asked:
    """What is written: words, and when (aware UTC)."""

    title: str
    zone: str
    start: datetime
    minutes: int

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def walls(self) -> list[datetime]:
        """Both ends as the zone's clocks show them; nothing where an entry has to be in UTC (`entries.span_of`)."""
        walls = [clock.to_wall(end, self.zone) for end in (self.start, self.end)]
        safe = all(vtimezone.is_local_safe(self.zone, end) for end in (self.start, self.end))
        exact = all(clock.inspect(wall, self.zone).kind is clock.Kind.EXACT for wall in walls)
        return walls if safe and exact and walls[0] < walls[1] else []


@lru_cache(maxsize=4)
def calendar_of(asked: tuple[Asked, ...]) -> bytes:
    """Return a calendar of these entries, as feeds are made: each zone once, its law for all of its entries."""
    entries, zones = [], dict[str, list[datetime]]()
    for number, each in enumerate(asked):
        facts = {"start": each.start, "end": each.end, "zone": ""}
        if walls := each.walls:
            zones.setdefault(each.zone, []).extend((each.start, each.end))
            facts = {"start": walls[0], "end": walls[1], "zone": each.zone}
        uid = str(UUID(int=number))
        words = {"summary": each.title, "description": each.title, "location": each.title}
        entries.append(ical.vevent(ical.EntryFacts(**vars(FACTS) | facts | words | {"uid": uid})))
    laws = [vtimezone.render(zone, min(ends), max(ends)).text for zone, ends in sorted(zones.items())]
    return ical.join(ical.CalendarFacts("Any"), entries, laws)


def expected(each: Asked, parser: str) -> Read:
    """Return what the parser must give back."""
    words = {
        "SUMMARY": ical.clean_line(each.title),
        "DESCRIPTION": ical.clean(each.title).strip(),
        "LOCATION": ical.clean_line(each.title),
    }
    if parser == "node-ical":
        words = {name: as_node_ical(text) for name, text in words.items()}
    return words | {"START": told(each.start), "END": told(each.end), "SEQUENCE": FACTS.sequence}


def as_node_ical(text: str) -> str:
    r"""Its own unescaping, step after step: `C:\New` gets a line break, and quotes around a text go."""
    written = lines.escape(text).replace("\\,", ",").replace("\\;", ";")
    written = re.sub(r"\\[nN]", "\n", written).replace("\\\\", "\\")
    return re.sub(r'^"(.*)"$', r"\1", written)


def check(parser: str, asked: list[Asked]) -> None:
    body = calendar_of(tuple(asked))
    check_octets(body)
    found = PARSERS[parser](body)
    wanted = {str(UUID(int=number)): expected(each, parser) for number, each in enumerate(asked)}
    if parser == "node-ical":
        by_its_own_law(asked, wanted)
    assert {uid: read for uid, read in found.items() if read != wanted[uid]} == {}
    assert found.keys() == wanted.keys()


def by_its_own_law(asked: list[Asked], wanted: dict[str, Read]) -> None:
    """node-ical takes the zone's name and ignores our VTIMEZONE: hours are then what the law in its node says."""
    walls: dict[str, list[datetime]] = {}
    for each in asked:
        walls.setdefault(each.zone, []).extend(each.walls)
    told_by_node = ask_node({zone: found for zone, found in walls.items() if found})
    for each, read in zip(asked, wanted.values(), strict=True):
        if each.walls and (law := told_by_node[each.zone]) is not None:
            read["START"], read["END"] = (law[wall] for wall in each.walls)


def ask_node(walls: dict[str, list[datetime]]) -> dict[str, dict[datetime, int] | None]:
    """Return the instants, in Unix seconds, of these walls by node's own law; None for a zone it does not know."""
    modules = node_modules("@js-temporal/polyfill")
    need("@js-temporal/polyfill (npm install in tests/node)", present=modules is not None)
    asked = {zone: [[*wall.timetuple()[:6]] for wall in found] for zone, found in walls.items()}
    done = subprocess.run(
        ["node", str(NODE / "clock.mjs"), str(modules)],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=120,
        check=True,
    )
    law = json.loads(done.stdout)["zones"]
    return {
        zone: {wall: pair[0] for wall, pair in zip(found, law[zone], strict=True)} if law[zone] else None
        for zone, found in walls.items()
    }


anything = st.builds(
    Asked,
    title=st.one_of(st.text(max_size=120), st.text(alphabet='\r\n;,:\\"^nN\x85\u2028 aö🦁', max_size=90)),
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(
        lambda start: start.replace(second=0, microsecond=0)
    ),
    minutes=st.integers(1, 2000),
)


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=10)
@given(asked=st.lists(anything, min_size=1, max_size=12))
def test_any_title_in_any_zone_at_any_hour(parser: str, asked: list[Asked]) -> None:
    check(parser, asked)


@pytest.mark.parametrize("parser", PARSERS)
def test_every_zone_there_is(parser: str) -> None:
    """At midwinter all, and every other at midsummer too."""
    check(
        parser,
        [
            Asked(zone, zone, datetime(2027, month, 21, 12, tzinfo=UTC), 60)
            for number, zone in enumerate(ZONES)
            for month in (6, 12)[number % 2 :]
        ],
    )


def on_rhythms() -> Iterable[Asked]:
    """A year and more of every rhythm, in zones and at hours where the clocks jump."""
    for name, rule in RHYTHMS.items():
        for zone, first, at in SWITCHES:
            for day in islice(cadence.occurrences(Cadence(first, rule)), 40 if name == "daily" else 8):
                yield Asked(f"{name} {day}", zone, clock.to_instant(datetime.combine(day, at), zone), 90)


@pytest.mark.parametrize("parser", PARSERS)
def test_any_rhythm_over_changes_of_the_clocks(parser: str) -> None:
    check(parser, list(on_rhythms()))


@pytest.mark.django_db
@pytest.mark.parametrize("utc", [False, True])
def test_planned_series_as_every_parser_reads_their_feed(*, utc: bool) -> None:
    """From the promise over its rows to the bytes: what the table says is what every program shows."""
    for rule, (zone, first, at) in zip(RHYTHMS.values(), cycle(SWITCHES)):
        series = make_series(
            zone=zone,
            first_date=first,
            local_time=at,
            rrule=f"{rule};COUNT=10",
            minutes=90,
            published_at=None,
        )
        planning.fill(series=series, now=NOW)
        planning.publish(series=series, now=NOW, actor_id=None)
    answer = feeds.answer(Scope(Kind.SITE, "", Options(everything=True, utc=utc)), now=NOW)
    body, _compressed = feeds.read(answer, compressed=False)
    check_octets(body)
    rows = list(Session.objects.order_by("pk"))
    planned = [Asked("", each.zone, each.starts_at, 90) for each in rows if each.starts_at]
    assert len(planned) == 10 * len(RHYTHMS)
    missing = []
    for name, parser in PARSERS.items():
        try:
            found = parser(body)
        except pytest.skip.Exception:
            missing.append(name)
            continue
        wanted = {str(row.uid): expected(each, name) for row, each in zip(rows, planned, strict=True)}
        if name == "node-ical" and not utc:
            by_its_own_law(planned, wanted)
        for end in ("START", "END"):
            read = {uid: each[end] for uid, each in found.items()}
            assert read == {uid: each[end] for uid, each in wanted.items()}, name
    if missing:
        pytest.skip(f"right in all but {', '.join(missing)}, which this machine lacks")
