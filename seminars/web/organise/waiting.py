"""What people wait for: requests to join, shared resources, registrations that need a yes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import ngettext

from seminars.people.membership.models import JoinRequest, JoinRequestQuerySet
from seminars.people.models import Community
from seminars.series.resources.models import Resource, ResourceQuerySet
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.registration.models import Registration, Seat
from seminars.words import say

MOST = 20  # sessions with registrations to answer


@dataclass(frozen=True)
class Waiting:
    """So many people wait for one answer. where: of what. address: the page on which it is given."""

    words: str
    where: str
    address: str


def waiting_in(
    communities: Iterable[Community], sessions: SessionQuerySet, *, now: datetime, language: str
) -> list[Waiting]:
    """Return what waits in these communities and sessions, as of `now` (aware UTC). Four queries at most."""
    of = {each.pk: each for each in communities}
    found = []
    for pk, n in _per_community(JoinRequest.objects.waiting().filter(community__in=of)):
        words = ngettext("%(n)d request to join", "%(n)d requests to join", n) % {"n": n}
        found.append(Waiting(words, say(of[pk].name, language), reverse("join_requests", args=[of[pk].slug])))
    for session, n in _asked(sessions, now):
        words = ngettext("%(n)d registration to answer", "%(n)d registrations to answer", n) % {"n": n}
        title = say(session.title, language) or say(session.series.title, language)
        address = reverse("organise_registrations", args=[session.slug]) + "?list=asked"
        found.append(Waiting(words, title, address))
    for pk, n in _per_community(Resource.objects.waiting().filter(community__in=of)):
        words = ngettext("%(n)d shared resource to look at", "%(n)d shared resources to look at", n) % {
            "n": n
        }
        address = reverse("organise_resources", args=[of[pk].slug])
        found.append(Waiting(words, say(of[pk].name, language), address))
    return found


def _per_community(rows: JoinRequestQuerySet | ResourceQuerySet) -> list[tuple[int, int]]:
    return list(rows.order_by("community").values_list("community").annotate(n=Count("pk")))


def _asked(sessions: SessionQuerySet, now: datetime) -> list[tuple[Session, int]]:
    """The sessions to come with registrations that wait for a yes, the next first."""
    asked = Registration.objects.counting().filter(seat=Seat.ASKED)
    asked = asked.filter(session__in=sessions.published().filter(ends_at__gt=now).values("pk"))
    counts = dict(asked.order_by().values_list("session").annotate(n=Count("pk")))
    if not counts:
        return []
    rows = Session.objects.filter(pk__in=counts).select_related("series").order_by("starts_at", "pk")
    return [(each, counts[each.pk]) for each in rows[:MOST]]
