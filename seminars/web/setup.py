"""/setup/<token>/: the first visitor of an empty Meridian becomes its administrator, by the link that `up` printed."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars.people.setup import AlreadySetUp, WrongLink, is_token, set_up, setup_needed
from seminars.web.forms.setup import SetupForm
from seminars.web.secret_links import unlisted

BACKEND = "django.contrib.auth.backends.ModelBackend"


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form, make administrator and community, sign in."""
    if not setup_needed():
        return _used(request)
    if not is_token(token, settings.DATA):
        return render(request, "seminars/setup_link.html", {"used": False}, status=404)
    form = SetupForm(request.POST or None)
    if not form.is_valid():
        return render(request, "seminars/setup.html", {"form": form}, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    try:
        user = set_up(
            token=token,
            folder=settings.DATA,
            email=given["email"],
            name=given["name"],
            community=given["community"],
            zone=given["zone"],
            language=get_language() or settings.LANGUAGE_CODE,
            now=timezone.now(),
        )
    except (AlreadySetUp, WrongLink):  # the second click of two, or another person's, was faster
        return _used(request)
    login(request, user, backend=BACKEND)
    messages.success(request, _("Meridian is yours. Now plan the first series."))
    return redirect("organise")


def _used(request: HttpRequest) -> HttpResponse:
    """The same person clicked twice: go on. Anybody else: say that the link has done its work."""
    if request.user.is_authenticated:
        return redirect("organise")
    return render(request, "seminars/setup_link.html", {"used": True}, status=410)


urlpatterns = [path("setup/<str:token>/", setup, name="setup")]
