"""What a feed of 1,000 sessions costs, in CPU: `python tests/bench/feeds.py`. Not in the suite.

Everything is measured in one run, so that ratios hold on any machine: making a feed from nothing beside building and
serialising the same components with `icalendar` alone; one edit; a repeated poll beside a view that returns the same
bytes from memory; a 304 beside an empty view without any middleware, both as a web server calls them (WSGI). What a
new process takes for its first calendar is measured beside what a new process takes with `icalendar` alone; both have
loaded their code, as a server has. A line that misses its mark says so, and the exit code with it.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import gc
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

import icalendar
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from seminars.calendars import memory as texts
from seminars.calendars import packing
from seminars.calendars.models import Entry, Feed
from seminars.config.urls import urlpatterns as ours
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from seminars.sessions.state import State
from seminars.web.door import Door
from tests.factories import NOW, make_material, make_series, make_session

COUNT, ROUNDS = 1000, 300
QUIET = 0.66  # seconds that bare icalendar takes on a quiet machine: a loaded one needs more for everything
ALL = "/series/bench/calendar.ics?past=all"
CUT = "/series/bench/calendar.ics"
SITE = "/calendar.ics?past=all"
GZIP = {"Accept-Encoding": "gzip"}
memory: dict[str, bytes] = {}
missed: list[str] = []


def empty(_request: HttpRequest) -> HttpResponse:
    """A view that does nothing, behind the same middleware."""
    return HttpResponse(b"")


def same(_request: HttpRequest) -> HttpResponse:
    """A view that returns the feed's bytes from memory."""
    return HttpResponse(
        memory["body"], content_type="text/calendar", headers={"Content-Encoding": "gzip", "ETag": '"1"'}
    )


urlpatterns = [path("empty/", empty), path("same/", same), *ours]


def cost(act: Callable[[], object], rounds: int = 1) -> float:
    """Return the CPU seconds of one `act`, user and system together: the median of five runs where there are many."""
    found = []
    for _run in range(5 if rounds > 1 else 1):
        started = time.process_time()
        for _round in range(rounds):
            act()
        found.append((time.process_time() - started) / rounds)
    return sorted(found)[len(found) // 2]


def values_of(body: bytes) -> list[list[tuple[str, Any, dict[str, str]]]]:
    """Return each entry's properties as plain values, so that only building and serialising is measured."""
    calendar = icalendar.Calendar.from_ical(body)
    return [
        [
            (name, getattr(value, "dt", value), dict(value.params))
            for name, value in event.property_items()[1:-1]
        ]
        for event in calendar.walk("VEVENT")
    ]


def bare(values: list[list[tuple[str, Any, dict[str, str]]]]) -> bytes:
    """Build and serialise the same components with the library alone."""
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    for properties in values:
        event = icalendar.Event()
        for name, value, parameters in properties:
            event.add(name, value, parameters)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def fill() -> None:
    """A long series: half of it over, every second session with slides."""
    series = make_series(slug="bench", title={"en": "Bench"})
    for number in range(COUNT):
        wall = datetime(2025, 6, 1, 15) + timedelta(days=number)
        state = State.ENDED if wall < NOW.replace(tzinfo=None) else State.UPCOMING
        session = make_session(series, wall=wall, state=state, abstract={"en": "What it is about. " * 20})
        if number % 2:
            make_material(session)


def tell(name: str, value: float, unit: str, most: float) -> None:
    """Print a line, and remember it where it misses its mark."""
    print(f"{name:52}{value:9.3f} {unit:9} (at most {most:g})")
    if value > most:
        missed.append(name)


def edited(client: Client, address: str) -> float:
    """Return the CPU seconds of the first poll after an edit: the median of nine."""
    found = []
    for number in range(9):
        session = Session.objects.get(slug=f"bench-{600 + number}")
        revise(session, kind="edit", now=NOW, title={"en": f"Changed {session.revision}"})
        found.append(cost(lambda: client.get(address, headers=GZIP)))
    return sorted(found)[4]


def forget() -> None:
    """Keep nothing of any feed, neither in tables nor in this process."""
    Feed.objects.all().delete()
    Entry.objects.all().delete()
    texts.forget()
    packing._packed.clear()
    packing.part.cache_clear()


def from_nothing(client: Client) -> float:
    """Return the CPU seconds of a feed of which nothing is kept."""
    forget()
    return cost(lambda: client.get(ALL))


def settle() -> None:
    """Look through no more what is there by now, as our server does once it is loaded (`poll_worker`).

    Else whichever of the two is measured would pay for going through what the other one, and this bench, hold.
    """
    gc.collect()
    gc.freeze()


def anew(act: Callable[[], Any]) -> Any:
    """Return what `act` returns in a process of its own, which has done nothing yet but load the code."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(writing, "wb") as told:
                pickle.dump(act(), told)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        found = pickle.load(told)
    os.waitpid(child, 0)
    return found


def new_processes(client: Client) -> tuple[float, float]:
    """Return the CPU seconds of a new process's first feed from nothing, and with `icalendar`: medians of five."""
    values = anew(lambda: values_of(client.get(ALL).content))
    settle()
    rounds = [
        (anew(lambda: from_nothing(client)), anew(lambda: cost(lambda: bare(values)))) for _round in range(5)
    ]
    ours, library = (sorted(each)[2] for each in zip(*rounds, strict=True))
    return ours, library


def served(application: Callable[..., Iterable[bytes]], address: str, **headers: str) -> float:
    """Return the CPU seconds of one request, as a web server makes it of an application."""
    path, _sep, query = address.partition("?")
    asked = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        **headers,
    }

    def once() -> None:
        told: list[str] = []
        answer = application(asked | {"wsgi.input": BytesIO()}, lambda status, _headers: told.append(status))
        b"".join(answer)
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        assert told[0][:3] in {"200", "304"}

    once()
    return cost(once, ROUNDS)


