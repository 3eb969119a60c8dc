"""Pages that answer, and say that nothing is there; pages that are there must never be taken for one."""

import pytest

from seminars.followups.links.judging import leads_home, says_missing


@pytest.mark.parametrize(
    "html",
    [
        "<html><head><TITLE lang=en>\n 404 – Page not found | Union</TITLE>",
        "<title>Error 404</title>",
        "<title>Union</title><body><h1 class='x'>The page you asked for could <b>not be found</b></h1>",
        "<title>This page no longer exists</title>",
        "<title>Sidan finns inte - Myndigheten</title>",
        "<title>Page introuvable</title>",
        "<title>Página no encontrada</title>",
        "<title>Seite nicht gefunden</title>",
        "<h1>Not found</h1>",
    ],
)
def test_a_page_that_says_it_is_missing(html: str) -> None:
    assert says_missing(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<title>",
        "<title>Room 404: lost and found in translation</title>",
        "<title>What was not found in the archive of the union</title>",
        "<title>Savings groups</title><p>404 not found</p>",
        "<title>Union</title><h1>Minutes</h1>" + "<title>404</title>",
        "<h1" * 20_000,
        "<title>" + "<" * 60_000 + "</title>",
    ],
)
def test_any_other_page_is_there(html: str) -> None:
    assert not says_missing(html)


@pytest.mark.parametrize(
    ("asked", "came", "home"),
    [
        ("https://union.example/reports/2019.html", "https://www.union.example/", True),
        ("https://union.example/reports/2019.html", "https://union.example/en/", True),
        ("https://union.example/reports/2019.html", "https://union.example/index.php", True),
        ("https://union.example/reports/2019.html", "https://union.example/reports/2019/", False),
        ("https://union.example/reports/2019.html", "https://union.example/?p=2019", False),
        ("https://union.example/", "https://union.example/en/", False),
        ("https://union.example/en/", "https://union.example/", False),
        ("https://short.example/abc123", "https://union.example/", False),
    ],
)
def test_only_deep_addresses_can_lead_home(asked: str, came: str, home: bool) -> None:
    assert leads_home(asked, came) == home
