"""A facilitator brings two members together, sees where each introduction stands, and looks at reported messages."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.people.introducing import introducing
from seminars.people.introducing.models import Answer, Introduction, Note
from seminars.people.joining import person_of
from seminars.people.models import Community, Membership, User
from seminars.web.forms.directory import IntroduceForm
from seminars.web.numbers import row_number
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.visitors import visitor_of

MOST = 50


@dataclass(frozen=True)
class Row:
    """One introduction as its facilitator sees it."""

    meeting: Introduction
    names: list[str]
    state: str


@for_organisers
def introduce(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, the introductions so far, and messages that members reported."""
    community = organised_community_or_404(slug, visitor_of(request))
    if request.method == "POST":
        form = IntroduceForm(request.POST, community=community)
        if form.is_valid():
            data = form.cleaned_data
            assert isinstance(request.user, User)  # `for_organisers` saw to it
            try:
                made = introducing.introduce(
                    community=community,
                    facilitator=person_of(request.user),
                    pair=(data["one"], data["other"]),
                    words=data["words"],
                    agreed=data["agreed"],
                    now=timezone.now(),
                )
            except UserError as refused:
                show_refusal(form, refused)
            else:
                asked = made.parties.filter(said=Answer.NONE).exists()
                said = _("They are asked by mail.") if asked else _("Both get your words now.")
                messages.success(request, said)
                return redirect("organise_introductions", slug)
    else:
        form = IntroduceForm(initial=_chosen(request, community), community=community)
    return _page(request, community, form)


def _chosen(request: HttpRequest, community: Community) -> dict[str, str]:
    """Who was chosen in the directory, by number: no address stands in ours."""
    found = {}
    for name in ("one", "other"):
        if number := row_number(request.GET.get(name)):
            rows = Membership.objects.filter(community=community, pk=number).select_related("person")
            if member := rows.first():
                found[name] = member.person.name
    return found


def _page(request: HttpRequest, community: Community, form: IntroduceForm) -> HttpResponse:
    rows = Introduction.objects.facilitated().filter(community=community).with_parties()[:MOST]
    reported = Note.objects.filter(reported_at__isnull=False, settled_at=None)
    reported = reported.filter(writer__introduction__community=community).select_related("writer__person")
    context = {
        "community": community,
        "form": form,
        "rows": [_row(each) for each in rows],
        "reported": reported.order_by("reported_at", "pk")[:MOST],
    }
    return render(
        request, "seminars/organise/introductions.html", context, status=400 if form.errors else 200
    )


def _row(meeting: Introduction) -> Row:
    sides = list(meeting.parties.all())
    waiting = [each.person.name for each in sides if each.said == Answer.NONE]
    if meeting.ended_at:
        state = _("Ended.") if meeting.met_at else _("It did not come about.")
    elif waiting:
        state = _("Waits for %(name)s.") % {"name": ", ".join(waiting)}
    else:
        state = _("They know each other.")
    return Row(meeting, [each.person.name for each in sides], state)


@for_organisers
@require_POST
def settle(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A reported message was looked at; its writer may be stopped from writing to members."""
    community = organised_community_or_404(slug, visitor_of(request))
    rows = Note.objects.filter(writer__introduction__community=community, reported_at__isnull=False)
    note = get_object_or_404(rows.select_related("writer__person", "writer__introduction__community"), pk=pk)
    hush = request.POST.get("do") == "hush"
    introducing.settle(note=note, hush=hush, now=timezone.now(), actor_id=actor(request))
    words = _("%(name)s can write to no member here any more.") if hush else _("Done.")
    messages.success(request, words % {"name": note.writer.person.name})
    return redirect("organise_introductions", slug)


BASE = "organise/communities/<slug:slug>/introductions/"
urlpatterns = [
    path(BASE, introduce, name="organise_introductions"),
    path(f"{BASE}<int:pk>/", settle, name="settle_report"),
]
