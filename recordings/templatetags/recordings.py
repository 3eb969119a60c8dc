"""What pages show of recordings: the player with its transcript, the table of materials, the search box."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from recordings.catalogue.addresses import played_at
from recordings.catalogue.licences import licence_of, terms_of, with_licences
from recordings.catalogue.models import Original, Recording
from recordings.publishing.editions import Edition, Shelf, shelf_of
from recordings.renditions import making
from recordings.web.looking import is_open, is_public
from recordings.web.relating import related_to
from recordings.web.viewing import (
    by_reader,
    deck_shown,
    key_points,
    moment_asked,
    part_of,
    slide_asked,
    transcript_of,
    verified_at,
    ways_of,
)
from seminars.followups.models import Item, ItemState
from seminars.followups.reports.reading import ReportPart
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session, SpeakerRole
from seminars.templatetags.meridian import (
    FORMATS,
    MATERIAL_ICONS,
    host,
    language_name,
    say_plain,
    session_title_plain,
    size,
)
from seminars.web.times import locale_of
from seminars.web.visitors import saves_data

register = template.Library()
register.filter(played_at)


@register.inclusion_tag("recordings/session_item.html", takes_context=True)
def archive_item(context: Context, session: Session) -> dict[str, Any]:
    """Show what can be read, heard and seen of `session`: its recording, all files, and how to cite it."""
    return {"session": session} | item_of(context, session)


def item_of(context: Context, session: Session) -> dict[str, Any]:
    """Return what the item's template names, read once for the head of the page and its body; {} without one."""
    kept: dict[str, Any] | None = getattr(session, "_archive_item", None)
    if kept is None:
        recording, originals = _loaded(session)
        kept = player_of(context, recording, originals) if recording else {}
        session._archive_item = kept  # type: ignore[attr-defined]
    return kept


def _loaded(session: Session) -> tuple[Recording | None, list[Original]]:
    """The recording and its current files in one query, two where it has none; with what `licence_of` needs."""
    files = Original.objects.filter(recording__session=session, superseded_at__isnull=True)
    out = files.filter(recording__published_at__isnull=False).select_related("asset", "recording")
    originals = list(with_licences(out, "recording__session_id"))
    recording = originals[0].recording if originals else None
    if recording is None:
        recording = with_licences(Recording.objects.published().filter(session=session)).first()
    else:
        for name in ("said", "silent"):
            setattr(recording, name, getattr(originals[0], name))
        for each in originals:
            each.recording = recording
    if recording is not None:
        recording.session = session  # with what the page has read of it already
    return recording, originals


@register.inclusion_tag("recordings/alone.html", takes_context=True)
def player_alone(context: Context, recording: Recording) -> dict[str, Any]:
    """Show the same for a recording that never was a session."""
    return player_of(context, recording)


def player_of(
    context: Context, recording: Recording, originals: list[Original] | None = None
) -> dict[str, Any]:
    """Return what the player's template names: a notice for what was withdrawn, else all there is."""
    if recording.withdrawn_at:
        return {"view": True, "recording": recording, "withdrawn": True}
    request: HttpRequest | None = context.get("request")
    shelf = shelf_of(recording, originals)
    deck = deck_shown(recording, shelf)
    slide = slide_asked(request)
    begins = next((leaf.at for leaf in deck.leaves if leaf.page.number == slide), None)
    start = moment_asked(request) or int(begins or 0)
    poster = shelf.poster
    picture = shelf.video if shelf.video and shelf.video.width and shelf.video.height else poster
    return {
        "view": True,
        "recording": recording,
        "shelf": shelf,
        "deck": deck,
        "slide": slide,
        "letters": 80 if hasattr(request, "lite") else 160,
        "thrifty": is_thrifty(request),
        "start": start,
        "width": picture.width if picture and picture.width else 640,
        "height": picture.height if picture and picture.height else 360,
        "more_coming": is_more_coming(shelf),
        "ways": ways_of(shelf),
        "lasts": round(max((each.seconds for each in (shelf.video, shelf.voice) if each), default=0) / 60),
        "offers": [offer_of(each) for each in offered(recording, shelf)],
        "terms": terms_of(licence_of(recording)),
        "verified": verified_at(shelf),
        "public": is_public(recording),
        **_named(recording),
        **_words(request, recording, shelf, start),
    }


