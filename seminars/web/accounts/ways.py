"""Ways to sign in: pages of allauth behind a fresh sign-in, and the one that asks for a second factor."""

from allauth.account.views import email as change_email
from allauth.mfa.base.views import index as mfa_index
from allauth.mfa.recovery_codes.views import (
    download_recovery_codes,
    generate_recovery_codes,
    view_recovery_codes,
)
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, edit_webauthn, remove_webauthn
from allauth.socialaccount.views import connections
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache

from seminars.web.accounts.fresh import fresh_sign_in
from seminars.web.accounts.profile import account
from seminars.web.accounts.signed_in import has_factor
from seminars.web.zones import safe_next

NEXT = "after_second_factor"
"""In the session: where an organiser was going when they were asked for a second factor."""


@login_required
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask an organiser for a passkey or an app with codes; then lead them to where they were going."""
    if "next" in request.GET:
        request.session[NEXT] = safe_next(request)
    if has_factor(account(request)):
        return redirect(request.session.pop(NEXT, "/organise/"))
    return render(request, "account/second_factor.html")


def no_passwords(request: HttpRequest, rest: str) -> HttpResponse:
    """There are none here, so none can be set, changed or forgotten."""
    raise Http404


urlpatterns = [
    path("accounts/second-factor/", second_factor, name="second_factor"),
    path("accounts/password/<path:rest>", no_passwords, name="no_passwords"),
    path("accounts/email/", fresh_sign_in(change_email), name="account_email"),
    path("accounts/3rdparty/", fresh_sign_in(connections), name="socialaccount_connections"),
    path("accounts/2fa/", login_required(mfa_index), name="mfa_index"),
    path("accounts/2fa/totp/activate/", fresh_sign_in(activate_totp), name="mfa_activate_totp"),
    path("accounts/2fa/totp/deactivate/", fresh_sign_in(deactivate_totp), name="mfa_deactivate_totp"),
    path("accounts/2fa/webauthn/add/", fresh_sign_in(add_webauthn), name="mfa_add_webauthn"),
    path("accounts/2fa/webauthn/keys/<int:pk>/edit/", fresh_sign_in(edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "accounts/2fa/webauthn/keys/<int:pk>/remove/",
        fresh_sign_in(remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "accounts/2fa/recovery-codes/generate/",
        fresh_sign_in(generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        fresh_sign_in(download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("accounts/2fa/recovery-codes/", fresh_sign_in(view_recovery_codes), name="mfa_view_recovery_codes"),
]
