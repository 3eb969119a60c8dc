"""Certificates for organisers: the rule of a series, who has earned one, issue and mail them all."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_series_or_404
from seminars.changes.refusing import UserError
from seminars.notifications import certificates as mails
from seminars.sessions.certificates import certifying
from seminars.sessions.certificates.models import Certificate
from seminars.web.forms.certificates import RuleForm
from seminars.web.organise.attendance import around
from seminars.web.organise.gate import for_organisers, show_refusal
from seminars.web.organise.sessions import session_of
from seminars.web.visitors import visitor_of

MOST_SHOWN = 500


@for_organisers
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what a series asks for a certificate; below stands who has earned that of the whole series."""
    series = organised_series_or_404(slug, visitor_of(request))
    known = certifying.rule_of(series)
    form = RuleForm(request.POST or None, initial=RuleForm.initial_of(known, series))
    if request.method == "POST" and form.is_valid():
        try:
            certifying.set_rule(series=series, **form.columns(known, series))
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("series_certificates", slug)
    graduates = certifying.graduates(series, known, now=timezone.now())
    context = {
        "series": series,
        "community": series.community,
        "form": form,
        "rule": known,
        "graduates": graduates[:MOST_SHOWN],
        "number": len(graduates),
        "issued": Certificate.objects.filter(series=series, session=None).count(),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/certificate_rule.html", context, status=status)


@for_organisers
@require_safe
def of_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who has earned a certificate of a session, and who has theirs."""
    session, now = session_of(request, slug), timezone.now()
    known = certifying.rule_of(session.series)
    over = certifying.is_over(session, now)
    earners = certifying.earners(session, known) if over and known.on else []
    made = {each.attendance_id: each for each in Certificate.objects.filter(session=session)}
    shown = [(each, made.get(each.pk)) for each in earners[:MOST_SHOWN]]
    context = {
        **around(request, session),
        "rule": known,
        "over": over,
        "rows": [(each, found and certifying.spaced(found.code)) for each, found in shown],
        "number": len(earners),
        "issued": sum(each.pk in made for each in earners),
        "addresses": sum(bool(each.email) for each in earners),
    }
    return render(request, "seminars/organise/certificates.html", context)


@for_organisers
@require_POST
def issue(request: HttpRequest, slug: str) -> HttpResponse:
    """Make all that are earned; with the other button mail them, to each person once."""
    session, now = session_of(request, slug), timezone.now()
    with transaction.atomic():
        made = certifying.issue(
            attendances=certifying.earners(session, certifying.rule_of(session.series)), now=now
        )
        mailed = mails.mail_all(made, now=now) if request.POST.get("do") == "mail" else 0
    _say(request, len(made), mailed)
    return redirect("session_certificates", slug)


@for_organisers
@require_POST
def issue_course(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for the whole series."""
    series, now = organised_series_or_404(slug, visitor_of(request)), timezone.now()
    with transaction.atomic():
        earned = certifying.graduates(series, certifying.rule_of(series), now=now)
        made = certifying.issue_course(series=series, to=earned, now=now)
        mailed = mails.mail_all(made, now=now) if request.POST.get("do") == "mail" else 0
    _say(request, len(made), mailed)
    return redirect("series_certificates", slug)


def _say(request: HttpRequest, made: int, mailed: int) -> None:
    if not made:
        messages.error(request, _("Nobody has earned one yet."))
        return
    done = ngettext("%(n)d certificate is made.", "%(n)d certificates are made.", made)
    messages.success(request, done % {"n": made})
    if mailed:
        words = ngettext("%(n)d mail leaves within a minute.", "%(n)d mails leave within a minute.", mailed)
        messages.success(request, words % {"n": mailed})
    elif request.POST.get("do") == "mail":
        messages.info(request, _("Everybody whose address is known has had their mail."))


urlpatterns = [
    path("organise/series/<slug:slug>/certificates/", rule, name="series_certificates"),
    path("organise/series/<slug:slug>/certificates/issue/", issue_course, name="issue_series_certificates"),
    path("organise/sessions/<slug:slug>/certificates/", of_session, name="session_certificates"),
    path("organise/sessions/<slug:slug>/certificates/issue/", issue, name="issue_certificates"),
]
