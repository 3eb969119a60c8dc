"""Ways to follow a calendar in the programs that people have: one address, said as each of them wants it."""

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode, urlsplit

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from seminars.calendars.feeds import path_of
from seminars.calendars.scopes import Kind, Scope

# Google takes addresses in a form of its own; links with the address in them work for some accounts alone.
GOOGLE_BY_URL = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"
GOOGLE_BY_LINK = "https://calendar.google.com/calendar/r?cid="


@dataclass(frozen=True)
class Following:
    """Addresses of one calendar. `local`: only this very machine can reach it, so services elsewhere cannot."""

    name: str
    address: str
    webcal: str
    webcals: str
    outlook: str
    office: str
    google: str
    google_link: str
    download: str
    qr: SafeString
    private: bool
    local: bool
    tasks: bool = False


def following(scope: Scope, name: str, *, language: str, page_language: str) -> Following:
    """Return the ways to follow `scope`, called `name`.

    language: in which it comes by itself; where the page is read in another of ours, the address asks for that one,
    unless it asks for a language already.
    """
    ours = {code for code, _name in settings.LANGUAGES}
    asks = not scope.private and not scope.options.language
    if asks and page_language in ours and page_language != language:
        scope = replace(scope, options=replace(scope.options, language=page_language))
    path = path_of(scope)
    address = f"{settings.MERIDIAN_URL}{path}"
    bare = f"{urlsplit(address).netloc}{path}"
    webcal = f"webcal://{bare}"
    asked = urlencode({"url": address, "name": name})
    return Following(
        name=name,
        address=address,
        webcal=webcal,
        webcals=f"webcals://{bare}" if settings.SECURE else webcal,
        outlook=f"https://outlook.live.com/calendar/0/addfromweb?{asked}",
        office=f"https://outlook.office.com/calendar/0/addfromweb?{asked}",
        google=GOOGLE_BY_URL,
        google_link=f"{GOOGLE_BY_LINK}{quote(webcal, safe='')}",
        download=path,
        qr=qr_of(webcal),
        private=scope.private,
        local=is_local(),
        tasks=scope.kind == Kind.TASKS,
    )


def is_local() -> bool:
    """Return whether MERIDIAN_URL names this machine only."""
    return urlsplit(settings.MERIDIAN_URL).hostname in settings.LOOPBACK_NAMES


def qr_of(text: str) -> SafeString:
    """Return a QR code as inline SVG: dark on white in every colour scheme, with the quiet margin that cameras need."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(scale=4, border=4, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308  # drawn by segno from numbers; the text is not in it
