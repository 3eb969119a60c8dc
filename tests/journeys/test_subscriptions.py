"""The clients of calendars.md, replayed as sequences of requests: what each sends, and what it must never get.

Thunderbird switches a calendar off on one error and empties it on a page; Evolution empties it on what is no calendar;
ICSx5 refuses to go from https to http; Google sends neither Accept nor validators.
"""

import gzip
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars.calendars import tokens
from seminars.people.models import Community, User
from seminars.sessions.models import Session
from seminars.sessions.moving import cancel, reschedule
from seminars.sessions.topics import set_session_topics
from tests.factories import NOW, make_series, make_session
from tests.seminars.calendars.reading import entries_of

pytestmark = pytest.mark.django_db

# Client: the headers it always sends; which validators it sends back.
CLIENTS: dict[str, tuple[dict[str, str], str]] = {
    "google": ({"User-Agent": "Google-Calendar-Importer", "Accept-Encoding": "gzip"}, ""),
    "outlook-web": ({"User-Agent": "Microsoft Exchange/16.0", "Accept": "*/*"}, ""),
    "outlook-classic": (
        {"User-Agent": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook)", "Accept": "*/*"},
        "date",
    ),
    "apple": (
        {
            "User-Agent": "macOS/14.5 (23F79) CalendarAgent/1028",
            "Accept": "*/*",
            "Accept-Encoding": "br, gzip",
        },
        "both",
    ),
    "thunderbird": (
        {"User-Agent": "Thunderbird/128.0", "Accept": "text/calendar,text/plain;q=0.8,*/*;q=0.5"},
        "etag",
    ),
    "thunderbird-old": ({"User-Agent": "Thunderbird/128.0", "Accept": "text/calendar"}, "date"),
    "icsx5": (
        {"User-Agent": "ICSx5/2.3", "Accept": "text/calendar, */*;q=0.8", "Accept-Encoding": "gzip"},
        "both",
    ),
    "nextcloud": ({"User-Agent": "Nextcloud Server Crawler", "Accept": "text/calendar"}, "etag"),
    "evolution": ({"User-Agent": "Evolution/3.50", "Accept": "*/*"}, "etag"),
    "browser-like": ({"User-Agent": "Mozilla/5.0", "Accept": "text/html", "Accept-Language": "sv"}, ""),
}
PRIVATE, PUBLIC = "private, max-age=300", "public, max-age=900"


@pytest.fixture
def session(community: Community) -> Session:
    session = make_session(make_series(community, slug="talks"), title={"en": "Talk"})
    set_session_topics(session=session, names=["Savings"], now=NOW, actor_id=None)
    return session


def validators(kind: str, last: Any) -> dict[str, str]:
    """Return what a client of this kind sends when it comes again."""
    if last is None:
        return {}
    both = {"If-None-Match": last.headers["ETag"], "If-Modified-Since": last.headers["Last-Modified"]}
    wanted = {"etag": ["If-None-Match"], "date": ["If-Modified-Since"], "both": list(both)}.get(kind, [])
    return {name: both[name] for name in wanted}


def plain(response: Any) -> bytes:
    """Return the body as the client unpacks it."""
    packed = response.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.content) if packed else bytes(response.content)


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize(
    "feed",
    ["/calendar.ics", "/topics/savings/calendar.ics", "/series/talks/calendar.ics?alarm=10", "personal"],
)
def test_a_subscription_over_its_life(
    session: Session, member: User, stopped: Any, name: str, feed: str
) -> None:
    """First poll, nothing new, a new time, nothing new, cancelled: what every client gets at each step."""
    headers, kind = CLIENTS[name]
    path = feed if feed != "personal" else f"/me/calendar/{tokens.make(user=member, now=NOW).token}.ics"
    last, seen, moments = None, [], iter(range(1, 9))

    def poll() -> Any:
        nonlocal last
        stopped.move_to(NOW + timedelta(hours=next(moments)))
        response = Client().get(path, headers={**headers, **validators(kind, last)})
        assert response.status_code in {200, 304}, response.content
        assert not response.cookies
        assert response.headers["Cache-Control"].startswith(PRIVATE if feed == "personal" else PUBLIC)
        assert response.headers["Vary"] == "Accept-Encoding"
        if response.status_code == 200:
            assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
            [event] = entries_of(plain(response))
            seen.append((str(event["UID"]), int(event["SEQUENCE"]), str(event["SUMMARY"])))
            last = response
        return response

    assert poll().status_code == 200
    again = poll()
    assert again.status_code == (304 if kind else 200)
    reschedule(
        session=Session.objects.select_related("series").get(pk=session.pk),
        wall=datetime(2026, 12, 3, 16, 0), now=NOW + timedelta(hours=2, minutes=30), actor_id=None,
    )  # fmt: skip
    assert poll().status_code == 200
    assert poll().status_code == (304 if kind else 200)
    cancel(
        session=Session.objects.select_related("series").get(pk=session.pk),
        reason="Ill", now=NOW + timedelta(hours=4, minutes=30), actor_id=None,
    )  # fmt: skip
    assert poll().status_code == 200
    assert len({uid for uid, _sequence, _summary in seen}) == 1
    steps = list(dict.fromkeys(seen))
    assert [summary for _uid, _sequence, summary in steps] == ["Talk", "[New time] Talk", "[Cancelled] Talk"]
    assert [sequence for _uid, sequence, _summary in steps] == sorted(
        {sequence for _uid, sequence, _s in steps}
    )


@pytest.mark.parametrize("name", CLIENTS)
def test_nobody_is_sent_to_a_sign_in_page(session: Session, member: User, name: str) -> None:
    headers, _kind = CLIENTS[name]
    token = tokens.make(user=member, now=NOW)
    for path, status in [
        ("/calendar.ics", 200),
        (f"/me/calendar/{token.token}.ics", 200),
        ("/me/calendar/x.ics", 404),
    ]:
        for answer in (Client().get(path, headers=headers), Client().head(path, headers=headers)):
            assert answer.status_code == status
            assert "Location" not in answer.headers
    tokens.revoke(token=token, now=NOW)
    gone = Client().get(f"/me/calendar/{token.token}.ics", headers=headers)
    assert (gone.status_code, gone.headers["Content-Type"]) == (410, "text/plain; charset=utf-8")


def test_head_says_what_get_would(session: Session) -> None:
    for path in ("/calendar.ics", "/topics/savings/calendar.ics", "/calendar.ics?alarm=5"):
        full, head = Client().get(path), Client().head(path)
        assert head.content == b""
        assert dict(head.headers) == dict(full.headers)
