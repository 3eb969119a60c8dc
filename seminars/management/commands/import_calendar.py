"""`manage.py import_calendar FILE-OR-ADDRESS --community SLUG`: what a calendar would bring, and with --apply, does."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from seminars import clock
from seminars.calendars.importing.applying import Target, apply_import, decide
from seminars.calendars.importing.fetching import fetch, host_of, web_address
from seminars.calendars.importing.incoming import MOST_BYTES, Reading, Unreadable
from seminars.calendars.importing.matching import source_of
from seminars.calendars.importing.planning import Fate, Plan, as_json
from seminars.calendars.importing.reading import read
from seminars.changes.refusing import UserError
from seminars.elsewhere.asking import Interrupted, Refused
from seminars.people.models import Community
from seminars.series.models import Series

MARKS = {Fate.ADD: "+", Fate.CHANGE: "~", Fate.WITHDRAW: "-", Fate.UNCHANGED: "=", Fate.UNCLEAR: "?"}


class Command(BaseCommand):
    """A preview unless --apply. Exit codes: 0 done or shown, 1 refused, 2 lines that were not understood."""

    help = "Show what a calendar (.ics) or table (.csv) would bring to a community; with --apply, import it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "calendar", metavar="FILE-OR-ADDRESS", help="a file, or an http(s) or webcal address"
        )
        parser.add_argument("--community", required=True, metavar="SLUG", help="whose sessions they become")
        parser.add_argument("--series", metavar="SLUG", help="into this series; a new one if it is not given")
        parser.add_argument(
            "--title", default="", help="of a new series; the calendar's own name if not given"
        )
        parser.add_argument(
            "--external", action="store_true", help="a new series is of other people's events"
        )
        parser.add_argument("--publish", action="store_true", help="a new series is published at once")
        parser.add_argument(
            "--zone", default="", help="of times that name none; the community's if not given"
        )
        parser.add_argument(
            "--withdraw", action="store_true", help="cancel what the calendar no longer holds"
        )
        parser.add_argument("--apply", action="store_true", help="do it; else it is only shown")
        parser.add_argument("--json", action="store_true", help="print the plan as JSON")

    def handle(self, *, calendar: str, **options: Any) -> None:
        community = Community.objects.filter(slug=options["community"]).first()
        if community is None:
            raise CommandError(f"There is no community “{options['community']}”.")
        series = None
        if options["series"]:
            series = Series.objects.filter(community=community, slug=options["series"]).first()
            if series is None:
                raise CommandError(f"This community has no series “{options['series']}”.")
        zone = options["zone"] or (series.zone if series else community.home_zone)
        if not clock.is_zone(zone):
            raise CommandError(f"“{zone}” is no time zone. Give one such as Africa/Johannesburg.")
        now, language = timezone.now(), series.language if series else community.language
        address = web_address(calendar) if "://" in calendar[:12] else ""
        try:
            content = _content(calendar, address)
            today = clock.to_wall(now, zone).date()
            reading = read(content, zone=zone, language=language, today=today)
            title = options["title"] or reading.name or host_of(address) or Path(calendar).stem
            target = Target(community, series, title, options["external"], options["publish"], address[:500])
            plan, made = _done(target, reading, address, options, now)
        except (Unreadable, UserError, Refused, Interrupted) as wrong:
            raise CommandError(str(wrong)) from wrong
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(reading, plan, made), ensure_ascii=False, indent=1))
        else:
            self._tell(reading, plan, made, applied=options["apply"])
        if plan.of(Fate.UNCLEAR):
            raise SystemExit(2)

    def _tell(self, reading: Reading, plan: Plan, made: Series | None, *, applied: bool) -> None:
        for note in reading.notes:
            self.stdout.write(f"! {note}")
        for row in plan.rows:
            when = row.incoming and row.incoming.values.get("local_date")
            said = " · ".join(filter(None, [row.where, str(when or ""), row.title, *row.remarks]))
            self.stdout.write(f"{MARKS[row.fate]} {said}")
        counts = ", ".join(f"{len(plan.of(fate))} {fate.value}" for fate in Fate)
        self.stdout.write(f"{counts}.")
        if not applied:
            self.stdout.write("Nothing was changed. Add --apply to import it.")
        elif made:
            self.stdout.write(f"Imported into the series “{made.slug}”.")


def _content(calendar: str, address: str) -> bytes:
    if address:
        return fetch(address=address).content or b""
    try:
        with Path(calendar).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as wrong:
        raise CommandError(f"{calendar} cannot be read: {wrong.strerror}.") from wrong


def _done(
    target: Target, reading: Reading, address: str, options: dict[str, Any], now: datetime
) -> tuple[Plan, Series | None]:
    source = source_of(address=address, name=reading.name)
    if not options["apply"]:
        return decide(
            target=target, reading=reading, source=source, withdraw=options["withdraw"], now=now
        ), None
    made, plan = apply_import(
        target=target, reading=reading, source=source, withdraw=options["withdraw"], now=now, actor_id=None
    )
    return plan, made


def _as_data(reading: Reading, plan: Plan, made: Series | None) -> dict[str, Any]:
    return {
        "notes": list(reading.notes),
        "series": made.slug if made else None,
        "rows": [
            {
                "fate": row.fate.value,
                "where": row.where,
                "title": row.title,
                "uid": row.key.rpartition("|")[0],
                "entry": as_json(row.incoming.values) if row.incoming else None,
                "changes": as_json(row.updates),
                "conflicts": [each.name for each in row.conflicts],
                "remarks": list(row.remarks),
            }
            for row in plan.rows
        ],
    }
