"""What a community shares: the list with its deadlines, its feed, and what members post."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from seminars.access import community_or_404, member_community_or_404
from seminars.calendars.atom import MOST, Piece, atom
from seminars.calendars.feeds import Subject
from seminars.calendars.lines import clean, clean_line
from seminars.calendars.news import heading_of
from seminars.changes.refusing import UserError
from seminars.notifications.posting import language_of
from seminars.people.joining import person_of
from seminars.people.models import Community, Joining, User
from seminars.people.visitors import NOBODY
from seminars.series.resources import sharing
from seminars.series.resources.models import Resource
from seminars.web.deadlines import row_of
from seminars.web.forms.resources import ResourceForm, ShowForm
from seminars.web.organise.gate import show_refusal, signed_in
from seminars.web.polled import polled
from seminars.web.times import Reader
from seminars.web.visitors import organised_ids, organises_in, visitor_of
from seminars.web.zones import reader_of
from seminars.words import say

ON_A_PAGE, PASSED = 40, 30


@require_safe
def resources(request: HttpRequest, slug: str) -> HttpResponse:
    """The list: the next deadlines first; those that have passed fold away, and stay."""
    community = community_or_404(slug, visitor_of(request))
    if community.joining != Joining.OPEN:
        community = shared_with(request, slug)
    now, reader = timezone.now(), reader_of(request)
    form = ShowForm(request.GET)
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    listed = Resource.objects.visible_to(visitor_of(request)).filter(community=community)
    if "kind" in asked:
        listed = listed.filter(kind=asked["kind"])
    if "topic" in asked:
        listed = listed.filter(topics__slug=asked["topic"])
    listed = listed.prefetch_related("topics")
    page = Paginator(listed.current(now=now), ON_A_PAGE).get_page(request.GET.get("page"))
    member = Community.objects.of_member(visitor_of(request)).filter(pk=community.pk).exists()
    own = Resource.objects.of_poster(visitor_of(request)).filter(community=community) if member else None
    context = {
        "now": now,
        "community": community,
        "form": form,
        "asked": asked,
        "page": page,
        "rows": [row_of(each, reader, now) for each in page],
        "passed": [row_of(each, reader, now) for each in listed.passed(now=now)[:PASSED]],
        "own": [row_of(each, reader, now) for each in own.order_by("-posted_at")[:PASSED]] if own else [],
        "is_member": member,
        "has_feed": community.joining == Joining.OPEN,
        "webcal": _webcal(slug) if community.joining == Joining.OPEN else "",
        "organises_this": organises_in(request, community.pk),
    }
    return render(request, "seminars/resources.html", context)


def _webcal(slug: str) -> str:
    """The address by which a calendar program follows the deadlines."""
    site = urlsplit(settings.MERIDIAN_URL)
    return f"webcal://{site.netloc}{reverse('resource_calendar', args=[slug])}"


def shared_with(request: HttpRequest, slug: str) -> Community:
    """Return the community whose members-only list this visitor sees: a member, or an administrator. Raises Http404."""
    visitor = visitor_of(request)
    if visitor.is_admin:
        return community_or_404(slug, visitor)
    return member_community_or_404(slug, visitor)


@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of an open community as Atom: what anybody may see, the newest first."""
    community = community_or_404(slug, NOBODY)
    if community.joining != Joining.OPEN:
        raise Http404
    language = language_of(community.language)
    rows = Resource.objects.visible_to(NOBODY).filter(community=community)
    latest = list(rows.order_by("-published_at", "-pk")[:MOST])
    page = settings.MERIDIAN_URL + reverse("resources", args=[slug])
    with translation.override(language):  # the feed is the same for all, whatever their own language
        told = [_piece(each, language) for each in latest if each.published_at]
        name = _("%(community)s: resources") % {"community": say(community.name, language)}
        subject = Subject(name=name, page=page, language=language, made_at=community.made_at)
        address = settings.MERIDIAN_URL + request.path
        heading = heading_of(subject)
        body = atom(subject, told, address=address, language=language, heading=heading)
    return polled(request, body)


