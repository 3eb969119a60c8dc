"""The one door: an address and a visitor give an object, or 404. What is hidden and what is missing answer the same."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from seminars.followups.models import Item
from seminars.followups.papers.models import Paper
from seminars.people.models import Community, Joining
from seminars.people.visitors import Visitor
from seminars.series.models import Audience, Part, Series
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session
from seminars.sessions.topics import may_rename

ONCE = (
    "series__community", "series__registration_terms", "registration_terms", "checklist", "question_door", "place",
)  # fmt: skip
"""What a session's page shows of it, or of another hour of it, and that is there once at most."""


def community_or_404(slug: str, visitor: Visitor) -> Community:
    """Return the community whose page the visitor may see. Raises Http404."""
    return get_object_or_404(Community.objects.visible_to(visitor), slug=slug)


def member_community_or_404(slug: str, visitor: Visitor) -> Community:
    """Return the community to which the visitor belongs; an administrator who does not sees nothing. Raises Http404."""
    return get_object_or_404(Community.objects.of_member(visitor), slug=slug)


def series_or_404(slug: str, visitor: Visitor) -> Series:
    """Return the series whose page the visitor may see, a draft for its organisers. Raises Http404."""
    return get_object_or_404(Series.objects.visible_to(visitor).select_related("community"), slug=slug)


def guests_series_or_404(slug: str, visitor: Visitor) -> Series:
    """Return the series to some session of which the visitor is invited by name. Raises Http404.

    Where they may not see it, they learn its name, and of its sessions those they are invited to.
    """
    named = Session.objects.inviting(visitor).values("series_id")
    return get_object_or_404(Series.objects.filter(pk__in=named).select_related("community"), slug=slug)


def is_guest(session: Session, visitor: Visitor) -> bool:
    """Return whether the visitor sees `session`, which they may see, but not its series. No query where all may."""
    series = session.series
    if (
        series.published_at
        and series.audience == Audience.EVERYONE
        and series.community.joining != Joining.CLOSED
    ):
        return False
    return not Series.objects.visible_to(visitor).filter(pk=series.pk).exists()


def session_or_404(slug: str, visitor: Visitor) -> Session:
    """Return the session whose page the visitor may see, with what lists show of it. Raises Http404."""
    return get_object_or_404(Session.objects.visible_to(visitor).with_all(), slug=slug)


def bare_session_or_404(slug: str, visitor: Visitor) -> Session:
    """Return the same with what is there once at most, report and feedback form too, in one query. Raises Http404."""
    rows = Session.objects.visible_to(visitor).select_related(*ONCE, "series__feedback_form", "report__form")
    return get_object_or_404(rows.defer("report__notes"), slug=slug)


def lean_session_or_404(slug: str, visitor: Visitor) -> Session:
    """Return the same with its series, community and room only, in one query. Raises Http404."""
    rows = Session.objects.visible_to(visitor).select_related("series__community", "place")
    return get_object_or_404(rows, slug=slug)


def organised_community_or_404(slug: str, visitor: Visitor) -> Community:
    """Return the community for which the visitor plans. Raises Http404."""
    return get_object_or_404(Community.objects.organised_by(visitor), slug=slug)


def organised_series_or_404(slug: str, visitor: Visitor) -> Series:
    """Return the series that the visitor may change. Raises Http404."""
    return get_object_or_404(Series.objects.organised_by(visitor).select_related("community"), slug=slug)


def owned_series_or_404(slug: str, visitor: Visitor) -> Series:
    """Return the series in which the visitor gives roles. Raises Http404."""
    return get_object_or_404(Series.objects.owned_by(visitor).select_related("community"), slug=slug)


def hosted_session_or_404(slug: str, visitor: Visitor) -> Session:
    """Return the session that the visitor runs on the day. Raises Http404."""
    return get_object_or_404(Session.objects.hosted_by(visitor).with_all(), slug=slug)


def noted_session_or_404(slug: str, visitor: Visitor) -> Session:
    """Return the session whose report the visitor writes. Raises Http404."""
    return get_object_or_404(Session.objects.noted_by(visitor).with_all(), slug=slug)


def organised_session_or_404(slug: str, visitor: Visitor) -> Session:
    """Return the session that the visitor may change. Raises Http404."""
    return get_object_or_404(Session.objects.organised_by(visitor).with_all(), slug=slug)


def renamed_topic_or_404(slug: str, visitor: Visitor) -> Topic:
    """Return the topic of this present short name to which the visitor may give another. Raises Http404."""
    topic = get_object_or_404(Topic, slug=slug)
    if not may_rename(topic, visitor):
        raise Http404("There is nothing here.")
    return topic


def organised_item_or_404(pk: int, visitor: Visitor) -> Item:
    """Return the follow-up item that the visitor may work on. Raises Http404."""
    mine = Item.objects.visible_to(visitor).select_related("session__series__community")
    return get_object_or_404(mine, pk=pk)


def edited_paper_or_404(uuid: UUID, visitor: Visitor) -> Paper:
    """Return the discussion paper on which the visitor works, out or not. Raises Http404."""
    rows = Paper.objects.edited_by(visitor).select_related("community", "replaced_by")
    return get_object_or_404(rows, uuid=uuid)


def organiser_or_404(visitor: Visitor) -> None:
    """Raise Http404 unless the visitor plans for some community, or has a part in some series."""
    if visitor.is_admin or Community.objects.organised_by(visitor).exists():
        return
    if not Series.objects.with_role(visitor, Part.values).exists():
        raise Http404("There is nothing here.")
