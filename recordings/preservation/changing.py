"""Whether anything that is said of recordings may have changed since it was said: by counts, before it is read."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum

from recordings.catalogue.models import Original, Recording
from recordings.renditions.models import Rendition
from recordings.slides.models import Chapters
from seminars.changes.models import Version
from seminars.changes.recording import SITE
from seminars.sessions.models import Session

OWN = ("pk", "session", "slug", "title", "abstract", "language", "licence", "recorded_on", "published_at")


def facts_of(recordings: QuerySet[Recording], *besides: object) -> str:
    """Return what differs whenever the descriptions of these recordings, or who is among them, do. Five queries.

    What sessions, people, communities and papers say raises the site's version; what recordings are made of does not.
    recordings: some thousands at most, since each is named. besides: what else is said, known by its `repr`.
    """
    own = list(recordings.values_list(*OWN))
    keys = [row[0] for row in own]  # finding out who is among them takes long: once, not for each count
    current = Original.objects.filter(recording__in=keys, superseded_at=None)
    made = Rendition.objects.filter(original__recording__in=keys, original__superseded_at=None)
    chapters = Chapters.objects.filter(recording__in=keys)
    counts = (
        _counted(current, latest="added_at", assets=Sum("asset")),
        _counted(made, latest="made_at", assets=Sum("asset"), versions=Sum("recipe_version")),
        _counted(chapters, latest="changed_at", rows=Count("rows")),
    )
    return site_facts(own, counts, besides)


def site_facts(*besides: object) -> str:
    """Return what differs whenever what sessions, people, communities and papers say does, or `besides`. One query."""
    site = Version.objects.filter(scope=SITE).values_list("number", flat=True).first()
    return sha256(repr((site, besides)).encode()).hexdigest()


def kept_facts(*, now: datetime) -> tuple[object, ...]:
    """Return what differs, besides the site's version, whenever other sessions have theirs in the archive. Two queries.

    now: aware UTC. A session that ends raises no version.
    """
    out = Recording.objects.published().filter(withdrawn_at=None, session__isnull=False)
    rows = out.order_by().aggregate(count=Count("pk"), keys=Sum("pk"), sessions=Sum("session"))
    return rows, Session.objects.past(now=now).count()


def _counted(found: QuerySet[Any], *, latest: str, **sums: Any) -> dict[str, Any]:
    """Which rows there are and when the last came, in numbers: one that goes or takes another's place shows in one."""
    return found.order_by().aggregate(count=Count("pk"), keys=Sum("pk"), last=Max(latest), **sums)
