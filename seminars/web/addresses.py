"""The secret addresses of a person's calendars: made for each program, renamed, reset and ended one by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from seminars.calendars import tokens
from seminars.calendars.models import Calendar, FeedToken
from seminars.changes.refusing import UserError
from seminars.people.models import User
from seminars.web.following import Following
from seminars.web.forms.inputs import Short
from seminars.web.organise.gate import signed_in
from seminars.web.subscribe import following_of
from seminars.web.visitors import organises

BACK = "/me/#calendar"


@dataclass(frozen=True)
class Line:
    """One address on the page: how to follow it, and when which program last came. `fresh`: within the hour."""

    token: FeedToken
    ways: Following
    used_at: datetime | None
    fresh: bool


class AddressForm(forms.Form):
    """One more address, for one more program."""

    name = Short(
        label=gettext_lazy("For which program"),
        longest=tokens.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Phone"), "autocomplete": "off"}),
    )
    calendar = forms.ChoiceField(choices=Calendar.choices, required=False, widget=forms.HiddenInput)


def calendars_of(request: HttpRequest, user: User, now: datetime) -> dict[str, Any]:
    """Return what a person's page shows of their addresses; of tasks only to somebody who plans."""
    sessions = [line_of(token, now) for token in tokens.tokens_of(user)]
    tasks = [line_of(token, now) for token in tokens.tokens_of(user, Calendar.TASKS)]
    return {"addresses": sessions, "task_addresses": tasks, "plans": bool(tasks) or organises(request)}


def line_of(token: FeedToken, now: datetime) -> Line:
    """Return an address with its last use, which is noted to the hour."""
    used_at = tokens.used_at(token)
    return Line(
        token, following_of(token), used_at, used_at is not None and now - used_at < timedelta(hours=1)
    )


@signed_in
@require_POST
def make_address(request: HttpRequest) -> HttpResponse:
    """Make one more secret address; asked again for the same program, it stays."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each) for errors in form.errors.values() for each in errors))
        return redirect(BACK)
    calendar = form.cleaned_data["calendar"] or Calendar.SESSIONS.value
    try:
        tokens.make(
            user=_user(request), name=form.cleaned_data["name"], calendar=calendar, now=timezone.now()
        )
    except UserError as refused:
        messages.error(request, str(refused))
    return redirect(BACK)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_address(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Ask, then replace a secret address; without a number, the first of the sessions."""
    token = _own(request, pk) if pk else tokens.token_of(_user(request))
    if token is None or token.revoked_at:
        return redirect(BACK)
    if request.method == "POST":
        tokens.reset(user=_user(request), token=token, now=timezone.now())
        messages.success(request, _("Your calendar has a new address. The old one no longer works."))
        return redirect(BACK)
    return render(request, "seminars/reset_address.html", {"token": token})


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end a secret address for good."""
    token = _own(request, pk)
    if token.revoked_at:
        return redirect(BACK)
    if request.method == "POST":
        tokens.revoke(token=token, now=timezone.now())
        messages.success(request, _("This address no longer works."))
        return redirect(BACK)
    return render(request, "seminars/reset_address.html", {"token": token, "ending": True})


def _own(request: HttpRequest, pk: int) -> FeedToken:
    """One of the person's own; another's is not there."""
    return get_object_or_404(FeedToken, pk=pk, user=_user(request))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # `signed_in` saw to it
    return request.user


urlpatterns = [
    path("me/calendar/", make_address, name="make_address"),
    path("me/calendar/reset/", reset_address, name="reset_address"),
    path("me/calendar/<int:pk>/reset/", reset_address, name="reset_one_address"),
    path("me/calendar/<int:pk>/end/", end_address, name="end_address"),
]
