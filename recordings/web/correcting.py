"""/archive/<slug>/correct/: whoever finds a mistake says so, without an account, and the organisers get it."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from recordings.catalogue.models import Recording
from recordings.web.archive import place_of
from recordings.web.looking import of_one_that_stands
from seminars.changes.recording import record
from seminars.notifications.corrections import tell
from seminars.sessions.revising import subject_of
from seminars.web.forms.inputs import Short, Trapped
from seminars.web.limits import within
from seminars.words import say

LONGEST = 3_000
MOST_AN_HOUR = 20  # from one address: an office, or a school, can share it


class CorrectionForm(Trapped):
    """What is wrong, and where; and a field that only programs fill."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Say what is wrong.")},
    )
    at = Short(
        label=gettext_lazy("Where?"),
        longest=100,
        required=False,
        help_text=gettext_lazy("Such as 1:23 in the recording, slide 4, or a line of the transcript."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_one_that_stands
def correct_item(request: HttpRequest, recording: Recording) -> HttpResponse:
    """Ask what is wrong, and hand it to the organisers."""
    if request.method != "POST":
        return _page(request, recording, CorrectionForm(initial={"at": request.GET.get("t", "")[:100]}))
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, recording, form, status=422)
    if not within(request, "correct", most=MOST_AN_HOUR):
        form.add_error(None, _("Too many came from your address. Try again in an hour."))
        return _page(request, recording, form, status=429)
    keep(recording, form.cleaned_data["text"], form.cleaned_data["at"])
    messages.success(request, _("Thank you. The organisers get it."))
    return redirect(place_of(recording))


def keep(recording: Recording, text: str, at: str) -> None:
    """Write down what somebody found, for the history of the session and for a mail to its organisers."""
    now, session = timezone.now(), recording.session
    title = title_of(recording)
    page = settings.MERIDIAN_URL + reverse("archive_item", args=[recording.slug])
    with transaction.atomic():
        if session:
            note = f"{at}: {text}" if at else text
            record(kind="correction", subject=subject_of(session), scopes=(), now=now, note=note)
        tell(session=session, page=page, title=title, text=text, at=at, now=now)


def title_of(recording: Recording) -> str:
    """Return its title in the page's language."""
    words = recording.session.heading if recording.session else recording.title
    return say(words, get_language() or "en") or recording.slug


def _page(
    request: HttpRequest, recording: Recording, form: CorrectionForm, status: int = 200
) -> HttpResponse:
    session = recording.session
    context = {
        "recording": recording,
        "session": session,
        "place": place_of(recording),
        "title": title_of(recording),
        "community": session.series.community if session else None,
        "form": form,
    }
    return render(request, "recordings/correct.html", context, status=status)


urlpatterns = [path("archive/<slug:slug>/correct/", correct_item, name="correct_item")]