def main() -> None:
    """Fill a throw-away database, then measure."""
    call_command("migrate", verbosity=0)
    fill()
    client = Client(headers={"Host": "127.0.0.1"})
    client.get("/series/nowhere/calendar.ics")
    settle()
    started, library_started = new_processes(client)
    body = client.get(ALL).content
    values = values_of(body)
    settle()
    rounds = [(from_nothing(client), cost(lambda: bare(values))) for _round in range(5)]
    first, library = (sorted(each)[2] for each in zip(*rounds, strict=True))
    print(f"{len(body):,} bytes, {body.count(b'BEGIN:VEVENT')} entries; bare icalendar {library:.3f} s CPU")
    assert Entry.objects.count() == COUNT
    tell("from nothing, first of a new process, beside such", started / library_started, "× bare", 1.3)
    tell("from nothing", first / library, "× bare", 1.3)
    for name, address in (("series, all", ALL), ("series, cut to fit", CUT), ("the site's", SITE)):
        client.get(address)
        took = edited(client, address) * 1000
        tell(f"after one edit: {name}", took, "ms", 20)
        print(f"{'  as on a machine where bare icalendar takes 0.66 s':52}{took * QUIET / library:9.3f} ms")
    with override_settings(ROOT_URLCONF="__main__"):
        memory["body"] = client.get(ALL, headers=GZIP).content
        etag = client.get(ALL).headers["ETag"]
        idle = cost(lambda: client.get("/empty/"), ROUNDS)
        held = cost(lambda: client.get("/same/"), ROUNDS)
        warm = cost(lambda: client.get(ALL, headers=GZIP), ROUNDS)
        match = cost(lambda: client.get(ALL, headers={"If-None-Match": etag}), ROUNDS)
        with CaptureQueriesContext(connection) as asked:
            client.get(ALL, headers={"If-None-Match": etag})
        questions = len(asked)  # now: the next request empties the list
        door = Door(WSGIHandler())
        with override_settings(MIDDLEWARE=[]):
            bare_door = WSGIHandler()
        alone = served(bare_door, "/empty/")
        bare_held = served(bare_door, "/same/")
        quick = served(door, ALL, HTTP_IF_NONE_MATCH=etag)
        quick_warm = served(door, ALL, HTTP_ACCEPT_ENCODING="gzip")
    print(f"{'load average':52}{os.getloadavg()[0]:9.1f}")
    print(f"behind Django's middleware: empty view {idle * 1e6:.0f} µs, 304 {match * 1e6:.0f} µs; ", end="")
    print(f"bytes from memory {held * 1e6:.0f} µs, 200 {warm * 1e6:.0f} µs")
    print(
        f"at the door (WSGI): empty view without any middleware {alone * 1e6:.0f} µs, 304 {quick * 1e6:.0f} µs; ",
        end="",
    )
    print(f"bytes from memory {bare_held * 1e6:.0f} µs, 200 {quick_warm * 1e6:.0f} µs")
    tell("200 from what is kept, gzip", quick_warm / bare_held, "× memory", 2)
    tell("304 beside an empty view without any middleware", quick / alone, "× empty", 1 / 0.7)
    tell("questions to the database for a 304", questions, "", 1)


if __name__ == "__main__":
    main()
    sys.exit(f"Missed: {', '.join(missed)}" if missed else 0)
