"""Where addresses elsewhere stand on pages that people read: found anew each hour, so that nobody has to say it.

Of papers only the version that is out counts. A version never changes: of one with places the text is not read again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urldefrag, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

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
TEXTS = 20
"""Papers whose texts are held at once."""
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
    read = _in_papers()  # before, since it takes long: meanwhile nobody else could write
    with transaction.atomic():
        jobs.beat(GATHERED, now)  # held to the end: of two at once, one would forget what the other has found
        new = sum(_compare(kind, rows, now) for kind, rows in _with_a_field(now).items())
        new += _compare(PlaceKind.PAPER, _versions(), now, read)
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
    """The version of each paper that is out: key, community."""
    later = PaperVersion.objects.filter(paper=OuterRef("paper"), version__gt=OuterRef("version"))
    rows = PaperVersion.objects.filter(~Exists(later), paper__withdrawn_at=None)
    return rows.values_list("pk", "paper__community")


def _compare(kind: PlaceKind, rows: Rows, now: datetime, read: Mapping[int, set[Place]] | None = None) -> int:
    """Bring the places of one kind up to date, some rows at a time; return how many are new.

    read: of papers, what stands in the versions that were read now; of the others that are out the places stay.
    """
    new = 0
    for after, last, page in _pages(rows):
        there = LinkPlace.objects.filter(kind=kind, key__gt=after)
        there = there if last is None else there.filter(key__lte=last)
        known = there.values_list("link__url", "community", "key", "pk")
        kept = {Place(url, community, kind, key): pk for url, community, key, pk in known}
        if read is None:
            found = _tidied(Place(url, community, kind, key) for key, community, url in page)
        else:
            out = {key for key, _community in page}
            found = {place for place in kept if place.key in out}.union(
                *(read[key] for key in out & read.keys())
            )
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


def _in_papers() -> dict[int, set[Place]]:
    """By its key, what stands in each version that is out and may link elsewhere, but of which no place is known.

    So one that came out while others were read, or came with an old date out of a bag, is read the next time.
    """
    placed = LinkPlace.objects.filter(kind=PlaceKind.PAPER, key=OuterRef("pk"))
    ours = re.escape(urlsplit(settings.MERIDIAN_URL).netloc)
    elsewhere = rf"[(<:>]\s*https?://(?!{ours}[/?#)>\s])"  # in each way in which Markdown writes links
    links = Q(body__iregex=elsewhere) | ~Q(doi="")
    unread = _versions().filter(links, ~Exists(placed)).values_list("pk", flat=True)
    found: dict[int, set[Place]] = {}
    for some in _some(list(unread), TEXTS):
        rows = PaperVersion.objects.filter(pk__in=some).values_list("paper__community", "pk", "doi", "body")
        for community, key, doi, body in rows:
            urls = [*links_in(body), *([f"https://doi.org/{doi}"] if doi else [])]
            found[key] = _tidied(Place(url, community, PlaceKind.PAPER, key) for url in urls)
    return found


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


def _some(every: Sequence[T], most: int = 0) -> Iterator[Sequence[T]]:
    most = most or AT_ONCE
    yield from (every[at : at + most] for at in range(0, len(every), most))


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
