"""A community: make one, change what is said of it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.founding import found_community
from seminars.people.membership import logos
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from seminars.sessions.rewording import edit_community
from seminars.web.accents import accent_of
from seminars.web.forms.communities import CommunityForm
from seminars.web.forms.membership import LogoForm
from seminars.web.organise.gate import actor, for_administrators, for_organisers, show_refusal
from seminars.web.organise.waiting import waiting_in
from seminars.web.visitors import visitor_of


@for_administrators
def new(request: HttpRequest) -> HttpResponse:
    """Make a community."""
    form = CommunityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        slug = form.cleaned_data["slug"]
        try:
            found_community(slug=slug, now=timezone.now(), actor_id=actor(request), **form.columns())
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Made. Add its members, then plan a series."))
            return redirect("organise_community", slug)
    return _form_page(request, form, None)


@for_organisers
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The community for those who run it: its series, and where to change it."""
    community = organised_community_or_404(slug, visitor_of(request))
    context = {
        "community": community,
        "series": Series.objects.filter(community=community).order_by("-published_at", "slug"),
        "members": community.memberships.count(),
        "waiting": waiting_in(
            [community],
            Session.objects.filter(series__community=community),
            now=timezone.now(),
            language=get_language() or "en",
        ),
    }
    return render(request, "seminars/organise/community.html", context)


@for_organisers
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is said of the community."""
    community = organised_community_or_404(slug, visitor_of(request))
    if request.method != "POST":
        form = CommunityForm(initial=CommunityForm.initial_of(community), community=community)
        return _form_page(request, form, community)
    form = CommunityForm(request.POST, community=community)
    if form.is_valid():
        try:
            edit_community(community=community, now=timezone.now(), actor_id=actor(request), **form.columns())
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("organise_community", slug)
    return _form_page(request, form, community)


def _form_page(request: HttpRequest, form: CommunityForm, community: Community | None) -> HttpResponse:
    context = {
        "form": form,
        "community": community,
        "accent": accent_of(community.accent) if community else None,
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/edit_community.html", context, status=status)


@for_organisers
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """Upload the logo; calendars of its sessions follow."""
    community = organised_community_or_404(slug, visitor_of(request))
    form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["logo"]
        try:
            if file.size > logos.MOST_BYTES:
                raise UserError({"logo": _("The file is larger than 5 MB. Choose a smaller one.")})
            _set_logo(request, community, logos.kept(file.read()))
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("edit_logo", slug)
    context = {"community": community, "form": form}
    return render(request, "seminars/organise/logo.html", context, status=400 if form.errors else 200)


@for_organisers
@require_POST
def remove_logo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the logo away, its file too."""
    community = organised_community_or_404(slug, visitor_of(request))
    _set_logo(request, community, logos.NONE)
    messages.success(request, _("The logo is gone."))
    return redirect("edit_logo", slug)


def _set_logo(request: HttpRequest, community: Community, new: logos.Logo) -> None:
    old = community.logo
    columns = {"logo": new.key, "logo_width": new.width, "logo_height": new.height}
    edit_community(community=community, now=timezone.now(), actor_id=actor(request), **columns)
    if old != new.key:
        transaction.on_commit(lambda: logos.forget(old))


urlpatterns = [
    path("organise/communities/new/", new, name="new_community"),
    path("organise/communities/<slug:slug>/", show, name="organise_community"),
    path("organise/communities/<slug:slug>/edit/", edit, name="edit_community"),
    path("organise/communities/<slug:slug>/logo/", logo, name="edit_logo"),
    path("organise/communities/<slug:slug>/logo/remove/", remove_logo, name="remove_logo"),
]
