"""One session from the first reminder to the archive closes itself: swept, reminded, ticked by facts, promise kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recordings import tasks as recordings_tasks
from seminars import tasks
from seminars.followups.models import Item
from seminars.followups.owing import Own, set_owed
from seminars.followups.speed import speeds
from seminars.people.models import Community, User
from seminars.queue.models import Job, JobState
from seminars.sessions.drafting import draft_series
from seminars.sessions.models import Session
from seminars.sessions.planning import publish
from seminars.sessions.questions.models import Question
from tests.factories import make_person

pytestmark = pytest.mark.django_db
MEDIA = Path(__file__).parents[2] / "recordings" / "demo" / "media"
START = datetime(2026, 11, 19, 7, tzinfo=UTC)  # 09:00 in Johannesburg
END = START + timedelta(hours=1)
OWED = {"slides": 0, "recording": 2, "answers": 7}


@pytest.fixture
def session(community: Community, organiser: User, now: datetime) -> Session:
    """A webinar in three days with a speaker in Manila; its series owes files, answers, and a task of its own."""
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
        now=now,
        actor_id=organiser.pk,
    )
    own = [Own({"en": "Thank the speaker"}, 1)]
    set_owed(series=series, owed=OWED, own=own, now=now, actor_id=organiser.pk)
    publish(series=series, now=now, actor_id=organiser.pk)
    found = Session.objects.get(slug="after-hours-1")
    found.speakers.create(person=make_person(name="Ada", email="ada@example.org", zone="Asia/Manila"))
    return found


def sweep(stopped: time_machine.Traveller, at: datetime) -> list[str]:
    """One minute of both queues at a time; return to whom mails about what is owed went."""
    stopped.move_to(at)
    mail.outbox.clear()
    recordings_tasks.sweep()
    tasks.sweep()
    return sorted(each.to[0] for each in mail.outbox if "You get one mail a day" in each.body)


def states() -> dict[str, str]:
    """Where everything owed stands, by what it is called."""
    return {str(item.what): item.state for item in Item.objects.all()}


def hand_in(browser: Client, address: str, given: dict[str, str], field: str, path: Path) -> None:
    """Upload a file as a page's form does."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    assert browser.post(address, {**given, field: file}).status_code == 302


def test_the_story(session: Session, as_organiser: Client, stopped: time_machine.Traveller) -> None:
    link = slides_come_before_it(stopped)
    what_it_leaves_open(session, stopped)
    the_recording_comes(as_organiser, stopped)
    the_rest_closes(link, stopped)
    promise_and_pace(session, as_organiser)


def slides_come_before_it(stopped: time_machine.Traveller) -> str:
    """Return the speaker's link, by which they brought their slides when they were asked."""
    sweep(stopped, START - timedelta(days=2, hours=12))
    assert states() == {"Slides": "waiting"}

    # The day before, in Manila's morning, the speaker is asked for slides, and brings them by the link in the mail.
    assert sweep(stopped, datetime(2026, 11, 17, 23, 30, tzinfo=UTC)) == [], "7:30 there"
    assert sweep(stopped, datetime(2026, 11, 18, 0, 30, tzinfo=UTC)) == ["ada@example.org"]
    text = next(str(each.body) for each in mail.outbox if each.to == ["ada@example.org"])
    link = "/speak/" + text.partition("/speak/")[2].split()[0]
    slides = MEDIA / "microlinks-after-hours.pdf"
    hand_in(Client(), f"{link}slides/", {"kind": "slides"}, "file", slides)
    assert sweep(stopped, datetime(2026, 11, 18, 1, 0, tzinfo=UTC)) == []
    assert states() == {"Slides": "done"}
    return link


def what_it_leaves_open(session: Session, stopped: time_machine.Traveller) -> None:
    """It ends: the rest is on the list, with the day that everybody sees."""
    Question.objects.create(session=session, text="Why?", made_at=START, confirmed_at=START, standing="shown")
    sweep(stopped, END + timedelta(seconds=90))
    waits = {"Recording": "waiting", "Answers to open questions": "waiting"}
    assert states() == {"Slides": "done", "Thank the speaker": "waiting", **waits}
    page = Client().get("/sessions/after-hours-1/").content.decode()
    assert "The recording is promised for Sat 21 Nov 2026." in page
    assert "Thank the speaker" not in page, "tasks are nobody else's business"


def the_recording_comes(as_organiser: Client, stopped: time_machine.Traveller) -> None:
    """The organiser is reminded once a day, hands in the recording, and ticks the task off."""
    assert sweep(stopped, datetime(2026, 11, 20, 7, 0, tzinfo=UTC)) == ["organiser@example.org"]
    assert "Recording: After Hours" in mail.outbox[0].body
    files = "/organise/sessions/after-hours-1/files/upload/"
    given = {"upload-kind": "video", "upload-language": "en"}
    hand_in(as_organiser, files, given, "upload-file", MEDIA / "microlinks-after-hours.mp4")
    task = Item.objects.get(kind__startswith="own-")
    as_organiser.post(f"/organise/sessions/after-hours-1/items/{task.pk}/done/")
    for job in Job.objects.filter(state=JobState.QUEUED):
        getattr(recordings_tasks, job.door.rpartition(".")[2])(job_id=job.pk)
    assert sweep(stopped, datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) == []
    assert states()["Recording"] == "done"


def the_rest_closes(link: str, stopped: time_machine.Traveller) -> None:
    """The speaker answers in writing and looks through the page; nothing is owed any more, nobody is written to."""
    speaker = Client()
    number = str(Question.objects.get().pk)
    speaker.post(f"{link}questions/", {"question": number, "text": "Because."})
    speaker.post(f"{link}check/", {"do": "right"})
    told = [sweep(stopped, datetime(2026, 11, day, 9, 0, tzinfo=UTC)) for day in range(21, 30)]
    assert told == [[]] * 9
    assert set(states().values()) == {"done"}
    assert Session.objects.get().state == "archived"


def promise_and_pace(session: Session, as_organiser: Client) -> None:
    """The promise was kept, and the days to the archive count."""
    recording = Item.objects.get(kind="recording")
    assert recording.done_at is not None
    assert recording.done_at <= recording.first_due_at
    assert recording.moves == 0
    found = speeds([session.series_id])[session.series_id]
    assert (found.sessions, round(found.days)) == (1, 1)
    assert "median 1 day" in as_organiser.get("/organise/follow-ups/").content.decode()
