"""Dead links: found wherever they stand, looked at slowly, not believed at once, never behind a private address."""

import threading
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connections

from seminars import tasks
from seminars.calendars import memory
from seminars.followups.links import looking, places
from seminars.followups.links.models import LinkPlace, OutsideLink, PlaceKind
from seminars.followups.papers.models import PaperVersion
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.series.resources import sharing
from seminars.web.organise import dead_links
from tests.factories import NOW, make_series, make_session
from tests.recordings.conftest import Remote, also_loopback
from tests.recordings.conftest import remote as remote
from tests.seminars.followups.papers.test_papers import begun, out
from tests.seminars.series.resources.test_sharing import post

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def linked(community: Community, url: str) -> OutsideLink:
    """A link on the community's page."""
    Community.objects.filter(pk=community.pk).update(discusses_at=url)
    places.gather(now=NOW)
    return OutsideLink.objects.get(url=url)


def look(link: OutsideLink, day: float = 0) -> OutsideLink:
    link.refresh_from_db()
    return looking.look(link=link, now=NOW + day * DAY, rule=also_loopback)


def standing() -> set[tuple[str, str]]:
    return set(LinkPlace.objects.values_list("link__url", "kind"))


def dead() -> int:
    return LinkPlace.objects.dead().count()


def test_links_are_found_where_people_click_them(community: Community, settings: Any) -> None:
    post(community, url="https://a.example/shared#part")
    post(community, moderator=False, url="https://a.example/waits")
    post(community, title="Long over", url="https://a.example/over", due_on=date(2026, 9, 1), zone="UTC")
    series = make_series(community, external=True, source_url="https://a.example/series")
    make_series(community, external=True, source_url="https://a.example/draft", published_at=None)
    session = make_session(series, source_url="https://a.example/session")
    make_session(series, source_url="https://a.example/withdrawn", withdrawn_at=NOW)
    make_session(series, source_url="https://a.example/draft", published=False)
    make_session(series, source_url="http://a.example:99x/broken")
    make_session(series, source_url=f"https://{'a' * 254}.example/")
    make_session(series, source_url=f"{settings.MERIDIAN_URL}/sessions/another/")
    version = out(begun([session]))
    PaperVersion.objects.filter(pk=version.pk).update(
        doi="10.5555/x",
        body="[One](https://a.example/one) <https://a.example/two> https://a.example/bare [m](mailto:a@b.example) "
        "![Picture](https://a.example/three.png) `[no](https://a.example/code)` [up](#top) [own](/sessions/x/)",
    )
    places.gather(now=NOW)
    assert standing() == {
        ("https://a.example/shared", "resource"),
        ("https://a.example/series", "series"),
        ("https://a.example/session", "session"),
        ("https://doi.org/10.5555/x", "paper"),
        ("https://a.example/one", "paper"),
        ("https://a.example/two", "paper"),
        ("https://a.example/three.png", "paper"),
    }
    assert places.gather(now=NOW + 2 * DAY) == 0
    assert len(standing()) == 7


def test_what_stands_nowhere_any_more_is_forgotten_and_a_version_is_read_once(
    community: Community, django_assert_max_num_queries: Any
) -> None:
    session = make_session(make_series(community), source_url="https://a.example/1")
    paper = begun([session])
    version = out(paper)
    PaperVersion.objects.filter(pk=version.pk).update(body="<https://a.example/paper>", out_at=NOW - DAY)
    places.gather(now=NOW)
    PaperVersion.objects.filter(pk=version.pk).update(body="never read again")
    type(session).objects.update(source_url="https://a.example/2")
    with django_assert_max_num_queries(28):
        places.gather(now=NOW + DAY)
    assert standing() == {("https://a.example/2", "session"), ("https://a.example/paper", "paper")}
    assert OutsideLink.objects.count() == 2
    type(paper).objects.update(withdrawn_at=NOW)
    places.gather(now=NOW + DAY)
    assert standing() == {("https://a.example/2", "session")}


