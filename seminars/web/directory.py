"""The directory of a community, for its members only: find each other, one's own entry, one entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars import clock
from seminars.access import member_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.directory import listing
from seminars.people.directory.matching import Match
from seminars.people.directory.models import DirectoryEntry
from seminars.people.introducing import introducing
from seminars.people.models import Community, Membership, Person
from seminars.web.forms.directory import EntryForm, FindForm, NoteForm
from seminars.web.forms.naming import by_name
from seminars.web.forms.zones import city_of, locale_of
from seminars.web.organise.gate import show_refusal, signed_in
from seminars.web.times import Reader, hour_words
from seminars.web.visitors import organises_in, visitor_of
from seminars.web.zones import reader_of

ON_A_PAGE = 30
SHARED = 4  # office hours


@dataclass(frozen=True)
class Shown:
    """One entry in words: where and what time it is there, and how many office hours are shared (None: unknown)."""

    entry: DirectoryEntry
    city: str
    hour: str
    awake: bool
    shared: int | None
    country: str
    languages: list[str]
    why: list[str]


def mine_of(request: HttpRequest, community: Community) -> Membership:
    """Return the visitor's own membership of the community. Raises Http404."""
    rows = Membership.objects.select_related("person__user", "community")
    return get_object_or_404(rows, community=community, person__user_id=visitor_of(request).user_id)


@signed_in
@never_cache
@require_safe
def directory(request: HttpRequest, slug: str) -> HttpResponse:
    """Who wants to be found: thirty on a page, by words, city, sector, language and hours."""
    community = member_community_or_404(slug, visitor_of(request))
    member = mine_of(request, community)
    own = DirectoryEntry.objects.filter(membership=member).select_related("membership").first()
    language, now, reader = get_language() or "en", timezone.now(), reader_of(request)
    names = locale_of(language).languages
    zones = listing.zones_of(community)
    form = FindForm(
        request.GET,
        zones=by_name((zone, city_of(zone, language)) for zone in zones),
        sectors=[(each, each) for each in listing.sectors_of(community)],
        languages=by_name((tag, str(names.get(tag, tag))) for tag in listing.languages_of(community)),
    )
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    clock_of_mine = _zone(own, member, request)
    found = _found(community, asked, zones, clock_of_mine)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    meeting = listing.to_meet(own) if own and not asked and page.number == 1 else []
    context = {
        "community": community,
        "form": form,
        "asked": asked,
        "own": own,
        "page": page,
        "query": urlencode(asked),
        "entries": [shown_of(each, clock_of_mine, reader, now) for each in page],
        "meeting": [shown_of(each, clock_of_mine, reader, now, why) for each, why in meeting],
        "organises_this": organises_in(request, community.pk),
    }
    return render(request, "seminars/directory.html", context)


def _found(community: Community, asked: dict[str, Any], zones: list[str], mine: str) -> Any:
    rows = DirectoryEntry.objects.of(community)
    if "q" in asked:
        rows = rows.saying(asked["q"])
    if "zone" in asked:
        rows = rows.in_zones([asked["zone"]])
    if "sector" in asked:
        rows = rows.filter(sector=asked["sector"])
    if "language" in asked:
        rows = rows.speaking(asked["language"])
    now = timezone.now()
    if asked.get("hours") == "awake":
        rows = rows.in_zones(listing.awake_in(zones, now))
    if asked.get("hours") == "shared":
        rows = rows.in_zones(zone for zone in zones if listing.shared_hours(mine, zone, now) >= SHARED)
    return rows


def _zone(own: DirectoryEntry | None, member: Membership, request: HttpRequest) -> str:
    """By whose clock "my hours" are: the entry's, the profile's, or the community's."""
    known = (own.zone if own else "") or reader_of(request).zone or member.person.zone
    return known if known and clock.is_zone(known) else member.community.home_zone


