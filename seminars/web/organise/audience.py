"""The audience of a community before it has come: where members are expected, by city and number."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.expecting import audience_of, expect, expected_of
from seminars.people.models import Community
from seminars.web.forms.audience import BEFORE, ExpectedForm, PlacesForm
from seminars.web.forms.zones import city_of
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.visitors import visitor_of


@for_organisers
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is there, who is expected; POST stores the numbers by city."""
    community = organised_community_or_404(slug, visitor_of(request))
    if request.method != "POST":
        return _page(request, community)
    form = ExpectedForm(request.POST, expected=expected_of(community))
    if form.is_valid():
        try:
            expect(community=community, numbers=form.numbers(), now=timezone.now(), actor_id=actor(request))
        except UserError as refused:
            show_refusal(form, refused, {zone: BEFORE + zone for zone in form.zones})
        else:
            messages.success(request, _("Saved. The planner counts with these numbers."))
            return redirect("audience", slug)
    return _page(request, community, form=form)


@for_organisers
@require_POST
def paste(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a list of countries and cities to what is expected: a city that is there gets the new number."""
    community, now = organised_community_or_404(slug, visitor_of(request)), timezone.now()
    form = PlacesForm(request.POST, now=now)
    if form.is_valid():
        numbers = expected_of(community) | form.cleaned_data["places"]
        try:
            expect(community=community, numbers=numbers, now=now, actor_id=actor(request))
        except UserError as refused:
            show_refusal(form, refused, dict.fromkeys(refused.fields, "places"))
        else:
            messages.success(request, _("Saved. The planner counts with these numbers."))
            return redirect("audience", slug)
    return _page(request, community, pasted=form)


def _page(
    request: HttpRequest,
    community: Community,
    *,
    form: ExpectedForm | None = None,
    pasted: PlacesForm | None = None,
) -> HttpResponse:
    found, language = audience_of(community), get_language() or "en"
    context = {
        "community": community,
        "audience": found,
        "zones": [(city_of(zone, language), n, found.real.get(zone, 0)) for zone, n in found.counts.items()],
        "total": sum(found.counts.values()),
        "unknown": community.memberships.count() - found.members,
        "form": form or ExpectedForm(expected=found.expected),
        "pasted": pasted or PlacesForm(now=timezone.now()),
    }
    status = 400 if form or pasted else 200
    return render(request, "seminars/organise/audience.html", context, status=status)


urlpatterns = [
    path("organise/communities/<slug:slug>/audience/", audience, name="audience"),
    path("organise/communities/<slug:slug>/audience/paste/", paste, name="paste_audience"),
]