def test_places_are_compared_some_at_a_time(community: Community, monkeypatch: Any) -> None:
    monkeypatch.setattr(places, "AT_ONCE", 2)
    series = make_series(community)
    sessions = [make_session(series, source_url=f"https://a.example/{number}") for number in range(6)]
    text = " ".join(f"<https://a.example/paper/{number}>" for number in range(5))
    PaperVersion.objects.filter(pk=out(begun(sessions[:1])).pk).update(body=text, out_at=NOW - DAY)
    assert places.gather(now=NOW) == 11
    sessions[5].delete()
    type(sessions[0]).objects.filter(pk__in=[sessions[0].pk, sessions[3].pk]).update(source_url="")
    type(series).objects.update(external=True, source_url="https://a.example/1")
    before = OutsideLink.objects.get(url="https://a.example/1").pk
    assert places.gather(now=NOW + DAY) == 1
    urls = {f"https://a.example/{number}" for number in (1, 2, 4)}
    assert set(OutsideLink.objects.exclude(url__contains="paper").values_list("url", flat=True)) == urls
    assert OutsideLink.objects.get(url="https://a.example/1").pk == before
    assert LinkPlace.objects.count() == 9


def test_a_version_is_read_whenever_it_comes(community: Community) -> None:
    """Out of a bag it comes with a date of long ago."""
    version = out(begun([make_session(make_series(community))]))
    places.gather(now=NOW)
    text = {"body": "<HTTPS://a.example/paper>", "out_at": NOW - 900 * DAY}
    PaperVersion.objects.filter(pk=version.pk).update(**text)
    assert places.gather(now=NOW + DAY) == 1
    assert standing() == {("HTTPS://a.example/paper", "paper")}


def test_a_version_that_links_nowhere_else_is_never_read(
    community: Community, settings: Any, monkeypatch: Any
) -> None:
    """No place of it is ever known: it would be read each hour."""
    version = out(begun([make_session(make_series(community))]))
    ours = f"[One]({settings.MERIDIAN_URL}/papers/x/) <{settings.MERIDIAN_URL.upper()}> "
    PaperVersion.objects.filter(pk=version.pk).update(body=ours + "HTTP, and https://a.example/bare")
    monkeypatch.setattr(places, "links_in", None)
    assert places.gather(now=NOW) == 0


@pytest.mark.parametrize(
    "body",
    [
        "[x](https://a.example/)",
        "[x]( <HTTP://a.example/> )",
        "> [x](\n> https://a.example/)",
        "![x](https://a.example/)",
        "<https://a.example/>",
        "[x]\n\n[x]:\n  https://a.example/",
        "> [x]\n>\n> [x]:\n>   https://a.example/",
        "[x](http://127.0.0.1.example/)",
        "[x](http://127.0.0.1:80001/) <https://a.example/>",
    ],
)
def test_every_way_to_write_a_link_is_found(community: Community, settings: Any, body: str) -> None:
    settings.MERIDIAN_URL = "http://127.0.0.1"
    version = out(begun([make_session(make_series(community))]))
    PaperVersion.objects.filter(pk=version.pk).update(body=body)
    assert places.gather(now=NOW) == 1


