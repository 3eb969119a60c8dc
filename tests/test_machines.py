"""What anybody and any program can read without signing in says nothing of what is not for everybody.

It walks the site's own table of addresses, so that a new feed is tested on the day it appears. One secret word stands
in every field of things that are hidden in each way there is. They were public once: harvested, and indexed for search.
An open recording beside them, with a word of its own, shows that feeds do speak.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver

from recordings.catalogue.models import OriginalKind, Recording
from recordings.preservation.harvesting.keeping import keep_up
from recordings.renditions.models import Rendition
from recordings.search import indexing
from recordings.slides.models import Chapter, Chapters
from seminars.people.models import Community, Joining
from seminars.series.models import Audience, Series
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.models import Engagement, Licence
from tests.factories import (
    NOW,
    make_community,
    make_material,
    make_original,
    make_person,
    make_recording,
    make_series,
    make_session,
)
from tests.formats import atom, oai, podcast, sitemap
from tests.test_permissions import BY_SECRET
from tests.world import KINDS, SECRET, addresses, make_world, said

pytestmark = pytest.mark.django_db
HELD = datetime(2026, 9, 1, 15, 0)
OPEN, WORD = "Loud-Heron", "heron"
TITLE = "Taken back"  # of what is withdrawn: its tombstone says it
NAMED = re.compile(rf"/({'|'.join(KINDS)})/<slug:slug>/")
ROUTES = sorted(
    route
    for route, _names in addresses(get_resolver())
    if "<" not in NAMED.sub("", route) and not BY_SECRET.match(route) and not route.startswith(("/organise/", "/me/"))
)  # fmt: skip
FEEDS = {  # they show the open recording, or the test shows nothing
    "/podcast.xml", "/archive.atom", "/archive/feed/", "/api/archive/", "/calendar.ics", "/archive/calendar.ics",
    "/series/<slug:slug>/podcast.xml", "/communities/<slug:slug>/archive.atom", "/archive/<slug:slug>/about.jsonld",
    "/archive/<slug:slug>/chapters.json", "/archive/<slug:slug>/cite.bib", "/api/sessions/<slug:slug>/",
}  # fmt: skip
HIDDEN: dict[str, dict[str, Any]] = {
    "for members": {"audience": Audience.MEMBERS},
    "for named people": {"audience": Audience.NAMED},
    "a draft": {"published_at": None},
    "withdrawn": {"withdrawn_at": NOW, "state": "withdrawn", "title": {"en": TITLE}},
}
OUT: dict[str, dict[str, Any]] = {
    "not out": {"published_at": None},
    "a withdrawn recording": {"withdrawn_at": NOW},
}


def recorded(series: Series, word: str, **fields: Any) -> Recording:
    """Return the recording of a session with a word in every field that can hold one."""
    words = {"en": word}
    session = make_session(series, **{"title": words, "abstract": words, "room": word} | fields)
    person = make_person(name=word, affiliation=word, email=f"{word}.{uuid4().hex}@example.org")
    Speaker.objects.create(session=session, person=person, affiliation=word)
    Engagement.objects.create(session=session, person=person, asked_at=NOW, licence=Licence.BY, words=word)
    recording = make_recording(session, title=words, abstract=words)
    film: dict[str, Any] = {"media_type": "video/mp4", "probe": {"seconds": 90, "height": 360}}
    video = make_original(
        recording, word.encode(), kind=OriginalKind.VIDEO, filename=f"{word}.mp4", language="", **film
    )
    make_original(recording, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{word}\n".encode(), filename=f"{word}.vtt")
    Rendition.objects.create(
        original=video, recipe="poster", recipe_version=1, asset=video.asset, made_at=NOW
    )
    chapters = Chapters.objects.create(recording=recording, changed_at=NOW)
    Chapter.objects.create(chapters=chapters, start=0, title=word)
    path = f"/archive/{recording.slug}/files/{video.uuid}/a.mp4"
    shown = {"media_type": "video/mp4", "path": path, "poster": path, "seconds": 90}
    make_material(session, "recording", title=words, source=video.uuid, **shown)
    return recording


@pytest.fixture
def shown(closed_community: Community) -> Recording:
    """The open recording; all the others of its series, and a whole community beside it, were public once."""
    made = make_world(closed_community)
    inside = recorded(Series.objects.get(slug=made.slugs["series"]), SECRET, wall=HELD)
    Community.objects.update(joining=Joining.OPEN)
    series = make_series(make_community(slug="open", name={"en": OPEN}), slug="talks")
    open_one = recorded(series, OPEN, wall=HELD)
    days = (HELD + timedelta(days=day) for day, _how in enumerate((*HIDDEN, *OUT), start=1))
    hidden = [recorded(series, SECRET, wall=day) for day in days]
    for recording in (inside, open_one, *hidden):
        indexing.index(recording.pk, now=NOW)
    keep_up(clock=lambda: NOW)
    Community.objects.filter(pk=closed_community.pk).update(joining=Joining.CLOSED)
    for fields, recording in zip([*HIDDEN.values(), *OUT.values()], hidden, strict=True):
        if fields in OUT.values():
            Session.objects.filter(archived=recording).update(title={"en": TITLE}, abstract={}, room="")
            Speaker.objects.filter(session__archived=recording).delete()
            Session.objects.get(archived=recording).materials.all().delete()
            Recording.objects.filter(pk=recording.pk).update(**fields)
        else:
            Session.objects.filter(archived=recording).update(**fields)
    return open_one


def wrong_with(answer: HttpResponseBase) -> list[str]:
    """Return what in a feed is not as its specification has it."""
    if answer.status_code != 200:
        return []
    document = getattr(answer, "content", b"")
    match answer.headers.get("Content-Type", "").partition(";")[0]:
        case "application/atom+xml":
            return atom.wrong_with(document)
        case "application/rss+xml":
            return podcast.wrong_with(document)
        case "application/xml":
            return sitemap.wrong_with(document, host=urlsplit(settings.MERIDIAN_URL).netloc)
        case "text/xml":
            return oai.wrong_with(document)
    return []


def test_what_is_open_to_all_tells_nothing_hidden_and_feeds_are_as_specified(
    shown: Recording, as_nobody: Client
) -> None:
    slugs = dict(zip(KINDS, ("open", "talks", shown.slug, shown.slug), strict=True))
    leaks, wrong, speak = [], {}, set()
    for route in ROUTES:
        answer: Any = as_nobody.get(NAMED.sub(lambda found: f"/{found[1]}/{slugs[found[1]]}/", route))
        text = said(answer)
        leaks += [route] if SECRET in text else []
        speak |= {route} if OPEN in text else set()
        if mistakes := wrong_with(answer):
            wrong[route] = mistakes
    assert leaks == []
    assert wrong == {}
    assert FEEDS - speak == set()


def test_no_address_of_something_hidden_tells_what_it_is(shown: Recording, as_nobody: Client) -> None:
    """Also by those addresses that need no community or series to be open."""
    leaks = []
    for slug in Recording.objects.exclude(pk=shown.pk).values_list("slug", flat=True):
        for route in ROUTES:
            if route.startswith(("/archive/<", "/sessions/<", "/api/", "/oembed/")) and "<" in route:
                path = NAMED.sub(lambda found, slug=slug: f"/{found[1]}/{slug}/", route)  # type: ignore[misc]
                leaks += [path] if SECRET in said(as_nobody.get(path)) else []
        for page in (f"/sessions/{slug}/", f"/archive/{slug}/"):
            path = f"/oembed/?url={quote(settings.MERIDIAN_URL + page)}"
            leaks += [path] if SECRET in said(as_nobody.get(path)) else []
    assert leaks == []


@pytest.mark.parametrize("swept", [False, True])
def test_no_question_brings_it_out(shown: Recording, as_nobody: Client, swept: bool) -> None:
    if swept:
        keep_up(clock=lambda: NOW)
    names = ElementTree.fromstring(as_nobody.get("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc").content)
    every = [str(each.text) for each in names.iter("{http://www.openarchives.org/OAI/2.0/}identifier")]
    assert len(every) == Recording.objects.count()
    asked = [f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={each}" for each in every]
    asked += ["/oai?verb=Identify", "/oai?verb=ListSets", "/oai?verb=ListRecords&metadataPrefix=oai_dc"]
    searches = [f"q={WORD}", "q=quiet", f"q={WORD[:-1]}m", "community=cohort", "captions=yes", "language=en"]
    asked += [
        f"{place}?{each}" for place in ("/archive/feed/", "/api/archive/", "/archive/") for each in searches
    ]
    answers = {each: said(as_nobody.get(each)) for each in asked}
    assert [each for each, answer in answers.items() if SECRET in answer] == []
    for each in (
        "/oai?verb=ListRecords&metadataPrefix=oai_dc",
        f"/archive/feed/?q={WORD}",
        f"/api/archive/?q={WORD}",
    ):
        assert OPEN in answers[each]
