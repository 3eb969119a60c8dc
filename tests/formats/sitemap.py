"""Site maps (sitemaps.org/protocol.html) with videos (schemas/sitemap-video/1.1, and what Google asks of it)."""

from collections import Counter
from datetime import date
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tests.formats.shapes import (
    Shape,
    any_of,
    complaints,
    instant,
    like,
    maybe,
    of,
    one,
    one_of,
    some,
    url,
    words,
)

SITEMAP, VIDEO = (
    "http://www.sitemaps.org/schemas/sitemap/0.9",
    "http://www.google.com/schemas/sitemap-video/1.1",
)
PREFIXES = {SITEMAP: "", VIDEO: "video"}
MOST, LARGEST = 50_000, 50 * 1024 * 1024


def w3c(text: str) -> bool:
    """Whether it is a day or a moment of W3C-DTF."""
    if not like(r"\d{4}-\d\d-\d\d")(text):
        return instant(text)
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def place(text: str) -> bool:
    """Whether it is an address that a site map takes."""
    return url(text) and len(text) < 2048


FILM = Shape(
    children={
        "video:thumbnail_loc": one(of(url)),
        "video:title": one(of(words(100))),
        "video:description": one(of(words(2048))),
        "video:content_loc": one(of(url)),  # or player_loc, which we do not give
        "video:duration": maybe(of(lambda text: like(r"[1-9]\d{0,4}")(text) and int(text) <= 28_800)),
        "video:expiration_date": maybe(of(w3c)),
        "video:publication_date": maybe(of(w3c)),
        "video:family_friendly": maybe(of(one_of("yes", "no"))),
        "video:live": maybe(of(one_of("yes", "no"))),
    }
)
URL = Shape(
    children={
        "loc": one(of(place)), "lastmod": maybe(of(w3c)), "priority": maybe(of(like(r"0\.\d|1\.0"))),
        "changefreq": maybe(of(one_of("always", "hourly", "daily", "weekly", "monthly", "yearly", "never"))),
        "video:video": any_of(FILM, 1000),
    }
)  # fmt: skip
ROOTS = {
    "urlset": Shape(children={"url": some(URL, MOST)}),
    "sitemapindex": Shape(
        children={"sitemap": any_of(Shape(children={"loc": one(of(place)), "lastmod": maybe(of(w3c))}), MOST)}
    ),
}


def wrong_with(document: bytes, *, host: str) -> list[str]:
    """Return what is wrong with a site map or an index of such; [] for nothing. host: where it was found."""
    root = ElementTree.fromstring(document)
    shape = ROOTS.get(root.tag.removeprefix(f"{{{SITEMAP}}}"))
    if shape is None:
        return [f"{root.tag} is no site map"]
    found = list(complaints(root, shape, PREFIXES))
    places = Counter(str(each.text) for each in root.iter(f"{{{SITEMAP}}}loc"))
    found += [f"{each} is there {times} times" for each, times in places.items() if times > 1]
    found += [f"{each} is of another site" for each in places if urlsplit(each).netloc != host]
    return [*found, "it is too large"] if len(document) > LARGEST else found
