"""Certificates: what a public code says, the page to keep, and how somebody gets their own."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.certificates import certifying
from seminars.sessions.certificates.certifying import Certified
from seminars.sessions.certificates.models import Certificate, CertificateRule
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.web.limits import within
from seminars.web.organise.gate import say_refusal, signed_in
from seminars.web.papers import lines_of, pdf_of
from seminars.web.registration import by_link
from seminars.web.secret_links import unlisted
from seminars.web.times import locale_of
from seminars.web.visitors import visitor_of

MOST_AN_HOUR = 60  # codes that one address can try
MOST_OWN = 200


@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a paper, and lead to what it says."""
    code = "".join(each for each in request.GET.get("code", "")[:60] if each.isalnum() or each == "-")
    if code:
        return redirect("certificate", code)
    return render(request, "seminars/certificate_look_up.html")


@unlisted
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a code certifies: of whom, what, when; or that it holds no longer."""
    certified = _opened(request, code)
    if isinstance(certified, HttpResponse):
        return certified
    community: Community = certified.series.community
    context = {
        "certified": certified,
        "community": community,
        "code": certifying.spaced(certified.certificate.code),
        "lines": lines_of(certified, locale_of(get_language() or "en")),
    }
    return render(request, "seminars/certificate.html", context)


@unlisted
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """Give the page to keep, while it holds."""
    certified = _opened(request, code)
    if isinstance(certified, HttpResponse):
        return certified
    if not certified.holds:
        raise Http404
    return pdf_of(certified)


def _opened(request: HttpRequest, code: str) -> Certified | HttpResponse:
    """What the code says; a page with words for a wrong one, and for whoever tries many."""
    if not within(request, "certificate", most=MOST_AN_HOUR):
        return render(request, "seminars/certificate_later.html", status=429)
    try:
        return certifying.opened(code, now=timezone.now())
    except Certificate.DoesNotExist:
        return render(request, "seminars/certificate_unknown.html", {"code": code[:40]}, status=404)


@require_POST
@by_link
def get_by_link(request: HttpRequest, found: Registration) -> HttpResponse:
    """Get one's own by the secret link of the registration."""
    row = Attendance.objects.came().filter(registration=found).select_related("session__series").first()
    if row is not None:
        try:
            made = certifying.issue_one(attendance=row, now=timezone.now())
        except UserError as refused:
            say_refusal(request, refused)
        else:
            return redirect("certificate", certifying.spaced(made.code))
    else:
        messages.error(
            request, _("There is no certificate for this: ask the organisers whether they saw you.")
        )
    return redirect("registration", found.token)


@dataclass(frozen=True)
class Own:
    """A session somebody came to. certificate: theirs, if it was made."""

    attendance: Attendance
    certificate: Certificate | None


@signed_in
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what somebody who is signed in took part in, and the certificates there are for it."""
    visitor, now = visitor_of(request), timezone.now()
    rows = Attendance.objects.of_visitor(visitor).came().filter(session__series__certificate_rule__on=True)
    rows = rows.select_related("session__series__certificate_rule", "session__series__community")
    earned = [
        each
        for each in rows.order_by("-session__starts_at", "pk")[:MOST_OWN]
        if certifying.is_over(each.session, now) and certifying.earned(each, _rule(each.session))
    ]
    made = Certificate.objects.filter(attendance__in=[each.pk for each in earned])
    codes = {each.attendance_id: each for each in made}
    whole = Certificate.objects.of_visitor(visitor).filter(session=None)
    context = {
        "own": [Own(each, codes.get(each.pk)) for each in earned],
        "whole": list(whole.select_related("series__community")),
        "spaced": certifying.spaced,
    }
    return render(request, "seminars/my_certificates.html", context)


def _rule(session: Session) -> CertificateRule:
    rule: CertificateRule = session.series.certificate_rule
    return rule


@signed_in
@require_POST
def get(request: HttpRequest, pk: int) -> HttpResponse:
    """Get one's own when signed in."""
    rows = Attendance.objects.of_visitor(visitor_of(request)).came().select_related("session__series")
    row = get_object_or_404(rows, pk=pk)
    try:
        made = certifying.issue_one(attendance=row, now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("my_certificates")
    return redirect("certificate", certifying.spaced(made.code))


urlpatterns = [
    path("certificates/", look_up, name="certificates"),
    path("certificates/<str:code>/", check, name="certificate"),
    path("certificates/<str:code>/certificate.pdf", paper, name="certificate_paper"),
    path("registration/<str:token>/certificate/", get_by_link, name="get_certificate"),
    path("me/certificates/", mine, name="my_certificates"),
    path("me/certificates/<int:pk>/", get, name="get_my_certificate"),
]
