"""Who follows a session as a group: the listening sites by zone, their heads, and the same as a table to take away."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.sessions.sites.models import ListeningSite
from seminars.web.organise.gate import for_organisers
from seminars.web.organise.sessions import session_of
from seminars.web.tables import csv_answer
from seminars.web.times import city
from seminars.web.zones import reader_of


@dataclass
class InZone:
    """The sites by one clock. expected, came: heads."""

    city: str
    sites: list[ListeningSite] = field(default_factory=list)

    @property
    def expected(self) -> int:
        """Heads expected at them."""
        return sum(site.expected for site in self.sites)

    @property
    def came(self) -> int:
        """Heads counted at them."""
        return sum(site.came or 0 for site in self.sites)


@for_organisers
@require_safe
def sites(request: HttpRequest, slug: str) -> HttpResponse:
    """List the groups of a session by zone, with the total; those that withdrew below."""
    session = session_of(request, slug)
    found = list(session.sites.all())
    standing = [site for site in found if site.withdrawn_at is None]
    locale = reader_of(request).locale
    zones: dict[str, InZone] = defaultdict(lambda: InZone(""))
    for site in standing:
        zones[site.zone].city = city(site.zone, locale)
        zones[site.zone].sites.append(site)
    context = {
        "session": session,
        "series": session.series,
        "community": session.series.community,
        "zones": sorted(zones.values(), key=lambda each: (-each.expected, each.city)),
        "withdrawn": [site for site in found if site.withdrawn_at],
        "count": len(standing),
        "expected": sum(site.expected for site in standing),
        "came": sum(site.came or 0 for site in standing),
        "counted": sum(site.came is not None for site in standing),
    }
    return render(request, "seminars/organise/sites.html", context)


@for_organisers
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the same as CSV, with addresses: for organisers only."""
    session = session_of(request, slug)
    rows = []
    for site in session.sites.all():
        words = (site.place, site.city, site.zone, site.contact, site.email)
        flags = _("yes") if site.welcome else _("no"), _("yes") if site.withdrawn_at else _("no")
        rows.append([*words, site.expected, site.holds, flags[0], site.came, site.notes, flags[1]])
    heads = (_("Place"), _("City"), _("Zone"), _("Name"), _("E-mail address"), _("Expected"), _("Room holds"))
    more = (_("Others may come"), _("Came"), _("To the organisers"), _("Withdrawn"))
    return csv_answer(f"{session.slug}-groups.csv", [*heads, *more], rows)


urlpatterns = [
    path("organise/sessions/<slug:slug>/groups/", sites, name="organise_sites"),
    path("organise/sessions/<slug:slug>/groups.csv", table, name="sites_table"),
]
