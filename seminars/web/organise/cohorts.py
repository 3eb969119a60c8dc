"""Cohorts of a community: make one, change it, put members in, take them out, end it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.membership import cohorts as verbs
from seminars.people.membership.models import Cohort
from seminars.web.forms.membership import CohortForm
from seminars.web.numbers import row_number, row_numbers
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.visitors import visitor_of

OFFERED, ON_A_PAGE = 50, 100


def cohort_of(request: HttpRequest, slug: str, number: int) -> Cohort:
    """Return a cohort of the community `slug` if this visitor plans for it; else 404."""
    community = organised_community_or_404(slug, visitor_of(request))
    return get_object_or_404(community.cohorts.select_related("community"), pk=number)


@for_organisers
def cohorts(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, and the form that makes one."""
    community = organised_community_or_404(slug, visitor_of(request))
    form = CohortForm(request.POST if request.method == "POST" else None, language=community.language)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.make(
                community=community, now=timezone.now(), actor_id=actor(request), **form.columns()
            )
        except UserError as refused:
            show_refusal(form, refused, {"name": f"name_{form.tongues[0][0]}"})
        else:
            messages.success(request, _("Made. Now choose who is in it."))
            return redirect("cohort", slug, made.pk)
    context = {
        "community": community,
        "form": form,
        "cohorts": community.cohorts.annotate(people=Count("members")).order_by("-starts_on", "-pk"),
    }
    return render(request, "seminars/organise/cohorts.html", context, status=400 if form.errors else 200)


@for_organisers
def cohort(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One cohort: its name and dates, who is in it, and `?q=` finds members to put in."""
    found = cohort_of(request, slug, number)
    form = CohortForm(
        request.POST if request.method == "POST" else None, cohort=found, language=found.community.language
    )
    if request.method == "POST" and form.is_valid():
        try:
            verbs.edit(cohort=found, now=timezone.now(), actor_id=actor(request), **form.columns())
        except UserError as refused:
            show_refusal(form, refused, {"name": f"name_{form.tongues[0][0]}"})
        else:
            messages.success(request, _("Saved."))
            return redirect("cohort", slug, number)
    sought = request.GET.get("q", "").strip()[:100]
    others = found.community.memberships.exclude(cohorts__cohort=found).select_related("person")
    if sought:
        others = others.filter(Q(person__name__icontains=sought) | Q(person__email__icontains=sought))
    inside = found.members.select_related("membership__person").order_by("membership__person__name", "pk")
    page = Paginator(inside, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "cohort": found,
        "community": found.community,
        "form": form,
        "page": page,
        "q": sought,
        "others": others.order_by("person__name", "pk")[:OFFERED],
        "offered": OFFERED,
        "series": found.series.order_by("slug"),
    }
    return render(request, "seminars/organise/cohort.html", context, status=400 if form.errors else 200)


@for_organisers
@require_POST
def put_in(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put the ticked members in."""
    found = cohort_of(request, slug, number)
    ticked = row_numbers(request.POST.getlist("member"))
    count = verbs.put_in(cohort=found, memberships=ticked, now=timezone.now(), actor_id=actor(request))
    words = ngettext("%(n)d member is in it now.", "%(n)d members are in it now.", count)
    messages.success(request, words % {"n": count})
    return redirect("cohort", slug, number)


@for_organisers
@require_POST
def take_out(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take one out; they stay a member of the community."""
    found, member = cohort_of(request, slug, number), row_number(request.POST.get("member"))
    if member:
        verbs.take_out(cohort=found, membership_id=member, now=timezone.now(), actor_id=actor(request))
        messages.success(request, _("Taken out. They stay a member of the community."))
    return redirect("cohort", slug, number)


@for_organisers
@require_POST
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """End the cohort, unless a series is for it."""
    found = cohort_of(request, slug, number)
    try:
        verbs.discard(cohort=found, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("cohort", slug, number)
    messages.success(request, _("The cohort is gone. Its people stay members."))
    return redirect("cohorts", slug)


BASE = "organise/communities/<slug:slug>/cohorts/"
urlpatterns = [
    path(BASE, cohorts, name="cohorts"),
    path(f"{BASE}<int:number>/", cohort, name="cohort"),
    path(f"{BASE}<int:number>/in/", put_in, name="put_in_cohort"),
    path(f"{BASE}<int:number>/out/", take_out, name="take_out_of_cohort"),
    path(f"{BASE}<int:number>/discard/", discard, name="discard_cohort"),
]
