"""What every template may say: times, states, words by language, sizes, icons, the accent colour."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.units import format_unit
from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from seminars.people.models import Community
from seminars.sessions import dialling
from seminars.sessions.models import Material, MaterialKind, Session
from seminars.sessions.state import HEARD, State
from seminars.web.accents import accent_of
from seminars.web.icons import ICONS
from seminars.web.looks import LOOKS, UNDATED
from seminars.web.times import Reader, When, city, locale_of, span_of_time, was_at, was_words, when_of
from seminars.web.zones import reader_of
from seminars.words import language_said
from seminars.words import say as say_words

register = template.Library()

FORMATS = {
    "application/pdf": "PDF",
    "video/mp4": "MP4",
    "video/webm": "WebM",
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "audio/ogg": "Ogg",
    "audio/webm": "WebM",
    "text/vtt": "VTT",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
}
MATERIAL_ICONS: dict[str, str] = {
    MaterialKind.RECORDING: "play",
    MaterialKind.VOICE: "sound",
    MaterialKind.SMALL: "play",
    MaterialKind.SLIDES_VOICE: "slides",
    MaterialKind.SLIDES: "slides",
    MaterialKind.CAPTIONS: "captions",
    MaterialKind.TRANSCRIPT: "captions",
}


def language() -> str:
    """Return the page's language."""
    return get_language() or "en"


def reader_in(context: Context) -> Reader:
    """Return who reads this template; a mail or a test has no request and reads in the event's zone."""
    request = context.get("request")
    return reader_of(request) if request is not None else Reader(locale=locale_of(language()))


def now_in(context: Context) -> datetime:
    """Return the page's one `now`: what the view gave, or else the clock."""
    return context.get("now") or timezone.now()


@register.inclusion_tag("seminars/when.html", takes_context=True)
def when(context: Context, session: Session, style: str = "full") -> dict[str, Any]:
    """Show a session's time; style "full" for its own page, "line" for lists."""
    found: When = when_of(session, reader_in(context), now_in(context))
    return {"when": found, "style": style, "request": context.get("request")}


@register.inclusion_tag("seminars/whose.html", takes_context=True)
def whose(context: Context) -> dict[str, Any]:
    """Say above a list whose time it tells, with the way to change it."""
    reader = reader_in(context)
    place = city(reader.zone, reader.locale) if reader.zone else ""
    return {"city": place, "request": context.get("request")}


@register.simple_tag
def badge(session: Session, state: State | str | None = None) -> SafeString:
    """Show a session's state as an icon and a word; `state` where the page has worked it out for this moment."""
    shown = State(state or session.state)
    look = UNDATED if shown == State.ANNOUNCED and session.local_date is None else LOOKS[shown]
    return format_html('<span class="badge {}">{}{}</span>', look.tone, icon(look.icon), look.badge)


