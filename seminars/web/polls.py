"""/poll/<token>/: say which hours suit, in one's own time, without an account; change it later by one's own link."""

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars.changes.refusing import UserError
from seminars.sessions.polls import polling
from seminars.sessions.polls.models import DatePoll, Voice
from seminars.web.forms.polls import VoiceForm
from seminars.web.hours import time_of
from seminars.web.limits import within
from seminars.web.organise.gate import show_refusal
from seminars.web.secret_links import behind_link
from seminars.web.times import When
from seminars.web.zones import reader_of

MOST_AN_HOUR = 60  # from one address: an office, or a school, can share it
READ = ["GET", "HEAD", "POST"]


def _opened(_request: HttpRequest, token: str) -> DatePoll:
    return DatePoll.objects.select_related("community", "session__series").get(token=token)


by_link = behind_link(_opened)


@require_http_methods(READ)
@by_link
def poll(request: HttpRequest, found: DatePoll) -> HttpResponse:
    """Answer for the first time."""
    return _answer(request, found, None)


@require_http_methods(READ)
@by_link
def voice(request: HttpRequest, found: DatePoll, key: str) -> HttpResponse:
    """See one's own answer, and change it."""
    return _answer(request, found, get_object_or_404(Voice, poll=found, key=key))


def _answer(request: HttpRequest, poll: DatePoll, voice: Voice | None) -> HttpResponse:
    reader, now = reader_of(request), timezone.now()
    slots = list(poll.slots.select_related("poll"))
    times = {slot.pk: time_of(slot, reader) for slot in slots}
    labels = [(pk, when.short) for pk, when in times.items()]
    if request.method != "POST":
        initial = _initial(voice)
        return _page(request, poll, voice, VoiceForm(initial=initial, slots=labels), times)
    form = VoiceForm(request.POST, slots=labels)
    if not poll.is_open(now):
        return _too_late(request, poll, voice, form, times)
    if not form.is_valid():
        return _page(request, poll, voice, form, times, 422)
    if not within(request, "poll", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many answers came from your address. Try again in an hour."))
        return _page(request, poll, voice, form, times, 429)
    try:
        kept = polling.answer(
            poll=poll,
            voice=voice,
            name=form.cleaned_data["name"],
            zone=reader.zone,
            said=form.said(),
            now=now,
        )
    except polling.PollClosed:
        return _too_late(request, poll, voice, form, times)
    except UserError as refused:
        show_refusal(form, refused)
        return _page(request, poll, voice, form, times, 422)
    messages.success(
        request, _("Thank you. Your answer is kept; you can change it here until the poll closes.")
    )
    return redirect("poll_voice", poll.token, kept.key)


def _initial(voice: Voice | None) -> dict[str, str]:
    if voice is None:
        return {}
    said = {f"slot{each.slot_id}": each.suits for each in voice.answers.all()}
    return said | {"name": voice.name}


def _page(
    request: HttpRequest,
    poll: DatePoll,
    voice: Voice | None,
    form: VoiceForm,
    times: dict[int, When],
    status: int = 200,
    **given: object,
) -> HttpResponse:
    session = poll.session
    own = settings.MERIDIAN_URL + reverse("poll_voice", args=[poll.token, voice.key]) if voice else ""
    context = {
        "poll": poll,
        "community": poll.community,
        "voice": voice,
        "own": own,
        "form": form,
        "rows": [(form[f"slot{pk}"], when) for pk, when in times.items()],
        "is_open": poll.is_open(timezone.now()),
        "answered": poll.voices.count(),
        "session": session if session and session.published_at else None,
    }
    return render(request, "seminars/poll.html", context | given, status=status)


def _too_late(
    request: HttpRequest, poll: DatePoll, voice: Voice | None, form: VoiceForm, times: dict[int, When]
) -> HttpResponse:
    """What was chosen is shown, and can be sent by mail: nothing is lost."""
    name = form.data.get("name", "").strip()
    lines = [f"{words}: {suits}" for words, suits in form.typed()]
    body = "\n".join([name, *lines])
    contact = poll.community.contact
    mailto = f"mailto:{contact}?subject={quote(poll.title)}&body={quote(body)}" if contact else ""
    return _page(request, poll, voice, form, times, 409, late=True, lines=lines, name=name, mailto=mailto)


urlpatterns = [
    path("poll/<str:token>/", poll, name="poll"),
    path("poll/<str:token>/<str:key>/", voice, name="poll_voice"),
]
