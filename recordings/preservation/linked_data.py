"""A recording as schema.org says it: VideoObject or AudioObject, with its editions, chapters and the event it records.

Both ways: the event says `recordedIn`, the recording `recordedAt`, each by the other's `@id`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from recordings.catalogue.models import OriginalKind
from recordings.preservation.description import Agent, Description, Format
from recordings.slides.reading import Mark
from seminars.words import say

CONTEXT = "https://schema.org"
BEST = (
    OriginalKind.VIDEO,
    "video_360",
    "slides_voice_old",
    "slides_voice",
    OriginalKind.AUDIO,
    "voice",
    "voice_opus",
)
"""What `contentUrl` leads to, the first that is there."""
MOST_TRANSCRIPT = 500_000  # characters
DOCUMENTS = {
    OriginalKind.SLIDES: "PresentationDigitalDocument",
    OriginalKind.REPORT: "Report",
    OriginalKind.PAPER: "ScholarlyArticle",
    OriginalKind.HANDOUT: "DigitalDocument",
}


def recording_data(
    description: Description, *, language: str, marks: Sequence[Mark] = (), transcript: str = ""
) -> dict[str, Any]:
    """Return the recording as schema.org data; empty where nothing of it plays. language: of the words, where given.

    description: of what everybody may see: no other site shows anything else.
    """
    played = [each for kind in BEST for each in description.made_by(kind) if each.plays]
    if not played:
        return {}
    best, page = played[0], description.page
    out = description.published_at
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": _type(played),
        "@id": f"{page}#recording",
        "name": say(description.title, language) or description.slug,
        "description": say(description.abstract, language) or say(description.title, language),
        "url": page,
        "identifier": description.identifier,
        "inLanguage": description.language,
        "contentUrl": best.href,
        "embedUrl": settings.MERIDIAN_URL + reverse("embed", args=[description.slug]),
        "encodingFormat": best.media_type,
        "contentSize": str(best.size),
        "duration": duration(best.seconds),
        "thumbnailUrl": _pictures(description, _type(played)),
        "uploadDate": _moment(out),
        "datePublished": _moment(out),
        "dateModified": _moment(description.changed_at),
        "license": description.licence_page,
        "isAccessibleForFree": True,
        "creator": [person(each) for each in description.creators],
        "contributor": [person(each) for each in description.contributors],
        "publisher": _publisher(description, language),
        "keywords": ", ".join(say(each, language) for each in description.subjects),
        "publication": {"@type": "PublicationEvent", "startDate": _moment(out), "isAccessibleForFree": True},
        "recordedAt": {"@type": "Event", "@id": f"{page}#event"} if description.held else None,
        "encoding": [_file(each) for each in played],
        "caption": [_file(each) for each in description.made_by(OriginalKind.CAPTIONS)],
        "hasPart": clips(marks, seconds=best.seconds, page=page),
        "isPartOf": [_series(each.title, each.href, language) for each in description.related("series")],
        "associatedMedia": [_document(each) for kind in DOCUMENTS for each in description.made_by(kind)],
        "subjectOf": [
            {"@type": "CreativeWork", "name": say(each.title, language), "url": each.href}
            for each in description.related("paper", "report")
        ],
        "transcript": transcript[:MOST_TRANSCRIPT],
    }
    return filled(found)


def _pictures(description: Description, kind: str) -> list[str]:
    """Its stills; of a film without one its publisher's picture: search engines take none without."""
    stills = [each.href for each in description.made_by("poster")]
    return stills or ([f"{description.publisher_href}podcast.png"] if kind == "VideoObject" else [])


def _publisher(description: Description, language: str) -> dict[str, str]:
    name = say(description.publisher, language)
    return {"@type": "Organization", "name": name, "url": description.publisher_href}


def clips(marks: Sequence[Mark], *, seconds: float, page: str) -> list[dict[str, Any]]:
    """Return the chapters as clips in whole seconds, none within another; the last goes on to the end, where known.

    Of several that begin in one second, the last is left: the others end in it. seconds: of all; 0 where unknown.
    """
    ordered = sorted(marks, key=lambda mark: mark.start)
    titles = {int(each.start): each.title for each in ordered if not seconds or each.start < int(seconds)}
    ends = [*titles, int(seconds) or None][1:]
    return [
        filled(
            {
                "@type": "Clip",
                "name": title,
                "startOffset": start,
                "endOffset": end,
                "url": f"{page}?t={start}#player",
            }
        )
        for (start, title), end in zip(titles.items(), ends, strict=True)
    ]


def duration(seconds: float) -> str:
    """Return a length as ISO 8601 says it, such as PT1H2M3S; "" for none."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    said = "".join(f"{number}{unit}" for number, unit in parts if number)
    return f"PT{said}" if said else ""


def person(agent: Agent) -> dict[str, Any]:
    """Return somebody as schema.org data."""
    found: dict[str, Any] = {"@type": "Person", "name": agent.name, "url": agent.href}
    if agent.affiliation:
        found["affiliation"] = {"@type": "Organization", "name": agent.affiliation}
    return found


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data without what says nothing."""
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def _type(played: Sequence[Format]) -> str:
    return "VideoObject" if any(each.media_type.startswith("video/") for each in played) else "AudioObject"


def _file(file: Format) -> dict[str, Any]:
    found = {
        "@type": "MediaObject",
        "contentUrl": file.href,
        "encodingFormat": file.media_type,
        "contentSize": str(file.size),
        "duration": duration(file.seconds),
        "width": file.width or None,
        "height": file.height or None,
        "inLanguage": file.language,
        "sha256": file.sha256,
    }
    return filled(found)


def _document(file: Format) -> dict[str, Any]:
    return _file(file) | {"@type": DOCUMENTS[OriginalKind(file.kind)], "url": file.href}


def _series(title: Any, href: str, language: str) -> dict[str, Any]:
    return {"@type": "CreativeWorkSeries", "name": say(title, language), "url": href}


def _moment(moment: datetime | date | None) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else ""
