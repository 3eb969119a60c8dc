"""What mails somebody wants: the page of who is signed in, and the link in each mail that stops them at one click."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from seminars.notifications import wishes
from seminars.notifications.models import Wish
from seminars.people.joining import person_of
from seminars.people.models import Community, Person, User
from seminars.sessions.models import Session


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_mails(request: HttpRequest) -> HttpResponse:
    """One box for each community: a mail when something moves."""
    assert isinstance(request.user, User)  # `login_required` saw to it
    person = person_of(request.user)
    rows = _rows(person)
    if request.method == "POST":
        for community, wanted in rows:
            asked = f"moves-{community.pk}" in request.POST
            if asked != wanted:
                wishes.choose(person=person, community=community, moves=asked, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("my_mails")
    return render(request, "seminars/my_mails.html", {"rows": rows})


def _rows(person: Person) -> list[tuple[Community, bool]]:
    """Each community of theirs, also by an invitation or as a speaker, and whether they are told what moves."""
    sessions = Session.objects.published().filter(Q(named=person) | Q(speakers__person=person))
    near = set(sessions.values_list("series__community_id", flat=True))
    mine = Q(memberships__person=person) | Q(pk__in=near)
    chosen = dict(Wish.objects.filter(person=person).values_list("community_id", "moves"))
    return [
        (each, chosen.get(each.pk, wishes.usual(each, close=each.pk in near)))
        for each in Community.objects.filter(mine).distinct().order_by("slug")
    ]


@csrf_exempt  # a mail program posts here by itself when its reader presses "unsubscribe" (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the mails are about; stop them, or begin them again, when the button is pressed."""
    try:
        person, community = wishes.stopped_by(token)
    except wishes.UnknownStop as unknown:
        raise Http404 from unknown
    done = ""
    if request.method == "POST":
        moves = request.POST.get("do") == "begin"
        wishes.choose(person=person, community=community, moves=moves, now=timezone.now())
        done = "begun" if moves else "stopped"
    context = {"community": community, "done": done}
    answer = render(request, "seminars/stop_mails.html", context)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


urlpatterns = [
    path("me/mails/", my_mails, name="my_mails"),
    path("mails/stop/<str:token>/", stop_mails, name="stop_mails"),
]