def _named(recording: Recording) -> dict[str, str]:
    """What a phone shows on its lock screen while it plays: title, who speaks, and of which series it is."""
    session = recording.session
    if session is None:
        return {"title": say_plain(recording.title), "by": "", "within": ""}
    speakers = [each.person.name for each in session.speakers.all() if each.role == SpeakerRole.SPEAKER]
    series = say_plain(session.series.title)
    return {"title": session_title_plain(session), "by": ", ".join(speakers), "within": series}


def _words(request: HttpRequest | None, recording: Recording, shelf: Shelf, start: int) -> dict[str, Any]:
    """The transcript in one language, by choice or the reader's own; the others, and captions for the video."""
    captions = by_reader(shelf.captions, recording)
    asked = request.GET.get("transcript", "") if request else ""
    captions.sort(key=lambda each: each.language != asked or not asked)
    read = ((each, transcript_of(each, start)) for each in captions)
    chosen, transcript = next(((each, found) for each, found in read if found), (None, None))
    if transcript and hasattr(request, "lite"):
        transcript = part_of(transcript, start)
    tracks = [
        {"src": each.href, "srclang": each.language, "label": told(each.language) or gettext("Captions")}
        for each in captions
    ]
    return {
        "captions": captions,
        "tracks": json.dumps(tracks, ensure_ascii=False) if tracks else "",
        "transcript": transcript,
        "opened": bool(transcript and (transcript.here or asked)),
        "others": [each for each in captions if each is not chosen and each.language],
    }


def is_thrifty(request: HttpRequest | None) -> bool:
    """Return whether the browser, or whoever is signed in, saves data: then the voice comes first, and no picture."""
    return bool(request and (saves_data(request) or getattr(request.user, "saves_data", False)))


def is_more_coming(shelf: Shelf) -> bool:
    """Return whether smaller editions of the video are being made; asks only while the voice edition is missing."""
    video = shelf.video.original if shelf.video else None
    return bool(video and not shelf.voice and making.is_under_way(video))


def offered(recording: Recording, shelf: Shelf) -> list[tuple[str, str, Edition]]:
    """Return verb, icon and edition of what is read; of a session only the slides, as a table has all files."""
    papers = [] if recording.session else [(gettext("Read"), "file", each) for each in shelf.papers]
    return [*((gettext("Slides"), "slides", each) for each in shelf.slides), *papers]


def offer_of(entry: tuple[str, str, Edition]) -> dict[str, Any]:
    """Return words such as "Slides (PDF, 1.2 MB, English)" with address, icon and minutes on a slow line."""
    verb, icon, edition = entry
    about = [FORMATS.get(edition.media_type, ""), size(edition.size), told(edition.language)]
    words = f"{verb} ({', '.join(part for part in about if part)})"
    return {"href": edition.href, "icon": icon, "words": words, "minutes": edition.slow_minutes}


def told(tag: str) -> str:
    """Return the name of a language, "" for none."""
    return str(language_name(tag)) if tag else ""


@register.filter
def format_name(media_type: str) -> str:
    """Name the format of a file: "MP4"."""
    return FORMATS.get(media_type, media_type)


@register.filter
def points(report: Iterable[ReportPart] | None) -> list[str]:
    """Return what came out of a session in a few lines, from the parts of its report."""
    return key_points(report or [])


@register.inclusion_tag("recordings/related.html", takes_context=True)
def related(context: Context, session: Session) -> dict[str, Any]:
    """List what goes with the recording of `session`, of what the visitor may see; nothing without a request."""
    request = context.get("request")
    if request is None:
        return {}
    now = context.get("now") or timezone.now()
    found = related_to(session, visitor=request.visitor, now=now)
    return {"found": found, "series": session.series_id, "request": request, "now": now}


