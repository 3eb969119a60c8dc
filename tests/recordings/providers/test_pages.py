"""Sites with videos that are linked: the same contract for asking, and whose address is whose."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.catalogue.taking import CannotTake
from recordings.providers import linking
from recordings.providers.interface import Page, Pages
from recordings.providers.known import PAGES, NotOne, page_of
from recordings.providers.line import Gone, Line, Trouble
from recordings.providers.otherpages.provider import OtherPages
from recordings.providers.peertube.provider import PeerTube
from recordings.providers.vimeo.provider import Vimeo
from recordings.providers.youtube.provider import YouTube
from tests.recordings.conftest import Remote, also_loopback
from tests.recordings.providers.contract import AskingContract

SHORT = "kkGMgK9ZtnKfYAgnEtQxbv"
FILE = {"fileDownloadUrl": "https://tube.example/d/720.mp4", "size": 1000, "resolution": {"id": 720}}
SMALL = {"fileUrl": "https://tube.example/d/240.mp4", "size": 10, "resolution": {"id": 240}}


class Case:
    """A site with its loopback server."""

    def __init__(self, name: str, remote: Remote) -> None:
        self.name, self.remote = name, remote
        self.site: Pages
        if name == "youtube":
            self.site, self.listing = YouTube(remote.url("/oembed")), "/oembed"
            self.url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
        elif name == "vimeo":
            self.site, self.listing = Vimeo(remote.url("/oembed.json")), "/oembed.json"
            self.url = "https://vimeo.com/76979871"
        else:
            self.site, self.listing = PeerTube(), f"/api/v1/videos/{SHORT}"
            self.url = remote.url(f"/w/{SHORT}")
        self.lists(self.good())

    def good(self, **more: Any) -> bytes:
        said = {"title": "Savings", "name": "Savings", "duration": 3600, "type": "video"}
        return json.dumps(said | more).encode()

    def lists(self, body: bytes, **quirks: Any) -> None:
        self.remote.gives(self.listing, body, content_type="application/json", **quirks)

    def answers(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.remote.answers[self.listing] = answer

    def ask(self) -> Page:
        return self.site.look(self.url, Line(also_loopback))


@pytest.fixture(params=["youtube", "vimeo", "peertube"])
def case(request: pytest.FixtureRequest, remote: Remote) -> Case:
    return Case(request.param, remote)


class TestContract(AskingContract):
    """What every site promises."""

    def test_it_says_the_title(self, case: Case) -> None:
        assert case.ask().title == "Savings"

    def test_its_own_address_is_the_one_address(self, case: Case) -> None:
        assert case.site.recognise(case.url) == case.url

    @pytest.mark.parametrize(
        ("status", "words"), [(404, "no such video"), (410, "no such"), (403, "not open")]
    )
    def test_what_is_gone_or_closed_is_said(self, case: Case, status: int, words: str) -> None:
        case.lists(b"Not Found", status=status)
        with pytest.raises(Gone, match=words) as gone:
            case.ask()
        assert not gone.value.passing

    @pytest.mark.parametrize(
        "odd",
        [
            {"title": None, "name": 7},
            {"duration": "soon"},
            {"duration": -1},
            {"duration": True},
            {"duration": 1e12},
            {"duration": 10**400},
            {"title": {"a": "b"}, "name": ["Savings"]},
            {"streamingPlaylists": 7, "files": {"a": 1}, "downloadEnabled": True},
            {
                "downloadEnabled": True,
                "files": [{**FILE, "size": 2**80}, {**FILE, "fileDownloadUrl": "file:///etc"}],
            },
        ],
    )
    def test_odd_values_are_left_out(self, case: Case, odd: dict[str, Any]) -> None:
        case.lists(case.good(**odd))
        page = case.ask()
        assert page.seconds in (None, 3600.0)
        assert page.title in ("", "Savings")

    def test_a_title_is_one_line_of_words(self, case: Case) -> None:
        said = "\ud800<b>Sav\u202eings</b>\0\x1b[31m\n " + "x" * 400
        case.lists(case.good(title=said, name=said))
        title = case.ask().title
        assert title.startswith("<b>Savings</b>[31m xxx")
        assert (len(title), title.encode().decode()) == (300, title)

    @pytest.mark.parametrize(
        "body", [b"[" * 100_000, b'{"title": "Caf\xe9"}', b'{"a": ' + b"9" * 5000 + b"}"]
    )
    def test_hostile_answers_are_no_answer(self, case: Case, body: bytes) -> None:
        case.lists(body)
        with pytest.raises(Trouble, match="cannot be read"):
            case.ask()

    def test_a_private_network_is_not_asked(self, case: Case) -> None:
        with pytest.raises(Trouble, match="private"):
            case.site.look(case.url, Line())


@pytest.mark.parametrize(
    ("url", "site", "address"),
    [
        ("https://youtu.be/dQw4w9WgXcQ?t=42", "youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("http://m.youtube.com/watch?list=a&v=dQw4w9WgXcQ", "youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/live/dQw4w9WgXcQ?si=1", "youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ?feature=share", "youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://music.youtube.com/watch?v=dQw4w9WgXcQ&si=1", "youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("HTTPS://YouTu.be/dQw4w9WgXcQ/", "youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://player.vimeo.com/video/76979871?h=1", "vimeo", "https://vimeo.com/76979871"),
        ("https://player.vimeo.com/video/76979871?h=ab12cd34ef&t=3", "vimeo", "https://vimeo.com/76979871/ab12cd34ef"),
        ("https://vimeo.com/showcase/123456/video/76979871", "vimeo", "https://vimeo.com/76979871"),
        (f"https://Tube.Example/videos/embed/{SHORT}", "peertube", f"https://tube.example/w/{SHORT}"),
        ("https://vimeo.com/76979871/ab12cd34ef", "vimeo", "https://vimeo.com/76979871/ab12cd34ef"),
        ("https://vimeo.com/channels/staff/76979871", "vimeo", "https://vimeo.com/76979871"),
        (f"https://tube.example/w/{SHORT}?start=3", "peertube", f"https://tube.example/w/{SHORT}"),
        (
            "https://tube.example/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d",
            "peertube",
            "https://tube.example/w/9c9de5e8-0a1e-484a-b099-e80766180a6d",
        ),
        ("https://us02web.zoom.us/rec/share/abc", "page", "https://us02web.zoom.us/rec/share/abc"),
    ],
)  # fmt: skip
def test_each_address_is_of_one_site(url: str, site: str, address: str) -> None:
    found = page_of(url)
    assert found
    assert (found[0].name, found[1]) == (site, address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://example.org/@channel",
        f"https://us:er@tube.example/w/{SHORT}",
        "https://zoom.us/j/81234567890",
        "https://example.org/w/short",
        "ftp://tube.example/w/" + SHORT,
        "https://[/w/" + SHORT,
    ],
)
def test_other_addresses_are_none(url: str) -> None:
    assert page_of(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/playlist?list=x",
        "https://www.youtube.com/embed/videoseries?list=PLx",
        "https://www.youtube.com/embed/live_stream?channel=UCx",
        "https://www.youtube.com/watch?v=ééééééééééé",
        "https://youtu.be/",
        "https://vimeo.com/blog",
        "https://vimeo.com/channels/staffpicks",
        "https://tube.example/w/p/" + SHORT,
        "https://tube.example/videos/watch/playlist/9c9de5e8-0a1e-484a-b099-e80766180a6d",
    ],
)
def test_channels_and_lists_are_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(CannotTake, match="Open the video, and copy its address"):
        linking.video_at(url)


@given(
    st.text(max_size=60),
    st.sampled_from(["https://www.youtube.com/", "https://vimeo.com/", "https://a.b/w/", ""]),
)
def test_any_address_is_taken_or_left(text: str, before: str) -> None:
    try:
        found = page_of(before + text)
    except NotOne:
        return
    assert found is None or found[0].recognise(found[1]) == found[1]


def test_a_video_that_must_not_be_shown_elsewhere_is_there(remote: Remote) -> None:
    case = Case("youtube", remote)
    case.lists(b"Unauthorized", status=401)
    assert case.ask() == Page()


def test_peertube_s_best_file_comes_first(remote: Remote) -> None:
    case = Case("peertube", remote)
    case.lists(
        case.good(downloadEnabled=True, files=[SMALL], streamingPlaylists=[{"files": [FILE, {}, 3]}, 4])
    )
    assert [(each.url, each.size) for each in case.ask().files] == [
        ("https://tube.example/d/720.mp4", 1000),
        ("https://tube.example/d/240.mp4", 10),
    ]


def test_what_peertube_s_owner_forbids_is_not_copied(remote: Remote) -> None:
    case = Case("peertube", remote)
    case.lists(case.good(downloadEnabled=False, files=[FILE]))
    assert case.ask().files == ()


def test_a_page_that_only_answers_is_there(remote: Remote) -> None:
    remote.gives("/rec/share/a", b"<html>Watch</html>" * 400_000, content_type="text/html")
    remote.redirects("/rec/share/b", "https://zoom.us/sign-in")
    site = OtherPages()
    for path in ("a", "b"):
        assert site.look(remote.url(f"/rec/share/{path}"), Line(also_loopback)) == Page()
    remote.gives("/rec/share/c", b"gone", status=404)
    with pytest.raises(Gone):
        site.look(remote.url("/rec/share/c"), Line(also_loopback))


def test_every_site_has_a_name_of_its_own() -> None:
    assert list(PAGES) == [each.name for each in PAGES.values()] == ["youtube", "vimeo", "peertube", "page"]
