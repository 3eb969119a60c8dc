"""Two at once: the same file twice, two files of one kind, the same address twice."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from recordings.assets.models import Asset
from recordings.catalogue.arriving import ask_fetch, take_upload
from recordings.catalogue.models import Arrival, Original
from recordings.publishing import releasing
from seminars.queue.models import Job
from seminars.sessions.models import Material, Session
from tests.factories import make_session
from tests.recordings.cast import ZOO

pytestmark = pytest.mark.django_db(transaction=True)


def together(*verbs: Callable[[], Any]) -> list[Any]:
    """What each verb returned, or raised, all begun at the same moment."""
    gate, results = threading.Barrier(len(verbs)), list[Any]([None] * len(verbs))

    def run(index: int, verb: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[index] = verb()
        except Exception as wrong:  # noqa: BLE001  # the test looks at whatever it is
            results[index] = wrong
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def uploading(session: Session, name: str, now: datetime) -> Callable[[], Any]:
    def verb() -> Any:
        with (ZOO / name).open("rb") as file:
            taken = take_upload(
                session=session, kind="video", uploaded=file, language="en", now=now, actor_id=None
            )
        releasing.release(recording=taken.original.recording, now=now)
        return taken

    return verb


def test_a_double_click_is_one_file(now: datetime, data: Path) -> None:
    session = make_session()
    results = together(*[uploading(session, "silent.mp4", now)] * 3)
    assert sorted(taken.again for taken in results) == [False, True, True]
    assert (Asset.objects.count(), Original.objects.count(), Material.objects.count()) == (1, 1, 1)
    assert Job.objects.count() == 1


def test_of_two_files_of_one_kind_one_is_current(now: datetime) -> None:
    session = make_session()
    results = together(uploading(session, "silent.mp4", now), uploading(session, "whole.mp4", now))
    assert [taken.again for taken in results] == [False, False]
    assert Original.objects.filter(superseded_at=None).count() == 1
    current = Original.objects.get(superseded_at=None)
    assert [m.source for m in Material.objects.filter(state="published")] == [current.uuid]


def test_an_address_asked_for_twice_at_once_is_one(now: datetime) -> None:
    session = make_session()

    def verb() -> Any:
        return ask_fetch(
            session=session,
            kind="video",
            url="https://media.example.org/a.mp4",
            language="",
            now=now,
            actor_id=None,
        )

    first, second = together(verb, verb)
    assert first == second
    assert (Arrival.objects.count(), Job.objects.count()) == (1, 1)
