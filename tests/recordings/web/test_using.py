"""What is fetched from the archive is counted: from the first byte, for people, and never in the way of a stream."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.db import OperationalError
from django.test import Client

from recordings.catalogue.addresses import file_path
from recordings.catalogue.models import Original
from recordings.renditions.models import Rendition
from seminars.people.models import Community
from seminars.results.models import Mark, Use, UseKind
from seminars.web import uses
from tests.factories import make_original, make_recording, make_series, make_session
from tests.recordings.web.test_media import address, body

pytestmark = pytest.mark.django_db
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0", "Accept-Language": "en"}


@pytest.fixture
def video(community: Community) -> Original:
    """A video of a kilobyte, and its voice of a tenth."""
    recording = make_recording(make_session(make_series(community), wall=datetime(2026, 9, 1, 15, 0)))
    make_original(recording, b"v" * 100, kind="audio", media_type="audio/mp4", language="")
    make_original(recording, b"text", kind="captions")
    return make_original(recording, b"w" * 1000, kind="video", media_type="video/mp4", language="")


def fetch(client: Client, file: Original, query: str = "", **headers: str) -> Any:
    answer = client.get(
        address(file) + query, headers=BROWSER | {k.replace("_", "-"): v for k, v in headers.items()}
    )
    body(answer)
    return answer


def counted() -> list[tuple[str, str, int]]:
    return list(Use.objects.order_by("edition", "kind").values_list("edition", "kind", "number"))


def test_a_whole_file_and_its_first_part_count_once_each(video: Original, as_nobody: Client) -> None:
    fetch(as_nobody, video)
    fetch(as_nobody, video, Range="bytes=0-")
    row = Use.objects.get()
    assert (row.edition, row.kind, row.number, row.first) == ("video", "view", 2, 1)
    assert (row.size, row.big) == (2000, 2000)


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=200-"},
        {"Range": "bytes=-100"},
        {"Range": "bytes=0-1"},
        {"Sec_Purpose": "prefetch"},
        {"User_Agent": "Googlebot/2.1"},
        {"User_Agent": "curl/8.0"},
        {"User_Agent": "Meridian/0.1"},
        {"User_Agent": ""},
    ],
)
def test_what_continues_or_is_no_person_does_not_count(
    video: Original, as_nobody: Client, headers: dict[str, str]
) -> None:
    assert fetch(as_nobody, video, **headers).status_code in {200, 206}
    assert counted() == []


def test_head_what_is_not_modified_and_what_cannot_be_had_do_not_count(
    video: Original, as_nobody: Client
) -> None:
    as_nobody.head(address(video), headers=BROWSER)
    fetch(as_nobody, video, If_None_Match=f'"{video.asset.sha256}"')
    fetch(as_nobody, video, Range="bytes=5000-")
    assert counted() == []


def test_each_edition_counts_for_itself_and_the_voice_says_what_it_saved(
    video: Original, as_nobody: Client
) -> None:
    voice, captions = (video.recording.originals.get(kind=kind) for kind in ("audio", "captions"))
    fetch(as_nobody, voice, Range="bytes=0-")
    fetch(as_nobody, captions)
    fetch(as_nobody, captions, "?download=1")
    fetch(as_nobody, video, "?download=1")
    assert counted() == [
        ("captions", UseKind.DOWNLOAD, 1),
        ("video", UseKind.DOWNLOAD, 1),
        ("voice", UseKind.LISTEN, 1),
    ]
    heard = Use.objects.get(edition="voice")
    assert (heard.size, heard.big) == (100, 1000)


def test_a_database_that_does_not_answer_takes_nothing_from_who_watches(
    video: Original, as_nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_given: Any) -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(uses, "note_use", broken)
    answer = as_nobody.get(address(video), headers=BROWSER)
    assert len(body(answer)) == 1000
    assert counted() == []


def test_it_is_counted_when_the_bytes_are_away_and_the_place_is_free(
    video: Original, as_nobody: Client
) -> None:
    answer = as_nobody.get(address(video), headers=BROWSER)
    assert counted() == []
    body(answer)
    assert counted() == [("video", UseKind.VIEW, 1)]


def test_no_cookie_is_set(video: Original, as_nobody: Client) -> None:
    assert not fetch(as_nobody, video).cookies


def edition(video: Original, recipe: str, data: bytes, media_type: str) -> Rendition:
    """An edition made of the video."""
    asset = make_original(video.recording, data, kind="handout", media_type=media_type).asset
    return Rendition.objects.create(
        original=video, recipe=recipe, recipe_version=1, asset=asset, made_at=video.added_at
    )


def test_small_editions_count_for_themselves_and_say_what_they_saved(
    video: Original, as_nobody: Client
) -> None:
    for recipe, media_type in (
        ("video_360", "video/mp4"),
        ("voice_opus", "audio/ogg"),
        ("slides_voice", "video/webm"),
    ):
        made = edition(video, recipe, recipe.encode(), media_type)
        path = file_path(video.recording, made.uuid, kind=recipe, language="", media_type=media_type)
        body(as_nobody.get(path, headers=BROWSER | {"Range": "bytes=0-"}))
    assert counted() == [
        ("slides_voice", UseKind.VIEW, 1),
        ("video_360", UseKind.VIEW, 1),
        ("voice_opus", UseKind.LISTEN, 1),
    ]
    assert set(Use.objects.values_list("big", flat=True)) == {1000}


@pytest.mark.parametrize(
    ("query", "headers", "kind"),
    [
        ("", {"User_Agent": "AntennaPod/3.8"}, UseKind.PODCAST),
        ("?from=podcast", {"User_Agent": "AppleCoreMedia/1.0 (iPhone)"}, UseKind.PODCAST),
        ("?from=embed", {}, UseKind.EMBED),
        ("?from=embed", {"User_Agent": "Overcast/3.0"}, UseKind.PODCAST),
        ("", {"Referer": "http://testserver/archive/talk/embed/"}, UseKind.VIEW),
        ("?from=rumour", {}, UseKind.VIEW),
        ("?from=podcast&download=1", {}, UseKind.DOWNLOAD),
    ],
)
def test_podcast_apps_and_other_sites_count_as_such(
    query: str, headers: dict[str, str], kind: str, video: Original, as_nobody: Client
) -> None:
    fetch(as_nobody, video, query, **headers)
    assert counted() == [("video", kind, 1)]


def test_our_own_podcasts_and_players_say_where_they_are(video: Original, as_nobody: Client) -> None:
    """Fetched by the very addresses they give, by a program that does not say what it is."""
    slug = video.recording.slug
    feed = ElementTree.fromstring(as_nobody.get("/podcast.xml").content)
    [enclosure] = [str(each.get("url")) for each in feed.iter("enclosure")]
    page = as_nobody.get(f"/archive/{slug}/embed/").content.decode()
    given = re.findall(r'(?:<source src|<a href)="(/archive/[^"#]+/files/[^"#]+)', page)
    for place in [urlsplit(enclosure)._replace(scheme="", netloc="").geturl(), *given]:
        body(as_nobody.get(place, headers={"User-Agent": "Dalvik/2.1.0 (Linux; Android 14)"}))
    assert counted() == [
        ("video", UseKind.EMBED, len(given) - 1),  # the voice alone is a link below
        ("voice", UseKind.EMBED, 1),
        ("voice", UseKind.PODCAST, 1),
    ]


def test_neither_address_nor_page_nor_program_is_kept(video: Original, as_nobody: Client) -> None:
    fetch(
        as_nobody, video, "?from=embed", Referer="http://testserver/archive/talk/embed/?site=secret.example"
    )
    kept = [*Use.objects.values_list(), *Mark.objects.values_list()]
    for word in ("127.0.0.1", "Firefox", "secret.example", "embed/"):
        assert word not in str(kept)
