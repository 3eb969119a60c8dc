"""What holds for every question to somebody else's server, whoever it is: the faults it may answer with."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

import pytest

from recordings.providers.line import Trouble
from tests.recordings.conftest import Remote


class Asked(Protocol):
    """A provider with its loopback server."""

    remote: Remote
    listing: str

    def ask(self) -> Any: ...
    def good(self) -> bytes: ...
    def lists(self, body: bytes, **quirks: Any) -> None: ...
    def answers(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> None: ...


class AskingContract:
    """One question, and each fault. The test's module gives the fixture `case`."""

    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_a_busy_server_is_asked_again_later(self, case: Asked, status: int) -> None:
        case.lists(b"busy", status=status)
        with pytest.raises(Trouble) as trouble:
            case.ask()
        assert trouble.value.passing

    def test_too_many_questions_wait_as_long_as_it_says(self, case: Asked) -> None:
        def slow(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(429)
            handler.send_header("Retry-After", "120")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        case.answers(slow)
        with pytest.raises(Trouble) as trouble:
            case.ask()
        assert (trouble.value.passing, trouble.value.after) == (True, 120)

    @pytest.mark.parametrize("body", [b"<!doctype html><html>Sign in</html>", b"\x00\x01", b"[]", b"{", b""])
    def test_what_is_no_answer_is_said(self, case: Asked, body: bytes) -> None:
        case.lists(body)
        with pytest.raises(Trouble) as trouble:
            case.ask()
        assert ("web page" in str(trouble.value)) == (b"html" in body)

    def test_half_an_answer_is_none(self, case: Asked) -> None:
        case.lists(case.good(), drop_after=40)
        with pytest.raises(Trouble) as trouble:
            case.ask()
        assert trouble.value.passing

    def test_a_length_that_lies_is_no_more_than_half_an_answer(self, case: Asked) -> None:
        case.lists(case.good(), length=10**9)
        with pytest.raises(Trouble):
            case.ask()

    def test_an_answer_without_an_end_is_cut(self, case: Asked) -> None:
        case.lists(b" " * (6 * 1024**2))
        with pytest.raises(Trouble, match="too long"):
            case.ask()

    def test_no_redirect_leads_a_secret_elsewhere(self, case: Asked) -> None:
        case.remote.redirects(case.listing, "http://127.0.0.1:1/elsewhere")
        with pytest.raises(Trouble):
            case.ask()