@register.simple_tag(takes_context=True)
def was(context: Context, session: Session) -> str:
    """Say when a moved session was to be: "Was Wed 9 Sept 2026, 15:00."; "" if it never moved.

    On a first visit the script tells that hour by the reader's clock too, as it does the new one.
    """
    at = was_at(session)
    said = was_words(at, session.zone, reader_in(context))
    if isinstance(at, datetime):
        start = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = format_html('<time datetime="{}" data-style="short">{}</time>', start, said)
    return format_html(_("Was %(time)s.") % {"time": "{}"}, said) if said else ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon. It is decoration beside a word, so readers of the screen skip it."""
    return mark_safe(  # noqa: S308  # our own constants
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{ICONS[name]}</svg>'
    )


@register.filter
def say(words: Mapping[str, str] | None) -> SafeString | str:
    """Say an organiser's words in the page's language; marked with `lang` where they are in another."""
    text, mark = say_words(words, language()), _marked(language_said(words, language()))
    return format_html("<span{}>{}</span>", mark, text) if mark else text


@register.filter(name="marked")
def _marked(tag: str) -> SafeString:
    """Return the attributes of words in the language `tag`: none in the page's own; `dir` where they run against it."""
    if not tag or tag.split("-")[0] == language().split("-")[0]:
        return SafeString()
    try:
        runs = Locale.parse(tag, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return format_html(' lang="{}"', tag)
    own = Locale.parse(locale_of(language())).text_direction
    return format_html(' lang="{}" dir="{}"', tag, runs) if runs != own else format_html(' lang="{}"', tag)


@register.filter
def numbers(text: str) -> str:
    """Say the numbers to dial in by, one on each line, with countries in the page's language."""
    found = dialling.read(text)
    return "\n".join(each.say(language()) if isinstance(each, dialling.Number) else each for each in found)


@register.filter
def say_plain(words: Mapping[str, str] | None) -> str:
    """Say an organiser's words without markup: for titles, attributes and mails."""
    return say_words(words, language())


@register.simple_tag
def session_title(session: Session) -> SafeString | str:
    """Say a session's title; until it has one, that of its series and its number."""
    if session.title:
        return say(session.title)
    if not session.series.rrule:
        return say(session.series.title)
    return format_html("{} {}", say(session.series.title), session.number)


@register.simple_tag
def session_title_plain(session: Session) -> str:
    """Say a session's title without markup."""
    if session.title:
        return say_plain(session.title)
    series = say_plain(session.series.title)
    return f"{series} {session.number}" if session.series.rrule else series


@register.inclusion_tag("seminars/files.html")
def files(materials: Iterable[Material], session: Session | None = None, page: str = "") -> dict[str, Any]:
    """List materials with what each costs: "Recording (MP4, 58 min, 48 MB, English)".

    session, or page: whose they are, or its address, in a list of many: what plays opens in the player there, which
    shows the captions too, so they are no file to open.
    """
    page = reverse("session", args=[session.slug]) if session else page
    found = [each for each in materials if not page or each.kind != MaterialKind.CAPTIONS]
    played = {"path": f"{page}#player"} if page else {}
    return {"files": [material_words(each) | (played if each.kind in HEARD else {}) for each in found]}


def material_words(material: Material) -> dict[str, str]:
    """Return address, icon and words of one material."""
    kind = FORMATS.get(material.media_type, "")
    tongue = str(language_name(material.language)) if material.language else ""
    length = duration(round((material.seconds or 0) / 60))
    about = ", ".join(part for part in (kind, length, size(material.size), tongue) if part)
    words = str(MaterialKind(material.kind).label)
    return {
        "path": material.path,
        "icon": MATERIAL_ICONS.get(material.kind, "file"),
        "words": f"{words} ({about})" if about else words,
    }


@register.filter
def host(address: str) -> str:
    """Say which site an address is on."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


@register.filter
def paragraphs(words: Mapping[str, str] | str | None) -> SafeString:
    """Show a plain text as paragraphs: an empty line parts them, a line break stays. Nothing in it is markup."""
    if isinstance(words, str):
        text, mark = words, SafeString()
    else:
        text, mark = say_words(words, language()), _marked(language_said(words, language()))
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    rows = (
        (mark, format_html_join(mark_safe("<br>"), "{}", ((line,) for line in block.split("\n"))))
        for block in blocks
    )
    return format_html_join("\n", "<p{}>{}</p>", rows)


@register.filter
def size(count: int | None) -> str:
    """Say a number of bytes: "1.2 MB", "340 kB"; "" for none."""
    if not count:
        return ""
    for unit, factor in (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3)):
        if count >= factor or unit == "kilobyte":
            amount = max(count / factor, 1)
            shown = round(amount, 1) if amount < 10 else round(amount)
            return format_unit(shown, f"digital-{unit}", "short", locale=locale_of(language()))
    return ""


@register.filter
def duration(minutes: float | None) -> str:
    """Say a number of minutes: "1 h 30 min"."""
    return span_of_time(timedelta(minutes=minutes)) if minutes else ""


@register.filter
def day(moment: date | None) -> str:
    """Say a date, or the date of a moment in UTC: "21 November 2026"."""
    if moment is None:
        return ""
    return format_date(moment, "long", locale=locale_of(language()))


@register.filter
def country_name(code: str) -> str:
    """Name a country of ISO 3166 in the page's language."""
    return str(Locale.parse(locale_of(language())).territories.get(code, code))


@register.filter
def zone_city(zone: str) -> str:
    """Name the city of a time zone in the page's language."""
    return city(zone, locale_of(language())) if zone else ""


@register.filter
def language_name(tag: str) -> str:
    """Name a language in the page's language: "Swedish"; the tag itself when nobody knows it."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale_of(language())) or tag
    except (UnknownLocaleError, ValueError):
        return tag


@register.simple_tag(takes_context=True)
def accent(context: Context, community: Community | None = None) -> SafeString:
    """Set the accent colour of the page, readable in light and dark: `community`, else the view's `community`."""
    found = community or context.get("community")
    if not isinstance(found, Community):
        return mark_safe("")
    colours = accent_of(found.accent)
    rule = ":root{{--accent:{};--on-accent:{}}}"
    return format_html(
        '<style nonce="{}">' + rule + "@media(prefers-color-scheme:dark){{" + rule + "}}</style>",
        context.get("CSP_NONCE", ""),
        colours.light,
        colours.on_light,
        colours.dark,
        colours.on_dark,
    )


@register.simple_tag(takes_context=True)
def zone_script(context: Context) -> SafeString:
    """Load the script that tells times by the reader's own clock, with what it must know."""
    reader = reader_in(context)
    return format_html(
        '<script src="{}" defer data-zone="{}" data-locale="{}" data-cookie="{}"></script>',
        static("seminars/zone.js"),
        reader.zone,
        reader.locale.replace("_", "-"),
        settings.ZONE_COOKIE_NAME,
    )
