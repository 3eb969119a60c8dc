"""One person who appears at a session, for its organisers: what they answered, and the secret link to send them."""

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.changes.refusing import UserError
from seminars.people.models import Person
from seminars.sessions.models import Session
from seminars.sessions.speaking.asking import link_of, make_link, revoke_link
from seminars.sessions.speaking.models import SpeakerLink
from seminars.sessions.speaking.stages import Stage, stages_of
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.organise.sessions import session_of
from seminars.web.times import Reader, locale_of, when_of


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What one person was asked and answered; their link, ready to copy and to mail."""
    session = session_of(request, slug)
    stage = _stage_or_404(session, number)
    person, now = stage.speaker.person, timezone.now()
    link = link_of(session, person)
    works = link is not None and now < link.works_until
    context = {
        "now": now,
        "session": session,
        "community": session.series.community,
        "stage": stage,
        "person": person,
        "link": link if works else None,
        "ended": link is not None and not works,
    }
    if link and works:
        subject, body = letter(session, person, link)
        context |= {"address": _address(link), "subject": subject, "body": body}
        context["mailto"] = f"mailto:{quote(person.email)}?subject={quote(subject)}&body={quote(body)}"
    return render(request, "seminars/organise/speaker_link.html", context)


def letter(session: Session, person: Person, link: SpeakerLink) -> tuple[str, str]:
    """Return subject and text of the mail that asks, in the session's language if the site has it."""
    known = {code for code, _name in settings.LANGUAGES}
    language = session.language if session.language in known else settings.LANGUAGE_CODE
    with translation.override(language):
        zone = person.zone or (person.user.zone if person.user else "")
        reader = Reader(zone, "profile" if zone else "", locale_of(language))
        context = {
            "session": session,
            "person": person,
            "when": when_of(session, reader, timezone.now()),
            "address": _address(link),
            "community": session.series.community,
        }
        text = render_to_string("seminars/organise/speaker_letter.txt", context)
        subject, _line, body = text.strip().partition("\n")
    return subject.strip(), body.strip()


def _address(link: SpeakerLink) -> str:
    return settings.MERIDIAN_URL + reverse("speak", args=[link.token])


@for_organisers
@require_POST
def make(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Make the link; asked again, it stays."""
    session = session_of(request, slug)
    person = _stage_or_404(session, number).speaker.person
    try:
        make_link(session=session, person=person, now=timezone.now(), actor_id=actor(request))
    except UserError as refused:
        say_refusal(request, refused)
    return redirect("speaker_link", slug, number)


@for_organisers
@require_POST
def revoke(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """End the link; what they answered stays."""
    session = session_of(request, slug)
    person = _stage_or_404(session, number).speaker.person
    if revoke_link(session=session, person=person, now=timezone.now(), actor_id=actor(request)):
        messages.success(request, _("The link has ended. What was answered is kept."))
    return redirect("speaker_link", slug, number)


def _stage_or_404(session: Session, number: int) -> Stage:
    listed = list(session.speakers.all())
    found = next((each for each in stages_of(session, listed) if each.speaker.pk == number), None)
    if found is None:
        raise Http404
    return found


BASE = "organise/sessions/<slug:slug>/speakers/<int:number>/"
urlpatterns = [
    path(BASE, show, name="speaker_link"),
    path(f"{BASE}link/", make, name="make_speaker_link"),
    path(f"{BASE}link/end/", revoke, name="end_speaker_link"),
]
