"""Questions to the database for each address: at most nine, the same however many rows there are."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import OriginalKind
from recordings.search import indexing
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Speaker
from tests.factories import (
    NOW,
    make_community,
    make_material,
    make_original,
    make_person,
    make_recording,
    make_series,
    make_session,
)

pytestmark = pytest.mark.django_db
MOST = 9
CAPTIONS = b"WEBVTT\n\n00:15.500 --> 00:20.000\nThe metal box has %d locks.\n"


def fill(community: Community, rows: int) -> None:
    """Give the site `rows` more of everything that is told."""
    series = Series.objects.filter(slug="after-hours").first() or make_series(community, slug="after-hours")
    for _row in range(rows):
        make_series(community)
        make_session(make_series(make_community()))
        days = timedelta(days=7 * series.next_number)
        session = make_session(series, wall=datetime(2026, 9, 1, 9, 0) - days, state="archived")
        Speaker.objects.create(session=session, person=make_person())
        make_material(session, "slides")
        recording = make_recording(session)
        make_original(recording, CAPTIONS % session.number)
        make_original(
            recording, b"%%PDF-%d" % session.number, kind=OriginalKind.SLIDES, media_type="application/pdf"
        )
        indexing.index(recording.pk, now=NOW)


@pytest.mark.parametrize("who", ["as_nobody", "as_member", "as_administrator"])
@pytest.mark.parametrize(
    "address",
    [
        "/api/communities/",
        "/api/communities/savings/",
        "/api/series/after-hours/",
        "/api/sessions/",
        "/api/sessions/?series=after-hours&community=savings&after=2001-01-01&before=2030-01-01",
        "/api/sessions/after-hours-1/",
        "/api/archive/",
        "/api/archive/?q=box+session",
        "/api/archive/after-hours-1/",
    ],
)
def test_few_questions_however_many_rows(
    request: pytest.FixtureRequest, community: Community, stopped: object, who: str, address: str
) -> None:
    client: Client = request.getfixturevalue(who)
    counts = []
    for rows in (2, 5):
        fill(community, rows)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        assert answer.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= MOST
