"""What waits for an organiser: requests to join, shared resources, registrations that need a yes, dead links."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.urls import reverse
from django.utils.translation import ngettext

from seminars.followups.links.models import LinkPlace
from seminars.people.membership.models import JoinRequest
from seminars.people.models import Community
from seminars.series.resources.models import Resource
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.registration.models import Registration, Seat
from seminars.words import say

JOINING, SHARED, ASKED, LINKS = 1, 2, 3, 4
MOST = 20  # sessions with registrations to answer


@dataclass(frozen=True)
class Waiting:
    """So much waits for one answer. where: of what. address: the page on which it is given."""

    words: str
    where: str
    address: str


def waiting_in(
    communities: Iterable[Community], sessions: SessionQuerySet, *, now: datetime, language: str
) -> list[Waiting]:
    """Return what waits in these communities and sessions, as of `now` (aware UTC). Two queries at most."""
    of = {each.pk: each for each in communities}
    coming = sessions.published().filter(ends_at__gt=now).values("pk")
    asked = Registration.objects.counting().filter(seat=Seat.ASKED, session__in=coming)
    counted = _counts(JoinRequest.objects.waiting().filter(community__in=of), "community", JOINING).union(
        _counts(asked, "session", ASKED),
        _counts(Resource.objects.waiting().filter(community__in=of), "community", SHARED),
        _counts(LinkPlace.objects.dead().filter(community__in=of), "community", LINKS),
        all=True,
    )
    rows = sorted(counted)
    asked_of = {pk: n for kind, pk, n in rows if kind == ASKED}
    found = [_at(of[pk], kind, n, language) for kind, pk, n in rows if kind != ASKED]
    return found + [_to_answer(each, asked_of[each.pk], language) for each in _sessions(asked_of)]


def _counts(rows: QuerySet[Any, Any], of: str, kind: int) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(what=Value(kind), of=F(of))
    counted: QuerySet[Any, Any] = named.values_list("what", "of").annotate(n=Count("pk"))
    return counted


def _sessions(keys: Iterable[int]) -> list[Session]:
    rows = Session.objects.filter(pk__in=keys).select_related("series").order_by("starts_at", "pk")
    return list(rows[:MOST]) if keys else []


def _at(community: Community, kind: int, n: int, language: str) -> Waiting:
    if kind == JOINING:
        words, name = ngettext("%(n)d request to join", "%(n)d requests to join", n), "join_requests"
    elif kind == LINKS:
        words, name = ngettext("%(n)d link leads nowhere", "%(n)d links lead nowhere", n), "dead_links"
    else:
        words = ngettext("%(n)d shared resource to look at", "%(n)d shared resources to look at", n)
        name = "organise_resources"
    return Waiting(words % {"n": n}, say(community.name, language), reverse(name, args=[community.slug]))


def _to_answer(session: Session, n: int, language: str) -> Waiting:
    words = ngettext("%(n)d registration to answer", "%(n)d registrations to answer", n) % {"n": n}
    title = say(session.title, language) or say(session.series.title, language)
    return Waiting(words, title, reverse("organise_registrations", args=[session.slug]) + "?list=asked")
