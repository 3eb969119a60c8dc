"""The page of an archive item stays light and asks little, even with the words of a whole hour."""

import gzip
import random
import re
from html import unescape

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import Original, Recording
from recordings.slides.models import SlidePage
from tests.factories import make_original
from tests.recordings.web.test_item import page, whole

pytestmark = pytest.mark.django_db
MOST = 100_000  # bytes as they travel: the page with its style and scripts
WORDS = 9000  # of an hour


def an_hour() -> str:
    """Return captions of an hour, of words that do not compress better than speech does."""
    picks = random.Random(7)
    words = [
        "".join(picks.choices("etaoinshrdlcumwfgypbvk", k=picks.randint(2, 9))) for _number in range(1500)
    ]
    cues = []
    for at in range(0, 3600, 5):
        said = " ".join(picks.choices(words, k=WORDS * 5 // 3600))
        start, end = (f"{t // 3600:02}:{t // 60 % 60:02}:{t % 60:02}.000" for t in (at, at + 4))
        cues.append(f"{start} --> {end}\n{said}\n")
    return "WEBVTT\n\n" + "\n".join(cues)


@pytest.fixture
def item() -> Recording:
    recording = whole()
    Original.objects.filter(recording=recording, kind="captions").update(superseded_at=recording.published_at)
    make_original(recording, an_hour().encode(), kind="captions", language="en")
    return recording


def weight(text: str) -> int:
    """Bytes of a page and of every style and script that it names, compressed as they are sent."""
    names = set(re.findall(r'(?:src|href)="/static/([^"?]+\.(?:css|js))', text))
    files = []
    for name in names:
        found = finders.find(name) or finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name))
        assert isinstance(found, str), name
        with open(found, "rb") as file:
            files.append(file.read())
    assert files
    return sum(len(gzip.compress(each, 6)) for each in [text.encode(), *files])


def test_an_hour_of_words_stays_under_the_mark(item: Recording, as_nobody: Client) -> None:
    text = page(as_nobody, item)
    assert len(text) > WORDS * 5, "the words are all there"
    assert weight(text) <= MOST


def test_it_asks_no_more_for_them(item: Recording, as_nobody: Client) -> None:
    page(as_nobody, item)
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        page(as_nobody, item)
    assert len(asked) <= 15, [each["sql"][:90] for each in asked.captured_queries]


def test_in_the_lite_edition_an_hour_of_words_comes_in_parts(item: Recording, as_nobody: Client) -> None:
    deck = Original.objects.get(recording=item, kind="slides")
    rest = {"slides": deck, "asset": deck.asset, "width": 640, "height": 360, "made_version": 1}
    words = an_hour().split("\n")[3::3]
    for number in range(4, 64):  # a deck of sixty pages, full of words
        SlidePage.objects.create(number=number, text=" ".join(words[number * 5 : number * 5 + 5]), **rest)
    address, lines, pages = f"/l/sessions/{item.slug}/", [], 0
    while address:
        answer = as_nobody.get(address)
        assert len(gzip.compress(answer.content, 6)) <= 14 * 1024
        text = answer.content.decode()
        [said] = re.findall(r'<details id="transcript"[^>]*>(.*?)</details>', text, re.DOTALL)
        lines += re.findall(r"<p><a [^>]*#player\">[^<]*</a>([^<]*)</p>", said)
        on = re.search(r'<a href="([^"]*)">More \(', said)
        pages += 1
        address = f"/l/sessions/{item.slug}/{unescape(on[1])}" if on else ""
    assert 5 < pages < 12
    assert " ".join(" ".join(lines).split()) == " ".join(" ".join(words).split())
