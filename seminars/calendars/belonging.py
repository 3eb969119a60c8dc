"""What is in a person's own calendars, and at which version: counted by what they belong to, not by the whole site."""

from typing import Any

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from seminars.calendars.models import Follow
from seminars.changes.models import Version
from seminars.people.models import Membership, Role
from seminars.people.visitors import Visitor
from seminars.series.models import Part, Series, SeriesRole
from seminars.sessions.models import Session, SessionQuerySet, Speaker
from seminars.sessions.registration.models import Partstat, Registration


def sessions_of_person(user_id: int | None) -> SessionQuerySet:
    """Return what belongs into a person's calendar, of what they may see.

    Of their communities, of series they follow or have a part in, to which they are invited, at which they appear, for
    which they are registered.
    """
    visitor = Visitor(user_id)
    person = user_id or 0
    mine = Q(pk__in=Session.objects.of_person(visitor).order_by().values("pk"))
    followed = Q(series__in=Follow.objects.filter(user_id=person).values("series_id"))
    part = Q(series__in=Series.objects.with_role(visitor, Part.values).order_by().values("pk"))
    spoken = Q(pk__in=Speaker.objects.filter(person__user_id=person).order_by().values("session_id"))
    comes = Q(pk__in=registered(user_id))
    return Session.objects.visible_to(visitor).published().filter(mine | followed | part | spoken | comes)


def registered(user_id: int | None) -> "QuerySet[Any, Any]":
    """Return the numbers of the sessions for which somebody is registered and did not decline: their time is taken."""
    standing = Registration.objects.of_visitor(Visitor(user_id)).exclude(partstat=Partstat.DECLINED)
    return standing.order_by().values_list("session_id", flat=True)


def counters_of_sessions() -> dict[str, Any]:
    """Return columns for a row with a `user_id`: the counters that rise with every change of that calendar.

    Joining, leaving, a role, an invitation, following, a registration, another language of theirs raise the first one.
    """
    user = OuterRef("user_id")
    named = Session.named.through.objects.filter(person__user_id=OuterRef(user))
    spoken = Speaker.objects.filter(person__user_id=OuterRef(user)).order_by()
    comes = Registration.objects.standing().filter(person__user_id=OuterRef(user)).order_by()
    return {
        "part_0": _one("user:", user),
        "part_1": _sum(
            "community:", Membership.objects.filter(person__user_id=OuterRef(user)), "community_id"
        ),
        "part_2": _sum("series:", named, "session__series_id"),
        "part_3": _sum("series:", Follow.objects.filter(user_id=OuterRef(user)), "series_id"),
        "part_4": _sum("series:", SeriesRole.objects.filter(person__user_id=OuterRef(user)), "series_id"),
        "part_5": _sum("speaker:", spoken, "person_id"),
        "part_6": _sum("series:", comes, "session__series_id"),
    }


def counters_of_tasks() -> dict[str, Any]:
    """Return such columns for the calendar of what somebody owes as an organiser: every series they plan counts."""
    user = OuterRef("user_id")
    organising = {"person__user_id": OuterRef(user), "role__in": Role.organising()}
    planned = Membership.objects.filter(**organising)
    roles = SeriesRole.objects.filter(person__user_id=OuterRef(user), role__in=Part.planning())
    through = {f"community__memberships__{name}": value for name, value in organising.items()}
    ours = Series.objects.filter(**through).order_by()
    return {
        "part_0": _one("user:", user),
        "part_1": _sum("tasks:", ours, "pk"),
        "part_2": _sum("community:", planned, "community_id"),
        "part_3": _sum("tasks:", roles, "series_id"),
        "part_4": _sum("series:", roles, "series_id"),
    }


def _one(area: str, column: OuterRef) -> Subquery:
    name = Concat(Value(area), Cast(column, CharField()), output_field=CharField())
    return Subquery(Version.objects.filter(scope=name).values("number")[:1])


def _sum(area: str, rows: "QuerySet[Any]", column: str) -> Subquery:
    """The sum of the counters of all rows: it rises with any; when rows come or go the person's own counter rises."""
    names = rows.annotate(
        counter=Concat(Value(area), Cast(column, CharField()), output_field=CharField())
    ).values("counter")
    found = Version.objects.filter(scope__in=names).order_by().values(one=Value(1))
    return Subquery(found.annotate(total=Coalesce(Sum("number"), 0)).values("total")[:1])
