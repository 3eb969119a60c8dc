"""Pages in Debian's own Chromium: how a test opens them, looks at them and weighs them.

A page that asks another host for anything, or complains in its console, fails its test at the end. What a click
leads to is loaded when the test goes on (`deeds_wait`); what a script does after that is waited for by `expect`.
"""

import functools
import gzip
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    Route,
    expect,
)
from pytest_django.live_server_helper import LiveServer
from pytest_playwright.pytest_playwright import CreateContextCallback

from seminars.people.models import User
from tests.conftest import CHROMIUM, signed_in

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
PATIENCE = (
    60_000  # ms: nothing waits so long on purpose, but a machine that is busy with others may need some of it
)
DEEDS = ("check", "click", "dblclick", "press", "select_option", "set_checked", "uncheck")
SHRINKS = ("text/", "application/javascript", "application/json", "image/svg+xml")


@pytest.fixture(scope="session", autouse=True)
def database_beside_the_browser() -> None:
    """Playwright's event loop runs in this thread from the first browser test until the process ends."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def base_url() -> None:
    """Takes the place of pytest-playwright's own, which pytest 9 warns of; `site` is the address to use."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's browser; none is ever downloaded."""
    return browser_type_launch_args | {"executable_path": str(CHROMIUM)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A visitor in Kolkata who reads English: half-hour offsets find most mistakes."""
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Asia/Kolkata", "viewport": WIDE}


def _then_loaded(deed: Callable[..., Any]) -> Callable[..., Any]:
    """Return `deed`, followed by the end of loading of the page to which it led."""

    @functools.wraps(deed)
    def do(locator: Locator, *given: Any, **named: Any) -> Any:
        done = deed(locator, *given, **named)
        locator.page.wait_for_load_state("load")
        return done

    return do


@pytest.fixture(scope="session", autouse=True)
def deeds_wait() -> Iterator[None]:
    """A click ends when the page to which it leads is loaded: Playwright's own ends at the first byte of it.

    Between the two there may be no element, no script has run, and what a test looks for at once may not be there yet.
    """
    expect.set_options(timeout=PATIENCE)
    with pytest.MonkeyPatch.context() as patch:
        for name in DEEDS:
            patch.setattr(Locator, name, _then_loaded(getattr(Locator, name)))
        yield


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """A browser with the patience for a busy machine."""
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def plain(new_context: CreateContextCallback) -> Page:
    """A page in a browser without script, of the same visitor."""
    context = new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    """The running site's address, without a slash at its end; its pages and feeds name it too."""
    settings.MERIDIAN_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def page(context: BrowserContext, site: str) -> Iterator[Page]:
    """A page that must stay on the site and must not complain."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A page that is not found is told of in the console as well: that is what some tests ask for.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def watch(request: Request) -> None:
        if not request.url.startswith((site, "data:", "blob:", "about:")):
            complaints.append(f"asked another host: {request.url}")

    page = context.new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", watch)
    yield page
    assert complaints == []


def sign_in(page: Page, user: User, site: str) -> None:
    """Sign `user` in without the form."""
    cookies = signed_in(user).cookies
    page.context.add_cookies([{"name": name, "value": cookies[name].value, "url": site} for name in cookies])


def axe(page: Page) -> None:
    """Fail on any violation of WCAG 2.2 A and AA on the page as it stands, in light and in dark.

    In dark only the colours are others, so only the rules about them are asked again (test_dark_changes_colours_only).
    """
    asked = {
        "light": {"type": "tag", "values": WCAG},
        "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    }
    page.wait_for_load_state("load")
    for scheme, rules in asked.items():
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
        assert not found.response["violations"], f"{page.url} ({scheme})\n{found.generate_report()}"
    page.emulate_media(color_scheme="light")


def fits(page: Page) -> None:
    """Fail when the page must be moved sideways on a screen 360 pixels wide."""
    page.wait_for_load_state("load")
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361)"
        ".map(e => e.outerHTML.slice(0, 120)).slice(0, 5)"
    )
    width = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    assert width <= NARROW["width"], f"{page.url} is {width} px wide: {json.dumps(wide, indent=1)}"


def hold_first(page: Page, address: str) -> list[Route]:
    """Hold back the first request to `address`: once made it is in the list, and goes on when the test says so."""
    held: list[Route] = []
    page.route(address, lambda route: route.continue_() if held else held.append(route))
    return held


@contextmanager
def said_stays(page: Page) -> Iterator[None]:
    """Within, what the page says for some seconds only, such as "Copied", stays: a busy machine would look too late."""
    page.evaluate("() => { window.later = setTimeout; window.setTimeout = () => 0; }")
    yield
    page.evaluate("() => { window.setTimeout = window.later; }")


def weight(page: Page, address: str = "") -> int:
    """Bytes on the wire of a first visit to `address` (default: where the page is), headers included.

    The test server sends files as they are; texts count as the real server sends them, compressed by gzip.
    """
    context = page.context.browser.new_context()
    cookies: Any = [cookie for cookie in page.context.cookies() if "session" in cookie["name"]]
    context.add_cookies(cookies)
    visit = context.new_page()
    responses: list[Response] = []
    visit.on("response", lambda response: responses.append(response))
    visit.goto(address or page.url, wait_until="load")
    total = sum(_sent(response) for response in responses)
    context.close()
    return total


def _sent(response: Response) -> int:
    """Bytes of one answer."""
    if response.status in {204, 304} or 300 <= response.status < 400:
        return response.request.sizes()["responseHeadersSize"]
    body, kind = response.body(), response.headers.get("content-type", "")
    size = len(gzip.compress(body, 6)) if kind.startswith(SHRINKS) else len(body)
    return size + response.request.sizes()["responseHeadersSize"]


def screens(page: Page, name: str) -> None:
    """Save four pictures of the page into MERIDIAN_SCREENS (wide and narrow, light and dark); nothing if unset."""
    folder = os.environ.get("MERIDIAN_SCREENS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("load")
    for label, size in (("1280", WIDE), ("360", NARROW)):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{label}-{scheme}.png", full_page=True)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
