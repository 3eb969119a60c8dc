"""/invitations/<token>/: accept or decline what a mail asks. Buttons, because scanners open links."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars.people.models import Role, User
from seminars.series.inviting import inviting
from seminars.series.inviting.entering import NeedsCode, enter, is_new, owns
from seminars.series.inviting.inviting import InvitationEnded, State
from seminars.series.inviting.models import Invitation
from seminars.series.models import Part
from seminars.web.secret_links import behind_link
from seminars.web.setup import BACKEND
from seminars.web.zones import reader_of


def _opened(request: HttpRequest, token: str) -> Invitation | HttpResponse:
    return inviting.found_by(token) or _ended(request, None, None, 404)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link(_opened)
def invitation(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Show what is asked; do what the pressed button says."""
    now = timezone.now()
    state = inviting.state_of(found, now)
    if state != State.OPEN:
        return _ended(request, found, state, 410)
    user = request.user if isinstance(request.user, User) else None
    mine = user is not None and owns(user, found)
    if request.method != "POST" or (user and not mine):
        return _page(request, found, user, mine)
    try:
        if request.POST.get("do") == "decline":
            inviting.decline(invitation=found, now=now)
            return _ended(request, found, State.DECLINED, 200)
        if user is None:
            user = enter(invitation=found, zone=reader_of(request).zone, now=now)
            login(request, user, backend=BACKEND)
        else:
            inviting.accept(invitation=found, user=user, now=now)
    except NeedsCode:
        return redirect(_sign_in(request))
    except InvitationEnded as ended:
        return _ended(request, found, ended.state, 410)
    messages.success(request, _("Welcome. Your role: %(role)s.") % {"role": inviting.role_words(found)})
    return redirect(_place(found))


def _page(request: HttpRequest, found: Invitation, user: User | None, mine: bool) -> HttpResponse:
    person = getattr(found.made_by, "person", None)
    context = {
        "invitation": found,
        "community": found.community,
        "by": person.name if person else "",
        "role": inviting.role_words(found),
        "duties": inviting.duties(found),
        "other": user if user and not mine else None,
        "needs_code": user is None and not is_new(found),
        "sign_in": _sign_in(request),
    }
    status = 403 if request.method == "POST" else 200  # only another account's page gets here with a POST
    return render(request, "seminars/invitation.html", context, status=status)


def _ended(request: HttpRequest, found: Invitation | None, state: State | None, status: int) -> HttpResponse:
    context = {"invitation": found, "state": state.value if state else ""}
    if found and state == State.ACCEPTED:
        context["place"] = _place(found)
    return render(request, "seminars/invitation_ended.html", context, status=status)


def _sign_in(request: HttpRequest) -> str:
    return f"{reverse(settings.LOGIN_URL)}?next={request.path}"


def _place(found: Invitation) -> str:
    """Where the role counts."""
    if found.series and found.role in Part.planning():
        return reverse("organise_series", args=[found.series.slug])
    if found.series:
        return reverse("organise")
    if found.role in Role.organising():
        return reverse("organise_community", args=[found.community.slug])
    return reverse("community", args=[found.community.slug])


urlpatterns = [path("invitations/<str:token>/", invitation, name="invitation")]
