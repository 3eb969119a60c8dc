"""schema.org data as Google asks for it: videos with key moments (VideoObject, Clip), events (Event)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tests.formats.shapes import instant, like, url
from tests.formats.sitemap import w3c

length = like(r"PT(?=\d)(\d+H)?(\d+M)?(\d+S)?")
SCHEMA = "https://schema.org/"
STATES = {
    f"{SCHEMA}Event{each}" for each in ("Scheduled", "Rescheduled", "Postponed", "Cancelled", "MovedOnline")
}
MODES = {f"{SCHEMA}{each}EventAttendanceMode" for each in ("Online", "Offline", "Mixed")}


def wrong_with(data: dict[str, Any]) -> list[str]:
    """Return what is wrong with a VideoObject, AudioObject or Event; [] for nothing."""
    kind = data.get("@type")
    if kind == "Event":
        return list(_event(data))
    if kind in {"VideoObject", "AudioObject"}:
        return [*_played(data), *(_clips(data))]
    return [f"{kind} is none of these"]


def _played(data: dict[str, Any]) -> Iterator[str]:
    for name in ("name", "description", "uploadDate", "contentUrl"):
        if not data.get(name):
            yield f"{name} is missing"
    if data["@type"] == "VideoObject" and not data.get("thumbnailUrl"):
        yield "thumbnailUrl is missing"
    addresses = [*map(data.get, ("contentUrl", "embedUrl", "url")), *data.get("thumbnailUrl", [])]
    yield from (f"{each!r} is no whole address" for each in addresses if each is not None and not url(each))
    for name in ("uploadDate", "datePublished", "dateModified"):
        if name in data and not instant(data[name]):
            yield f"{name}: {data[name]!r} is no moment with its zone"
    if "duration" in data and not length(data["duration"]):
        yield f"duration: {data['duration']!r}"
    for each in data.get("encoding", []):
        if not url(each.get("contentUrl", "")) or ("duration" in each and not length(each["duration"])):
            yield f"encoding: {each}"


def _clips(data: dict[str, Any]) -> Iterator[str]:
    """Key moments: named, in whole seconds, apart, each at an address of the page that plays it."""
    clips, before = data.get("hasPart", []), -1
    for each in clips:
        if each.get("@type") != "Clip" or not each.get("name"):
            yield f"hasPart: {each} has no name"
        start, end = each.get("startOffset"), each.get("endOffset")
        if (
            not isinstance(start, int)
            or start < 0
            or (end is not None and not (isinstance(end, int) and end > start))
        ):
            yield f"hasPart: from {start} to {end}"
            continue
        if start < before:
            yield f"hasPart: {start} is within the one before"
        before = end or start + 1
        place, page = urlsplit(each.get("url", "")), urlsplit(data.get("url", ""))
        if (
            not url(each.get("url", ""))
            or (place.netloc, place.path) != (page.netloc, page.path)
            or not place.query
        ):
            yield f"hasPart: {each.get('url')!r} leads elsewhere"
    seconds = _seconds(data["duration"]) if length(data.get("duration", "")) else 0
    if seconds and clips and max(each.get("endOffset") or 0 for each in clips) > seconds:
        yield "hasPart: past the end"


def _seconds(said: str) -> int:
    """Seconds of PT1H2M3S."""
    total, digits = 0, ""
    for sign in said.removeprefix("PT"):
        if sign.isdigit():
            digits += sign
        else:
            total, digits = total + int(digits or 0) * {"H": 3600, "M": 60, "S": 1}[sign], ""
    return total


def _event(data: dict[str, Any]) -> Iterator[str]:
    for name in ("name", "startDate", "location"):
        if not data.get(name):
            yield f"{name} is missing"
    for name in ("startDate", "endDate", "previousStartDate"):
        if name in data and not w3c(data[name]):
            yield f"{name}: {data[name]!r} is no day and no moment with its zone"
    if {"startDate", "endDate"} <= data.keys() and w3c(data["startDate"]) and w3c(data["endDate"]):
        first, last = (datetime.fromisoformat(data[name]) for name in ("startDate", "endDate"))
        if last < first:
            yield "it ends before it begins"
    if data.get("eventStatus") not in STATES:
        yield f"eventStatus: {data.get('eventStatus')!r}"
    if data.get("eventStatus", "").endswith("Rescheduled") and "previousStartDate" not in data:
        yield "previousStartDate is missing"
    if data.get("eventAttendanceMode") not in MODES:
        yield f"eventAttendanceMode: {data.get('eventAttendanceMode')!r}"
    places = data.get("location") or []
    places = places if isinstance(places, list) else [places]
    kinds = {each.get("@type") for each in places}
    for each in places:
        if each.get("@type") == "VirtualLocation" and not url(each.get("url", "")):
            yield f"location: {each}"
        if each.get("@type") == "Place" and not (each.get("name") and each.get("address")):
            yield f"location: {each}"
    needed = {"Online": {"VirtualLocation"}, "Offline": {"Place"}, "Mixed": {"VirtualLocation", "Place"}}
    mode = str(data.get("eventAttendanceMode")).removeprefix(SCHEMA).removesuffix("EventAttendanceMode")
    if kinds != needed.get(mode, kinds):
        yield f"location: {kinds} for {mode}"
