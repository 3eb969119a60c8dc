"""/here/<secret>/: what the poster at the door leads to. Who is registered says with one tap that they are here."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars.sessions.attendance import doors, noting
from seminars.sessions.attendance.models import Attendance, Headcount, Way
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.web.forms.checkin import HereForm
from seminars.web.limits import within
from seminars.web.listing import rows_of
from seminars.web.secret_links import unlisted
from seminars.web.visitors import visitor_of

MOST_AN_HOUR = 300  # a whole room can stand behind one address


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, secret: str) -> HttpResponse:
    """Say that one is here: signed in by a tap, else by address or ticket. The answer is the same for every address."""
    try:
        session = doors.opened(secret)
    except Headcount.DoesNotExist as unknown:
        raise Http404 from unknown
    if session.withdrawn_at:
        return redirect("session", session.slug)
    now, own = timezone.now(), _own(request, session)
    if request.method != "POST" or not doors.is_open(session, now):
        return _page(request, session, own, HereForm(), status=409 if request.method == "POST" else 200)
    if not within(request, "check-in", most=MOST_AN_HOUR):
        form = HereForm(request.POST)
        form.add_error(None, _("Too many people checked in from your address. Ask at the door."))
        return _page(request, session, own, form, status=429)
    if own:
        noting.note(session=session, registration=own, way=Way.ROOM, source=noting.DOOR, now=now)
        messages.success(request, _("You are checked in."))
        return redirect("check_in", secret)
    form = HereForm(request.POST)
    if not form.is_valid():
        return _page(request, session, own, form, status=422)
    if found := _registered(session, form.cleaned_data["who"]):
        noting.note(session=session, registration=found, way=Way.ROOM, source=noting.DOOR, now=now)
    messages.success(request, _("Thank you. If you are registered so, you are checked in."))
    return redirect("check_in", secret)


def _own(request: HttpRequest, session: Session) -> Registration | None:
    """The registration of who is signed in."""
    visitor = visitor_of(request)
    if visitor.user_id is None:
        return None
    return (
        Registration.objects.of_visitor(visitor)
        .filter(session=session)
        .select_related("person__user")
        .first()
    )


def _registered(session: Session, who: str) -> Registration | None:
    """By address, or by the code of a ticket."""
    rows = Registration.objects.standing().filter(session=session).select_related("person__user")
    if "@" in who:
        return rows.filter(email=who.lower()).first()
    held = doors.with_code(session, who)
    return held[0] if len(held) == 1 else None


def _page(
    request: HttpRequest, session: Session, own: Registration | None, form: HereForm, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    here = own and Attendance.objects.came().in_room().filter(session=session, registration=own).exists()
    context = {
        "session": session,
        "community": session.series.community,
        "row": rows_of([session], now)[0],
        "own": own,
        "here": here,
        "open": doors.is_open(session, now),
        "form": form,
    }
    return render(request, "seminars/check_in.html", context, status=status)


urlpatterns = [path("here/<str:secret>/", check_in, name="check_in")]
