"""On which terms others may use a recording: set by its organisers beside its files."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from recordings.catalogue.licences import set_licence
from recordings.catalogue.models import Recording
from recordings.web.files import session_of
from seminars.sessions.speaking.models import Licence
from seminars.web.organise.gate import actor, for_organisers


class LicenceForm(forms.Form):
    """A licence, or what the speakers said."""

    licence = forms.ChoiceField(
        label=gettext_lazy("On which terms others may use it"),
        choices=[("", gettext_lazy("What the speakers said by their links")), *Licence.choices],
        required=False,
    )


@for_organisers
@require_POST
def licence(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the licence of the session's recording."""
    recording = get_object_or_404(Recording, session=session_of(request, slug))
    form = LicenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the licences."))
    elif set_licence(
        recording=recording, licence=form.cleaned_data["licence"], now=timezone.now(), actor_id=actor(request)
    ):
        messages.success(request, _("The licence is changed. Its page says so now."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("session_files", slug)


urlpatterns = [path("organise/sessions/<slug:slug>/files/licence/", licence, name="set_licence")]
