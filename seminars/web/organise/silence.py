"""Who was not seen at the last sessions, and whether the hour may be why."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars.access import organised_community_or_404
from seminars.notifications.silence import city_of, hour_of, zone_words
from seminars.people.models import Community, Membership, Role
from seminars.sessions.models import Session
from seminars.sessions.silence import measuring
from seminars.sessions.silence.measuring import Group
from seminars.sessions.silence.models import MOST, USUAL
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.zones import locale_of
from seminars.web.organise.gate import for_organisers
from seminars.web.visitors import visitor_of

NAMES = 200


class SilenceForm(forms.Form):
    """After how many sessions, and whether by mail."""

    sessions = number_field(1, MOST, label=gettext_lazy("Sessions at which nobody saw them"))
    mails = forms.BooleanField(label=gettext_lazy("A mail to the managers once a month"), required=False)


@dataclass(frozen=True)
class Row:
    """One zone, country or language in words: hours that may be why, "" where they are fine."""

    group: Group
    name: str
    hours: str = ""
    cause: str = ""


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def silence(request: HttpRequest, slug: str) -> HttpResponse:
    """The report; managers see small groups and names, too."""
    community = organised_community_or_404(slug, visitor_of(request))
    rule = measuring.rule_of(community)
    form = SilenceForm(
        request.POST if request.method == "POST" else None,
        initial={"sessions": rule.sessions, "mails": rule.mails},
    )
    if request.method == "POST" and form.is_valid():
        measuring.set_rule(
            community=community,
            sessions=form.cleaned_data["sessions"] or USUAL,
            mails=form.cleaned_data["mails"],
        )
        messages.success(request, _("Saved."))
        return redirect("silence", slug)
    manager = is_manager(request, community)
    found = measuring.measure(community=community, sessions=rule.sessions, now=timezone.now())
    context = {
        "community": community,
        "form": form,
        "rule": rule,
        "found": found,
        "manager": manager,
        "next": _next(community),
    }
    if found:
        language = get_language() or "en"
        locale = locale_of(language)
        zones, few_zones = measuring.named(found.zones, manager=manager)
        countries, few_countries = measuring.named(found.countries, manager=manager)
        tongues, few_tongues = measuring.named(found.languages, manager=manager)
        context |= {
            "zones": [_zone(each, language) for each in zones],
            "countries": [Row(each, str(locale.territories.get(each.key, each.key))) for each in countries],
            "languages": [Row(each, str(locale.languages.get(each.key, each.key))) for each in tongues],
            "few": few_zones + few_countries + few_tongues,
            "people": found.people[:NAMES] if manager else [],
            "more_people": max(0, len(found.people) - NAMES),
        }
    return render(request, "seminars/organise/silence.html", context, status=400 if form.errors else 200)


def is_manager(request: HttpRequest, community: Community) -> bool:
    """Whether the visitor leads the community, or is an administrator."""
    visitor = visitor_of(request)
    rows = Membership.objects.filter(
        community=community, role=Role.MANAGER, person__user_id=visitor.user_id or 0
    )
    return visitor.is_admin or rows.exists()


def _zone(group: Group, language: str) -> Row:
    name = city_of(group.key, language)
    hours = ", ".join(hour_of(each.minutes) for each in group.hours)
    return Row(group, name, hours, zone_words(group, name))


def _next(community: Community) -> Session | None:
    """The next session that could have a second hour."""
    rows = Session.objects.published().filter(series__community=community, series__external=False)
    rows = rows.filter(cancelled_at=None, postponed_at=None, lead=None, within=None, local_time__isnull=False)
    return rows.upcoming(now=timezone.now()).first()


urlpatterns = [path("organise/communities/<slug:slug>/silence/", silence, name="silence")]
