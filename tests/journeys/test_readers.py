"""Somebody without an account follows a series: told once when it moves, once of the recording, then no more."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.test import Client

from seminars.notifications import attending, moves, outbox, ready, reminding
from seminars.people.models import Community
from seminars.sessions import materials, moving
from seminars.sessions.models import MaterialKind, Session
from tests.factories import make_series, make_session

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def swept(at: datetime) -> list[str]:
    """What one minute's sweep sends."""
    mail.outbox.clear()
    for each in (moves, attending, reminding, ready):
        each.look(now=at)
    outbox.deliver(clock=lambda: at)
    return [str(each.subject) for each in mail.outbox]


def link(pattern: str) -> str:
    found = re.search(rf"https?://[^/]+({pattern}[^/\s]+/)", str(mail.outbox[0].body))
    assert found, mail.outbox[0].body
    return found[1]


def test_followed_by_address_told_once_of_each_and_stopped_by_one_click(
    community: Community, stopped: time_machine.Traveller, now: datetime
) -> None:
    moves.look(now=now - timedelta(days=1))
    ready.look(now=now - timedelta(days=1))
    session = make_session(make_series(community), title={"en": "Savings by phone"})
    reader = Client()
    page = followed(reader, session, now)
    moved_twice(session, stopped, now)
    stop = recorded(session, stopped)
    stopped_for_good(reader, session, page, stop)


def followed(reader: Client, session: Session, now: datetime) -> str:
    """Nothing counts before the address has proved itself; then it does. The page of the address."""
    assert "Mail me" in reader.get(f"/series/{session.series.slug}/").content.decode()
    form = f"/series/{session.series.slug}/mails/"
    asked = {
        "email": "Reader@Example.org",
        "zone": "Asia/Kolkata",
        "wanted": ["moves", "ready"],
        "website": "",
    }
    assert reader.post(form, asked).headers["Location"] == f"{form}sent/"
    moving.reschedule(session=fresh(session), wall=datetime(2026, 12, 1, 16, 0), now=now, actor_id=None)
    assert swept(now) == [f"Confirm: mails about {session.series.title['en']}"]
    page = link("/reader/")
    assert swept(now + 10 * MINUTE) == []
    assert "One step is left" in reader.get(page).content.decode()
    reader.post(f"{page}confirm/")
    return page


def moved_twice(session: Session, stopped: time_machine.Traveller, now: datetime) -> None:
    """Moved, and moved once more: one mail, by the reader's clock."""
    stopped.shift(timedelta(hours=1))
    later = now + timedelta(hours=1)
    moving.reschedule(session=fresh(session), wall=datetime(2026, 12, 1, 17, 0), now=later, actor_id=None)
    swept(later + MINUTE)
    again = later + 5 * MINUTE
    moving.reschedule(session=fresh(session), wall=datetime(2026, 12, 1, 18, 0), now=again, actor_id=None)
    assert swept(later + 11 * MINUTE) == []
    assert swept(later + 15 * MINUTE) == ["New time Tue 1 Dec 2026, 21:30–22:30 (Kolkata): Savings by phone"]
    assert mail.outbox[0].to == ["reader@example.org"]
    assert "Was Tuesday 1 December 2026, 19:30–20:30" in str(mail.outbox[0].body)
    assert swept(later + 60 * MINUTE) == []


def recorded(session: Session, stopped: time_machine.Traveller) -> str:
    """One mail, by day; captions that come later are no second one. The link that stops them."""
    held = fresh(session)
    assert held.ends_at is not None
    over = held.ends_at + timedelta(hours=2)  # 00:30 in Kolkata
    stopped.move_to(over)
    publish(held, MaterialKind.RECORDING, over)
    assert swept(over + 10 * MINUTE) == []
    morning = over + timedelta(hours=7, minutes=30)
    assert swept(morning) == ["The recording is ready: Savings by phone"]
    assert "Recording (MP4, 52 MB, English)" in str(mail.outbox[0].body)
    stop = link("/mails/stop/")
    assert stop in mail.outbox[0].extra_headers["List-Unsubscribe"]
    publish(held, MaterialKind.CAPTIONS, morning)
    assert swept(morning + timedelta(days=1)) == []
    return stop


def stopped_for_good(reader: Client, session: Session, page: str, stop: str) -> None:
    """One click by the mail program, without cookies: none of the kind comes, the other does until all is stopped."""
    Client(enforce_csrf_checks=True).post(stop, {"List-Unsubscribe": "One-Click"})
    second = make_session(session.series, title={"en": "Loans by phone"}, wall=datetime(2026, 12, 3, 15, 0))
    assert second.ends_at is not None
    publish(second, MaterialKind.RECORDING, second.ends_at + timedelta(hours=8))
    assert swept(second.ends_at + timedelta(hours=30)) == []
    third = make_session(session.series, title={"en": "Third"}, wall=datetime(2026, 12, 20, 15, 0))
    at = datetime.fromisoformat("2026-12-10T12:00+00:00")
    moving.cancel(session=fresh(third), reason="Ill", now=at, actor_id=None)
    assert len(swept(at + 10 * MINUTE)) == 1
    reader.post(f"{page}stop/")
    moving.reinstate(session=fresh(third), now=at + 20 * MINUTE, actor_id=None)
    assert swept(at + 40 * MINUTE) == []
    assert "This address follows nothing." in reader.get(page).content.decode()  # that it wants none is kept


def fresh(session: Session) -> Session:
    return Session.objects.select_related("series__community").get(pk=session.pk)


def publish(session: Session, kind: str, at: datetime) -> None:
    materials.publish(
        source=uuid4(),
        session=session,
        kind=kind,
        title={"en": "It"},
        language="en",
        media_type="video/mp4" if kind == MaterialKind.RECORDING else "text/vtt",
        size=52_000_000 if kind == MaterialKind.RECORDING else 20_000,
        path=f"/archive/{session.slug}/",
        now=at,
    )
