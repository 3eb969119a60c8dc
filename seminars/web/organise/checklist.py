"""The items of one session's checklist: tick off, give to somebody, hold, waive, ask again, move the promise."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars import clock
from seminars.access import organised_item_or_404
from seminars.changes.refusing import UserError
from seminars.followups import checklist
from seminars.followups.dating import OFFICE_ENDS
from seminars.followups.models import Item
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.web.forms.follow_ups import AssignForm
from seminars.web.forms.sessions import HoldForm, PromiseForm, WaiveForm
from seminars.web.organise.follow_ups import people_for
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.visitors import visitor_of


def item_of(request: HttpRequest, slug: str, pk: int) -> Item:
    """Return the item, if it belongs to the session `slug` and this visitor may work on it; else 404."""
    item = organised_item_or_404(pk, visitor_of(request))
    if item.session.slug != slug:
        raise Http404
    return item


def items_with_forms(session: Session, visitor: Visitor) -> list[tuple[Any, ...]]:
    """Return each item of the session in the order of time, with its forms: promise, waive, hold, assign."""
    items = list(session.items.select_related("person", "done_by").order_by("due_at", "pk"))
    people = people_for(visitor, session.pk) if items else []
    for item in items:
        item.session = session
    return [
        (
            item,
            PromiseForm(prefix=f"p{item.pk}"),
            WaiveForm(prefix=f"w{item.pk}"),
            HoldForm(prefix=f"h{item.pk}"),
            AssignForm(prefix=f"a{item.pk}", people=people, initial={"person": item.person_id or ""}),
        )
        for item in items
    ]


@for_organisers
@require_POST
def tick(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say that a task is done."""
    item = item_of(request, slug, pk)
    return _do(
        request,
        slug,
        lambda now: checklist.tick_off(item=item, now=now, actor_id=actor(request)),
        _("Ticked off."),
    )


@for_organisers
@require_POST
def assign(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say who sees to it from now on."""
    item = item_of(request, slug, pk)
    people = people_for(visitor_of(request), item.session_id)
    form = AssignForm(request.POST, prefix=f"a{pk}", people=people)
    if not form.is_valid():
        return _say_errors(request, slug, form)
    person = form.cleaned_data["person"]
    return _do(
        request,
        slug,
        lambda now: checklist.assign(item=item, person=person, now=now, actor_id=actor(request)),
        _("Saved. A mail comes the day before it is due."),
    )


@for_organisers
@require_POST
def hold(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say publicly what this waits for; nobody is reminded meanwhile."""
    item, form = item_of(request, slug, pk), HoldForm(request.POST, prefix=f"h{pk}")
    if not form.is_valid():
        return _say_errors(request, slug, form)
    reason = form.cleaned_data["reason"]
    return _do(
        request,
        slug,
        lambda now: checklist.hold(item=item, reason=reason, now=now, actor_id=actor(request)),
        _("Held. Nobody is reminded of it until it goes on."),
    )


@for_organisers
@require_POST
def waive(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say publicly why this will never come."""
    item, form = item_of(request, slug, pk), WaiveForm(request.POST, prefix=f"w{pk}")
    if not form.is_valid():
        return _say_errors(request, slug, form)
    reason = form.cleaned_data["reason"]
    return _do(
        request,
        slug,
        lambda now: checklist.waive(item=item, reason=reason, now=now, actor_id=actor(request)),
        _("Waived. Everybody sees why."),
    )


@for_organisers
@require_POST
def reopen(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask for it after all."""
    item = item_of(request, slug, pk)
    return _do(
        request,
        slug,
        lambda now: checklist.reopen(item=item, now=now, actor_id=actor(request)),
        _("It is on the list again."),
    )


@for_organisers
@require_POST
def promise(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Promise another day: until the end of office hours there, by its owner's clock."""
    item, form = item_of(request, slug, pk), PromiseForm(request.POST, prefix=f"p{pk}")
    if not form.is_valid():
        return _say_errors(request, slug, form)
    wall = datetime.combine(form.cleaned_data["day"], OFFICE_ENDS)
    due_at = clock.to_instant(wall, item.where)
    return _do(
        request,
        slug,
        lambda now: checklist.move_promise(item=item, due_at=due_at, now=now, actor_id=actor(request)),
        _("Promised. The session's page says so, and that it moved."),
    )


def _do(request: HttpRequest, slug: str, verb: Callable[[datetime], Item], done: str) -> HttpResponse:
    try:
        verb(timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, done)
    return _back(slug)


def _say_errors(request: HttpRequest, slug: str, form: Form) -> HttpResponse:
    for field in form:
        for message in field.errors:
            messages.error(request, f"{field.label}: {message}")
    return _back(slug)


def _back(slug: str) -> HttpResponse:
    return redirect(f"{reverse('organise_session', args=[slug])}#checklist")


urlpatterns = [
    path("organise/sessions/<slug:slug>/items/<int:pk>/done/", tick, name="tick_item"),
    path("organise/sessions/<slug:slug>/items/<int:pk>/give/", assign, name="assign_item"),
    path("organise/sessions/<slug:slug>/items/<int:pk>/hold/", hold, name="hold_item"),
    path("organise/sessions/<slug:slug>/items/<int:pk>/waive/", waive, name="waive_item"),
    path("organise/sessions/<slug:slug>/items/<int:pk>/reopen/", reopen, name="reopen_item"),
    path("organise/sessions/<slug:slug>/items/<int:pk>/promise/", promise, name="move_promise"),
]
