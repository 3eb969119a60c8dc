"""For administrators: every kind of mail in every language, as it would look with what the site has now."""

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from seminars.notifications.kinds import KINDS
from seminars.notifications.letters import MOST_BYTES, Kind, Written, write
from seminars.web.organise.gate import for_administrators
from seminars.web.zones import reader_of


@for_administrators
@require_safe
def previews(request: HttpRequest) -> HttpResponse:
    """Lead to the first kind, in the page's language."""
    return redirect("mail_preview", next(iter(KINDS)), translation.get_language() or settings.LANGUAGE_CODE)


@csp_update({"frame-src": ["'self'"]})
@for_administrators
@require_safe
def preview(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Show one kind: subject, headers, text, and the HTML in a frame."""
    found = _kind_or_404(kind, language)
    written = _written(request, found, language)
    context = {
        "kinds": KINDS.values(),
        "kind": found,
        "chosen": language,
        "languages": settings.LANGUAGES,
        "written": written,
        "kilobytes": f"{written.size / 1024:.1f}" if written else "",
        "most": MOST_BYTES // 1024,
    }
    return render(request, "seminars/organise/mails.html", context)


@csp_update({"style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@for_administrators
@require_safe
def preview_html(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The HTML part alone, for the frame."""
    written = _written(request, _kind_or_404(kind, language), language)
    if written is None:
        raise Http404
    return HttpResponse(written.html)


def _kind_or_404(kind: str, language: str) -> Kind:
    if kind not in KINDS or language not in dict(settings.LANGUAGES):
        raise Http404
    return KINDS[kind]


def _written(request: HttpRequest, kind: Kind, language: str) -> Written | None:
    """The mail as it would be now; None where the site has nothing to show in it."""
    now, zone = timezone.now(), reader_of(request).zone
    with translation.override(language):
        context = kind.sample(now, zone)
    if context is None:
        return None
    return write(kind.name, context, language=language, zone=zone, now=now)


BASE = "organise/mails/"
urlpatterns = [
    path(BASE, previews, name="mail_previews"),
    path(f"{BASE}<str:kind>/<str:language>/", preview, name="mail_preview"),
    path(f"{BASE}<str:kind>/<str:language>/html/", preview_html, name="mail_preview_html"),
]