def _piece(resource: Resource, language: str) -> Piece:
    assert resource.published_at is not None
    row = row_of(resource, Reader(locale=language), resource.published_at)
    due = _("Deadline: %(day)s (%(city)s)") % {"day": row.due, "city": row.there} if row.due else ""
    return Piece(
        uid=str(resource.uuid),
        title=clean_line(resource.title),
        text=clean("\n".join(filter(None, [due, resource.about, resource.url]))),
        page=resource.url,
        at=resource.published_at,
        language=resource.language,
    )


@signed_in
@never_cache
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Share something: its members may."""
    community = member_community_or_404(slug, visitor_of(request))
    zone = reader_of(request).zone or community.home_zone
    form = ResourceForm(
        request.POST if request.method == "POST" else None,
        initial={"zone": zone, "language": community.language},
    )
    if request.method == "POST" and form.is_valid():
        user = _user(request)
        keeps = organises_in(request, community.pk)
        try:
            made = sharing.post_resource(
                community=community,
                person=person_of(user),
                moderator=keeps,
                now=timezone.now(),
                actor_id=user.pk,
                **form.columns(),
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            out = made.published_at is not None
            messages.success(
                request, _("It is on the list.") if out else _("Thank you. The moderator looks at it first.")
            )
            return redirect("resources", slug)
    context = {
        "community": community,
        "form": form,
        "resource": None,
        "back": reverse("resources", args=[slug]),
    }
    return render(request, "seminars/resource_form.html", context, status=422 if form.errors else 200)


@signed_in
@never_cache
def edit(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Change one's own, or as the moderator any."""
    resource = _changeable(request, slug, uuid)
    form = ResourceForm(
        request.POST if request.method == "POST" else None, initial=ResourceForm.initial_of(resource)
    )
    if request.method == "POST" and form.is_valid():
        keeps = organises_in(request, resource.community_id)
        try:
            changed = sharing.edit(
                resource=resource,
                moderator=keeps,
                now=timezone.now(),
                actor_id=_user(request).pk,
                **form.columns(),
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            out = changed.state == "published"
            messages.success(request, _("Saved.") if out else _("Saved. The moderator looks at it first."))
            return redirect("resources", slug)
    context = {
        "community": resource.community,
        "form": form,
        "resource": resource,
        "back": reverse("resources", args=[slug]),
    }
    return render(request, "seminars/resource_form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def withdraw(request: HttpRequest, slug: str, uuid: str) -> HttpResponse:
    """Take it off the list."""
    resource = _changeable(request, slug, uuid)
    sharing.withdraw(resource=resource, now=timezone.now(), actor_id=_user(request).pk)
    messages.success(request, _("Taken off the list."))
    return redirect("resources", slug)


def _changeable(request: HttpRequest, slug: str, uuid: str) -> Resource:
    """One's own resource that still stands, or any of a community one plans for; else 404."""
    visitor = visitor_of(request)
    rows = (
        Resource.objects.filter(community__slug=slug).exclude(state="withdrawn").select_related("community")
    )
    if not visitor.is_admin:
        organised = rows.filter(community_id__in=organised_ids(request))
        rows = organised | rows.of_poster(visitor).filter(community__in=Community.objects.of_member(visitor))
    return get_object_or_404(rows.distinct(), uuid=uuid)


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # `signed_in` saw to it
    return user


BASE = "communities/<slug:slug>/resources/"
urlpatterns = [
    path(BASE, resources, name="resources"),
    path(f"{BASE}changes.atom", feed, name="resources_atom"),
    path(f"{BASE}new/", new, name="new_resource"),
    path(f"{BASE}<uuid:uuid>/edit/", edit, name="edit_resource"),
    path(f"{BASE}<uuid:uuid>/withdraw/", withdraw, name="withdraw_resource"),
]
