"""A file that was a mistake is taken off the pages; its address goes on answering."""

from datetime import datetime

import pytest
from django.test import Client

from recordings.catalogue.addresses import file_path
from recordings.publishing import releasing
from seminars.followups import checklist
from seminars.followups.models import Item, ItemState
from seminars.people.models import Community
from seminars.sessions.models import MaterialState, Session
from tests.factories import make_series, make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), wall=datetime(2026, 3, 1, 15, 0))


def test_the_only_file_is_taken_off(
    session: Session, now: datetime, as_organiser: Client, as_nobody: Client
) -> None:
    original = take(session, "one-page.pdf", "slides", now)
    item = Item.objects.create(session=session, kind="slides", due_at=now, first_due_at=now, opened_at=now)
    checklist.reconcile(now=now)
    item.refresh_from_db()
    assert item.state == ItemState.DONE
    sequence = Session.objects.get().sequence
    page = as_organiser.get(f"/organise/sessions/{session.slug}/files/").content.decode()
    address = f"/organise/sessions/{session.slug}/files/{original.uuid}/retire/"
    assert address in page
    for _double_click in range(2):
        assert as_organiser.post(address).status_code == 302
    assert session.materials.get().state == MaterialState.WITHDRAWN
    item.refresh_from_db()
    assert item.state != ItemState.DONE
    assert Session.objects.get().sequence == sequence + 1
    path = file_path(
        original.recording, original.uuid, kind="slides", language="en", media_type="application/pdf"
    )
    assert path not in as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    still = as_nobody.get(path)
    assert still.status_code == 200
    assert len(b"".join(still.streaming_content)) == original.asset.size


def test_the_others_stay(session: Session, now: datetime) -> None:
    wrong = take(session, "one-page.pdf", "slides", now)
    take(session, "whole.mp4", "video", now)
    releasing.retire(original=wrong, now=now, actor_id=None)
    shown = session.materials.filter(state=MaterialState.PUBLISHED).values_list("kind", flat=True)
    assert list(shown) == ["recording"]