@register.simple_tag(takes_context=True)
def discovery(context: Context, path: str, session: Session | None = None) -> SafeString:
    """Say in the head of a page where other sites ask how to show it (oEmbed); nothing of what not all may see.

    A link to a second of it is shown from that second on.
    """
    if session is not None and not is_open(session):
        return mark_safe("")
    start = moment_asked(context.get("request"))
    asked = urlencode({"url": f"{settings.MERIDIAN_URL}{path}" + (f"?t={start}" if start else "")})
    address = f"{settings.MERIDIAN_URL}{reverse('oembed')}?{asked}&format="
    rows = ((kind, f"{address}{form}") for form, kind in (("json", "application/json"), ("xml", "text/xml")))
    return format_html_join("\n", '<link rel="alternate" type="{}+oembed" href="{}">', rows)


@register.inclusion_tag("recordings/materials.html")
def materials_of(session: Session) -> dict[str, Any]:
    """Show each material of `session` with language, size and state, and what is still owed and for when."""
    materials = [each for each in session.materials.all() if each.state != MaterialState.WITHDRAWN]
    there = {each.kind for each in materials}
    items = () if session.withdrawn_at else session.items.all()  # fetched with the session, in order of need
    owed = [
        each for each in items if each.is_file and each.state != ItemState.DONE and each.kind not in there
    ]
    order = list(MaterialKind.values)
    materials.sort(key=lambda each: (order.index(each.kind), each.language, each.pk))
    return {
        "rows": [row_of(each) for each in materials],
        "owed": [promise_of(each) for each in owed],
    }


@register.simple_tag
def watched_elsewhere(session: Session) -> list[Material]:
    """Return what can be watched on other sites until a copy is here. No query where the materials are fetched."""
    return [
        each for each in session.materials.all() if each.state == MaterialState.PENDING and "://" in each.path
    ]


def row_of(material: Material) -> dict[str, Any]:
    """Return what the table says of one material."""
    return {
        "material": material,
        "icon": MATERIAL_ICONS.get(material.kind, "file"),
        "format": FORMATS.get(material.media_type, ""),
        "ready": material.state == MaterialState.PUBLISHED,
        "elsewhere": host(material.path) if "://" in material.path else "",
    }


def promise_of(item: Item) -> dict[str, Any]:
    """Return what the table says of what is owed: for when, the first promise if it moved, why it waits."""
    return {
        "kind": item.what,
        "due": item.day,
        "moves": item.moves,
        "first": item.first_day if item.moves and item.first_day != item.day else None,
        "waived": item.state == ItemState.WAIVED,
        "reason": item.reason,
    }


@register.inclusion_tag("recordings/search_box.html")
def archive_search_box(q: str = "", **kept: Any) -> dict[str, Any]:
    """Show the search box of the archive, filled with `q`; `kept` are filters that stay."""
    return {"q": q, "kept": {name: value for name, value in kept.items() if value}}


@register.filter
def day(date: date | None) -> str:
    """Say a date: "16 November 2026"."""
    return format_date(date, "long", locale=locale_of(get_language() or "en")) if date else ""


@register.filter
def moment(seconds: float | None) -> str:
    """Say a place in a recording: "1:23", "1:02:03"; it is never before it, so that no word is lost."""
    whole = int(seconds or 0)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


@register.filter
def whole(seconds: float | None) -> int:
    """Return whole seconds for an address."""
    return int(seconds or 0)


@register.filter
def apart(text: str, address: str) -> SafeString:
    """Keep an address within a text readable where the text runs from right to left."""
    before, found, after = text.rpartition(address)
    return (
        format_html('{}<bdi dir="ltr">{}</bdi>{}', before, found, after) if found else format_html("{}", text)
    )