def shown_of(
    entry: DirectoryEntry, mine: str, reader: Reader, now: datetime, why: Match | None = None
) -> Shown:
    """Return the entry in words for a reader in the zone `mine`; why: they may want to meet."""
    language = get_language() or "en"
    locale = locale_of(language)
    zone = entry.zone
    wall = clock.to_wall(now, zone) if zone else None
    return Shown(
        entry=entry,
        city=city_of(zone, language) if zone else "",
        hour=hour_words(wall, reader.locale) if wall else "",
        awake=bool(zone and listing.awake_in([zone], now)),
        shared=listing.shared_hours(mine, zone, now) if zone else None,
        country=str(locale.territories.get(entry.country, entry.country)),
        languages=[str(locale.languages.get(tag, tag)) for tag in entry.tags],
        why=_why(why, entry) if why else [],
    )


def _why(why: Match, entry: DirectoryEntry) -> list[str]:
    """The reason, in words."""
    said = []
    for words, sentence in (
        (why.they_offer, _("Offers what you seek: %(words)s.")),
        (why.they_seek, _("Seeks what you offer: %(words)s.")),
    ):
        if words:
            said.append(sentence % {"words": ", ".join(words)})
    if why.other_sector and why.other_zone:
        said.append(_("Works in another sector, by another clock."))
    elif why.other_sector:
        said.append(_("Works in another sector."))
    else:
        said.append(_("Lives by another clock."))
    return said


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own entry: made, changed."""
    community = member_community_or_404(slug, visitor_of(request))
    member = mine_of(request, community)
    own = DirectoryEntry.objects.filter(membership=member).first()
    if request.method == "POST":
        form = EntryForm(request.POST)
        if form.is_valid():
            try:
                listing.enter(membership=member, now=timezone.now(), **form.columns())
            except UserError as refused:
                show_refusal(form, refused, {"languages": "tongue_1"})
            else:
                messages.success(request, _("Saved. The members of this community see it."))
                return redirect("directory", slug)
    elif own:
        form = EntryForm(initial=EntryForm.initial_of(own))
    else:
        given = listing.fresh(member)
        form = EntryForm(initial=given | EntryForm.tongues_of(given.pop("languages")))
    context = {"community": community, "form": form, "own": own, "sectors": listing.sectors_of(community)}
    return render(request, "seminars/directory_mine.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the entry out; nothing of it is kept."""
    community = member_community_or_404(slug, visitor_of(request))
    listing.leave(membership=mine_of(request, community))
    messages.success(request, _("Your entry is deleted. Nobody finds you here any more."))
    return redirect("directory", slug)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One entry, and the form to write to its owner; the message is passed on."""
    community = member_community_or_404(slug, visitor_of(request))
    member = mine_of(request, community)
    found = get_object_or_404(DirectoryEntry.objects.of(community), pk=pk)
    own = DirectoryEntry.objects.filter(membership=member).first()
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            party = introducing.write_to(
                community=community,
                writer=person_of_member(member),
                entry=found,
                text=form.cleaned_data["text"],
                now=timezone.now(),
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Passed on. You see here when they answer."))
            return redirect("introduction", party.token)
    context = {
        "community": community,
        "shown": shown_of(found, _zone(own, member, request), reader_of(request), timezone.now()),
        "own": own,
        "is_mine": own is not None and own.pk == found.pk,
        "form": form,
        "organises_this": organises_in(request, community.pk),
    }
    return render(request, "seminars/directory_entry.html", context, status=422 if form.errors else 200)


def person_of_member(member: Membership) -> Person:
    """Return who writes. Raises Http404 for a member without an account."""
    if member.person.user_id is None:
        raise Http404
    return member.person


urlpatterns = [
    path("communities/<slug:slug>/directory/", directory, name="directory"),
    path("communities/<slug:slug>/directory/mine/", mine, name="directory_mine"),
    path("communities/<slug:slug>/directory/mine/leave/", leave, name="directory_leave"),
    path("communities/<slug:slug>/directory/<int:pk>/", entry, name="directory_entry"),
]
