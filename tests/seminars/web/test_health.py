"""/health/ says what is well, what is only starting, and which part has failed."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from seminars import clock
from seminars.queue.jobs import beat
from seminars.queue.models import Beat, Job
from seminars.queue.standstill import Standstill
from seminars.web import health

SECOND = timedelta(seconds=1)


def all_beats(at: datetime) -> dict[str, datetime]:
    return dict.fromkeys(["sweep", *health.PARTS], at)


def status(beats: dict[str, datetime], now: datetime) -> str:
    return str(health.report(beats, now=now)["status"])


def test_a_site_whose_queue_was_never_started_is_unwell(now: datetime) -> None:
    assert status({}, now) == "unwell"


def test_starting_counts_as_well_until_the_first_sweep_is_overdue(now: datetime) -> None:
    assert status({"queue": now}, now + 149 * SECOND) == "starting"
    assert status({"queue": now}, now + 151 * SECOND) == "unwell"
    yesterday = all_beats(now - timedelta(days=1))
    assert status(yesterday | {"queue": now}, now + SECOND) == "starting"
    assert status(yesterday, now) == "unwell"


def test_well_while_the_sweep_is_fresh(now: datetime) -> None:
    beats = all_beats(now) | {"queue": now - timedelta(days=3)}
    assert status(beats, now + 150 * SECOND) == "ok"
    assert status(beats, now + 151 * SECOND) == "unwell"


def test_a_backup_that_is_overdue_is_said_and_the_site_still_serves(now: datetime) -> None:
    def told(**beats: datetime) -> tuple[str, str]:
        said = health.report(all_beats(now) | beats, now=now)
        return said["backup"], said["status"]

    hour = timedelta(hours=1)
    assert told() == ("none yet", "ok")
    assert told(queue=now - 35 * hour) == ("none yet", "ok")
    assert told(queue=now - 37 * hour) == ("overdue", "ok")
    assert told(queue=now - 90 * hour, backup=now - 35 * hour) == ("ok", "ok")
    assert told(queue=now - hour, backup=now - 37 * hour) == ("overdue", "ok")


@pytest.mark.parametrize("part", health.PARTS)
def test_a_part_that_fails_is_named(part: str, now: datetime) -> None:
    beats = all_beats(now) | {part: now - timedelta(minutes=3)}
    report = health.report(beats, now=now)
    assert (report["status"], report["failing"]) == ("unwell", [part])
    del beats[part]
    assert health.report(beats, now=now)["failing"] == [part]


def test_an_archive_that_fails_is_named_and_the_site_still_serves(now: datetime) -> None:
    def told(**beats: datetime) -> tuple[str, list[str]]:
        said = health.report(all_beats(now) | {"queue": now - timedelta(days=1)} | beats, now=now)
        return said["status"], said["failing"]

    assert told(recordings=now - timedelta(minutes=59)) == ("ok", [])
    assert told(recordings=now - timedelta(minutes=61)) == ("ok", ["recordings"])
    assert told() == ("ok", ["recordings"])
    assert told(queue=now - timedelta(minutes=5)) == ("ok", [])


def test_a_cluster_that_stands_still_is_named_with_its_hour(now: datetime) -> None:
    still = [Standstill("media", now - 400 * SECOND), Standstill("", now - 500 * SECOND)]
    said = health.report(all_beats(now), still, now=now)
    assert said["status"] == "unwell"
    assert said["standing_still"] == [
        {"cluster": "media", "since": (now - 400 * SECOND).isoformat()},
        {"cluster": "meridian", "since": (now - 500 * SECOND).isoformat()},
    ]
    starting = health.report(all_beats(now - timedelta(days=1)) | {"queue": now}, still, now=now)
    assert (starting["status"], starting["standing_still"]) == ("starting", [])


@pytest.mark.django_db
def test_work_that_lies_in_the_media_cluster_is_503(
    stopped: Traveller, now: datetime, client: Client
) -> None:
    for name in ["sweep", *health.PARTS]:
        beat(name, now - 30 * SECOND)
    due = now - timedelta(minutes=7)
    job = Job.objects.create(kind="k", subject="s", door="d", cluster="media", created_at=due, due_at=due)
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["standing_still"] == [{"cluster": "media", "since": due.isoformat()}]
    Job.objects.filter(pk=job.pk).update(state="held")
    assert client.get("/health/").status_code == 200


@pytest.mark.django_db
def test_the_page_takes_two_queries_and_no_cookie(stopped: Traveller, now: datetime, client: Client) -> None:
    for name in ["sweep", *health.PARTS]:
        beat(name, now - 30 * SECOND)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get("/health/")
    assert (answer.status_code, len(queries), dict(answer.cookies)) == (200, 2, {})
    assert "no-store" in answer["Cache-Control"]
    said = answer.json()
    assert said["last_sweep_age_seconds"] == 30
    assert said["tzdata"] == clock.release()
    assert said["status"] == "ok"


@pytest.mark.django_db
def test_silence_is_503(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["queue"]) == (503, "silent")


def test_no_database_is_503_without_a_traceback(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(*names: str, **options: Any) -> None:
        raise Error("unable to open database file")

    monkeypatch.setattr(Beat.objects, "values_list", no_answer)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["database"]) == (503, "no answer")


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert project["version"] == health.VERSION
