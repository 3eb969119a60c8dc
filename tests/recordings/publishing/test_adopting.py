"""A session with a report and no recording is in the archive as well."""

from datetime import datetime

import pytest
from django.test import Client

from recordings.catalogue.models import Recording
from recordings.publishing.adopting import adopt
from recordings.search import indexing
from seminars.sessions.models import MaterialKind, MaterialState
from tests.factories import NOW, make_material, make_recording, make_session

pytestmark = pytest.mark.django_db
PAST = datetime(2026, 3, 1, 15, 0)


def test_a_session_with_a_report_is_found(as_nobody: Client) -> None:
    session = make_session(wall=PAST, title={"en": "Lending circles"})
    make_material(session, MaterialKind.REPORT, path=f"/sessions/{session.slug}/#report")
    assert adopt(now=NOW) == 1
    for key in indexing.due():
        indexing.index(key, now=NOW)
    text = as_nobody.get("/archive/?q=lending").content.decode()
    assert f'href="/sessions/{session.slug}/"' in text
    assert f'href="/sessions/{session.slug}/#report"' in text
    assert 'id="player"' not in as_nobody.get(f"/sessions/{session.slug}/").content.decode()
    assert adopt(now=NOW) == 0


def test_what_is_not_adopted() -> None:
    make_material(make_session())  # still ahead
    make_material(make_session(wall=PAST, published=False))
    make_material(make_session(wall=PAST, withdrawn_at=NOW))
    make_material(make_session(wall=PAST), state=MaterialState.PENDING)
    make_session(wall=PAST)
    recorded = make_session(wall=PAST)
    make_material(recorded)
    kept = make_recording(recorded, published_at=None)
    assert adopt(now=NOW) == 0
    assert list(Recording.objects.all()) == [kept]
