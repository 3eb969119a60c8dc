"""What a page is for somebody who is signed in: in their language, and for organisers behind a second factor."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from seminars.people.models import User
from seminars.web.visitors import organises

GUARDED = ("/organise/", "/admin/")
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SignedIn:
    """Speaks the account's language, and leads organisers to their second factor where the settings ask for one.

    Asks nothing of who carries no session, such as programs that read the API; nor of calendars, which say in their
    address in which language they are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        calendar = request.path.endswith(".ics")
        if (
            not calendar
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and isinstance(request.user, User)
        ):
            speak(request, request.user)
            if settings.ORGANISERS_NEED_MFA and _lacks_factor(request):
                return redirect(f"{reverse('second_factor')}?{urlencode({'next': _place(request)})}")
        return self.get_response(request)


def speak(request: HttpRequest, user: User) -> None:
    """Make the account's language the page's, if it has chosen one."""
    if user.language and user.language in dict(settings.LANGUAGES):
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE


def has_factor(user: User) -> bool:
    """Return whether signing in takes more than a mailbox. One short query."""
    return bool(is_mfa_enabled(user, FACTORS))


def _lacks_factor(request: HttpRequest) -> bool:
    user = request.user
    if not request.path.startswith(GUARDED) or not isinstance(user, User):
        return False
    return (user.is_staff or organises(request)) and not has_factor(user)


def _place(request: HttpRequest) -> str:
    """Where to go on: the page itself, or the one whose form was sent."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path
