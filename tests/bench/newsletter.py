"""A newsletter to 5,800 readers in 90 countries: `python tests/bench/newsletter.py`. Not in the suite.

Makes a throw-away folder (SQLite) with a community, sessions and so many readers without an account in 24 zones and two
languages; lets an issue go as the sweep does, composes every mail as the outbox does (without a mail server), and says
how long each part takes, in how many queries, how large the mails are and how much memory it took.

`--readers` and `--sessions` change what is measured.
"""

import argparse
import os
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.throwaway import data_folder  # noqa: E402 — run as a script, this folder is all it finds


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=5800)
    parser.add_argument("--sessions", type=int, default=40)
    return parser.parse_args()


def fill(given: argparse.Namespace) -> Any:
    """Make the community with its sessions and readers. Return it."""
    now = timezone.now()
    community = make_community(slug="many", name={"en": "Many", "sv": "Många"}, contact="us@example.org")
    series = make_series(community, slug="many", title={"en": "Seminars", "sv": "Seminarier"})
    for number in range(given.sessions):
        wall = (now + timedelta(days=number + 1)).replace(tzinfo=None, second=0, microsecond=0)
        make_session(series, wall=wall, title={"en": f"A seminar of a usual length, number {number}"})
    zones = ZONES
    for start in range(0, given.readers, 1000):
        made = Reader.objects.bulk_create(
            Reader(
                email=f"reader{n:06}@domain{n % 500}.example",
                token=f"token-{n}",
                language="en" if n % 3 else "sv",
                zone=zones[n % len(zones)],
                made_at=now,
                confirmed_at=now,
            )
            for n in range(start, min(start + 1000, given.readers))
        )
        Subscription.objects.bulk_create(
            Subscription(
                reader=each,
                scope=f"community:{community.pk}",
                community=community,
                newsletter=True,
                made_at=now,
                confirmed_at=now,
            )
            for each in made
        )
    return community


def peak() -> float:
    """The most memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(given: argparse.Namespace) -> None:
    """Fill, go, compose, report."""
    call_command("migrate", verbosity=0)
    community, now = fill(given), timezone.now()
    issue = editing.begin(community=community, due_at=now, now=now)
    words = {"en": "Words of the editor. " * 40, "sv": "Redaktörens ord. " * 40}
    editing.keep(issue=issue, version=1, subject={}, introduction=words, choices=Choices())
    print(f"{os.cpu_count()} cores, load {os.getloadavg()}, {peak():.0f} MB before", flush=True)
    began, cpu = time.monotonic(), time.process_time()
    with CaptureQueriesContext(connection) as asked:
        made = going.look(now=now)
    print(
        f"written down: {made:,} mails in {time.monotonic() - began:.1f} s, {time.process_time() - cpu:.1f} s of CPU, "
        f"{len(asked)} queries, peak {peak():.0f} MB",
        flush=True,
    )
    press, done, largest, queries = Press(), 0, 0, 0
    began, cpu = time.monotonic(), time.process_time()
    late = now + timedelta(days=1)  # all are due by then
    while some := outbox.claim(now=late):
        with CaptureQueriesContext(connection) as asked:
            composed = compose(some, press, now=late)
        queries = max(queries, len(asked))
        done += len(composed.mails)
        largest = max([largest, *(len(each.data) for each in composed.mails)])
        Message.objects.filter(pk__in=[each.pk for each in some]).update(state="sent", lease_until=None)
        assert not composed.ended
    took, used = time.monotonic() - began, time.process_time() - cpu
    print(
        f"composed: {done:,} mails in {took:.1f} s ({done / took:.0f} a second), {used:.1f} s of CPU "
        f"({done / used:.0f} a second of CPU), at most {queries} queries a batch of {outbox.BATCH}; "
        f"largest mail {largest / 1024:.1f} KB on the wire; peak {peak():.0f} MB"
    )


if __name__ == "__main__":
    GIVEN = options()
    data_folder("newsletter")
    os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from seminars.notifications import outbox
    from seminars.notifications.composing import compose
    from seminars.notifications.models import Message
    from seminars.notifications.newsletter import editing, going
    from seminars.notifications.newsletter.items import Choices
    from seminars.notifications.press import Press
    from seminars.notifications.readers.models import Reader, Subscription
    from tests.bench.mails import ZONES
    from tests.factories import make_community, make_series, make_session

    main(GIVEN)
