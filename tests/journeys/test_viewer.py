"""Years later, on a slow line: somebody finds a seminar by words that were said, reads, listens, cites, prints."""

import json
import re
from datetime import datetime
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from recordings.catalogue.models import OriginalKind, Recording
from recordings.search import indexing
from seminars.followups.reports.models import Report
from seminars.people.models import Community, User
from seminars.sessions.models import MaterialKind, Speaker
from tests.factories import (
    NOW,
    make_material,
    make_original,
    make_person,
    make_recording,
    make_series,
    make_session,
)

SAID = b"WEBVTT\n\n00:15.500 --> 00:20.000\nThe metal box has three locks.\n\n01:23.000 --> 01:29.000\nA receipt.\n"


def link(page: str, words: str) -> str:
    """The address behind the link that says these words, or, where none says just these, has them in it."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    said = [(unescape(href), " ".join(re.sub(r"<[^>]+>", " ", text).split())) for href, text in found]
    exact = [href for href, text in said if text == words]
    return next(iter([*exact, *(href for href, text in said if words in text)]))


def held(community: Community) -> Recording:
    """A seminar of two years ago with its voice, its words and its report, as search knows it."""
    series = make_series(community, title={"en": "After Hours"})
    session = make_session(
        series,
        wall=datetime(2024, 3, 5, 16, 0),
        title={"en": "Savings groups and mobile money"},
        state="archived",
    )
    Speaker.objects.create(session=session, person=make_person(name="Amina Diallo"))
    recording = make_recording(session)
    make_original(recording, SAID)
    make_original(
        recording, b"voice" * 9_600, kind=OriginalKind.AUDIO, media_type="audio/mp4", probe={"seconds": 90.0}
    )
    answers = {"results": "- Keep the paper passbook\n- Pool the transfers"}
    Report.objects.create(
        session=session, uuid=recording.uuid, answers=answers, published_at=NOW, changed_at=NOW
    )
    for kind in (MaterialKind.VOICE, MaterialKind.REPORT):
        make_material(session, kind, media_type="audio/mp4")
    indexing.index(recording.pk, now=NOW)
    return recording


@pytest.mark.django_db
def test_the_viewer(community: Community, organiser: User, stopped: object) -> None:
    recording = held(community)
    viewer = Client()

    # They find it by words that were said, and the hit opens at their second.
    found = viewer.get("/archive/", {"q": "three locks"}).content.decode()
    hit = link(found, "0:15")
    item = viewer.get(hit).content.decode()
    assert 'class="here"' in item

    # They read what came out of it before anything is played.
    assert (
        item.index("Keep the paper passbook")
        < item.index("The metal box has three locks")
        < item.index("<strong>Listen")
    )

    # They listen: the size is said, and the address gives the bytes, from any place on.
    assert "48 kB · less than a minute at 64 kbit/s" in " ".join(item.split())
    voice = viewer.get(link(item, "Listen 48 kB").partition("#")[0], headers={"Range": "bytes=100-199"})
    assert (voice.status_code, voice["Content-Type"]) == (206, "audio/mp4")
    assert b"".join(voice.streaming_content) == (b"voice" * 9_600)[100:200]  # type: ignore[attr-defined]
    afterwards(viewer, item, recording)


def afterwards(viewer: Client, item: str, recording: Recording) -> None:
    """What they do with it."""
    # They cite it; the address in the reference leads here for ever.
    cite = viewer.get(link(item, "Cite it")).content.decode()
    assert "Amina Diallo (2024, March 5). Savings groups and mobile money [Audio]." in cite
    [entry] = json.loads(viewer.get(link(cite, "CSL-JSON")).content)
    back = viewer.get(entry["URL"].removeprefix(settings.MERIDIAN_URL), follow=True)
    assert back.redirect_chain[-1][0] == f"/sessions/{recording.slug}/"

    # They print it, and show it on a page of their own.
    sheet = viewer.get(link(item, "To print")).content.decode()
    assert "Keep the paper passbook" in sheet
    assert "The metal box has three locks." in sheet
    told = json.loads(
        viewer.get("/oembed/", {"url": f"{settings.MERIDIAN_URL}/sessions/{recording.slug}/"}).content
    )
    frame = re.search(r'src="([^"]+)"', told["html"])
    assert frame
    assert "<audio controls" in viewer.get(frame[1].removeprefix(settings.MERIDIAN_URL)).content.decode()
