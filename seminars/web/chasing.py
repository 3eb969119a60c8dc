"""/mails/owed/<token>/: the link in each daily mail about what somebody owes that ends these mails at one click."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from seminars.notifications.chasing import stopping
from seminars.people.models import Person
from seminars.web.secret_links import behind_link


@csrf_exempt  # a mail program posts here by itself when its reader presses "unsubscribe" (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@behind_link(lambda _request, token: stopping.opened(token))
def stop_chasing(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what the mails are about; stop them, or begin them again, when the button is pressed."""
    done = ""
    if request.method == "POST":
        wanted = request.POST.get("do") == "begin"
        stopping.choose(person=person, wanted=wanted, now=timezone.now())
        done = "begun" if wanted else "stopped"
    context = {"done": done, "comes": stopping.comes(person)}
    return render(request, "seminars/stop_chasing.html", context)


urlpatterns = [path("mails/owed/<str:token>/", stop_chasing, name="stop_chasing")]
