"""/speak/<token>/slides/: somebody who appears at a session uploads slides or notes by their secret link."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recordings.catalogue import arriving
from recordings.catalogue.models import Origin, OriginalKind
from recordings.publishing import releasing
from recordings.transcripts.converting import as_vtt
from recordings.web.files import SOURCES, set_aside, too_large
from seminars.sessions.speaking.models import SpeakerLink
from seminars.web.forms.inputs import LanguageChoice
from seminars.web.speaking import declined, for_speakers, page

KINDS = (OriginalKind.SLIDES, OriginalKind.HANDOUT, OriginalKind.CAPTIONS)
"""What may be brought: slides, notes or other things to read, and captions or the words that were read out."""


class SlidesForm(forms.Form):
    """A PDF from the speaker's own disk."""

    kind = forms.ChoiceField(choices=[(each.value, each.label) for each in KINDS], required=False)
    language = LanguageChoice(required=False)
    origin = forms.ChoiceField(choices=SOURCES, required=False)

    file = forms.FileField(
        allow_empty_file=True,
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "missing": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("The file did not arrive. Choose it again."),
        },
    )


@for_speakers
def upload(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Take the slides in; what is wrong with them stands beside the field."""
    if request.method != "POST":
        return redirect("speak", link.token)
    form = SlidesForm(request.POST, request.FILES)
    if declined(link):
        return _again(request, link, _("You said that you do not come. Change that first."))
    if getattr(request, "too_large", False):
        return _again(request, link, too_large())
    if not form.is_valid():
        return _again(request, link, next(iter(form.errors.values()))[0])
    session, now = link.engagement.session, timezone.now()
    try:
        taken = arriving.take_upload(
            session=session,
            kind=OriginalKind(form.cleaned_data["kind"] or OriginalKind.SLIDES),
            uploaded=form.cleaned_data["file"],
            language=form.cleaned_data["language"] or session.language,
            now=now,
            actor_id=None,
            read_captions=as_vtt,
            origin=form.cleaned_data["origin"] or Origin.HUMAN,
        )
    except arriving.CannotTake as wrong:
        return _again(request, link, str(wrong))
    releasing.release(recording=taken.original.recording, now=now)
    if taken.again:
        messages.info(request, _("This file is here already. Nothing was added."))
    elif taken.aside:
        messages.warning(request, set_aside())
    else:
        messages.success(request, _("Thank you. Your file is here, and on the session's page."))
    return redirect("speak", link.token)


def _again(request: HttpRequest, link: SpeakerLink, wrong: Any) -> HttpResponse:
    return page(request, link, slides_error=str(wrong), status=422)


urlpatterns = [path("speak/<str:token>/slides/", upload, name="speak_slides")]
