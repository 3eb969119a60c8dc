"""/organise/follow-ups/: all that is owed, across series, overdue first; given to somebody or waived many at a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.followups import checklist
from seminars.followups.kinds import OWN, USUAL, label_of
from seminars.followups.models import Item, ItemQuerySet, ItemState
from seminars.followups.speed import speeds
from seminars.people.models import Person, Role
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.web.forms.follow_ups import BulkForm
from seminars.web.numbers import row_numbers
from seminars.web.organise.gate import actor, for_organisers
from seminars.web.visitors import visitor_of
from seminars.words import say

PAGE = 50
MOST_PEOPLE = 300
MOST_SERIES = 100
URGENT = [ItemState.OVERDUE, ItemState.DUE, ItemState.HELD, ItemState.WAITING]
FILTERS = ("mine", "series", "kind")


@for_organisers
@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Show what is owed, and a form to give it to somebody, waive it, or tick it off."""
    visitor = visitor_of(request)
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in FILTERS}
    found = narrowed(Item.objects.visible_to(visitor).open(), asked, visitor)
    rank = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(URGENT)))
    rows = found.select_related("session__series", "person").order_by(rank, "due_at", "id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    mine = list(Series.objects.organised_by(visitor).published().order_by("slug")[:MOST_SERIES])
    context = {
        "page": page,
        "sessions": {each.session_id for each in page},
        "asked": asked,
        "kept": urlencode({name: value for name, value in asked.items() if value}),
        "series": [(each.slug, say(each.title, get_language() or "en")) for each in mine],
        "kinds": [(kind, label_of(kind, None, "")) for kind in USUAL] + [(OWN, _("Tasks in your own words"))],
        "form": BulkForm(people=people_for(visitor)),
        "speeds": _speeds(mine),
        "states": ItemState,
    }
    return render(request, "seminars/organise/follow_ups.html", context)


@for_organisers
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing with all that were ticked; what cannot be done is said, and the rest is done."""
    visitor, now = visitor_of(request), timezone.now()
    form = BulkForm(request.POST, people=people_for(visitor))
    ticked = row_numbers(request.POST.getlist("item"))[:PAGE]
    chosen = Item.objects.visible_to(visitor).open().filter(pk__in=ticked).select_related("session__series")
    if not form.is_valid():
        for wrong in form.errors.values():
            messages.error(request, str(wrong[0]))
    elif not (items := list(chosen)):
        messages.error(request, _("Tick at least one line."))
    else:
        _do(request, items, _verb(form.cleaned_data, now, actor(request)))
    query = urlencode({name: request.POST[name] for name in FILTERS if request.POST.get(name)})
    return redirect(f"{reverse('follow_ups')}?{query}" if query else "follow_ups")


def narrowed(items: ItemQuerySet, asked: dict[str, str], visitor: Visitor) -> ItemQuerySet:
    """Return those that the page's filters leave."""
    if asked["mine"]:
        items = items.filter(person__user=visitor.user_id or 0)
    if asked["series"]:
        items = items.filter(session__series__slug=asked["series"])
    if asked["kind"] == OWN:
        items = items.filter(kind__startswith=OWN)
    elif asked["kind"]:
        items = items.filter(kind=asked["kind"])
    return items


def people_for(visitor: Visitor, session_id: int | None = None) -> "list[Person]":
    """Return whom something can be given to: who plans or helps where the visitor plans, and who appears.

    session_id: only of this session's series and community, with who appears at it.
    """
    series = Series.objects.organised_by(visitor)
    if session_id is not None:
        series = series.filter(sessions=session_id)
    keys, communities = series.order_by().values("pk"), series.order_by().values("community_id")
    organising = Q(memberships__community__in=communities, memberships__role__in=Role.organising())
    sessions = {"appearances__session": session_id} if session_id else {"items__session__series__in": keys}
    near = organising | Q(parts__series__in=keys) | Q(**sessions) | Q(user=visitor.user_id or 0)
    found = Person.objects.filter(pk__in=Person.objects.filter(near).values("pk"))
    return list(found.select_related("user").order_by("name", "pk")[:MOST_PEOPLE])


def _speeds(series: list[Series]) -> list[tuple[Series, Any]]:
    found = speeds([each.pk for each in series])
    return [(each, found[each.pk]) for each in series if each.pk in found]


def _verb(data: dict[str, Any], now: datetime, actor_id: int) -> Callable[[Item], Item]:
    if data["do"] == "assign":
        return lambda item: checklist.assign(item=item, person=data["person"], now=now, actor_id=actor_id)
    if data["do"] == "done":
        return lambda item: checklist.tick_off(item=item, now=now, actor_id=actor_id)
    return lambda item: checklist.waive(item=item, reason=data["reason"], now=now, actor_id=actor_id)


def _do(request: HttpRequest, items: list[Item], verb: Callable[[Item], Item]) -> None:
    done, refused = checklist.for_each(items, verb)
    if done:
        messages.success(request, ngettext("%(n)d line done.", "%(n)d lines done.", done) % {"n": done})
    for reason in refused:
        messages.error(request, reason)


urlpatterns = [
    path("organise/follow-ups/", follow_ups, name="follow_ups"),
    path("organise/follow-ups/change/", bulk, name="change_follow_ups"),
]
