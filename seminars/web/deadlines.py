"""Deadlines of shared resources in words: by the reader's clock, and by their own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from seminars import clock
from seminars.series.resources.models import Resource
from seminars.web.times import Reader, city, day_words, hour_words

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """A resource and its deadline in words: by the reader's clock, and by its own where that differs."""

    resource: Resource
    due: str = ""
    there: str = ""
    soon: bool = False
    passed: bool = False


def row_of(resource: Resource, reader: Reader, now: datetime) -> Row:
    """Return a resource as the list shows it. now: aware UTC."""
    due = resource.due_at
    if due is None or resource.due_on is None:
        return Row(resource)
    zone = resource.zone
    day, place = day_words(resource.due_on, reader.locale, short=True), city(zone, reader.locale)
    soon = now <= due <= now + SOON
    if resource.due_time is None and reader.zone in ("", zone):
        return Row(resource, day, place, soon, due < now)
    wall, local = clock.to_wall(due, reader.zone or zone), clock.to_wall(due, zone)
    own = f"{day_words(wall.date(), reader.locale, short=True)}, {hour_words(wall, reader.locale)}"
    if resource.due_time is None:
        there = _("end of %(day)s in %(city)s") % {"day": day, "city": place}
    else:
        there = f"{hour_words(local, reader.locale)} {place}"
    return Row(resource, own, there, soon, due < now)
