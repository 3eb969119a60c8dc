"""Where addresses elsewhere stand on pages that people read: found anew each hour, so that nobody has to say it.

Of papers only the version that is out counts. A version never changes, so its text is read once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q

from seminars.elsewhere.asking import Refused, check_address
from seminars.followups.links.models import LinkPlace, OutsideLink, PlaceKind
from seminars.followups.papers.marking import links_in
from seminars.followups.papers.models import PaperVersion
from seminars.people.models import Community
from seminars.queue import jobs
from seminars.series.models import Series
from seminars.series.resources.models import Resource
from seminars.sessions.models import Session

GATHERED = "links gathered"
AFTERWARDS = timedelta(days=30)
"""So long after its deadline a shared resource is looked at."""
LONGEST, LONGEST_HOST, AT_ONCE = 500, 253, 500
T = TypeVar("T")


class Place(NamedTuple):
    """An address, and the row that it stands on."""

    url: str
    community: int
    kind: str
    key: int


def gather(*, now: datetime) -> int:
    """Return how many places are new; those where an address stands no more are forgotten. now: aware UTC."""
    since = jobs.last_beat(GATHERED)
    rows = LinkPlace.objects.values_list("link__url", "community", "kind", "key", "pk")
    kept = {Place(url, community, kind, key): pk for url, community, kind, key, pk in rows}
    versions = dict(_versions())
    read = {key for key, out_at in versions.items() if since and out_at < since - timedelta(hours=1)}
    found = {place for each in (*_fields(now), *_papers(versions.keys() - read)) if (place := _tidy(each))}
    found |= {place for place in kept if place.kind == PlaceKind.PAPER and place.key in read}
    with transaction.atomic():
        _forget([pk for place, pk in kept.items() if place not in found])
        _keep(found - kept.keys(), now)
        jobs.beat(GATHERED, now)
    return len(found - kept.keys())


# Below: how it is done.


def _fields(now: datetime) -> Iterator[Place]:
    """Those that have a field of their own."""
    wanted = Q(due_at=None) | Q(due_at__gte=now - AFTERWARDS)
    resources = Resource.objects.published().filter(wanted)
    for community, key, url in resources.values_list("community", "pk", "url"):
        yield Place(url, community, PlaceKind.RESOURCE, key)
    shown = Session.objects.published().filter(withdrawn_at=None).exclude(source_url="")
    for community, key, url in shown.values_list("series__community", "pk", "source_url"):
        yield Place(url, community, PlaceKind.SESSION, key)
    series = Series.objects.published().filter(external=True).exclude(source_url="")
    for community, key, url in series.values_list("community", "pk", "source_url"):
        yield Place(url, community, PlaceKind.SERIES, key)
    for key, url in Community.objects.exclude(discusses_at="").values_list("pk", "discusses_at"):
        yield Place(url, key, PlaceKind.COMMUNITY, key)


def _versions() -> Iterator[tuple[int, datetime]]:
    """The version of each paper that is out, with when it came out."""
    rows = PaperVersion.objects.filter(paper__withdrawn_at=None).annotate(
        last=Max("paper__versions__version")
    )
    yield from rows.filter(version=F("last")).order_by().values_list("pk", "out_at")


def _papers(keys: Iterable[int]) -> Iterator[Place]:
    """The DOI of a paper, and the links in its text."""
    for some in _some(sorted(keys)):
        rows = PaperVersion.objects.filter(pk__in=some).values_list("paper__community", "pk", "doi", "body")
        for community, key, doi, body in rows.iterator():
            found = [*links_in(body), *([f"https://doi.org/{doi}"] if doi else [])]
            yield from (Place(url, community, PlaceKind.PAPER, key) for url in found)


def _tidy(place: Place) -> Place | None:
    """The place with its address as it is asked for; None for one of our own, or one that cannot be asked for."""
    url = urldefrag(place.url.strip()).url
    try:
        check_address(url)
    except Refused:
        return None
    parts, ours = urlsplit(url), urlsplit(settings.MERIDIAN_URL)
    is_ours = parts.netloc.lower() == ours.netloc.lower()
    fits = len(url) <= LONGEST and len(parts.hostname or "") <= LONGEST_HOST
    return place._replace(url=url) if fits and not is_ours else None


def _some(every: Sequence[T]) -> Iterator[Sequence[T]]:
    yield from (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))


def _forget(keys: list[int]) -> None:
    for some in _some(keys):
        LinkPlace.objects.filter(pk__in=some).delete()
    if keys:
        OutsideLink.objects.filter(places=None).delete()


def _keep(places: Iterable[Place], now: datetime) -> None:
    for some in _some(sorted(places)):
        urls = {each.url for each in some}
        links = [OutsideLink(url=url, host=urlsplit(url).hostname or "", next_at=now) for url in sorted(urls)]
        OutsideLink.objects.bulk_create(links, ignore_conflicts=True)
        kept = dict(OutsideLink.objects.filter(url__in=urls).values_list("url", "pk"))
        rows = [
            LinkPlace(link_id=kept[url], community_id=of, kind=kind, key=key) for url, of, kind, key in some
        ]
        LinkPlace.objects.bulk_create(rows, ignore_conflicts=True)
