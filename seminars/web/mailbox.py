"""/mailbox/: the mails that are kept as files, for the person who tries Meridian on their own machine.

It shows sign-in codes, so it is there only while nobody else can reach it: mails go to files, the site's address is
this machine's, and the request came from this machine and through no proxy.
"""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seminars.notifications.mailbox import mail, mails

# Whatever a proxy, a tunnel or a content network adds: with any of them the visitor may be anywhere.
PROXY_HEADERS = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Real-IP",
    "X-Client-IP",
    "X-Original-Host",
    "X-ProxyUser-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "Fly-Client-IP",
    "Client-IP",
)
FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def is_shown(request: HttpRequest) -> bool:
    """Return whether the mailbox may be shown to this request."""
    if settings.EMAIL_BACKEND != FILE_BACKEND or not settings.IS_LOOPBACK or settings.BEHIND_PROXY:
        return False
    try:
        host = urlsplit(f"//{request.get_host()}").hostname
    except DisallowedHost:  # every page asks, and the page that says 400 to this host is one too
        return False
    if host not in settings.LOOPBACK_NAMES:
        return False
    if any(name in request.headers for name in PROXY_HEADERS):
        return False
    try:
        remote = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    mapped = getattr(remote, "ipv4_mapped", None)  # a socket for both protocols says ::ffff:127.0.0.1
    return (mapped or remote).is_loopback


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    if not is_shown(request):
        raise Http404
    return render(
        request, "seminars/mailbox.html", {"mails": mails(settings.MAILBOX), "folder": settings.MAILBOX}
    )


@require_safe
@never_cache
def mailbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail as plain text."""
    found = mail(settings.MAILBOX, name) if is_shown(request) else None
    if found is None:
        raise Http404
    return render(request, "seminars/mailbox_mail.html", {"mail": found})


urlpatterns = [
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mailbox_mail, name="mailbox_mail"),
]
