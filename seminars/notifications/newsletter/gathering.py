"""Look up what a letter can tell: what comes, what moved, what is new in the archive and on the lists.

Everybody who may read the letter may see each item; what is for members only says so. What only the invited or one
cohort see is in no letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse

from seminars.changes.models import Change
from seminars.changes.recording import plain
from seminars.notifications.moves import QUIET
from seminars.notifications.newsletter.items import PICKS, Item
from seminars.notifications.seeing import COLUMNS, columns_of, seen
from seminars.people.models import Community, Joining
from seminars.people.visitors import NOBODY
from seminars.series.models import WHOLE, Audience
from seminars.series.resources.models import Resource
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session, SessionQuerySet
from seminars.sessions.storing import value_of
from seminars.sessions.suggesting.models import Suggestion, SuggestionState

AHEAD = timedelta(days=45)
TOLD = [
    MaterialKind.RECORDING,
    MaterialKind.VOICE,
    MaterialKind.SLIDES,
    MaterialKind.REPORT,
    MaterialKind.PAPER,
]
MOST, WISHED = 40, 5
LONGEST = 300  # characters of what is said beside a title


def gather(
    community: Community | None, *, since: datetime, now: datetime, added: Iterable[str] = ()
) -> list[Item]:
    """Return what there is to tell, in the order of time; in a number of queries that rows do not raise.

    community: None for the site. since, now: aware UTC. added: uids of sessions that the editor wants besides.
    """
    changed = _changed(community, since, now)
    moved = {each.ref for each in changed}
    coming = [each for each in _coming(community, now) if each.ref not in moved]
    ready = _ready(community, since, now)
    told = moved | {each.ref for each in [*coming, *ready]}
    extra = [each for each in _added(community, added) if each.ref not in told]
    return [*extra, *changed, *coming, *ready, *_resources(community, since, now), *_suggestions(community)]


def tellable(community: Community | None) -> SessionQuerySet:
    """Return the sessions that a letter may tell of: out, and seen by everybody who may read the letter, or members."""
    rows = Session.objects.published().filter(withdrawn_at=None, lead=None, within=None)
    if community is None:
        rows = rows.filter(pk__in=Session.objects.visible_to(NOBODY).values("pk"))
    else:
        rows = rows.filter(series__community=community, audience__in=WHOLE)
    return rows.select_related("series__community")


# Below: how it is done.


def _coming(community: Community | None, now: datetime) -> list[Item]:
    rows = tellable(community).filter(cancelled_at=None, postponed_at=None, starts_at__lte=now + AHEAD)
    return [_of(each, "coming") for each in rows.upcoming(now=now)[:MOST]]


def _changed(community: Community | None, since: datetime, now: datetime) -> list[Item]:
    """What was announced before `since` and is another now: its hour, or whether it takes place."""
    rows = tellable(community).filter(published_at__lte=since, changed_at__gte=since)
    still = Q(ends_at__gt=now) | Q(cancelled_at__gte=since) | Q(postponed_at__gte=since)
    sessions = {
        f"session:{each.uid}": each for each in rows.filter(still).order_by("starts_at", "pk")[: 4 * MOST]
    }
    before: dict[str, dict[str, Any]] = {key: columns_of(each) for key, each in sessions.items()}
    changes = Change.objects.filter(subject__in=sessions, at__gt=since).exclude(kind__in=QUIET)
    for change in changes.order_by("-pk"):
        for name in change.before.keys() & set(COLUMNS):
            before[change.subject][name] = value_of(name, change.before[name])
    found = []
    for key, session in sessions.items():
        old, new = seen(before[key], session.zone), seen(columns_of(session), session.zone)
        if old != new:
            item = replace(_of(session, "changed"), was=_plain(before[key]))
            found.append(
                replace(item, text={session.language: session.reason[:LONGEST]} if session.reason else {})
            )
    return found[:MOST]


def _ready(community: Community | None, since: datetime, now: datetime) -> list[Item]:
    fresh = Material.objects.filter(
        state=MaterialState.PUBLISHED, published_at__gt=since, published_at__lte=now, kind__in=TOLD
    )
    rows = tellable(community).filter(Q(ends_at__lte=now) | Q(closed_at__lte=now))
    rows = rows.filter(pk__in=fresh.values("session_id")).order_by("-starts_at", "-pk")
    rows = rows.prefetch_related(Prefetch("materials", fresh.order_by("pk"), to_attr="fresh"))
    return [_with_files(_of(each, "ready"), each.fresh) for each in rows[:MOST]]  # type: ignore[attr-defined]


def _added(community: Community | None, uids: Iterable[str]) -> list[Item]:
    """Sessions that the editor asked for, old ones too, with all that is out."""
    wanted = list(uids)
    if not wanted:
        return []
    out = Material.objects.filter(state=MaterialState.PUBLISHED, kind__in=TOLD).order_by("pk")
    rows = (
        tellable(community)
        .filter(uid__in=wanted)
        .prefetch_related(Prefetch("materials", out, to_attr="fresh"))
    )
    found = {str(each.uid): _with_files(_of(each, PICKS), each.fresh) for each in rows}  # type: ignore[attr-defined]
    return [found[each] for each in wanted if each in found]


def _resources(community: Community | None, since: datetime, now: datetime) -> list[Item]:
    rows = Resource.objects.select_related("community")
    rows = rows.filter(community=community) if community else rows.visible_to(NOBODY)
    soon = list(rows.due_soon(now=now)[:MOST])
    keys = {each.pk for each in soon}
    fresh = rows.current(now=now).fresh(since=since).exclude(pk__in=keys)[:MOST]
    return [_shared(each, "deadlines") for each in soon] + [_shared(each, "resources") for each in fresh]


def _shared(resource: Resource, section: str) -> Item:
    return Item(
        ref=f"resource:{resource.uuid}",
        section=section,
        title={resource.language: _line(resource.title)},
        path=resource.url,
        text={resource.language: resource.about[:LONGEST]} if resource.about else {},
        language=resource.language,
        zone=resource.zone,
        due=resource.due_at.isoformat() if resource.due_at else "",
        inside=resource.community.joining != Joining.OPEN,
    )


def _suggestions(community: Community | None) -> list[Item]:
    """What most people want, of those that are open for votes."""
    rows = Suggestion.objects.filter(state=SuggestionState.OPEN).select_related("community")
    if community is None:
        rows = rows.visible_to(NOBODY)
    else:  # about a series that not all may see, none
        rows = (
            rows.out()
            .filter(community=community)
            .filter(Q(series=None) | Q(series__audience__in=WHOLE, series__published_at__isnull=False))
        )
    return [
        Item(
            ref=f"suggestion:{each.uuid}",
            section="suggestions",
            title={each.language: _line(each.title)},
            path=reverse("suggestions", args=[each.community.slug]),
            language=each.language,
            votes=each.count,  # type: ignore[attr-defined]
            inside=each.community.joining != Joining.OPEN
            or (each.series is not None and each.series.audience != Audience.EVERYONE),
        )
        for each in rows.select_related("community", "series").by_votes()[:WISHED]
    ]


def _of(session: Session, section: str) -> Item:
    series = session.series
    closed, hides = series.community.joining == Joining.CLOSED, session.is_wider_than_its_series
    return Item(
        ref=f"session:{session.uid}",
        section=section,
        title={tag: _line(text) for tag, text in session.heading.items()},
        path=reverse("session", args=[session.slug]),
        source={} if hides or not session.title else {tag: _line(text) for tag, text in series.title.items()},
        language=session.language,
        zone=session.zone,
        when=_plain(columns_of(session)),
        inside=closed or session.audience != Audience.EVERYONE,
    )


def _with_files(item: Item, materials: Iterable[Material]) -> Item:
    order = {kind.value: at for at, kind in enumerate(TOLD)}
    found = sorted(materials, key=lambda each: (order[each.kind], each.language, each.pk))
    names = ("kind", "media_type", "size", "language", "path")
    return replace(item, files=[{name: getattr(each, name) for name in names} for each in found])


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in columns.items()}


def _line(text: str) -> str:
    return " ".join(text.split())
