"""One life of a Meridian under one tzdata release: run as a program of its own, with that release first on PYTHONPATH.

Standard input: {"now", "series": {slug: [zone, first date, hour, rule]}, "members": [zone]}; {} only makes the tables.
It plans what it is given, lets the sweep's verb look twice, and prints the release, every finding so far: [slug, date,
zone, hours that the session moved, hours that its clock in `zone` moved], and what the pages say of each law.
"""

import json
import sys
from datetime import date, datetime, time
from typing import Any

import django

django.setup()  # before the models are imported: nobody else does it in a program of its own

from django.core.management import call_command  # noqa: E402

from seminars import clock  # noqa: E402
from seminars.management import fresh  # noqa: E402
from seminars.people.joining import add_member  # noqa: E402
from seminars.people.models import Community  # noqa: E402
from seminars.sessions import clocks, drafting, planning  # noqa: E402
from seminars.sessions.keeping import kept_laws  # noqa: E402
from seminars.sessions.models import LawChange  # noqa: E402
from seminars.web.laws import law_words  # noqa: E402
from tests.factories import make_community  # noqa: E402


def main() -> None:
    """Make the tables, or plan, look and print."""
    given = json.load(sys.stdin)
    if given:
        print(json.dumps(live(given)))
    else:
        fresh.make_tables()
        call_command("migrate", verbosity=0)


def live(given: dict[str, Any]) -> dict[str, Any]:
    """Return what this release has found."""
    now = datetime.fromisoformat(given["now"])
    community = Community.objects.first() or make_community(made_at=now)
    for number, zone in enumerate(given.get("members", [])):
        add_member(community=community, email=f"m{number}@example.org", zone=zone, now=now, actor_id=None)
    for slug, (zone, first, hour, rule) in given.get("series", {}).items():
        series = drafting.draft_series(
            community=community,
            title=slug,
            slug=slug,
            zone=zone,
            first_date=date.fromisoformat(first),
            local_time=time.fromisoformat(hour),
            rrule=rule,
            now=now,
            actor_id=None,
        )
        planning.publish(series=series, now=now, actor_id=None)
    for _look in ("first", "second"):
        clocks.recompute(now=now)
    rows = list(LawChange.objects.select_related("session__series").order_by("id"))
    laws = kept_laws(rows)
    said = {row.zone: law_words(row, laws, "en_GB") for row in rows}
    return {"release": clock.release(), "found": [told(row) for row in rows], "said": said}


def told(row: LawChange) -> list[Any]:
    """A finding as plain data."""
    instant = (row.starts_after - row.starts_before).total_seconds() / 3600
    shown = (row.offset_after - row.offset_before) / 3600
    return [row.session.series.slug, str(row.session.local_date), row.zone, instant, shown]


if __name__ == "__main__":
    main()
