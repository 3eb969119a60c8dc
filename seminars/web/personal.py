"""A person's own page: what comes next for them, their calendar's secret address, language and zone."""

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
from django.views.decorators.http import require_POST, require_safe

from seminars.calendars.belonging import sessions_of_person
from seminars.people.models import Community, User
from seminars.people.profile import set_profile
from seminars.people.visitors import Visitor
from seminars.web.addresses import calendars_of
from seminars.web.forms.zones import ZoneChoice
from seminars.web.listing import rows_of, with_series

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


def _page(request: HttpRequest, form: ProfileForm, status: int = 200) -> HttpResponse:
    user, now = _user(request), timezone.now()
    mine = sessions_of_person(user.pk)
    context = {
        "now": now,
        "form": form,
        "rows": rows_of(with_series(mine.upcoming(now=now))[:NEXT], now),
        "communities": Community.objects.of_member(Visitor(user.pk)).order_by("slug"),
        **calendars_of(request, user, now),
    }
    return render(request, "seminars/me.html", context, status=status)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # `login_required` saw to it
    return request.user


urlpatterns = [
    path("me/", me, name="me"),
    path("me/profile/", save_profile, name="save_profile"),
]
