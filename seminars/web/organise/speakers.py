"""One person who appears at a session, for its organisers: what they answered, and the secret link to send them."""

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.changes.refusing import UserError
from seminars.notifications import asking
from seminars.notifications.letters import SIGNATURE, write
from seminars.notifications.models import Message
from seminars.notifications.posting import language_of, recipient_of
from seminars.people.models import Person
from seminars.sessions.models import Session
from seminars.sessions.speaking.asking import link_of, make_link, revoke_link
from seminars.sessions.speaking.models import SpeakerLink
from seminars.sessions.speaking.stages import Stage, stages_of
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.organise.sessions import session_of


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
    to = recipient_of(person)
    context["asks_by_mail"] = to.email if to else ""
    if link and works:
        subject, body = letter(session, person, link)
        context |= {"address": _address(link), "subject": subject, "body": body}
        context["mails"] = Message.objects.about(kind=asking.SPEAKER, subject=asking.speaker_subject(link))[
            :10
        ]
        context["to"] = to
        context["mailto"] = f"mailto:{quote(person.email)}?subject={quote(subject)}&body={quote(body)}"
    return render(request, "seminars/organise/speaker_link.html", context)


def letter(session: Session, person: Person, link: SpeakerLink) -> tuple[str, str]:
    """Return subject and text of the mail that asks, as it would be sent, for who wants to send it themselves."""
    to = recipient_of(person, language=session.language)
    language = to.language if to else language_of(session.language)
    zone = to.zone if to else person.zone
    written = write(
        asking.SPEAKER,
        asking.letter_of(session, person, link),
        language=language,
        zone=zone,
        now=timezone.now(),
    )
    return written.subject, written.text.partition(f"\n{SIGNATURE}\n")[0].strip()


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
def mail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Mail the link to them, made first if need be; while one mail is on its way no other is added."""
    session, now = session_of(request, slug), timezone.now()
    person = _stage_or_404(session, number).speaker.person
    if recipient_of(person) is None:
        messages.error(request, _("We do not know their e-mail address. Copy the link and send it yourself."))
        return redirect("speaker_link", slug, number)
    try:
        with transaction.atomic():
            link = make_link(session=session, person=person, now=now, actor_id=actor(request))
            sent = asking.mail_speaker_link(link, now=now)
    except UserError as refused:
        say_refusal(request, refused)
    else:
        if sent:
            messages.success(request, _("The mail goes out now."))
        else:
            messages.info(request, _("A mail with this link is on its way already."))
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
    path(f"{BASE}link/mail/", mail, name="mail_speaker_link"),
    path(f"{BASE}link/end/", revoke, name="end_speaker_link"),
]
