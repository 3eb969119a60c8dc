"""Register once for a whole series; by a secret link confirm, see every session, decline one, change, withdraw."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.access import series_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.posting import language_of
from seminars.notifications.registrations import mail_whole
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.registration import whole
from seminars.sessions.registration.models import (
    Coming,
    Mode,
    Registration,
    Seat,
    SeriesRegistration,
    Terms,
)
from seminars.sessions.registration.questions import questions_for
from seminars.sessions.registration.seating import places_in_line
from seminars.sessions.registration.terms import terms_of_series, ways_of
from seminars.web.forms.registration import FEED, DetailsForm, RegisterForm
from seminars.web.limits import within
from seminars.web.offers import Button
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.registration import MOST_AN_HOUR, province_of, signed_in_with, who_asks
from seminars.web.secret_links import behind_link
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

PAST = 20  # past sessions that the page lists


def offered(series: Series, terms: Terms) -> bool:
    """Whether one can register for all of it at once: it is out, ours, has a rhythm or dates, and its terms say so."""
    several = bool(series.rrule or series.rdates)
    out = series.published_at is not None and not series.external
    return several and out and terms.whole and terms.mode != Mode.NONE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Register for all sessions; who may see the series may do it. The answer is the same for every address."""
    series, now = series_or_404(slug, visitor_of(request)), timezone.now()
    terms = terms_of_series(series)
    sessions = whole.open_sessions(series, now=now)
    if not offered(series, terms):
        status = 409 if request.method == "POST" else 200
        return _page(request, series, None, terms, sessions, status=status)
    if request.method != "POST":
        if own := own_registration(request, series):
            return redirect("series_registration", own.token)
        known = {"calendar": FEED, "coming": Coming.ONLINE}
        known |= who_asks(request, reader_of(request).zone or series.zone)
        known |= province_of(request, series.community)
        form = _form(series, terms, sessions, initial=known)
        return _page(request, series, form, terms, sessions)
    form = _form(series, terms, sessions, request.POST)
    if not form.is_valid():
        return _page(request, series, form, terms, sessions, status=422)
    if not within(request, "register", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many people registered from your address. Try again in an hour."))
        return _page(request, series, form, terms, sessions, status=429)
    try:
        found = _registered(request, series, form)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, series, form, terms, sessions, status=422)
    if found:
        return redirect("series_registration", found.token)
    return redirect("series_registration_sent", series.slug)


def _form(series: Series, terms: Terms, sessions: list[Session], *args: Any, **options: Any) -> RegisterForm:
    ways = sorted({way for each in sessions for way in ways_of(each)}) or [Coming.ONLINE]
    asked = questions_for(series.community, terms.questions)
    return RegisterForm(*args, invites=series.invites, ways=ways, questions=asked, **options)


def _registered(request: HttpRequest, series: Series, form: RegisterForm) -> SeriesRegistration | None:
    person, now = signed_in_with(request, form), timezone.now()
    language = language_of(get_language() or "", series.language)
    with transaction.atomic():
        found, _new = whole.register(
            series=series,
            email=form.cleaned_data["email"],
            person=person,
            now=now,
            language=language,
            **form.columns(),
        )
        if not found.removed_at:
            mail_whole(found, now=now)
    return found if person else None


