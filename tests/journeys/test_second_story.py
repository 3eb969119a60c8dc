"""The second story: a session ends, what is owed comes in, and everybody's calendar entry leads to the recording."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from icalendar import Calendar, Component

from recordings import tasks as recordings_tasks
from seminars import tasks
from seminars.followups.models import Item
from seminars.people.models import Community
from seminars.queue.models import Job, JobState
from seminars.sessions.drafting import draft_series
from seminars.sessions.models import Session
from seminars.sessions.planning import publish

MEDIA = Path(__file__).parents[2] / "recordings" / "demo" / "media"
START = datetime(2026, 11, 17, 7, tzinfo=UTC)
END = START + timedelta(hours=1)


@pytest.fixture
def session(community: Community, now: datetime, stopped: time_machine.Traveller) -> Session:
    """A webinar tomorrow at 09:00 in Johannesburg, published today."""
    series = draft_series(
        community=community,
        title="After Hours",
        slug="after-hours",
        zone="Africa/Johannesburg",
        first_date=START.date(),
        local_time=(START + timedelta(hours=2)).time(),
        form="virtual",
        audience="everyone",
        join_url="https://meet.example.org/room",
        owed={"slides": 0, "recording": 2, "captions": 7, "report": 10},
        now=now,
        actor_id=None,
    )
    publish(series=series, now=now, actor_id=None)
    return Session.objects.get(slug="after-hours-1")


def entry(client: Client, **condition: str) -> Component:
    """The session's entry, as a subscribed calendar gets it."""
    feed = client.get("/series/after-hours/calendar.ics", headers=condition)
    assert feed.status_code == 200
    (event,) = Calendar.from_ical(feed.content).walk("VEVENT")
    return event


def hand_in(organiser: Client, kind: str, path: Path) -> None:
    """Upload a file as the page's form does."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    given = {"upload-kind": kind, "upload-language": "en", "upload-file": file}
    assert organiser.post("/organise/sessions/after-hours-1/files/upload/", given).status_code == 302


def run_queue() -> None:
    """What the workers do: every queued job, by its door, and those that follow from it."""
    while waiting := list(Job.objects.filter(state=JobState.QUEUED)):
        for job in waiting:
            getattr(recordings_tasks, job.door.rpartition(".")[2])(job_id=job.pk)
    assert not Job.objects.exclude(state=JobState.DONE).values_list("kind", "reason")


def test_the_story(
    session: Session, as_organiser: Client, as_nobody: Client, stopped: time_machine.Traveller
) -> None:
    announced = entry(as_nobody)
    assert str(announced["SUMMARY"]) == "After Hours"

    # It ends; within two minutes the queue has opened its checklist.
    stopped.move_to(END + timedelta(seconds=90))
    tasks.sweep()
    assert set(Item.objects.values_list("kind", flat=True)) == {"slides", "recording", "captions", "report"}
    assert str(entry(as_nobody)["SUMMARY"]) == "[Recording coming] After Hours"
    page = as_nobody.get("/sessions/after-hours-1/").content.decode()
    assert "The recording is promised for Thu 19 Nov 2026." in page

    # The organiser hands everything in; the workers make the other editions.
    stopped.move_to(END + timedelta(hours=3))
    hand_in(as_organiser, "video", MEDIA / "microlinks-after-hours.mp4")
    hand_in(as_organiser, "slides", MEDIA / "microlinks-after-hours.pdf")
    hand_in(as_organiser, "captions", MEDIA / "microlinks-after-hours.en.vtt")
    run_queue()
    recordings_tasks.sweep()
    tasks.sweep()
    done = set(Item.objects.filter(state="done").values_list("kind", flat=True))
    assert done == {"slides", "recording", "captions"}
    materials = Session.objects.get().materials.values_list("kind", flat=True)
    assert set(materials) == {"recording", "voice", "slidevoice", "slides", "captions"}

    # The same entry, the same UID, leads there.
    archived = entry(as_nobody)
    assert archived["UID"] == announced["UID"]
    assert int(archived["SEQUENCE"]) > int(announced["SEQUENCE"])
    assert archived.decoded("LAST-MODIFIED") > announced.decoded("LAST-MODIFIED")
    assert str(archived["SUMMARY"]) == "[Recording] After Hours"
    assert str(archived["URL"]).endswith("/sessions/after-hours-1/")
    assert any(str(link).endswith(".pdf") for link in attachments(archived))
    plays(as_nobody)


def attachments(event: Component) -> list[Any]:
    found = event.get("ATTACH", [])
    return found if isinstance(found, list) else [found]


def plays(visitor: Client) -> None:
    """The page plays the video with captions, seeks in it, offers the voice edition and the slides; search finds it."""
    page = visitor.get("/sessions/after-hours-1/").content.decode()
    assert "<video" in page
    assert '<track kind="captions"' in page
    assert visitor.get("/archive/after-hours-1/").headers["Location"].endswith("/sessions/after-hours-1/")
    for material in Session.objects.get().materials.all():
        assert material.path in page
        part = visitor.get(material.path, headers={"Range": "bytes=100-199"})
        assert part.status_code == 206
        assert len(b"".join(part.streaming_content)) == 100
    hits = visitor.get("/archive/", {"q": "three locks"}).content.decode()
    assert "/sessions/after-hours-1/?t=" in hits
