"""/accounts/link/<token>/: the page behind `manage.py sign_in_link`. A button, because scanners open links."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from seminars.people.sign_in_links import LinkSpent, holder, redeem
from seminars.web.secret_links import unlisted
from seminars.web.setup import BACKEND


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; sign in when it is pressed."""
    try:
        if request.method != "POST":
            return render(request, "seminars/sign_in_link.html", {"holder": holder(token)})
        user = redeem(token, now=timezone.now())
    except LinkSpent:
        return render(request, "seminars/sign_in_link.html", {"holder": None}, status=410)
    login(request, user, backend=BACKEND)
    return redirect("me")


urlpatterns = [path("accounts/link/<str:token>/", sign_in_link, name="sign_in_link")]
