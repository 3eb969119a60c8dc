"""What a feed of 1,000 sessions costs, in CPU seconds: `python tests/bench/feeds.py`. Not in the suite.

Prints a first GET (nothing rendered), one after a change, a repeated one and a 304, beside an empty Django view and
the bare building and serialising of as many entries with `icalendar`.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

import icalendar
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from seminars.config.urls import urlpatterns as ours
from seminars.sessions.models import Session
from seminars.sessions.revising import revise
from tests.factories import NOW, make_material, make_series, make_session

COUNT = 1000


def empty(_request: HttpRequest) -> HttpResponse:
    """A view that does nothing, behind the same middleware."""
    return HttpResponse(b"")


urlpatterns = [path("empty/", empty), *ours]


def cost(act: Callable[[], object], rounds: int = 1) -> float:
    """Return the CPU seconds of one `act`, user and system together."""
    started = time.process_time()
    for _round in range(rounds):
        act()
    return (time.process_time() - started) / rounds


def bare() -> bytes:
    """Build and serialise as many plain entries with the library alone."""
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    for number in range(COUNT):
        event = icalendar.Event()
        start = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=number)
        for name, value in (
            ("UID", str(number)),
            ("DTSTAMP", NOW),
            ("CREATED", NOW),
            ("LAST-MODIFIED", NOW),
            ("SEQUENCE", 0),
            ("DTSTART", start),
            ("DTEND", start + timedelta(hours=1)),
            ("SUMMARY", f"Session {number}"),
            ("DESCRIPTION", "Join: https://seminars.example.org/\n\n" + "What it is about. " * 20),
            ("LOCATION", "https://seminars.example.org/"),
            ("URL", "https://seminars.example.org/"),
            ("TRANSP", "TRANSPARENT"),
        ):
            event.add(name, value)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def main() -> None:
    """Fill a throw-away database, then measure."""
    call_command("migrate", verbosity=0)
    series = make_series(slug="bench", title={"en": "Bench"})
    for number in range(COUNT):
        wall = datetime(2024, 1, 1, 15) + timedelta(days=number)
        session = make_session(series, wall=wall, abstract={"en": "What it is about. " * 20})
        if number % 2:
            make_material(session)
    client = Client(headers={"Host": "127.0.0.1"})
    address = "/series/bench/calendar.ics"
    with override_settings(ROOT_URLCONF="__main__"):
        assert client.get("/empty/").status_code == 200
        idle = cost(lambda: client.get("/empty/"), 200)
    client.get("/series/nowhere/calendar.ics")
    first = cost(lambda: client.get(address))
    etag = client.get(address).headers["ETag"]
    revise(Session.objects.get(slug="bench-7"), kind="edit", now=NOW, title={"en": "Changed"})
    changed = cost(lambda: client.get(address))
    repeated = cost(lambda: client.get(address, headers={"Accept-Encoding": "gzip"}), 200)
    etag = client.get(address).headers["ETag"]
    same = cost(lambda: client.get(address, headers={"If-None-Match": etag}), 200)
    library = cost(bare)
    print(f"{len(client.get(address).content):,} bytes, {COUNT} sessions; CPU seconds of one:")
    for name, seconds in (
        ("first GET", first),
        ("GET after one change", changed),
        ("repeated GET, compressed", repeated),
        ("304", same),
        ("empty view", idle),
        ("bare icalendar build", library),
    ):
        print(f"{name:26}{seconds:9.4f}   {seconds / idle:8.1f} × empty   {seconds / library:7.3f} × bare")


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(os.environ["MERIDIAN_DATA"], ignore_errors=True)
