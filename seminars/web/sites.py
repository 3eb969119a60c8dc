"""Come as a group: register a listening site without an account; change, withdraw and count it by a secret link."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from seminars.access import session_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.groups import mail_link
from seminars.sessions.models import Session
from seminars.sessions.sites import registering
from seminars.sessions.sites.models import ListeningSite
from seminars.web.forms.sites import HeadsForm, SiteForm
from seminars.web.limits import within
from seminars.web.listing import rows_of
from seminars.web.organise.gate import say_refusal, show_refusal
from seminars.web.registration import JOINING
from seminars.web.secret_links import behind_link
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

MOST_AN_HOUR = 20  # from one address: an office, or a school, can share it


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Register a group for the session; who may see the session may do it."""
    session = session_or_404(slug, visitor_of(request))
    if session.withdrawn_at:
        return redirect("session", session.slug)
    row = rows_of([session], timezone.now())[0]
    if not registering.is_open(session, row.facts, row.state):
        return _page(request, session, None, status=409 if request.method == "POST" else 200)
    if request.method != "POST":
        return _page(
            request, session, SiteForm(initial=SiteForm.fresh(reader_of(request).zone or session.zone))
        )
    form = SiteForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form, status=422)
    if not within(request, "register-listening-site", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many groups were registered from your address. Try again in an hour."))
        return _page(request, session, form, status=429)
    try:
        site, made = _registered(session, form)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, session, form, status=422)
    if made:
        messages.success(request, _("Registered. Keep the link below; it comes by mail, too."))
    return redirect("site", site.token)


def _registered(session: Session, form: SiteForm) -> tuple[ListeningSite, bool]:
    """The site, and whether it is new; the mail with its link is written down with it."""
    now, key = timezone.now(), form.cleaned_data["form_key"] or None
    with transaction.atomic():
        site, made = registering.register(session=session, form_key=key, now=now, **form.columns())
        if made:
            mail_link(site, language=get_language() or session.language, now=now)
    return site, made


def _page(request: HttpRequest, session: Session, form: SiteForm | None, status: int = 200) -> HttpResponse:
    context = {"session": session, "community": session.series.community, "form": form, "now": timezone.now()}
    return render(request, "seminars/register_site.html", context, status=status)


def _opened(request: HttpRequest, token: str) -> ListeningSite | HttpResponse:
    """What the secret link opens; of a site that is withdrawn it says so (410)."""
    try:
        return registering.opened(token)
    except registering.SiteGone as gone:
        context = {"site": gone.site, "session": gone.site.session}
        context["community"] = gone.site.session.series.community
        return render(request, "seminars/site_gone.html", context, status=410)


by_link = behind_link(_opened)


@by_link
def site(request: HttpRequest, found: ListeningSite) -> HttpResponse:
    """What is registered, and the form to change it."""
    if request.method != "POST":
        return show(request, found)
    form = SiteForm(request.POST)
    if not form.is_valid():
        return show(request, found, status=422, form=form)
    try:
        registering.change(site=found, now=timezone.now(), **form.columns())
    except UserError as refused:
        show_refusal(form, refused)
        return show(request, found, status=422, form=form)
    messages.success(request, _("Saved. The organisers see it."))
    return redirect("site", found.token)


def show(request: HttpRequest, found: ListeningSite, *, status: int = 200, **given: Any) -> HttpResponse:
    """Return the page. given: forms as they were sent in place of fresh ones."""
    now = timezone.now()
    session = found.session
    row = rows_of([session], now)[0]
    context = {
        "now": now,
        "row": row,
        "joins": row.state in JOINING and row.facts.joinable,
        "site": found,
        "session": session,
        "community": session.series.community,
        "own": settings.MERIDIAN_URL + reverse("site", args=[found.token]),
        "form": SiteForm(initial=SiteForm.initial_of(found)),
        "heads": HeadsForm(initial={"came": found.came}),
        "counts": registering.can_count(session, now),
    }
    return render(request, "seminars/site.html", context | given, status=status)


@require_POST
@by_link
def withdraw(request: HttpRequest, found: ListeningSite) -> HttpResponse:
    """The group does not come together."""
    registering.withdraw(site=found, now=timezone.now())
    return redirect("site", found.token)


@require_POST
@by_link
def heads(request: HttpRequest, found: ListeningSite) -> HttpResponse:
    """How many came."""
    form = HeadsForm(request.POST)
    if not form.is_valid():
        return show(request, found, status=422, heads=form)
    try:
        registering.count(site=found, came=form.cleaned_data["came"], now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("Thank you. The organisers see how many came."))
    return redirect("site", found.token)


urlpatterns = [
    path("sessions/<slug:slug>/group/", register, name="register_site"),
    path("group/<str:token>/", site, name="site"),
    path("group/<str:token>/withdraw/", withdraw, name="withdraw_site"),
    path("group/<str:token>/heads/", heads, name="count_site"),
]
