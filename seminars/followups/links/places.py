"""Where addresses elsewhere stand on pages that people read: found anew each hour, so that nobody has to say it.

Of papers only the version that is out counts. A version never changes, so its text is read once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

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
Rows = QuerySet[Any, Any]
T = TypeVar("T")


class Place(NamedTuple):
    """An address, and the row that it stands on."""

    url: str
    community: int
    kind: str
    key: int


def gather(*, now: datetime) -> int:
    """Return how many places are new; those where an address stands no more are forgotten. now: aware UTC."""
    with transaction.atomic():
        since = jobs.last_beat(GATHERED)
        jobs.beat(GATHERED, now)  # held to the end: of two at once, one would forget what the other has found
        new = sum(_compare(kind, rows, now) for kind, rows in _with_a_field(now).items())
        new += _compare(PlaceKind.PAPER, _versions(), now, since)
        while lost := list(OutsideLink.objects.filter(places=None).values_list("pk", flat=True)[:AT_ONCE]):
            OutsideLink.objects.filter(pk__in=lost).delete()
    return new


# Below: how it is done.


def _with_a_field(now: datetime) -> dict[PlaceKind, Rows]:
    """What has a field of its own for an address: key, community, address."""
    wanted = Q(due_at=None) | Q(due_at__gte=now - AFTERWARDS)
    resources = Resource.objects.published().filter(wanted)
    sessions = Session.objects.published().filter(withdrawn_at=None).exclude(source_url="")
    series = Series.objects.published().filter(external=True).exclude(source_url="")
    communities = Community.objects.exclude(discusses_at="")
    return {
        PlaceKind.RESOURCE: resources.values_list("pk", "community", "url"),
        PlaceKind.SESSION: sessions.values_list("pk", "series__community", "source_url"),
        PlaceKind.SERIES: series.values_list("pk", "community", "source_url"),
        PlaceKind.COMMUNITY: communities.values_list("pk", "pk", "discusses_at"),
    }


def _versions() -> Rows:
    """The version of each paper that is out: key, community, when it came out."""
    rows = PaperVersion.objects.filter(paper__withdrawn_at=None).annotate(
        last=Max("paper__versions__version")
    )
    return rows.filter(version=F("last")).values_list("pk", "paper__community", "out_at")


def _compare(kind: PlaceKind, rows: Rows, now: datetime, since: datetime | None = None) -> int:
    """Bring the places of one kind up to date, some rows at a time; return how many are new.

    since: when papers were read last; of those that were out by then the places stay.
    """
    new = 0
    for after, last, page in _pages(rows):
        there = LinkPlace.objects.filter(kind=kind, key__gt=after)
        there = there if last is None else there.filter(key__lte=last)
        known = there.values_list("link__url", "community", "key", "pk")
        kept = {Place(url, community, kind, key): pk for url, community, key, pk in known}
        if kind == PlaceKind.PAPER:
            fresh = [key for key, _of, out_at in page if not since or out_at >= since - timedelta(hours=1)]
            read = {key for key, _of, _out_at in page} - set(fresh)
            found = {place for place in kept if place.key in read} | _tidied(_in_papers(fresh))
        else:
            found = _tidied(Place(url, community, kind, key) for key, community, url in page)
        for some in _some([pk for place, pk in kept.items() if place not in found]):
            LinkPlace.objects.filter(pk__in=some).delete()
        new += _keep(found - kept.keys(), now)
    return new


def _pages(rows: Rows) -> Iterator[tuple[int, int | None, list[tuple[Any, ...]]]]:
    """Yield the rows in the order of their keys: after which key they come, up to which (None: no more follow)."""
    after: int | None = 0
    while after is not None:
        page = list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
        last = page[-1][0] if len(page) == AT_ONCE else None
        yield after, last, page
        after = last


def _in_papers(keys: list[int]) -> Iterator[Place]:
    """The DOI of a paper, and the links in its text."""
    rows = PaperVersion.objects.filter(pk__in=keys).values_list("paper__community", "pk", "doi", "body")
    for community, key, doi, body in rows.iterator(chunk_size=20):
        found = [*links_in(body), *([f"https://doi.org/{doi}"] if doi else [])]
        yield from (Place(url, community, PlaceKind.PAPER, key) for url in found)


def _tidied(places: Iterable[Place]) -> set[Place]:
    return {tidy for each in places if (tidy := _tidy(each))}


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


def _keep(places: Iterable[Place], now: datetime) -> int:
    """Write new places down; return how many there were."""
    wanted = sorted(places)
    for some in _some(wanted):
        urls = {each.url for each in some}
        links = [OutsideLink(url=url, host=urlsplit(url).hostname or "", next_at=now) for url in sorted(urls)]
        OutsideLink.objects.bulk_create(links, ignore_conflicts=True)
        known = dict(OutsideLink.objects.filter(url__in=urls).values_list("url", "pk"))
        rows = [
            LinkPlace(link_id=known[url], community_id=of, kind=kind, key=key) for url, of, kind, key in some
        ]
        LinkPlace.objects.bulk_create(rows, ignore_conflicts=True)
    return len(wanted)
