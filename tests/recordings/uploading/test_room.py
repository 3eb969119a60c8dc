"""The last room of the disk: of two who ask at once one gets it, and the other is told before a byte is sent."""

import threading
from collections import namedtuple
from contextlib import suppress
from datetime import datetime
from functools import partial

import pytest

from recordings.assets import store
from recordings.uploading import creating
from recordings.uploading.creating import Announced
from recordings.uploading.models import Upload
from seminars.sessions.models import Session
from tests.factories import make_community, make_series, make_session
from tests.seminars.sessions.test_together import together

LENGTH = 10**9
Usage = namedtuple("Usage", "total used free")


@pytest.mark.django_db(transaction=True)
def test_two_communities_do_not_get_the_last_room_both(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    free = store.SPARE_BYTES + LENGTH * 3 // 2
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage(free, 0, free))
    both_have_looked, real = threading.Barrier(2), creating.check_room

    def look(length: int) -> None:
        real(length)
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(1)  # the other one may look now, too, if nothing keeps it from that

    monkeypatch.setattr(creating, "check_room", look)
    sessions = [make_session(make_series(make_community(slug=slug))) for slug in ("first", "second")]

    def ask(session: Session) -> Upload:
        file = Announced("video", "en", "talk.mp4", LENGTH)
        return creating.create(session=session, file=file, sender="user:1", actor_id=None, now=now)

    found = together(*[partial(ask, session) for session in sessions])
    assert sorted(type(each).__name__ for each in found) == ["NoRoom", "Upload"]
    assert Upload.objects.count() == 1