def test_texts_are_read_before_anything_is_locked_and_what_comes_meanwhile_the_next_time(
    community: Community, monkeypatch: Any
) -> None:
    """Who revises a paper while it is read must find its new links watched, and the old ones not."""
    session = make_session(make_series(community))
    version = out(begun([session]))
    PaperVersion.objects.filter(pk=version.pk).update(body="<https://a.example/first>")
    other = out(begun([session]))
    PaperVersion.objects.filter(pk=other.pk).update(body="<https://a.example/other>")
    links_in, tentative = places.links_in, list[bool]()

    def read(text: str) -> list[str]:
        if not tentative:
            PaperVersion.objects.create(
                paper=version.paper,
                version=2,
                title="Revised",
                body="<https://a.example/second>",
                out_at=NOW - DAY,
            )
        tentative.append(memory.is_tentative())
        return links_in(text)

    monkeypatch.setattr(places, "links_in", read)
    assert places.gather(now=NOW) == 1
    assert standing() == {("https://a.example/other", "paper")}
    assert places.gather(now=NOW + DAY) == 1
    assert standing() == {("https://a.example/other", "paper"), ("https://a.example/second", "paper")}
    assert places.gather(now=NOW + 2 * DAY) == 0
    assert tentative == [False] * 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_gather_at_once_one_waits(community: Community, monkeypatch: Any) -> None:
    """Else the one that read first would forget what the other has found since."""
    series, done = make_series(community), list[str]()
    fields = places._with_a_field

    def gather() -> None:
        try:
            places.gather(now=NOW)
            done.append("second")
        finally:
            connections.close_all()

    second = threading.Thread(target=gather)

    def read(now: datetime) -> Any:
        monkeypatch.setattr(places, "_with_a_field", fields)
        second.start()
        second.join(1)
        return fields(now)

    monkeypatch.setattr(places, "_with_a_field", read)
    make_session(series, source_url="https://a.example/1")
    places.gather(now=NOW)
    done.append("first")
    second.join(60)
    assert done == ["first", "second"]
    assert standing() == {("https://a.example/1", "session")}


def test_a_link_is_dead_after_three_days_and_lives_again(community: Community, remote: Remote) -> None:
    remote.answers["/grant"] = lambda handler: handler.send_error(404)
    link = linked(community, remote.url("/grant"))
    first = look(link)
    assert (first.failures, first.failing_since, "404" in first.words) == (1, NOW, True)
    assert {look(link, hours / 24).failures for hours in (1, 2, 3)} == {1}, "one day counts once"
    look(link, 1)
    assert dead() == 0
    third = look(link, 2)
    assert (dead(), third.failing_since, third.next_at) == (1, NOW, NOW + 9 * DAY)
    remote.gives("/grant", b"here")
    again = look(link, 9)
    assert (again.failures, again.failing_since, again.words, dead()) == (0, None, "", 0)


def test_redirects_are_followed_and_private_addresses_are_not(community: Community, remote: Remote) -> None:
    remote.redirects("/old", remote.url("/new"))
    remote.gives("/new", b"here")
    link = linked(community, remote.url("/old"))
    assert look(link).failures == 0
    remote.asked.clear()
    guarded = looking.look(link=link, now=NOW)
    assert ("private network" in guarded.words, remote.asked) == (True, [])
    remote.redirects("/old", "http://10.0.0.1/grant")
    assert "private network" in look(link).words


def test_a_file_is_asked_by_its_head_and_a_page_by_its_tag(community: Community, remote: Remote) -> None:
    remote.gives("/a.pdf", b"x" * 100, content_type="application/pdf", etag='"pdf"')
    link = linked(community, remote.url("/a.pdf"))
    assert (look(link).failures, [each["method"] for each in remote.asked]) == (0, ["HEAD"])

    def unchanged(handler: BaseHTTPRequestHandler) -> None:
        assert handler.headers["If-None-Match"] == '"pdf"'
        handler.send_response(304)
        handler.end_headers()

    remote.answers["/a.pdf"] = unchanged
    assert (look(link, 7).failures, link.etag) == (0, '"pdf"')
    assert [each["method"] for each in remote.asked] == ["HEAD", "GET"]


def test_pages_that_answer_and_say_they_are_missing(community: Community, remote: Remote) -> None:
    soft = b"<html><title>Page not found</title>" + b"x" * 500_000
    remote.gives("/report", soft, content_type="text/html; charset=utf-8")
    link = linked(community, remote.url("/report"))
    assert "says that it was not found" in look(link).words
    remote.redirects("/report", remote.url("/"))
    remote.gives("/", b"<title>Union</title>", content_type="text/html")
    assert "front page" in look(link).words
    remote.gives("/report", b"<title>The report</title>", content_type="text/html")
    assert look(link).words == ""
    remote.answers["/report"] = lambda handler: handler.send_error(403)
    assert look(link).words == "", "it is there, and not for programs"
    remote.gives("/report", b"x" * 100, content_type="text/html", drop_after=10, length=10**9)
    assert look(link).words == ""
    remote.answers["/report"] = lambda handler: handler.send_error(500)
    assert "(500)" in look(link).words


