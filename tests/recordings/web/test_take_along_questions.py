"""How much "Take the archive along" asks the database: no more for many sessions than for few."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seminars.people.models import Role
from tests.conftest import signed_in
from tests.factories import make_member, make_original, make_recording, make_session, make_user
from tests.recordings.preservation.archive import make_archive

pytestmark = pytest.mark.django_db
PAGE = "/organise/communities/micro/take-along/"


@pytest.mark.parametrize("asked", [PAGE, f"{PAGE}?stick=1&editions=voice&size=8"])
def test_questions_do_not_grow_with_sessions(asked: str) -> None:
    archive = make_archive()
    user = make_user("planner@example.net")
    make_member(archive.community, user, role=Role.ORGANISER)
    browser, counts = signed_in(user), []
    browser.get(asked)
    for number in range(2):
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(asked).status_code == 200
        counts.append(len(caught))
        for day in range(3):
            wall = datetime(2026, 2, 1, 15, 0) + timedelta(days=day + 3 * number)
            recording = make_recording(make_session(archive.series, wall=wall, slug=f"more-{number}-{day}"))
            make_original(recording, f"WEBVTT\n\n00:01.000 --> 00:02.000\nWord {number}{day}\n".encode())
    assert counts[0] == counts[1] <= 40
