"""One contract for every provider, kept against a loopback server that gives its documented answers and faults."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from recordings.providers.bigbluebutton.provider import BigBlueButton
from recordings.providers.interface import Piece, Provider
from recordings.providers.known import PROVIDERS
from recordings.providers.line import Line, Trouble
from recordings.providers.zoom.provider import Zoom
from tests.recordings.conftest import Remote, also_loopback, whole
from tests.recordings.providers.contract import AskingContract

BEGAN = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
REC = "https://zoom.us/rec/download"


def bbb_answer(*, name: str = "Savings", files: str = "", extra: str = "") -> bytes:
    stamp = int(BEGAN.timestamp() * 1000)
    return f"""<response><returncode>SUCCESS</returncode><recordings><recording>
<recordID>abc-1</recordID><meetingID>savings-room</meetingID><name>{name}</name>{extra}
<startTime>{stamp}</startTime><endTime>{stamp + 3_600_000}</endTime><playback>
<format><type>presentation</type><url>https://bbb.example/playback/presentation/2.3/abc-1</url></format>
<format><type>video</type><url>https://bbb.example/playback/video/abc-1/</url><size>1000</size></format>{files}
</playback></recording></recordings></response>""".encode()


def zoom_answer(**more: Any) -> bytes:
    best = "shared_screen_with_speaker_view"
    files = [
        {"file_type": "CHAT", "download_url": f"{REC}/chat", "status": "completed"},
        {"file_type": "MP4", "recording_type": "gallery_view", "download_url": f"{REC}/g", "file_size": 9},
        {"file_type": "MP4", "recording_type": best, "download_url": f"{REC}/v", "file_size": 1000},
        {"file_type": "M4A", "download_url": f"{REC}/a"},
        {"file_type": "TRANSCRIPT", "download_url": f"{REC}/t"},
    ]
    meeting = {"uuid": "u1==", "id": 81234567890, "topic": "Savings", "duration": 60}
    meeting["start_time"] = "2026-11-16T13:00:00Z"
    return json.dumps(
        {"meetings": [meeting | {"recording_files": files} | more], "next_page_token": ""}
    ).encode()


class Case:
    """A provider with its loopback server."""

    def __init__(self, name: str, remote: Remote) -> None:
        self.name, self.remote = name, remote
        self.provider: Provider
        if name == "bigbluebutton":
            self.provider = BigBlueButton()
            self.values = {"address": remote.url("/bigbluebutton/"), "secret": "s3cret"}
            self.listing = "/bigbluebutton/api/getRecordings"
        else:
            self.provider = Zoom(sign_in=remote.url(""), api=remote.url("/v2"))
            self.values = {"account": "A", "client": "C", "secret": "s3cret", "kept": "30"}
            self.listing = "/v2/accounts/me/recordings"
            self.sign_in()
        self.lists(self.good())

    def good(self) -> bytes:
        return bbb_answer() if self.name == "bigbluebutton" else zoom_answer()

    def sign_in(self, **quirks: Any) -> None:
        self.remote.gives("/oauth/token", b'{"access_token": "tok", "expires_in": 3599}', **quirks)

    def lists(self, body: bytes, **quirks: Any) -> None:
        self.remote.gives(self.listing, body, content_type="application/octet-stream", **quirks)

    def answers(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.remote.answers[self.listing] = answer

    def ask(self) -> list[Piece]:
        return self.pieces()

    def pieces(self, since: datetime = BEGAN - WEEK, until: datetime = BEGAN + WEEK) -> list[Piece]:
        return list(self.provider.pieces(self.values, Line(also_loopback), since=since, until=until))


@pytest.fixture(params=sorted(PROVIDERS))
def case(request: pytest.FixtureRequest, remote: Remote) -> Case:
    return Case(request.param, remote)


class TestContract(AskingContract):
    """What every provider promises."""

    def test_it_says_what_was_recorded_and_where_the_files_are(self, case: Case) -> None:
        (piece,) = case.pieces()
        assert (piece.title, piece.began_at, piece.ended_at) == ("Savings", BEGAN, BEGAN + timedelta(hours=1))
        assert piece.meeting in {"savings-room", "81234567890"}
        assert piece.files[0].kind == "video"
        assert piece.files[0].size == 1000
        assert piece.files[0].url.startswith("https://")

    def test_its_key_never_changes(self, case: Case) -> None:
        assert case.pieces()[0].key == case.pieces()[0].key != ""

    def test_what_lies_outside_is_left_out(self, case: Case) -> None:
        assert case.pieces(BEGAN + timedelta(minutes=1), BEGAN + WEEK) == []
        assert case.pieces(BEGAN - WEEK, BEGAN - timedelta(minutes=1)) == []

    def test_the_connection_is_tested_in_words(self, case: Case) -> None:
        words = case.provider.check(case.values, Line(also_loopback), now=BEGAN + WEEK)
        assert "1 recordings" in words

    def test_a_wrong_secret_is_said_and_never_shown(self, case: Case) -> None:
        wrong = b"<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>"
        case.lists(wrong, status=200 if case.name == "bigbluebutton" else 401)
        with pytest.raises(Trouble, match="secret") as trouble:
            case.pieces()
        assert "s3cret" not in str(trouble.value)

    def test_a_private_network_is_not_asked(self, case: Case) -> None:
        with pytest.raises(Trouble, match="private"):
            list(case.provider.pieces(case.values, Line(), since=BEGAN - WEEK, until=BEGAN + WEEK))

    def test_settings_of_any_letters_are_no_crash(self, case: Case) -> None:
        case.values = {**case.values, **{each.name: "•€" for each in case.provider.settings if each.secret}}
        if "address" in case.values:
            case.values["address"] = f"https://{'a' * 64}.example.org/"
            with pytest.raises(Trouble, match="Give an address"):
                case.pieces()
        else:
            assert case.pieces()

    def test_its_headers_go_to_its_own_addresses_only(self, case: Case) -> None:
        assert not case.provider.holds(case.values, "https://evil.example/zoom.us/x")
        assert not case.provider.holds(case.values, "https://zoom.us.evil.example/x")


class TestBigBlueButton:
    """Its own ways."""

    def test_the_question_is_signed(self, remote: Remote) -> None:
        case = Case("bigbluebutton", remote)
        case.pieces()
        query, _sep, checksum = remote.asked[-1]["path"].partition("?")[2].rpartition("&checksum=")
        assert checksum == hashlib.sha256(f"getRecordings{query}s3cret".encode()).hexdigest()

    def test_formats_become_files(self, remote: Remote) -> None:
        case = Case("bigbluebutton", remote)
        sound = "<format><type>podcast</type><url>https://bbb.example/podcast/abc-1/audio.ogg</url></format>"
        case.lists(bbb_answer(files=sound))
        assert [(each.kind, each.url) for each in case.pieces()[0].files] == [
            ("video", "https://bbb.example/playback/video/abc-1/video-0.m4v"),
            ("audio", "https://bbb.example/podcast/abc-1/audio.ogg"),
        ]

    @pytest.mark.parametrize(
        "odd", ["<url>https://[x</url>", "<url>https://b.example/a.m4v</url><size>²</size>"]
    )
    def test_odd_files_are_left_out_or_have_no_size(self, remote: Remote, odd: str) -> None:
        case = Case("bigbluebutton", remote)
        case.lists(
            bbb_answer(
                files=f"<format><type>podcast</type>{odd}</format>", extra=f"<size>{'9' * 5000}</size>"
            )
        )
        found = case.pieces()[0].files
        assert [(each.kind, each.size) for each in found][1:] in ([], [("audio", None)])

    def test_no_bomb_is_opened(self, remote: Remote) -> None:
        case = Case("bigbluebutton", remote)
        case.lists(b'<!DOCTYPE r [<!ENTITY a "aaaa">]><response><returncode>SUCCESS</returncode></response>')
        with pytest.raises(Trouble):
            case.pieces()

    def test_a_refusal_is_told_in_its_words(self, remote: Remote) -> None:
        case = Case("bigbluebutton", remote)
        case.lists(b"<response><returncode>FAILED</returncode><message>Closed today</message></response>")
        with pytest.raises(Trouble, match="Closed today"):
            case.pieces()


class TestZoom:
    """Its own ways."""

    def test_the_best_video_and_the_captions_and_never_the_chat(self, remote: Remote) -> None:
        (piece,) = Case("zoom", remote).pieces()
        assert [(each.kind, each.url.rpartition("/")[2]) for each in piece.files] == [
            ("video", "v"),
            ("captions", "t"),
        ]

    def test_when_it_is_deleted(self, remote: Remote) -> None:
        case = Case("zoom", remote)
        assert case.pieces()[0].expires_at == BEGAN + timedelta(days=30)
        case.lists(zoom_answer(auto_delete=True, auto_delete_date="2026-12-01"))
        assert case.pieces()[0].expires_at == datetime(2026, 12, 1, tzinfo=UTC)
        case.lists(zoom_answer())
        for odd in ("soon", "049990000000", "-3"):
            case.values["kept"] = odd
            assert case.pieces()[0].expires_at is None

    @pytest.mark.parametrize(
        "odd",
        [
            {"start_time": "0001-01-01T00:00:00+14:00"},
            {"start_time": "9999-12-31T23:59:59-14:00"},
            {"start_time": 7, "duration": 10**9},
            {"recording_files": 7},
            {"recording_files": {"file_type": "MP4"}},
            {"recording_files": [7, {"file_type": ["MP4"]}]},
        ],
    )
    def test_odd_meetings_are_left_out(self, remote: Remote, odd: dict[str, Any]) -> None:
        case = Case("zoom", remote)
        case.lists(zoom_answer(**odd))
        assert case.pieces() == []
        case.lists(b'{"meetings": 7}')
        assert case.pieces() == []

    def test_odd_dates_and_sizes_are_left_out(self, remote: Remote) -> None:
        case = Case("zoom", remote)
        files = [{"file_type": "MP4", "download_url": f"{REC}/v", "file_size": 2**80}]
        case.lists(
            zoom_answer(recording_files=files, auto_delete=True, auto_delete_date="9999-12-31T23:59:59-14:00")
        )
        (piece,) = case.pieces()
        assert (piece.expires_at, piece.files[0].size) == (BEGAN + timedelta(days=30), None)

    def test_what_is_still_processed_comes_later(self, remote: Remote) -> None:
        case = Case("zoom", remote)
        files = [{"file_type": "MP4", "download_url": f"{REC}/x", "status": "processing"}]
        case.lists(zoom_answer(recording_files=files))
        assert case.pieces() == []

    def test_a_token_that_ended_is_renewed_once(self, remote: Remote) -> None:
        case, asked = Case("zoom", remote), []

        def answer(handler: BaseHTTPRequestHandler) -> None:
            asked.append(handler.headers["Authorization"])
            whole(handler, zoom_answer(), status=200 if len(asked) > 1 else 401)

        case.answers(answer)
        assert len(case.pieces()) == 1
        assert asked == ["Bearer tok", "Bearer tok"]

    def test_a_season_is_asked_a_month_at_a_time(self, remote: Remote) -> None:
        case = Case("zoom", remote)
        assert len(case.pieces(BEGAN - timedelta(days=80), BEGAN + WEEK)) == 1
        assert sum("recordings" in each["path"] for each in remote.asked) == 3

    def test_no_token_is_said(self, remote: Remote) -> None:
        case = Case("zoom", remote)
        remote.gives("/oauth/token", b'{"reason": "Invalid client_id or client_secret"}')
        with pytest.raises(Trouble, match="secret"):
            case.pieces()