@pytest.mark.parametrize(("said", "days"), [("", 1), ("3600", 1), ("172800", 2), ("9" * 400, 7), ("soon", 1)])
def test_who_asks_us_to_wait_is_left_alone_with_all_of_it(
    community: Community, remote: Remote, said: str, days: int
) -> None:
    def busy(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", said)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    remote.answers["/busy"] = busy
    post(community, url=remote.url("/other"))
    post(community, url="https://elsewhere.example/")
    link = look(linked(community, remote.url("/busy")))
    assert (link.failures, link.looked_at, link.next_at) == (0, None, NOW + days * DAY)
    assert [each.host for each in looking.due(now=NOW + DAY / 2)] == ["elsewhere.example"]


def test_a_server_that_gives_byte_after_byte_holds_nobody(
    community: Community, remote: Remote, monkeypatch: Any
) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        with suppress(OSError):
            for _byte in range(600 if handler.command == "GET" else 0):
                handler.wfile.write(b"x")
                time.sleep(0.1)

    monkeypatch.setattr(looking, "ALL_SECONDS", 0.5)
    remote.answers["/slow"] = slow
    link, begun_at = linked(community, remote.url("/slow")), time.monotonic()
    look(link)
    assert time.monotonic() - begun_at < 30


def test_few_at_once_and_few_of_one_host_those_that_fail_first(community: Community) -> None:
    for number in range(8):
        post(community, url=f"https://big.example/{number}")
    for number in range(looking.MOST + 5):
        post(community, url=f"https://small-{number}.example/")
    places.gather(now=NOW)
    OutsideLink.objects.filter(url="https://big.example/7").update(failures=1)
    found = looking.due(now=NOW)
    assert len(found) == looking.MOST
    assert found[0].url == "https://big.example/7"
    assert sum(each.host == "big.example" for each in found) == looking.OF_ONE_HOST
    OutsideLink.objects.exclude(host="big.example").update(next_at=NOW + DAY)
    assert len(looking.due(now=NOW)) == looking.OF_ONE_HOST


def test_what_somebody_said_is_all_right_is_left_alone_there(community: Community, organiser: Any) -> None:
    link = linked(community, "https://a.example/gone")
    post(community, url="https://a.example/gone")
    places.gather(now=NOW)
    OutsideLink.objects.update(failures=3, failing_since=NOW)
    assert dead() == 2
    for place in link.places.all():
        assert looking.due(now=NOW) == [link]
        looking.leave_alone(place=place, now=NOW, actor_id=organiser.pk)
    assert (dead(), looking.due(now=NOW)) == (0, [])
    places.gather(now=NOW)
    assert dead() == 0


def test_shared_links_are_told_of_however_many_others_are_dead(
    community: Community, monkeypatch: Any
) -> None:
    linked(community, "https://a.example/page")
    post(community, url="https://a.example/shared")
    places.gather(now=NOW)
    OutsideLink.objects.update(failures=3, failing_since=NOW)
    monkeypatch.setattr(dead_links, "MOST", 1)
    rows = dead_links.dead_in(community, language="en", of=[PlaceKind.RESOURCE])
    assert [row.link.url for row in rows] == ["https://a.example/shared"]


def test_the_queue_looks_by_one_job_each(community: Community, remote: Remote, monkeypatch: Any) -> None:
    found = post(community, url=remote.url("/gone"))
    assert [looking.order_due(now=NOW), looking.order_due(now=NOW)] == [1, 0]
    job = Job.objects.get()
    assert job.door == "seminars.tasks.look_at_link"
    tasks.look_at_one(job)
    assert "private network" in OutsideLink.objects.get().words, "the queue's own rule lets nobody in"
    sharing.withdraw(resource=found, now=NOW, actor_id=None)
    places.gather(now=NOW)
    tasks.look_at_one(job)
    assert not OutsideLink.objects.exists()
    job.subject = "resource:7"  # as it was called before
    tasks.look_at_one(job)
