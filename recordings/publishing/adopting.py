"""Sessions that left something to read but no file of ours, such as a report: the archive keeps them too."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from recordings.catalogue.history.addressing import free_slug
from recordings.catalogue.models import Recording
from seminars.sessions.models import Material, MaterialState, Session


def adopt(*, now: datetime, limit: int = 100) -> int:
    """Return how many sessions with materials, over at `now` (aware UTC), came into the archive; at most `limit`."""
    materials = Material.objects.filter(session=OuterRef("pk"), state=MaterialState.PUBLISHED)
    waiting = Session.objects.published().past(now=now).filter(Exists(materials), archived__isnull=True)
    rows = [
        Recording(
            slug=free_slug(each.slug), session=each, language=each.language, published_at=now, made_at=now
        )
        for each in waiting.filter(withdrawn_at__isnull=True)[:limit]
    ]
    Recording.objects.bulk_create(rows, ignore_conflicts=True)  # a file may be coming in at this moment
    return len(rows)
