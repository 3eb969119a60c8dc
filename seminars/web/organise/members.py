"""Who belongs to a community: find them, add one, add many, another role, remove; the list as a table."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.membership import mail_ended
from seminars.people.joining import add_member, is_member
from seminars.people.membership import leaving
from seminars.people.membership.models import JoinRequest
from seminars.people.models import Community, Membership, Role
from seminars.web.forms.communities import MemberForm, PasteForm, RoleForm
from seminars.web.forms.membership import SORTS, FindForm, RemoveForm
from seminars.web.forms.zones import city_of
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.tables import csv_answer
from seminars.web.visitors import visitor_of

ON_A_PAGE = 100


def community_of(request: HttpRequest, slug: str) -> Community:
    """Return the community `slug` if this visitor plans for it; else 404."""
    return organised_community_or_404(slug, visitor_of(request))


def membership_of(request: HttpRequest, slug: str, pk: int) -> Membership:
    """Return one membership of the community `slug`; else 404."""
    found = Membership.objects.filter(community=community_of(request, slug))
    return get_object_or_404(found.select_related("person__user", "community"), pk=pk)


def found_in(community: Community, form: FindForm) -> QuerySet[Membership]:
    """Return the members that the form asks for, in its order. What is wrong in it counts as nothing."""
    form.is_valid()
    data = getattr(form, "cleaned_data", {})
    rows = community.memberships.select_related("person__user", "organisation")
    if q := data.get("q"):
        named = Q(person__name__icontains=q) | Q(person__email__icontains=q)
        rows = rows.filter(named | Q(person__affiliation__icontains=q) | Q(organisation__name__icontains=q))
    if role := data.get("role"):
        rows = rows.filter(role=role)
    if cohort := data.get("cohort"):
        rows = rows.filter(cohorts__cohort=cohort)
    return rows.order_by(*SORTS.get(data.get("sort") or "name", SORTS["name"]))


def find_form(request: HttpRequest, community: Community) -> FindForm:
    """Return what is looked for."""
    form = FindForm(request.GET)
    form.fields["cohort"].queryset = community.cohorts.all()  # type: ignore[attr-defined]
    return form


@for_organisers
@require_safe
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, a hundred on a page, with the forms that change it. `?q=`, `?role=`, `?cohort=`, `?sort=`."""
    return _page(request, community_of(request, slug))


@for_organisers
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """The same list as CSV, whole."""
    community = community_of(request, slug)
    heads = [
        _("Name"),
        _("E-mail address"),
        _("Role"),
        _("Time zone"),
        _("Country"),
        _("Organisation"),
        _("Member since"),
    ]
    rows = found_in(community, find_form(request, community))
    return csv_answer(f"{community.slug}-members.csv", heads, _rows(rows))


def _rows(found: QuerySet[Membership]) -> Iterator[list[str]]:
    for each in found.iterator(chunk_size=2000):
        person, there = each.person, each.organisation
        yield [
            person.name,
            person.email,
            each.get_role_display(),
            _zone(each),
            person.country,
            there.name if there else "",
            f"{each.since:%Y-%m-%d}",
        ]


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
        try:
            with transaction.atomic():
                for name, email in people:
                    if not is_member(community, email):  # whoever is there keeps their role
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
        return redirect("members", slug)
    try:
        leaving.give_role(
            membership=member, role=form.cleaned_data["role"], now=timezone.now(), actor_id=actor(request)
        )
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("Saved."))
    return redirect("members", slug)


@for_organisers
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask once more, and why; then take somebody off the list and tell them."""
    member = membership_of(request, slug, pk)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"member": member, "community": member.community, "form": form}
        status = 400 if form.errors else 200
        return render(request, "seminars/organise/remove_member.html", context, status=status)
    now, reason = timezone.now(), form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            ended = leaving.remove(membership=member, reason=reason, now=now, actor_id=actor(request))
            if ended and form.cleaned_data["tell"]:
                mail_ended(member, reason=reason, now=now)
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("%(name)s is no longer on the list.") % {"name": member.person.name})
    return redirect("members", slug)


def _zone(member: Membership) -> str:
    account = member.person.user
    return member.person.zone or (account.zone if account else "")


def _city(member: Membership) -> str:
    zone = _zone(member)
    return city_of(zone, get_language() or "en") if zone else ""


def _page(
    request: HttpRequest,
    community: Community,
    *,
    form: MemberForm | None = None,
    pasted: PasteForm | None = None,
) -> HttpResponse:
    find = find_form(request, community)
    page = Paginator(found_in(community, find), ON_A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context: dict[str, Any] = {
        "community": community,
        "page": page,
        "members": [(member, _city(member)) for member in page],
        "find": find,
        "asked": asked.urlencode(),
        "narrowed": any(asked.get(name) for name in ("q", "role", "cohort")),
        "roles": Role.choices,
        "form": form or MemberForm(),
        "pasted": pasted or PasteForm(),
        "requests": JoinRequest.objects.waiting().filter(community=community).count(),
    }
    status = 400 if form or pasted else 200
    return render(request, "seminars/organise/members.html", context, status=status)


urlpatterns = [
    path("organise/communities/<slug:slug>/members/", members, name="members"),
    path("organise/communities/<slug:slug>/members/members.csv", table, name="members_table"),
    path("organise/communities/<slug:slug>/members/add/", add, name="add_member"),
    path("organise/communities/<slug:slug>/members/paste/", paste, name="paste_members"),
    path("organise/communities/<slug:slug>/members/<int:pk>/role/", role, name="change_role"),
    path("organise/communities/<slug:slug>/members/<int:pk>/remove/", remove, name="remove_member"),
]
