"""Who belongs to a community: add one, add many, another role, remove."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.joining import add_member, remove_member, set_role
from seminars.people.models import Community, Membership, Role
from seminars.web.forms.communities import MemberForm, PasteForm, RoleForm
from seminars.web.forms.zones import city_of
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.visitors import visitor_of

ON_A_PAGE = 100


def community_of(request: HttpRequest, slug: str) -> Community:
    """Return the community `slug` if this visitor plans for it; else 404."""
    return organised_community_or_404(slug, visitor_of(request))


def membership_of(request: HttpRequest, slug: str, pk: int) -> Membership:
    """Return one membership of the community `slug`; else 404."""
    found = Membership.objects.filter(community=community_of(request, slug))
    return get_object_or_404(found.select_related("person", "community"), pk=pk)


@for_organisers
@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, a hundred on a page, with the forms that change it."""
    return _page(request, community_of(request, slug))


@for_organisers
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add one person."""
    community, form = community_of(request, slug), MemberForm(request.POST)
    if form.is_valid():
        try:
            member = add_member(
                community=community, now=timezone.now(), actor_id=actor(request), **form.cleaned_data
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            words = _("%(name)s is on the list: %(role)s.")
            said = {"name": member.person.name, "role": member.get_role_display()}
            messages.success(request, words % said)
            return redirect("members", slug)
    return _page(request, community, form=form)


@for_organisers
@require_POST
def paste(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a list of people, all or none."""
    community, form = community_of(request, slug), PasteForm(request.POST)
    if form.is_valid():
        people, now = form.cleaned_data["people"], timezone.now()
        there = set(community.memberships.values_list("person__email", flat=True))
        try:
            with transaction.atomic():
                for name, email in people:
                    if email not in there:  # whoever is there keeps their role
                        add_member(
                            community=community, email=email, name=name, now=now, actor_id=actor(request)
                        )
        except UserError as refused:
            show_refusal(form, refused, dict.fromkeys(("email", "name", "zone", "role"), "people"))
        else:
            words = ngettext("One person is on the list.", "%(n)d people are on the list.", len(people))
            messages.success(request, words % {"n": len(people)})
            return redirect("members", slug)
    return _page(request, community, pasted=form)


@for_organisers
@require_POST
def role(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give a member another role; the last one who plans keeps theirs."""
    member, form = membership_of(request, slug, pk), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role from the list."))
    elif form.cleaned_data["role"] not in Role.organising() and _is_last_organiser(member):
        messages.error(
            request, _("Somebody must plan for the community. Give another member that role first.")
        )
    else:
        try:
            set_role(
                membership=member, role=form.cleaned_data["role"], now=timezone.now(), actor_id=actor(request)
            )
        except UserError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Saved."))
    return redirect("members", slug)


@for_organisers
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask once more, then take somebody off the list."""
    member = membership_of(request, slug, pk)
    if request.method != "POST":
        context = {"member": member, "community": member.community}
        return render(request, "seminars/organise/remove_member.html", context)
    if _is_last_organiser(member):
        messages.error(
            request, _("Somebody must plan for the community. Give another member that role first.")
        )
    else:
        remove_member(membership=member, now=timezone.now(), actor_id=actor(request))
        messages.success(request, _("%(name)s is no longer on the list.") % {"name": member.person.name})
    return redirect("members", slug)


def _is_last_organiser(member: Membership) -> bool:
    planners = Membership.objects.filter(community_id=member.community_id, role__in=Role.organising())
    return member.role in Role.organising() and not planners.exclude(pk=member.pk).exists()


def _city(member: Membership) -> str:
    account = member.person.user
    zone = member.person.zone or (account.zone if account else "")
    return city_of(zone, get_language() or "en") if zone else ""


def _page(
    request: HttpRequest,
    community: Community,
    *,
    form: MemberForm | None = None,
    pasted: PasteForm | None = None,
) -> HttpResponse:
    found = community.memberships.select_related("person__user").order_by("person__name", "id")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "community": community,
        "page": page,
        "members": [(member, _city(member)) for member in page],
        "roles": Role.choices,
        "form": form or MemberForm(),
        "pasted": pasted or PasteForm(),
    }
    status = 400 if form or pasted else 200
    return render(request, "seminars/organise/members.html", context, status=status)


urlpatterns = [
    path("organise/communities/<slug:slug>/members/", members, name="members"),
    path("organise/communities/<slug:slug>/members/add/", add, name="add_member"),
    path("organise/communities/<slug:slug>/members/paste/", paste, name="paste_members"),
    path("organise/communities/<slug:slug>/members/<int:pk>/role/", role, name="change_role"),
    path("organise/communities/<slug:slug>/members/<int:pk>/remove/", remove, name="remove_member"),
]
