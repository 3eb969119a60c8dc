"""/speak/<token>/check/: who appeared at a session looks through its page before it stays as it is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.sessions.speaking.looking import check
from seminars.sessions.speaking.models import SpeakerLink
from seminars.web.organise.gate import say_refusal
from seminars.web.speaking import for_speakers


@for_speakers
def check_page(request: HttpRequest, link: SpeakerLink) -> HttpResponse:
    """Say that all is right, or what is wrong."""
    back = reverse("speak", args=[link.token]) + "#check"
    if request.method != "POST":
        return redirect(back)
    right, remark = request.POST.get("do") == "right", request.POST.get("remark", "")
    if not right and not remark.strip():
        messages.error(request, _("Say what is wrong."))
        return redirect(back)
    try:
        check(engagement=link.engagement, remark="" if right else remark, now=timezone.now())
    except UserError as refused:
        say_refusal(request, refused)
    else:
        messages.success(
            request, _("Thank you. It stays like that.") if right else _("Thank you. The organisers see it.")
        )
    return redirect(back)


urlpatterns = [path("speak/<str:token>/check/", check_page, name="speak_check")]