def _page(
    request: HttpRequest,
    series: Series,
    form: RegisterForm | None,
    terms: Terms,
    sessions: list[Session],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "now": timezone.now(),
        "series": series,
        "community": series.community,
        "form": form,
        "terms": terms,
        "sessions": sessions,
    }
    return render(request, "seminars/register_series.html", context, status=status)


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Look into your mail: what everybody sees after the form."""
    series = series_or_404(slug, visitor_of(request))
    context = {"series": series, "community": series.community}
    return render(request, "seminars/series_registration_sent.html", context)


def own_registration(request: HttpRequest, series: Series) -> SeriesRegistration | None:
    """Return the registration of who is signed in for the whole series; one query for them, none for others."""
    user_id = visitor_of(request).user_id
    if user_id is None:
        return None
    return SeriesRegistration.objects.standing().filter(series=series, person__user_id=user_id).first()


def whole_button(request: HttpRequest, series: Series) -> Button | None:
    """Return what a series' page offers: to register for all of it, or the visitor's own page; None for neither."""
    if not (series.rrule or series.rdates) or not offered(series, terms_of_series(series)):
        return None
    if own := own_registration(request, series):
        return Button(_("Your registration"), "check", reverse("series_registration", args=[own.token]))
    return Button(_("Register for all"), "check", reverse("register_series", args=[series.slug]))


def _opened(_request: HttpRequest, token: str) -> SeriesRegistration:
    found = whole.opened(token)
    if not found.series.published_at:
        raise Http404
    return found


by_link = behind_link(_opened)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def registration(request: HttpRequest, found: SeriesRegistration) -> HttpResponse:
    """Every session with where one stands, and the form to change what was said."""
    if request.method != "POST" or not found.counts:
        return _show(request, found)
    form = _details(found, request.POST)
    if not form.is_valid():
        return _show(request, found, status=422, form=form)
    try:
        whole.change(registration=found, now=timezone.now(), **form.columns(found.answers))
    except UserError as refused:
        show_refusal(form, refused)
        return _show(request, found, status=422, form=form)
    messages.success(request, _("Saved."))
    return redirect("series_registration", found.token)


def _details(found: SeriesRegistration, *args: Any, **options: Any) -> DetailsForm:
    asked = questions_for(found.series.community, terms_of_series(found.series).questions)
    return DetailsForm(*args, invites=found.series.invites, questions=asked, **options)


def _show(
    request: HttpRequest, found: SeriesRegistration, *, status: int = 200, **given: Any
) -> HttpResponse:
    now, series = timezone.now(), found.series
    rows = Registration.objects.filter(session__series=series, email=found.email, confirmed_at__isnull=False)
    rows = rows.filter(session__withdrawn_at=None, session__published_at__isnull=False)
    rows = rows.select_related("session__series__community")
    ahead = list(rows.filter(session__ends_at__gt=now).order_by("session__starts_at", "pk"))
    past = list(rows.filter(session__ends_at__lte=now).order_by("-session__starts_at", "pk")[:PAST])
    at = places_in_line([each for each in ahead if each.seat == Seat.WAITING])
    terms = terms_of_series(series)
    context = {
        "now": now,
        "registration": found,
        "series": series,
        "community": series.community,
        "terms": terms,
        "open": offered(series, terms),
        "rows": [(each, at.get(each.pk, 0)) for each in ahead],
        "past": past,
        "coming": [] if found.counts else whole.open_sessions(series, now=now),
        "own": settings.MERIDIAN_URL + reverse("series_registration", args=[found.token]),
        "form": _details(found, initial=DetailsForm.initial_of(found)),
    }
    return render(request, "seminars/series_registration.html", context | given, status=status)


@require_POST
@by_link
def confirm(request: HttpRequest, found: SeriesRegistration) -> HttpResponse:
    """The address is theirs, and they come."""
    if not offered(found.series, terms_of_series(found.series)):
        messages.error(request, _("Nobody can register for this series any more."))
        return redirect("series_registration", found.token)
    try:
        whole.confirm(registration=found, now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    return redirect("series_registration", found.token)


@require_POST
@by_link
def withdraw(request: HttpRequest, found: SeriesRegistration) -> HttpResponse:
    """They do not come any more."""
    whole.withdraw(registration=found, now=timezone.now())
    return redirect("series_registration", found.token)


urlpatterns = [
    path("series/<slug:slug>/register/", register, name="register_series"),
    path("series/<slug:slug>/register/sent/", sent, name="series_registration_sent"),
    path("series-registration/<str:token>/", registration, name="series_registration"),
    path("series-registration/<str:token>/confirm/", confirm, name="confirm_series_registration"),
    path("series-registration/<str:token>/withdraw/", withdraw, name="withdraw_series_registration"),
]
