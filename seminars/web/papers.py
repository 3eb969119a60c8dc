"""A certificate as the page that is handed over: its words in a language of the site, and its file."""

from datetime import datetime

from babel.dates import format_date
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from seminars import clock
from seminars.notifications.posting import language_of
from seminars.people.membership.logos import path_of
from seminars.people.models import Community
from seminars.sessions.certificates.certifying import Certified, spaced
from seminars.sessions.certificates.drawing import Sheet, draw
from seminars.web.accents import accent_of
from seminars.web.times import locale_of
from seminars.words import say


def pdf_of(certified: Certified) -> HttpResponse:
    """Return the certificate as a file, in the language of the session or series."""
    code = certified.certificate.code
    language = language_of(certified.session.language if certified.session else certified.series.language)
    with override(language):
        content = draw(sheet_of(certified, language))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="certificate-{spaced(code)}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sheet_of(certified: Certified, language: str) -> Sheet:
    """Return what stands on it, in the active `language`."""
    series, session, code = certified.series, certified.session, certified.certificate.code
    community: Community = series.community
    title = say(session.heading, language) if session else say(series.title, language)
    return Sheet(
        language=language,
        accent=accent_of(community.accent).light,
        community=say(community.name, language),
        heading=_("Certificate of attendance"),
        says=_("This certifies that"),
        name=certified.name,
        took=_("took part in"),
        title=title,
        series=say(series.title, language) if session and title != say(series.title, language) else "",
        lines=tuple(lines_of(certified, language)),
        words=say(certified.rule.words, language),
        signed=certified.rule.signed_by,
        check=_("Whether it holds is said here:"),
        address=settings.MERIDIAN_URL + reverse("certificate", args=[spaced(code)]),
        code_is=_("Code:"),
        code=spaced(code),
        logo=_logo(community),
    )


def lines_of(certified: Certified, language: str) -> list[str]:
    """Return when it was, and how long somebody was there, in the active `language`."""
    found = []
    first, last = certified.days
    zone = certified.session.zone if certified.session else certified.series.zone
    locale = locale_of(language)
    if first and last:
        days = dict.fromkeys(_day(each, zone, locale) for each in (first, last))
        found.append(" – ".join(days))
    if certified.session is None:
        number = len(certified.sessions)
        found.append(ngettext("%(n)d session", "%(n)d sessions", number) % {"n": number})
    if certified.seconds:
        minutes = round(certified.seconds / 60)
        found.append(ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
    return found


def _day(moment: datetime, zone: str, locale: str) -> str:
    return str(format_date(clock.to_wall(moment, zone).date(), "long", locale=locale))


def _logo(community: Community) -> bytes:
    path = path_of(community.logo) if community.logo else None
    return path.read_bytes() if path and path.exists() else b""
