"""Materials: written once per source, told by the session."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from seminars.sessions import materials
from seminars.sessions.models import Material, Session
from tests.factories import make_series, make_session

pytestmark = pytest.mark.django_db
SOURCE = UUID("0e2a5a5e-0000-4000-8000-000000000001")


@pytest.fixture
def ended(db: None) -> Session:
    """A session that ended on 8 December 2026 and owes slides and a recording."""
    series = make_series()
    for kind in ("slides", "recording"):
        series.owed.create(kind=kind, days=2)
    return make_session(series, wall=datetime(2026, 12, 8, 9, 0), state="just-ended")


def give(session: Session, now: datetime, **fields: Any) -> Material:
    """Publish a deck."""
    base: dict[str, Any] = {
        "source": SOURCE,
        "kind": "slides",
        "title": {"en": "Slides"},
        "language": "en",
        "media_type": "application/pdf",
        "size": 1_200_000,
        "path": "/archive/x/files/y/slides.pdf",
    }
    return materials.publish(session=session, now=now, **base | fields)


def test_a_material_revises_its_session(ended: Session, now: datetime) -> None:
    later = now + timedelta(days=23)
    material = give(ended, later)
    assert (material.state, material.published_at) == ("published", later)
    assert (ended.revision, ended.sequence) == (2, 1)
    assert Session.objects.get().changed_at == later


def test_the_same_again_writes_nothing(ended: Session, now: datetime) -> None:
    assert give(ended, now).pk == give(ended, now + timedelta(days=1)).pk
    assert (Session.objects.get().revision, Material.objects.count()) == (2, 1)


def test_a_better_version_keeps_its_row_and_its_first_day(ended: Session, now: datetime) -> None:
    give(ended, now)
    again = give(ended, now + timedelta(days=1), size=2_000_000)
    assert (again.size, again.published_at, Session.objects.get().sequence) == (2_000_000, now, 2)


def test_the_state_follows_at_once_and_back(ended: Session, now: datetime) -> None:
    later = now + timedelta(days=23)
    states = []
    give(ended, later, source=uuid4(), kind="recording")
    states.append(ended.state)
    give(ended, later)
    states.append(ended.state)
    assert states == ["partly-archived", "archived"]
    materials.withdraw(source=SOURCE, now=later)
    ended.refresh_from_db()
    assert (ended.state, ended.revision) == ("partly-archived", 4)
    materials.withdraw(source=SOURCE, now=later)
    assert Session.objects.get().revision == 4


def test_a_pending_material_settles_nothing(ended: Session, now: datetime) -> None:
    later = now + timedelta(days=25)
    assert give(ended, later, pending=True).published_at is None
    assert ended.state == "recording-coming"
    assert give(ended, later).published_at == later
    assert ended.state == "partly-archived"


def test_an_unknown_source_is_nothing_to_withdraw(now: datetime, db: None) -> None:
    assert materials.withdraw(source=SOURCE, now=now) is None
