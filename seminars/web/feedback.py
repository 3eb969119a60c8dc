"""How was it? The form after a session: for whoever was there, without a name, until thirty days after."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars.access import session_or_404
from seminars.changes.refusing import UserError
from seminars.sessions.feedback import asking
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.web.forms.feedback import ASKED, FeedbackForm
from seminars.web.limits import within
from seminars.web.organise.gate import show_refusal
from seminars.web.registration import by_link
from seminars.web.secret_links import unlisted
from seminars.web.visitors import visitor_of

MOST_AN_HOUR = 60  # from one address: a room can share it


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask everybody who may see the session; one answer for each page that was opened."""
    session = session_or_404(slug, visitor_of(request))
    if session.withdrawn_at:
        return redirect("session", session.slug)
    return _asked(request, session, None)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def by_registration(request: HttpRequest, found: Registration) -> HttpResponse:
    """Ask who was registered; a second answer takes the place of the first. Whose it is, is not kept."""
    return _asked(request, found.session, found)


def _asked(request: HttpRequest, session: Session, registration: Registration | None) -> HttpResponse:
    form_row, now = asking.form_of(session.series), timezone.now()
    if not asking.is_open(session, form_row, now):
        return _page(request, session, None, now, status=409 if request.method == "POST" else 200)
    questions = asking.questions_of(form_row)
    if request.method != "POST":
        return _page(request, session, FeedbackForm(questions=questions, initial=FeedbackForm.fresh()), now)
    form = FeedbackForm(request.POST, questions=questions)
    if not form.is_valid():
        return _page(request, session, form, now, status=422)
    if not within(request, "feedback", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many answers came from your address. Try again in an hour."))
        return _page(request, session, form, now, status=429)
    key = form.cleaned_data["form_key"] or FeedbackForm.fresh()["form_key"]
    voice = asking.voice_of(session=session, registration=registration, form_key=key)
    try:
        asking.answer(session=session, voice=voice, answers=form.answers(), now=now)
    except UserError as refused:
        show_refusal(form, refused, {name: ASKED + name for name in refused.fields if name})
        return _page(request, session, form, now, status=422)
    messages.success(request, _("Thank you. The organisers see what you said, and not who you are."))
    return redirect("registration", registration.token) if registration else redirect("session", session.slug)


def _page(
    request: HttpRequest, session: Session, form: FeedbackForm | None, now: datetime, status: int = 200
) -> HttpResponse:
    ended = session.closed_at or session.ends_at
    context = {
        "session": session,
        "community": session.series.community,
        "form": form,
        "early": bool(ended and now < ended),
        "until": ended + asking.OPEN_FOR if ended else None,
    }
    return render(request, "seminars/feedback.html", context, status=status)


urlpatterns = [
    path("sessions/<slug:slug>/feedback/", feedback, name="feedback"),
    path("registration/<str:token>/feedback/", by_registration, name="feedback_by_registration"),
]
