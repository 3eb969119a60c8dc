"""Invite by mail, to a community or to a series: the form, the open invitations, sending one again, ending it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from seminars.access import organised_community_or_404, organised_series_or_404, owned_series_or_404
from seminars.changes.refusing import UserError
from seminars.notifications import invitations
from seminars.notifications.models import Message
from seminars.notifications.posting import language_of
from seminars.people.models import Community, Role
from seminars.series.inviting import inviting
from seminars.series.inviting.inviting import State
from seminars.series.inviting.models import Invitation
from seminars.series.models import Part, Series
from seminars.web.forms.inviting import InviteForm
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.visitors import visitor_of

MOST = 200  # invitations that are listed


@dataclass(frozen=True)
class Row:
    """One invitation, where it stands, and its last mail."""

    invitation: Invitation
    state: State
    role: str
    mail: Message | None


def rows_of(community: Community, series: Series | None, now: datetime) -> list[Row]:
    """Return the invitations that nobody accepted or took back, with their mails, the newest first. Two questions."""
    found = list(
        Invitation.objects.filter(Q(series=series) if series else Q(community=community, series=None))
        .filter(accepted_at=None, revoked_at=None)
        .select_related("series")[:MOST]
    )
    subjects = [invitations.subject_of(each) for each in found]
    sent = Message.objects.filter(kind=invitations.KIND, subject__in=subjects).order_by("revision")
    mails = {each.subject: each for each in sent}
    return [
        Row(
            each,
            inviting.state_of(each, now),
            inviting.role_words(each),
            mails.get(invitations.subject_of(each)),
        )
        for each in found
    ]


def form_of(
    community: Community, series: Series | None, data: object = None, files: object = None
) -> InviteForm:
    """Return the form, with the roles that can be given here."""
    roles = Part.choices if series else Role.choices
    initial = {
        "role": Part.HOST if series else Role.MEMBER,
        "language": language_of(series.language if series else community.language),
    }
    return InviteForm(data, files, roles=list(roles), initial=initial)  # type: ignore[arg-type]


@for_organisers
def to_community(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite to a community."""
    return _page(request, organised_community_or_404(slug, visitor_of(request)), None)


@for_organisers
def to_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite to a series: its owners do, and who plans it sees how far it is."""
    visitor = visitor_of(request)
    if request.method == "POST":
        series = owned_series_or_404(slug, visitor)
        return _page(request, series.community, series)
    series = organised_series_or_404(slug, visitor)
    owns = Series.objects.owned_by(visitor).filter(pk=series.pk).exists()
    return _page(request, series.community, series, owns=owns)


@for_organisers
@require_POST
def change_in_community(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send one again, or end it."""
    community = organised_community_or_404(slug, visitor_of(request))
    rows = Invitation.objects.in_community(community).select_related("community", "series")
    return _change(request, get_object_or_404(rows, pk=pk), "invite_members", slug)


@for_organisers
@require_POST
def change_in_series(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Likewise in a series."""
    series = owned_series_or_404(slug, visitor_of(request))
    rows = Invitation.objects.filter(series=series).select_related("community", "series")
    return _change(request, get_object_or_404(rows, pk=pk), "invite_to_series", slug)


def _page(
    request: HttpRequest, community: Community, series: Series | None, *, owns: bool = True
) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_of(community, series, *sent)
    if request.method == "POST" and form.is_valid():
        try:
            count = _invite(request, community, series, form)
        except UserError as refused:
            show_refusal(form, refused)
        else:
            _say(request, count, len(form.cleaned_data["people"]))
            return redirect(request.path)
    context = {
        "community": community,
        "series": series,
        "form": form,
        "owns": owns,
        "rows": rows_of(community, series, timezone.now()),
        "may": [
            (label, (inviting.MAY_IN_SERIES if series else inviting.MAY)[value])  # type: ignore[index]
            for value, label in (Part if series else Role).choices
        ],
        "change": "change_series_invitation" if series else "change_invitation",
        "slug": series.slug if series else community.slug,
    }
    status = 400 if form.errors else 200
    return render(request, "seminars/organise/invite.html", context, status=status)


def _invite(request: HttpRequest, community: Community, series: Series | None, form: InviteForm) -> int:
    now, data = timezone.now(), form.cleaned_data
    with transaction.atomic():
        made = inviting.invite(
            community=community,
            series=series,
            people=data["people"],
            role=data["role"],
            language=data["language"],
            now=now,
            actor_id=actor(request),
        )
        invitations.mail_invitations(made, now=now)
    return len(made)


def _say(request: HttpRequest, count: int, asked: int) -> None:
    if count:
        words = ngettext("%(n)d invitation goes out now.", "%(n)d invitations go out now.", count)
        messages.success(request, words % {"n": count})
    if (there := asked - count) > 0:
        words = ngettext(
            "%(n)d person has this role already, and gets no mail.",
            "%(n)d people have this role already, and get no mail.",
            there,
        )
        messages.info(request, words % {"n": there})


def _change(request: HttpRequest, invitation: Invitation, back: str, slug: str) -> HttpResponse:
    now, who = timezone.now(), {"address": invitation.email}
    if request.POST.get("do") == "end":
        if invitations.take_back(invitation, now=now, actor_id=actor(request)):
            messages.success(request, _("The invitation of %(address)s has ended.") % who)
        return redirect(back, slug)
    try:
        with transaction.atomic():
            asked = inviting.again(invitation=invitation, now=now, actor_id=actor(request))
            invitations.mail_invitation(asked, now=now)
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(request, _("The invitation of %(address)s goes out again.") % who)
    return redirect(back, slug)


COMMUNITY = "organise/communities/<slug:slug>/members/invite/"
SERIES = "organise/series/<slug:slug>/roles/invite/"
urlpatterns = [
    path(COMMUNITY, to_community, name="invite_members"),
    path(f"{COMMUNITY}<int:pk>/", change_in_community, name="change_invitation"),
    path(SERIES, to_series, name="invite_to_series"),
    path(f"{SERIES}<int:pk>/", change_in_series, name="change_series_invitation"),
]
