"""The visitor's time zone: found from profile or cookie, chosen on a page of its own."""

import re

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars import clock
from seminars.people.models import User
from seminars.web.forms.zones import ZoneChoice, ZoneSelect
from seminars.web.times import Reader, city, locale_of

YEAR = 365 * 24 * 3600
ONLY_SENT = re.compile(r"^(/organise/.+/)(?:preview|apply|lines|questions)/$")
"""Addresses that answer a form only; the form itself, which one can come back to, is one step above."""


class ZoneForm(forms.Form):
    """Whose hour the pages show."""

    zone = ZoneChoice(
        label=gettext_lazy("Your city, or a larger one with the same clock"),
        widget=ZoneSelect(attrs={"size": 12, "class": "tall"}),
    )


def reader_of(request: HttpRequest) -> Reader:
    """Return who reads: zone from the profile, else from the cookie, else none (the event's zone is shown)."""
    known = getattr(request, "reader", None)
    if isinstance(known, Reader):
        return known
    user = getattr(request, "user", None)
    zone = user.zone if user is not None and user.is_authenticated else ""
    chosen = "profile" if zone else ""
    if not zone:
        kept = request.COOKIES.get(settings.ZONE_COOKIE_NAME, "")
        zone, chosen = (clock.canonical(kept), "cookie") if clock.is_zone(kept) else ("", "")
    locale = locale_of(get_language() or "en", request.headers.get("Accept-Language", ""))
    found = Reader(zone, chosen, locale)
    request.reader = found  # type: ignore[attr-defined]
    return found


def safe_next(request: HttpRequest) -> str:
    """Return where the form came from, if that is a page of ours; else the home page."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    ours = ours and wanted.startswith("/") and not wanted.startswith(reverse("set_zone"))
    return ONLY_SENT.sub(r"\1", wanted) if ours else "/"


@require_http_methods(["GET", "HEAD", "POST"])
def set_zone(request: HttpRequest) -> HttpResponse:
    """Choose the zone: kept in the profile of who is signed in, and in a cookie for everybody."""
    reader = reader_of(request)
    form = ZoneForm(request.POST or None, initial={"zone": reader.zone})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "next": safe_next(request), "reader": reader}
        return render(request, "seminars/zone.html", context, status=400 if form.errors else 200)
    zone = form.cleaned_data["zone"]
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(zone=zone)
    messages.success(request, _("Times are now shown for %(city)s.") % {"city": city(zone, reader.locale)})
    response = redirect(safe_next(request))
    response.set_cookie(settings.ZONE_COOKIE_NAME, zone, max_age=YEAR, samesite="Lax", secure=settings.SECURE)
    return response


urlpatterns = [path("zone/", set_zone, name="set_zone")]
