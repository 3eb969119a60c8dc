"""What is grave asks once more who is there: a passkey or an app where there is one, else a code by mail."""

import hmac
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from seminars.web.accounts.forms import ConfirmCode
from seminars.web.accounts.profile import account
from seminars.web.limits import within
from seminars.web.zones import safe_next

STATE = "confirming"
"""In the session: the hash of the code that was sent, until when it is good, and how many tries are left."""
TRIES, SECONDS, MOST_AN_HOUR = 3, 900, 10
View = Callable[..., HttpResponseBase]


def fresh_sign_in(view: View) -> View:
    """Let in who signed in, or proved to be there, in the last 15 minutes; lead everybody else to do so."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            request.is_fresh = True  # type: ignore[attr-defined]  # so that allauth does not ask again
            return view(request, *args, **kwargs)
        ways = get_adapter().get_reauthentication_methods(account(request))
        place = ways[0]["url"] if ways else reverse("confirm_it_is_you")
        return redirect(f"{place}?{urlencode({'next': request.path})}")

    return guarded


def is_fresh(request: HttpRequest) -> bool:
    """Return whether whoever holds this browser has just shown who they are."""
    latest = max((each["at"] for each in get_authentication_records(request, request.user)), default=0.0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_it_is_you(request: HttpRequest) -> HttpResponse:
    """Send a code to the account's own address, and take it."""
    user = account(request)
    if request.method != "POST":
        return _page(request)
    if request.POST.get("do") == "send":
        if not within(request, f"confirm-{user.pk}", most=MOST_AN_HOUR):
            return _page(request, _("That was often. Wait an hour, then ask for a code again."), 429)
        code = get_adapter().generate_login_code()
        state = {"hash": _hash(code), "until": time.time() + SECONDS, "tries": TRIES}
        request.session[STATE] = state
        get_adapter().send_mail("account/email/confirm_code", user.email, {"code": code})
        return _page(request)
    form = ConfirmCode(request.POST)
    given = form.cleaned_data["code"] if form.is_valid() else ""
    if not _takes(request, given):
        return _page(request, _("This is not the code of the last mail, or it is too old."), 422)
    record_authentication(request, user, method="code", email=user.email, reauthenticated=True)
    return redirect(safe_next(request))


def _takes(request: HttpRequest, given: str) -> bool:
    """Whether the code is the right one. It works once; after three wrong ones none does."""
    state = request.session.pop(STATE, None)
    if not state or state["until"] < time.time() or state["tries"] < 1:
        return False
    if hmac.compare_digest(state["hash"], _hash(given)):
        return True
    request.session[STATE] = state | {"tries": state["tries"] - 1}
    return False


def _hash(code: str) -> str:
    plain = "".join(each for each in code.upper() if each.isalnum())
    return salted_hmac("seminars.web.accounts.fresh", plain).hexdigest()


def _page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    state = request.session.get(STATE)
    sent = bool(state and state["until"] > time.time() and state["tries"] > 0)
    context = {"sent": sent, "error": error, "next": safe_next(request), "email": account(request).email}
    return render(request, "account/confirm_it_is_you.html", context, status=status)


urlpatterns = [path("accounts/confirm/", confirm_it_is_you, name="confirm_it_is_you")]
