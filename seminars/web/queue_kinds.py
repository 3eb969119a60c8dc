"""What the queue's page says about the jobs of this app: followed calendars, outside links, and caches in front."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from seminars.calendars import purging
from seminars.calendars.importing import following
from seminars.calendars.importing.models import FollowedCalendar
from seminars.followups.links import looking
from seminars.followups.links.models import OutsideLink
from seminars.queue.kinds import About, Kind, register
from seminars.queue.models import Job
from seminars.words import say


def calendars(jobs: Sequence[Job]) -> dict[int, About]:
    """Return which series each look at a followed calendar fills. One question."""
    keys = {job.pk: int(job.subject.partition(":")[2]) for job in jobs}
    rows = FollowedCalendar.objects.filter(pk__in=keys.values()).select_related("series")
    found = {
        each.pk: About(
            title=say(each.series.title, translation.get_language() or "en"),
            address=reverse("organise_series", args=[each.series.slug]),
        )
        for each in rows
    }
    return {job: found[key] for job, key in keys.items() if key in found}


def links(jobs: Sequence[Job]) -> dict[int, About]:
    """Return which address each look asks for. One question."""
    keys = {job.pk: int(job.subject.partition(":")[2]) for job in jobs if job.subject.startswith("address:")}
    found = dict(OutsideLink.objects.filter(pk__in=keys.values()).values_list("pk", "url"))
    return {job: About(title=found[key]) for job, key in keys.items() if key in found}


def register_all() -> None:
    """Make the kinds known; called once, when the app is ready."""
    register(
        Kind(
            following.KIND,
            _("Look at a followed calendar"),
            _("What is new in that calendar comes later: it is looked at again within the hour."),
            calendars,
        ),
        Kind(
            looking.KIND,
            _("Look whether a link leads somewhere"),
            _("Nothing is missing: the link is looked at again later."),
            links,
        ),
        Kind(
            purging.KIND,
            _("Tell the caches in front"),
            _("Readers behind a cache see the old calendars until it asks by itself."),
        ),
    )
