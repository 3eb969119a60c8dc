"""Podcasts: RSS 2.0 (rssboard.org/rss-specification), what Apple asks of shows and episodes, and the namespace of
Podcasting 2.0 (podcastindex.org/namespace/1.0, its `docs/tags`).
"""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.formats.shapes import (
    Shape,
    any_of,
    complaints,
    language,
    like,
    mail,
    maybe,
    media_type,
    number,
    of,
    one,
    one_of,
    rfc822,
    some,
    url,
    words,
)

PODCAST, ITUNES = "https://podcastindex.org/namespace/1.0", "http://www.itunes.com/dtds/podcast-1.0.dtd"
PREFIXES = {PODCAST: "podcast", ITUNES: "itunes", "http://www.w3.org/2005/Atom": "atom"}
LINE = words(255)  # Apple: "limited to 255 characters unless otherwise specified"
LONG = words(size=4000)
MEDIA = ("podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "course")
YES = one_of("true", "false")
IN_THE_DIRECTORY = one_of(
    "audio/x-m4a", "audio/mpeg", "video/quicktime", "video/mp4", "video/x-m4v", "application/pdf"
)


def uuid5(text: str) -> bool:
    """Whether it is a UUID of version 5, as `podcast:guid` must be."""
    return like(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")(text) and UUID(text).version == 5


PERSON = Shape(words(128), may={"role": words(128), "group": words(128), "img": url, "href": url})
LICENSE = of(like(r"[a-z0-9.-]{1,128}"), url=url)
PICTURE = Shape(needed={"href": url})
ALTERNATIVE = Shape(
    children={
        "podcast:source": some(Shape(needed={"uri": url}, may={"contentType": media_type})),
        "podcast:integrity": maybe(
            Shape(needed={"type": one_of("sri"), "value": like(r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}")})
        ),
    },
    needed={"type": media_type},
    may={
        "length": number, "bitrate": like(r"\d+(\.\d+)?"), "height": number, "lang": language, "title": words(32),
        "rel": words(32), "codecs": words(), "default": YES,
    },
)  # fmt: skip
ITEM = Shape(
    children={
        "title": one(of(LINE)),
        "link": maybe(of(url)),
        "description": maybe(of(LONG)),
        "author": maybe(of(mail)),
        "category": any_of(of(LINE, domain=url)),
        "comments": maybe(of(url)),
        "enclosure": one(Shape(needed={"url": url, "length": number, "type": IN_THE_DIRECTORY})),
        "guid": one(of(words(), isPermaLink=YES)),
        "pubDate": one(of(rfc822)),
        "itunes:title": maybe(of(LINE)),
        "itunes:author": maybe(of(LINE)),
        "itunes:image": maybe(PICTURE),
        "itunes:explicit": maybe(of(YES)),
        "itunes:duration": maybe(of(like(r"[1-9]\d*"))),
        "itunes:episode": maybe(of(like(r"[1-9]\d*"))),
        "itunes:season": maybe(of(like(r"[1-9]\d*"))),
        "itunes:episodeType": maybe(of(one_of("full", "trailer", "bonus"))),
        "itunes:block": maybe(of(one_of("Yes"))),
        "podcast:person": any_of(PERSON),
        "podcast:license": maybe(LICENSE),
        "podcast:chapters": maybe(Shape(needed={"url": url, "type": one_of("application/json+chapters")})),
        "podcast:transcript": any_of(
            Shape(
                needed={
                    "url": url,
                    "type": one_of(
                        "text/vtt", "application/x-subrip", "text/plain", "text/html", "application/json"
                    ),
                },
                may={"language": language, "rel": one_of("captions")},
            )
        ),
        "podcast:alternateEnclosure": any_of(ALTERNATIVE),
    }
)
IMAGE = Shape(
    children={
        "url": one(of(like(r"https?://.+\.(png|jpg|gif)"))), "title": one(of(LINE)), "link": one(of(url)),
        "width": maybe(of(number)), "height": maybe(of(number)), "description": maybe(of(LINE)),
    }
)  # fmt: skip
CHANNEL = Shape(
    children={
        "title": one(of(LINE)),
        "link": one(of(url)),
        "description": one(of(LONG)),
        "language": one(of(language)),
        "copyright": maybe(of(LINE)),
        "pubDate": maybe(of(rfc822)),
        "lastBuildDate": maybe(of(rfc822)),
        "category": any_of(of(LINE, domain=url)),
        "generator": maybe(of(LINE)),
        "docs": maybe(of(url)),
        "ttl": maybe(of(number)),
        "image": maybe(IMAGE),
        "atom:link": some(Shape(needed={"href": url, "rel": one_of("self", "hub")}, may={"type": media_type})),
        "itunes:image": one(PICTURE),
        "itunes:category": some(
            Shape(children={"itunes:category": any_of(Shape(needed={"text": LINE}))}, needed={"text": LINE})
        ),
        "itunes:explicit": one(of(YES)),
        "itunes:author": maybe(of(LINE)),
        "itunes:owner": maybe(
            Shape(children={"itunes:name": maybe(of(LINE)), "itunes:email": one(of(mail))})
        ),
        "itunes:title": maybe(of(LINE)),
        "itunes:type": maybe(of(one_of("episodic", "serial"))),
        "itunes:new-feed-url": maybe(of(url)),
        "itunes:block": maybe(of(one_of("Yes"))),
        "itunes:complete": maybe(of(one_of("Yes"))),
        "podcast:guid": maybe(of(uuid5)),
        "podcast:medium": maybe(of(one_of(*MEDIA))),
        "podcast:locked": maybe(of(one_of("yes", "no"), owner=mail)),
        "podcast:funding": any_of(Shape(words(128), needed={"url": url})),
        "podcast:person": any_of(PERSON),
        "podcast:license": maybe(LICENSE),
        "item": any_of(ITEM),
    }
)  # fmt: skip
RSS = Shape(children={"channel": one(CHANNEL)}, needed={"version": one_of("2.0")})


def wrong_with(document: bytes) -> list[str]:
    """Return what is wrong with a podcast; [] for nothing."""
    root = ElementTree.fromstring(document)
    if root.tag != "rss":
        return [f"{root.tag} is no rss"]
    found = list(complaints(root, RSS, PREFIXES))
    guids = Counter(each.text for each in root.iter("guid"))
    found += [f"guid {name} is there {times} times" for name, times in guids.items() if times > 1]
    for item in root.iter("item"):
        found += _enclosed(item)
    return found


def _enclosed(item: Element) -> Iterator[str]:
    """The edition that is marked as default is the enclosure; a guid that is no address says so."""
    guid, enclosure = item.find("guid"), item.find("enclosure")
    if guid is not None and guid.get("isPermaLink", "true") == "true" and not url(guid.text or ""):
        yield "guid: is no address, and does not say so"
    given = [each for each in item.iter(f"{{{PODCAST}}}alternateEnclosure") if each.get("default") == "true"]
    if len(given) > 1:
        yield "alternateEnclosure: several are the default"
    for each in given:
        sources = [source.get("uri") for source in each.iter(f"{{{PODCAST}}}source")]
        if enclosure is None or enclosure.get("url") not in sources:
            yield "alternateEnclosure: the default is not the enclosure"
        elif (each.get("type"), each.get("length")) != (enclosure.get("type"), enclosure.get("length")):
            yield "alternateEnclosure: the default differs from the enclosure"
