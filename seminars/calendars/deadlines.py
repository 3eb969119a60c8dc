"""Deadlines of what a community shares, as a calendar: a whole day each, in one entry with one UID for life."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from seminars.calendars import ical
from seminars.calendars.lines import clean, clean_line
from seminars.series.resources.models import Resource

KEPT = timedelta(days=90)
"""So long a deadline that is over stays in the calendar."""


def calendar(resources: Iterable[Resource], *, name: str, page: str, source: str, language: str) -> bytes:
    """Return the calendar of the deadlines among `resources`, in the language that is active.

    name: what it is called. page, source: whole addresses of the list and of this calendar.
    """
    rows = [each for each in resources if each.due_on is not None]
    changed = max((each.changed_at for each in rows), default=None)
    about = ical.CalendarFacts(
        name=name, url=page, source=source, changed=changed, refresh=timedelta(hours=6)
    )
    return ical.join(about, [ical.vevent(_facts(each, page, language)) for each in rows], [])


def _facts(resource: Resource, page: str, language: str) -> ical.EntryFacts:
    """A day of their own clock has no zone: it is that day wherever the reader is; the hour stands in the words."""
    day = resource.due_on
    assert day is not None
    return ical.EntryFacts(
        uid=f"{resource.uuid}",
        # No number is kept: seconds since it was shared rise with each change, which is all that is asked of one.
        sequence=max(0, int((resource.changed_at - resource.posted_at).total_seconds())),
        created=resource.posted_at,
        changed=resource.changed_at,
        start=day,
        end=day + timedelta(days=1),
        summary=_("Deadline: %(title)s") % {"title": clean_line(resource.title)},
        language=resource.language or language,
        description="\n".join(_words(resource, page)),
        url=resource.url,
    )


def _words(resource: Resource, page: str) -> Iterable[str]:
    place = resource.zone.rpartition("/")[2].replace("_", " ")
    if resource.due_time is None:
        yield _("Until the end of the day in %(city)s.") % {"city": place}
    else:
        yield _("Until %(hour)s in %(city)s.") % {"hour": f"{resource.due_time:%H:%M}", "city": place}
    if about := clean(resource.about).strip():
        yield about
    yield resource.url
    yield _("On the list of %(host)s: %(page)s") % {"host": urlsplit(page).hostname or "", "page": page}
