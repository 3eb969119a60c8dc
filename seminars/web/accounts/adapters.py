"""What allauth asks of the site: whose address is proved, how passkeys are named, whom another sign-in is."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.models import User

WAITING = "sign_in_waiting_for_code"
"""In the session: another provider's sign-in that joins an account once a code has proved the address."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Our words; and an address that a code has just proved is confirmed, whoever made the account."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("Incorrect code."),
        "same_as_current": gettext_lazy("This is the address you have."),
    }

    def pre_login(self, request: HttpRequest, user: User, **known: Any) -> HttpResponse | None:
        """Confirm the address to which the code went, before a second one would be asked for.

        An account made at the command line has no confirmed address, though its owner has just read a code there.
        """
        refused: HttpResponse | None = super().pre_login(request, user, **known)
        if refused is None and _has_proved(request, user, known.get("email")):
            given = {"verified": True, "primary": True}
            EmailAddress.objects.get_or_create(user=user, email=user.email.lower(), defaults=given)
        return refused

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Return whether the address is confirmed now. Who makes an account by that code has just shown who they are.

        allauth notes the code of a sign-in, not that of a new account: it would ask for a second one a minute later.
        """
        confirmed = bool(super().confirm_email(request, email_address))
        if confirmed and not request.user.is_authenticated:
            record_authentication(request, email_address.user, method="code", email=email_address.email)
        return confirmed

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Return whether allauth asks once more who is there; not where our own door has just done so."""
        if getattr(context.request, "is_fresh", False):
            return False
        return bool(super().is_reauthentication_required(app=app))

    def clean_email(self, email: str) -> str:
        """Return the address in small letters: that is how all of ours are kept."""
        return str(super().clean_email(email)).strip().lower()


def _has_proved(request: HttpRequest, user: User, email: str | None) -> bool:
    """Whether this session has just given the code that went to the account's own address."""
    if not email or email.lower() != user.email.lower() or EmailAddress.objects.filter(user=user).exists():
        return False
    records = get_authentication_records(request, user)
    return any(each.get("method") == "code" and each.get("email") == email for each in records)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Passkeys under the site's name, each with a plain name to begin with."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": gettext_lazy("Incorrect code.")}

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Return the name that stands in the form: "Passkey 2"."""
        count = user.authenticator_set.filter(type=type).count() if user.pk else 0
        return _("Passkey %(number)d") % {"number": count + 1}


class OtherSignIn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """A provider's word on an address counts only where the settings trust it; else a code goes to the address."""

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> User:
        """Return the account to be, its address in small letters."""
        user: User = super().populate_user(request, sociallogin, data)
        user.email = user.email.lower()
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Have an address that has an account already prove itself by a code, and only then join the two.

        Where a trusted provider has verified the address, allauth has found the account by now. Raises
        ImmediateHttpResponse, which leads to the page that takes the code.
        """
        address = sociallogin.user.email if sociallogin.user else ""
        if sociallogin.is_existing or not address:
            return
        for each in sociallogin.email_addresses:
            each.verified = each.verified and self.can_authenticate_by_email(sociallogin, each.email)
        known = User.objects.filter(email=address, is_active=True).first()
        if known is None or sociallogin.state.get("process") not in (None, "login"):
            return
        if request.user.is_authenticated:
            account_adapter().logout(request)
        request.session[WAITING] = {"user": known.pk, "login": sociallogin.serialize()}
        LoginCodeVerificationProcess.initiate(request=request, user=known, email=known.email)
        raise ImmediateHttpResponse(redirect("account_confirm_login_code"))


def join_waiting(request: HttpRequest, user: User) -> None:
    """Give the account that signs in the other sign-in that waited for its code."""
    waiting = request.session.pop(WAITING, None)
    if waiting and waiting.get("user") == user.pk and _gave_code(request, user):
        SocialLogin.deserialize(waiting["login"]).connect(request, user)


def _gave_code(request: HttpRequest, user: User) -> bool:
    records = get_authentication_records(request, user)
    return any(each.get("method") == "code" and each.get("email") == user.email for each in records)
