"""What it costs when 500 sessions end in the same minute: `python tests/bench/checklists.py [COUNT]`. Not in the suite.

A database in a file, as in use; 25 series (or COUNT, where that is less) that owe five things each, with owners.
Prints, part by part of one sweep, seconds and questions to the database for the things to be done before (two weeks
ahead), for the turn of the sessions themselves, for opening their checklists, for bringing the items up to the facts,
and for the look for reminders. Then another worker sweeps as well. It fails unless each session has one checklist
with each thing once, in under 60 s.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django
from django.conf import settings

OPTIONS = settings.DATABASES["default"]["OPTIONS"]
if "init_command" in OPTIONS:  # it is to survive a power cut, as in use
    OPTIONS["init_command"] = OPTIONS["init_command"].replace("synchronous=OFF", "synchronous=FULL")
django.setup()

from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from seminars.followups import checklist, opening
from seminars.followups.models import Checklist, Item
from seminars.notifications.chasing import daily
from seminars.people.models import Role
from seminars.sessions import turning
from tests.factories import NOW, make_member, make_person, make_series, make_session, make_user

SERIES = 25
WALL = datetime(2026, 12, 15, 15, 0)
OWED = {"brief": -14, "slides": 0, "recording": 2, "captions": 7, "report": 10}
MOST_SECONDS = 60.0


def fill(count: int) -> datetime:
    """Make `count` sessions that end in one minute; return when."""
    lead = make_user("lead@example.org")
    manager = make_person(name="Manager", email="manager@example.org", zone="Asia/Manila")
    made = []
    for place in range(min(SERIES, count)):
        series = make_series(made_by=lead)
        make_member(series.community, person=lead.person, role=Role.ORGANISER)
        make_member(series.community, person=manager, role=Role.MANAGER)
        for kind, days in OWED.items():
            series.owed.create(kind=kind, days=days)
        speaker = make_person(email=f"{series.slug}@example.org", zone="America/New_York")
        for _each in range(place, count, SERIES):
            session = make_session(series, wall=WALL, state="upcoming", original_date=None)
            session.speakers.create(person=speaker)
            made.append(session)
    assert made[0].ends_at is not None
    return made[0].ends_at


def part(name: str, act: Callable[[], Any]) -> float:
    """Do one part of the sweep, print what it cost, and return its seconds."""
    with CaptureQueriesContext(connection) as asked:
        started = time.perf_counter()
        result = act()
        spent = time.perf_counter() - started
    print(f"{name:<34}{result!s:>8}{spent:>9.2f} s{len(asked):>9} questions")
    return spent


def main() -> None:
    """Fill, sweep before, sweep at the end, sweep again."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    call_command("migrate", verbosity=0)
    with_end = fill(count)
    before = NOW + timedelta(hours=1)
    print(f"{count} sessions in {min(SERIES, count)} series, ending at {with_end:%d %B %Y, %H:%M} UTC")
    part("before: on the list", lambda: opening.open_ahead(now=max(before, with_end - timedelta(days=10))))
    spent = part("the sessions turn", lambda: turning.turn_due(now=with_end))
    opened = part("checklists opened", lambda: opening.open_due(now=with_end))
    spent += opened + part("items follow the facts", lambda: checklist.reconcile(now=with_end))
    part("nothing left: on the list", lambda: opening.open_ahead(now=with_end))
    part("nothing left: checklists", lambda: opening.open_due(now=with_end))
    part("nothing left: items", lambda: checklist.reconcile(now=with_end))
    morning = with_end + timedelta(days=1, hours=18)
    part("reminders", lambda: daily.look(now=morning))
    part("reminders again", lambda: daily.look(now=morning))
    once = Item.objects.values("session", "kind").annotate(n=Count("pk")).filter(n__gt=1).exists()
    whole = Checklist.objects.count() == count and Item.objects.count() == count * len(OWED) and not once
    print(f"one checklist each, each thing once: {'yes' if whole else 'NO'}; opened in {opened:.2f} s,")
    print(f"with the turn of the sessions {spent:.2f} s (at most {MOST_SECONDS:.0f} s)")
    sys.exit(0 if whole and spent < MOST_SECONDS else 1)


if __name__ == "__main__":
    main()
