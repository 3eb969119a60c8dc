"""microLINKS' newsletter: the editor writes and picks, it goes out, a reader far away gets it, finds it, stops it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from seminars.notifications import outbox
from seminars.notifications.newsletter import going
from seminars.notifications.newsletter.models import Issue
from seminars.people.models import Community, Role
from seminars.sessions.models import MaterialKind, Session
from tests.conftest import signed_in
from tests.factories import make_community, make_material, make_member, make_series, make_session, make_user

pytestmark = pytest.mark.django_db
DESK = "/organise/communities/microlinks/newsletter/"
AHEAD = datetime(2026, 11, 26, 21, 0, tzinfo=UTC)  # 16:00 in Washington


@pytest.fixture
def microlinks(now: datetime) -> Community:
    """A seminar that is recorded, and one to come."""
    community = make_community(slug="microlinks", name={"en": "microLINKS"}, home_zone="America/New_York")
    series = make_series(community, slug="after-hours", title={"en": "Financial Services After Hours"})
    held = make_session(
        series, wall=datetime(2026, 11, 12, 16), title={"en": "Savings groups and mobile money"}
    )
    make_material(held, MaterialKind.RECORDING, media_type="video/mp4", size=52_000_000, published_at=now)
    make_session(series, wall=datetime(2026, 11, 26, 16), title={"en": "Lending to farmers before the rain"})
    make_session(series, wall=datetime(2026, 12, 10, 16), title={"en": "A talk that the editor leaves out"})
    return community


def swept(at: datetime) -> list[str]:
    """What one minute's sweep sends: to whom."""
    mail.outbox.clear()
    going.look(now=at)
    outbox.deliver(clock=lambda: at)
    return sorted(each.to[0] for each in mail.outbox)


def text() -> str:
    return str(mail.outbox[0].body)


def test_the_editor_writes_and_a_reader_in_maputo_gets_it_finds_it_and_stops_it(
    microlinks: Community, stopped: time_machine.Traveller, now: datetime
) -> None:
    olive = make_user("olive@microlinks.example", zone="America/New_York")
    make_member(microlinks, olive, role=Role.MANAGER)
    reader = Client()
    asked(reader, now)
    edited(signed_in(olive), now)
    stopped.move_to(now + timedelta(hours=1))
    out(now)
    stop = read(reader)
    ended(stop, microlinks, now)


def asked(reader: Client, now: datetime) -> None:
    """Without an account: the box on the community's page leads to the form, the mail's link confirms."""
    assert "/communities/microlinks/newsletter/" in reader.get("/communities/microlinks/").content.decode()
    page = reader.get("/communities/microlinks/newsletter/").content.decode()
    form = re.search(r'href="([^"]+\?wanted=newsletter)"', page)
    assert form
    assert re.search(r'value="newsletter"[^>]*checked', reader.get(form[1]).content.decode())
    given = {"email": "graca@example.org", "zone": "Africa/Maputo", "wanted": ["newsletter"], "website": ""}
    reader.post(form[1], given)
    outbox.deliver(clock=lambda: now)
    link = re.search(r"https?://[^/]+(/reader/[^/\s]+/)", text())
    assert link
    reader.post(f"{link[1]}confirm/")


def edited(olive: Client, now: datetime) -> None:
    """Begins, finds what is new, writes, pins one, leaves one out, looks, tries, sends."""
    page = olive.post(f"{DESK}begin/", follow=True).content.decode()
    assert "Lending to farmers before the rain" in page
    refs = dict(re.findall(r'name="in-(session:[^"]+)" checked> <strong>([^<]+)', page))
    named = {title: ref for ref, title in refs.items()}
    recorded, left = named["Savings groups and mobile money"], named["A talk that the editor leaves out"]
    words: dict[str, Any] = {
        "version": "1",
        "subject_en": "Savings groups meet the phone",
        "introduction_en": "Dear readers,\n\nthe room was full.",
        "introduction_sv": "Kära läsare,\n\nrummet var fullt.",
        "listed": list(refs),
        f"pin-{recorded}": "on",
        **{f"in-{ref}": "on" for ref in refs if ref != left},
        "do": "look",
    }
    seen = olive.post(f"{DESK}draft/", words, follow=True).content.decode()
    assert "Savings groups meet the phone" in seen
    assert "A talk that" not in seen
    assert "Kära läsare" in olive.get(f"{DESK}draft/mail/?language=sv").content.decode()
    again = olive.post(f"{DESK}draft/", words | {"do": "send"})
    assert again.status_code == 422  # an old version of the page
    assert swept(now) == []
    olive.post(f"{DESK}draft/", words | {"version": "2", "do": "try"})
    assert swept(now) == ["olive@microlinks.example"]
    assert mail.outbox[0].subject == "Trial: Savings groups meet the phone"
    olive.post(f"{DESK}draft/", words | {"version": "3", "do": "send"})
    olive.post(f"{DESK}end/", {"do": "hold"})
    assert swept(now + timedelta(minutes=11)) == []
    olive.post(f"{DESK}draft/", words | {"version": "4", "do": "send"})
    assert swept(now + timedelta(minutes=9)) == []


def out(now: datetime) -> None:
    """Once to each; what the editor left out is not in it."""
    assert swept(now + timedelta(minutes=10)) == ["graca@example.org"]  # 07:10 in Washington is night
    assert "the room was full" in text()
    assert "Times by the clock in Maputo." in text()
    assert "Thu 26 Nov 2026, 23:00–00:00" in text()
    assert "Recording (MP4, 52 MB, English)" in text()
    assert "A talk that" not in text()
    told = mail.outbox[0]
    assert told.extra_headers["List-Id"].startswith("<newsletter.microlinks.")
    assert text().index("Picked for you") < text().index("Coming sessions")


def read(reader: Client) -> str:
    """The web has it, for good: another title later changes nothing."""
    where = re.search(r"https?://[^/]+(/communities/microlinks/newsletter/1/)", text())
    assert where
    Session.objects.filter(slug__startswith="after-hours").update(title={"en": "Another title"})
    page = reader.get(where[1]).content.decode()
    assert "Lending to farmers before the rain" in page
    assert (
        "Savings groups meet the phone" in reader.get("/communities/microlinks/newsletter/").content.decode()
    )
    feed = reader.get("/communities/microlinks/newsletter/changes.atom")
    assert "Savings groups meet the phone" in feed.content.decode()
    again = reader.get(
        "/communities/microlinks/newsletter/changes.atom", headers={"If-None-Match": feed["ETag"]}
    )
    assert again.status_code == 304
    stop = re.search(r"https?://[^/]+(/mails/stop/[^/\s]+/)", text())
    assert stop
    assert stop[0] in mail.outbox[0].extra_headers["List-Unsubscribe"]
    return stop[1]


def ended(stop: str, microlinks: Community, now: datetime) -> None:
    """One click by the mail program, without cookies: the next issue does not come."""
    Client(enforce_csrf_checks=True).post(stop, {"List-Unsubscribe": "One-Click"})
    later = now + timedelta(days=1)
    Issue.objects.create(
        scope=f"community:{microlinks.pk}",
        community=microlinks,
        since=now,
        due_at=later,
        introduction={"en": "More"},
        made_at=now,
    )
    assert "graca@example.org" not in swept(later + timedelta(hours=3))
    assert Issue.objects.get(number=2).state == "sent"
