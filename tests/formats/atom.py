"""Atom (RFC 4287), with the licence link of RFC 4946."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.formats.shapes import (
    Shape,
    any_of,
    complaints,
    instant,
    language,
    like,
    mail,
    maybe,
    media_type,
    number,
    of,
    one,
    one_of,
    some,
    url,
    words,
)

ATOM = "http://www.w3.org/2005/Atom"
PREFIXES = {ATOM: ""}
name_for_ever = like(r"[a-z][a-z0-9+.-]*:[!-~]+")
TEXT = of(words(), type=one_of("text", "html"))
PERSON = Shape(children={"name": one(of(words())), "uri": maybe(of(url)), "email": maybe(of(mail))})
LINK = Shape(
    needed={"href": url},
    may={
        "rel": one_of("alternate", "self", "enclosure", "related", "via", "license", "next", "previous"),
        "type": media_type, "hreflang": language, "title": words(), "length": number,
    },
)  # fmt: skip
BOTH = {
    "id": one(of(name_for_ever)),
    "title": one(TEXT),
    "updated": one(of(instant)),
    "author": any_of(PERSON),
    "link": some(LINK),
    "category": any_of(Shape(needed={"term": words()}, may={"label": words(), "scheme": url})),
    "rights": maybe(TEXT),
}
ENTRY = Shape(
    children=BOTH | {"published": maybe(of(instant)), "summary": maybe(TEXT), "content": maybe(TEXT)},
    may={"xml:lang": language},
)
FEED = Shape(
    children=BOTH | {"subtitle": maybe(TEXT), "icon": maybe(of(url)), "logo": maybe(of(url)), "entry": any_of(ENTRY)},
    may={"xml:lang": language},
)  # fmt: skip


def wrong_with(document: bytes) -> list[str]:
    """Return what is wrong with a feed; [] for nothing."""
    root = ElementTree.fromstring(document)
    if root.tag != f"{{{ATOM}}}feed":
        return [f"{root.tag} is no feed"]
    found = [*complaints(root, FEED, PREFIXES), *_links(root)]
    entries = root.findall(f"{{{ATOM}}}entry")
    names = Counter(each.findtext(f"{{{ATOM}}}id") for each in entries)
    found += [f"{name} is there {times} times" for name, times in names.items() if times > 1]
    if root.find(f"{{{ATOM}}}author") is None and not all(
        each.find(f"{{{ATOM}}}author") is not None for each in entries
    ):
        found.append("somebody must have written it")
    for entry in entries:
        found += [*_links(entry), *_dates(entry)]
    return found


def _links(element: Element) -> Iterator[str]:
    """A feed says where it is itself; one page at most stands for it or an entry in each language and type (§4.1.1)."""
    links = [each for each in element if each.tag == f"{{{ATOM}}}link"]
    if element.tag == f"{{{ATOM}}}feed" and not [each for each in links if each.get("rel") == "self"]:
        yield "it does not say where it is"
    pages = Counter(
        (each.get("type"), each.get("hreflang"))
        for each in links
        if each.get("rel", "alternate") == "alternate"
    )
    yield from (f"several pages of {kind}" for kind, times in pages.items() if times > 1)


def _dates(entry: Element) -> Iterator[str]:
    first, last = (entry.findtext(f"{{{ATOM}}}{name}") for name in ("published", "updated"))
    if first and last and datetime.fromisoformat(first) > datetime.fromisoformat(last):
        yield "changed before it came out"
