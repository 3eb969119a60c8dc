"""A few words to send on: what, when in the series' cities, and the page where everybody sees their own hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars import clock
from seminars.access import series_or_404, session_or_404
from seminars.notifications.posting import language_of
from seminars.series.models import Series
from seminars.sessions.models import Precision, Session
from seminars.web.listing import with_series
from seminars.web.rhythms import in_full
from seminars.web.sessions import zones_of_members
from seminars.web.times import Reader, city, day_words, hour_words, locale_of, when_of
from seminars.web.visitors import visitor_of
from seminars.words import say

CITIES = 3  # beside the session's own: a text message is short


@dataclass(frozen=True)
class Note:
    """A few words to send on in one language, and the addresses that open WhatsApp and SMS with them."""

    language: str
    language_name: str
    text: str

    @property
    def whatsapp(self) -> str:
        """The address that opens WhatsApp with the words, on a phone or in a browser."""
        return f"https://wa.me/?text={quote(self.text, safe='')}"

    @property
    def sms(self) -> str:
        """The address that opens a text message with them (RFC 5724; iOS wants the & too)."""
        return f"sms:?&body={quote(self.text, safe='')}"


@require_safe
def share_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the words about one session, in each language that may be wanted."""
    found = session_or_404(slug, visitor_of(request))
    if found.withdrawn_at:
        raise Http404
    now, zones = timezone.now(), zones_of_members(found)
    series = found.series
    notes = [
        note_of(tag, lambda tag=tag: words_of_session(found, zones, tag, now))
        for tag in languages_of(series, found.language)
    ]
    return _page(request, notes, session=found, series=series)


@require_safe
def share_series(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the words about a series and its next session, likewise."""
    series, now = series_or_404(slug, visitor_of(request)), timezone.now()
    ours = Session.objects.visible_to(visitor_of(request)).published().filter(series=series, within=None)
    ahead = with_series(ours).upcoming(now=now).filter(cancelled_at=None, postponed_at=None)
    following = ahead.exclude(starts_at=None).first()
    zones = zones_of_members(following) if following else []
    notes = [
        note_of(tag, lambda tag=tag: words_of_series(series, following, zones, tag, now))
        for tag in languages_of(series)
    ]
    return _page(request, notes, series=series)


def languages_of(series: Series, *more: str) -> list[str]:
    """Return the languages of the site in which the words are given: the reader's first, then the community's."""
    wanted = [get_language() or "", *more, series.language, series.community.language]
    return list(dict.fromkeys(language_of(each) for each in wanted if each))


def note_of(language: str, words: Any) -> Note:
    """Return the words as `words()` says them in `language`."""
    names = dict(settings.LANGUAGES)
    with translation.override(language):
        return Note(language, str(names.get(language, language)), words())


def words_of_session(session: Session, zones: Iterable[str], language: str, now: datetime) -> str:
    """Return title, day and hour in some cities, and the page with each reader's own hour. zones: of members."""
    title = say(session.title, language) or say(session.series.title, language)
    page = settings.MERIDIAN_URL + reverse("session", args=[session.slug])
    return "\n".join([title, *_times(session, zones, language, now), _("In your own time: %s") % page])


def words_of_series(
    series: Series, following: Session | None, zones: Iterable[str], language: str, now: datetime
) -> str:
    """Return the series' title and rhythm, its next session in some cities, and its page. zones: of members."""
    page = settings.MERIDIAN_URL + reverse("series", args=[series.slug])
    lines = [say(series.title, language), in_full(series, locale_of(language))]
    if following:
        title = say(following.title, language)
        lines += [_("Next: %s") % title if title else _("Next:"), *_times(following, zones, language, now)]
    return "\n".join([*(each for each in lines if each), _("All sessions in your own time: %s") % page])


def _times(session: Session, zones: Iterable[str], language: str, now: datetime) -> list[str]:
    """The day and hour where the session is at home, then elsewhere; what was decided about it first."""
    decided = _("Cancelled") if session.cancelled_at else _("Postponed") if session.postponed_at else ""
    if decided:
        return [decided]
    locale = locale_of(language)
    if session.starts_at is None or session.local_time is None or session.precision != Precision.DAY:
        return [when_of(session, Reader(session.zone, "profile", locale), now).own]
    wanted = [session.zone, session.series.community.home_zone, *zones]
    lines, said = list[str](), set[str]()
    for zone in dict.fromkeys(wanted):
        wall = clock.to_wall(session.starts_at, zone)
        hour = f"{day_words(wall.date(), locale, short=True)}, {hour_words(wall, locale)}"
        if hour not in said and len(lines) <= CITIES:
            lines.append(f"{hour} ({city(zone, locale)})")
        said.add(hour)
    return lines


def _page(request: HttpRequest, notes: list[Note], **context: Any) -> HttpResponse:
    found = context.get("session") or context["series"]
    context |= {"notes": notes, "now": timezone.now(), "community": context["series"].community}
    context["back"] = reverse(type(found).__name__.lower(), args=[found.slug])
    context["heading"] = say(found.title, get_language() or "en") or say(
        context["series"].title, get_language() or "en"
    )
    return render(request, "seminars/share.html", context)


urlpatterns = [
    path("sessions/<slug:slug>/share/", share_session, name="share_session"),
    path("series/<slug:slug>/share/", share_series, name="share_series"),
]
