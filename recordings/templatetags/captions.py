"""Captions on pages: the links to each form of each, with language and source; times of lines."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from recordings.catalogue.models import Origin, Original, OriginalKind, Recording
from recordings.publishing.editions import Shelf
from recordings.transcripts.giving import FORMS
from recordings.transcripts.vtt import stamp
from seminars.sessions.models import Session
from seminars.templatetags.meridian import language_name

register = template.Library()


@dataclass(frozen=True)
class Offered:
    """One caption file as links say it. links: word and address of each form."""

    original: Original
    words: str
    links: list[tuple[str, str]]
    unchecked: bool


def offered(recording: Recording, originals: list[Original]) -> list[Offered]:
    """Return how caption files are offered: “Captions, English, automatic” and the forms of each."""
    found = []
    for each in originals:
        parts = [
            _("Captions"),
            str(language_name(each.language)) if each.language else "",
            each.get_origin_display(),
        ]
        links = [
            (str(form.words), reverse(f"captions_as_{name}", args=[recording.slug, each.uuid]))
            for name, form in FORMS.items()
        ]
        words = ", ".join(part for part in parts if part)
        found.append(Offered(each, words, links, each.origin == Origin.AUTOMATIC))
    return found


@register.inclusion_tag("recordings/_captions.html")
def caption_links(recording: Recording, shelf: Shelf) -> dict[str, Any]:
    """Offer the captions on a shelf, in every form. No query."""
    return {"captions": offered(recording, [each.original for each in shelf.captions if each.original])}


@register.inclusion_tag("recordings/_captions_to_correct.html", takes_context=True)
def captions_to_correct(context: dict[str, Any], session: Session, token: str = "") -> dict[str, Any]:
    """Lead to the editor of each of the session's captions. token: of a speaker's link. One query."""
    rows = Original.objects.filter(
        recording__session=session, kind=OriginalKind.CAPTIONS, superseded_at=None
    ).select_related("recording")
    door, key = ("speak_captions", token) if token else ("captions", session.slug)
    found = [(each, reverse(door, args=[key, each.original.uuid])) for each in _offers(list(rows))]
    return {"captions": found, "session": session, "csrf_token": context.get("csrf_token")}


def _offers(rows: list[Original]) -> list[Offered]:
    return offered(rows[0].recording, rows) if rows else []


@register.filter
def cue_time(milliseconds: int) -> str:
    """Return a time of captions: 01:02:03.450."""
    return stamp(milliseconds / 1000)
