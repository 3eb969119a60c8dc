"""A person's own page: what comes next for them, their calendar's secret address, language and zone."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.calendars import tokens
from seminars.people.models import Community, User
from seminars.people.profile import set_profile
from seminars.people.visitors import Visitor
from seminars.sessions.models import Session
from seminars.web.forms.zones import ZoneChoice
from seminars.web.listing import rows_of, with_series
from seminars.web.subscribe import own

NEXT = 10
YEAR = 365 * 24 * 3600


class ProfileForm(forms.Form):
    """In which language, and by whose clock, somebody reads."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages, calendar and mail"),
        choices=[("", gettext_lazy("as the browser asks")), *settings.LANGUAGES],
        required=False,
    )
    zone = ZoneChoice(label=gettext_lazy("Time zone"), required=False)


@login_required
@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show what comes next for the person who is signed in, and their settings."""
    user = _user(request)
    return _page(request, ProfileForm(initial={"language": user.language, "zone": user.zone}))


@login_required
@require_POST
def save_profile(request: HttpRequest) -> HttpResponse:
    """Store language and zone; cookies make them count at once."""
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    language, zone = form.cleaned_data["language"], form.cleaned_data["zone"]
    set_profile(user=_user(request), language=language, zone=zone, now=timezone.now())
    response = redirect("me")
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), (settings.ZONE_COOKIE_NAME, zone)):
        if value:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SECURE)
        else:
            response.delete_cookie(name)
    with override(language or None):
        messages.success(request, _("Saved."))
    return response


@login_required
@require_POST
def make_address(request: HttpRequest) -> HttpResponse:
    """Make the secret address of the person's calendar; asked again, it stays."""
    tokens.make(user=_user(request), now=timezone.now())
    return redirect("/me/#calendar")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_address(request: HttpRequest) -> HttpResponse:
    """Ask, then replace the secret address."""
    user = _user(request)
    if request.method == "POST":
        tokens.reset(user=user, now=timezone.now())
        messages.success(request, _("Your calendar has a new address. The old one no longer works."))
        return redirect("/me/#calendar")
    if tokens.token_of(user) is None:
        return redirect("/me/#calendar")
    return render(request, "seminars/reset_address.html")


def _page(request: HttpRequest, form: ProfileForm, status: int = 200) -> HttpResponse:
    user, now = _user(request), timezone.now()
    token, mine = tokens.token_of(user), Session.objects.of_person(Visitor(user.pk))
    used_at = tokens.used_at(token) if token else None
    context = {
        "now": now,
        "form": form,
        "rows": rows_of(with_series(mine.upcoming(now=now))[:NEXT], now),
        "communities": Community.objects.of_member(Visitor(user.pk)).order_by("slug"),
        "mine": own(user) if token else None,
        "used_at": used_at,
        "fresh": used_at is not None and now - used_at < timedelta(hours=1),  # noted to the hour
    }
    return render(request, "seminars/me.html", context, status=status)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # `login_required` saw to it
    return request.user


urlpatterns = [
    path("me/", me, name="me"),
    path("me/profile/", save_profile, name="save_profile"),
    path("me/calendar/", make_address, name="make_address"),
    path("me/calendar/reset/", reset_address, name="reset_address"),
]
