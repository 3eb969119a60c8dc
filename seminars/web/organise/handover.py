"""The handover pack: all that somebody needs who takes a series over, on one page, and the same as Markdown."""

import re
from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from seminars.access import organised_series_or_404
from seminars.followups.kinds import when_words
from seminars.followups.models import Item
from seminars.followups.owing import lines_of
from seminars.people.models import Role
from seminars.series.models import Series
from seminars.sessions.dialling import say_all
from seminars.sessions.models import Session
from seminars.sessions.speaking.stages import stages_of
from seminars.web.listing import with_series
from seminars.web.organise.gate import for_organisers
from seminars.web.organise.parts import given_in
from seminars.web.rhythms import rhythm_words
from seminars.web.times import Reader, city, when_of
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of
from seminars.words import say

COMING, ITEMS = 12, 100
SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


@dataclass(frozen=True)
class Line:
    """One thing to know. label: what it is, "" where the text says it; href: where it leads, "" for nowhere."""

    text: str
    label: str = ""
    href: str = ""


@dataclass(frozen=True)
class Section:
    """Things that belong together; `none` stands where there are none."""

    title: str
    lines: list[Line]
    none: str = ""


def pack_of(series: Series, reader: Reader, now: datetime) -> list[Section]:
    """Return the pack of a series as plain data, in the page's language. now: aware UTC."""
    ahead = series.sessions.filter(Q(ends_at__gt=now) | Q(ends_at=None), cancelled_at=None)
    shown = with_series(ahead).prefetch_related("speakers__person", "engagements", "materials")
    coming = list(shown.order_by(F("starts_at").asc(nulls_last=True), "id")[:COMING])
    return [
        Section(_("Settings"), _settings(series, reader)),
        Section(_("Roles"), _roles(series), _("Nobody.")),
        Section(_("Next sessions"), _sessions(coming, reader, now), _("None is planned.")),
        Section(_("Speakers asked"), _speakers(coming), _("Nobody yet.")),
        Section(_("Still to be done"), _items(series), _("Nothing is open.")),
        Section(_("Links"), _links(series)),
    ]


def _settings(series: Series, reader: Reader) -> list[Line]:
    owed = [
        f"{each.what} ({when_words(each.days)})" for each in lines_of(series)
    ]  # what each session still needs from somebody
    lines = [
        Line(_say(series.community.name), _("Community")),
        Line(_("published") if series.published_at else _("a draft"), _("State")),
        Line(rhythm_words(series, reader.locale), _("Rhythm")),
        Line(city(series.zone, reader.locale), _("Whose clock counts")),
        Line(series.get_form_display(), _("Where people meet")),
        Line(series.room, _("Room")),
        Line(series.join_url, _("Join link"), series.join_url),
        Line(series.view_url, _("View-only link"), series.view_url),
        Line(say_all(series.dial_in, get_language() or "en"), _("Numbers to dial in")),
        Line(_tongue(series.language, reader), _("Language spoken")),
        Line(series.get_audience_display(), _("Who may see it")),
        Line(", ".join(owed), _("Around each session we need")),
        Line(_say(series.abstract), _("What it is about")),
    ]
    return [line for line in lines if line.text]


def _tongue(tag: str, reader: Reader) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(reader.locale) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _roles(series: Series) -> list[Line]:
    ours = series.community.memberships.filter(role__in=Role.organising()).select_related("person")
    people = [
        *((each.get_role_display(), each.person) for each in given_in(series)),
        *(
            (_("%(role)s of the community") % {"role": each.get_role_display()}, each.person)
            for each in ours.order_by("person__name", "id")
        ),
    ]
    return [
        Line(f"{person.name}, {person.email}" if person.email else person.name, label)
        for label, person in people
    ]


def _sessions(coming: list[Session], reader: Reader, now: datetime) -> list[Line]:
    lines = []
    for session in coming:
        found = when_of(session, reader, now)
        words = f"{found.own} ({found.whose})" if found.whose else found.own
        lines.append(Line(words, _title(session), _absolute("organise_session", session.slug)))
    return lines


def _speakers(coming: list[Session]) -> list[Line]:
    lines = []
    for session in coming:
        for stage in stages_of(session, session.speakers.all()):
            state = _("does not come") if stage.declined else ""
            if not state and stage.waits_for:
                state = _("waits for: %(step)s") % {"step": stage.waits_for}
            person = stage.speaker.person
            words = ", ".join(part for part in (person.name, person.email, state) if part)
            lines.append(Line(words, _title(session)))
    return lines


def _items(series: Series) -> list[Line]:
    found = Item.objects.open().filter(session__series=series).select_related("session__series")
    return [
        Line(
            _("%(item)s, promised for %(day)s (%(state)s)")
            % {
                "item": item.what,
                "day": date_format(item.day, "j F Y"),
                "state": item.get_state_display(),
            },
            _title(item.session),
            _absolute("organise_session", item.session.slug) + "#checklist",
        )
        for item in found[:ITEMS]
    ]


def _links(series: Series) -> list[Line]:
    names = {
        "series": _("Its page"),
        "series_feed": _("Its calendar feed"),
        "subscribe_series": _("How to subscribe"),
        "organise_series": _("Where it is organised"),
    }
    community = series.community
    return [
        *(
            Line(_absolute(name, series.slug), label, _absolute(name, series.slug))
            for name, label in names.items()
        ),
        *([Line(community.contact, _("Questions"))] if community.contact else []),
        *(
            [Line(community.discusses_at, _("Where it is discussed"), community.discusses_at)]
            if community.discusses_at
            else []
        ),
    ]


def _title(session: Session) -> str:
    return _say(session.title) or f"{_say(session.series.title)} {session.number}"


def _say(words: dict[str, str]) -> str:
    return say(words, _language()) if words else ""


def _language() -> str:
    return get_language() or "en"


def _absolute(name: str, slug: str) -> str:
    return str(settings.MERIDIAN_URL).rstrip("/") + reverse(name, args=[slug])


def markdown_of(title: str, sections: list[Section], day: str) -> str:
    """Return the pack as Markdown (CommonMark). What people typed stands there as text, never as markup."""
    blocks = [f"# {_plain(title)}", day]
    for section in sections:
        rows = [f"- {_row(line)}" for line in section.lines] or [section.none]
        blocks.append("\n".join([f"## {section.title}", "", *rows]))
    return "\n\n".join(blocks) + "\n"


def _row(line: Line) -> str:
    text = _plain(line.text)
    if line.href:
        address = re.sub(r"[\s<>]", "", line.href)
        text = f"<{address}>" if line.text == line.href else f"[{text}](<{address}>)"
    return f"**{_plain(line.label)}:** {text}" if line.label else text


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


@for_organisers
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The pack as a page, for the screen and the printer."""
    series, now = organised_series_or_404(slug, visitor_of(request)), timezone.now()
    context = {"series": series, "now": now, "sections": pack_of(series, reader_of(request), now)}
    return render(request, "seminars/organise/handover.html", context)


@for_organisers
@require_safe
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a file."""
    series, now = organised_series_or_404(slug, visitor_of(request)), timezone.now()
    day = _("Handover pack of %(day)s") % {"day": date_format(now, "j F Y")}
    text = markdown_of(_say(series.title) or series.slug, pack_of(series, reader_of(request), now), day)
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{series.slug}-handover.md"'
    answer["Cache-Control"] = "private, no-store"
    return answer


urlpatterns = [
    path("organise/series/<slug:slug>/handover/", show, name="handover"),
    path("organise/series/<slug:slug>/handover/pack.md", download, name="handover_file"),
]
