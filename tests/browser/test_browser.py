"""The browser, and the tools to look with, on a page that is always there."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from seminars.people.models import User
from tests.browser.conftest import axe, fits, screens, sign_in, weight


def test_sign_in_page_can_be_used_by_everybody(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    expect(page.get_by_role("main").or_(page.locator("body")).first).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "sign-in")


def test_sign_in_page_is_light(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    assert 500 < weight(page) < 45_000


def test_somebody_can_be_signed_in(page: Page, site: str, member: User) -> None:
    sign_in(page, member, site)
    page.goto(f"{site}/accounts/email/")
    expect(page.get_by_text(member.email).first).to_be_visible()


def test_axe_finds_what_is_wrong(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">')"
    )
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_a_wide_page_does_not_fit(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<pre>' + 'wide '.repeat(200) + '</pre>')")
    with pytest.raises(AssertionError, match="px wide"):
        fits(page)


class Slow(BaseHTTPRequestHandler):
    """Sends the beginning of a page at once, and the rest when the browser has had time to show that."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html>")
        if self.path == "/next":
            threading.Event().wait(0.5)
        self.wfile.write(
            b"<html lang=en><title>Slow</title><main><h1>Slow</h1><a href=/next>On</a></main></html>"
        )

    def log_message(self, format: str, *given: object) -> None:
        """Say nothing."""


@pytest.fixture
def slow() -> Iterator[str]:
    """The address of a server whose second page comes in two parts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_click_ends_when_the_next_page_is_there(context: BrowserContext, slow: str) -> None:
    page = context.new_page()
    page.goto(slow)
    page.get_by_role("link").click()
    assert page.evaluate("[location.pathname, document.readyState]") == ["/next", "complete"]
    axe(page)
    page.go_back()
    page.get_by_role("link").press("Enter")
    assert page.evaluate("[location.pathname, document.readyState]") == ["/next", "complete"]
