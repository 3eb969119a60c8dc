"""Organisations that belong to a community: make one, change it, who represents it, end it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.membership import organisations as verbs
from seminars.people.membership.models import Organisation
from seminars.web.forms.membership import OrganisationForm, RepresentativeForm
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.visitors import visitor_of

ON_A_PAGE = 100
FIELDS = {name: f"organisation_{name}" for name in verbs.COLUMNS}


def organisation_of(request: HttpRequest, slug: str, number: int) -> Organisation:
    """Return an organisation of the community `slug` if this visitor plans for it; else 404."""
    community = organised_community_or_404(slug, visitor_of(request))
    return get_object_or_404(community.organisations.select_related("community"), pk=number)


@for_organisers
def organisations(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, and the form that adds one."""
    community = organised_community_or_404(slug, visitor_of(request))
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.named(
                community=community, now=timezone.now(), actor_id=actor(request), **form.organisation()
            )
        except UserError as refused:
            show_refusal(form, refused, FIELDS)
        else:
            messages.success(request, _("Saved. Now say who represents it."))
            return redirect("organisation", slug, made.pk)
    rows = community.organisations.annotate(people=Count("representatives")).order_by("name", "pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"community": community, "page": page, "form": form}
    return render(
        request, "seminars/organise/organisations.html", context, status=400 if form.errors else 200
    )


@for_organisers
def organisation(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One organisation: its details, and who represents it."""
    found = organisation_of(request, slug, number)
    form = OrganisationForm(
        request.POST if request.method == "POST" else None, initial=OrganisationForm.initial_of(found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            verbs.edit(organisation=found, now=timezone.now(), actor_id=actor(request), **form.organisation())
        except UserError as refused:
            show_refusal(form, refused, FIELDS)
        else:
            messages.success(request, _("Saved."))
            return redirect("organisation", slug, number)
    return _page(request, found, form, RepresentativeForm())


@for_organisers
@require_POST
def add_representative(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One more person who represents it."""
    found, form = organisation_of(request, slug, number), RepresentativeForm(request.POST)
    if form.is_valid():
        try:
            member = verbs.add_representative(
                organisation=found, now=timezone.now(), actor_id=actor(request), **form.cleaned_data
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            words = _("%(name)s represents %(organisation)s.")
            messages.success(request, words % {"name": member.person.name, "organisation": found.name})
            return redirect("organisation", slug, number)
    return _page(request, found, OrganisationForm(initial=OrganisationForm.initial_of(found)), form)


@for_organisers
def remove(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask once more, then end its membership and that of its representatives."""
    found = organisation_of(request, slug, number)
    if request.method != "POST":
        context = {
            "organisation": found,
            "community": found.community,
            "people": found.representatives.count(),
        }
        return render(request, "seminars/organise/remove_organisation.html", context)
    try:
        count = verbs.remove(organisation=found, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("organisation", slug, number)
    words = ngettext(
        "%(name)s is off the list, and %(n)d person with it.",
        "%(name)s is off the list, and %(n)d people with it.",
        count,
    )
    messages.success(request, words % {"name": found.name, "n": count})
    return redirect("organisations", slug)


def _page(
    request: HttpRequest, found: Organisation, form: OrganisationForm, adding: RepresentativeForm
) -> HttpResponse:
    context = {
        "organisation": found,
        "community": found.community,
        "form": form,
        "adding": adding,
        "people": found.representatives.select_related("person").order_by("person__name", "pk"),
    }
    status = 400 if form.errors or adding.errors else 200
    return render(request, "seminars/organise/organisation.html", context, status=status)


BASE = "organise/communities/<slug:slug>/organisations/"
urlpatterns = [
    path(BASE, organisations, name="organisations"),
    path(f"{BASE}<int:number>/", organisation, name="organisation"),
    path(f"{BASE}<int:number>/people/", add_representative, name="add_representative"),
    path(f"{BASE}<int:number>/remove/", remove, name="remove_organisation"),
]
