"""A speech recogniser of the operator's: what it writes is kept as automatic; what it does wrong is said in words."""

import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from recordings import tasks
from recordings.catalogue.models import Origin, Original
from recordings.publishing import releasing
from recordings.renditions import children
from recordings.renditions.making import subject_of
from recordings.transcripts import recognising
from recordings.transcripts.reading import cues
from seminars.changes.refusing import UserError
from seminars.queue import jobs
from seminars.queue.models import Attempt, Job, JobState
from seminars.sessions.models import Session
from tests.factories import make_original, make_session, make_user
from tests.recordings.cast import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
PROGRAM = """#!/bin/sh
{body}
"""
GOOD = r"""head -c 4 "$1" | grep -q RIFF || exit 9
printf 'WEBVTT\n\n00:00.100 --> 00:00.900\n<v One>Said in %s</v>\n' "$3" > "$2"
env > "$2.env" ; echo fine >&2"""


@pytest.fixture
def recogniser(tmp_path: Path, settings: Any) -> Any:
    """Set a small script as the recogniser."""

    def write(body: str) -> Path:
        script = tmp_path / "recognise"
        script.write_text(PROGRAM.format(body=body))
        script.chmod(script.stat().st_mode | stat.S_IEXEC)
        settings.RECOGNISER = f"{script} {{input}} {{output}} {{language}}"
        return script

    return write


@pytest.fixture
def session() -> Session:
    return make_session(wall=datetime(2026, 3, 1, 9, 0), language="sv")


def video(session: Session, now: datetime, **given: Any) -> Original:
    return take(session, "whole.mp4", "video", now, language="sv", **given)


def captions() -> list[Original]:
    return list(Original.objects.filter(kind="captions").order_by("pk"))


def work() -> Job:
    job = Job.objects.get(kind=recognising.KIND)
    tasks.recognise(job.pk)
    job.refresh_from_db()
    return job


def test_a_published_recording_without_captions_gets_some(
    recogniser: Any, session: Session, now: datetime
) -> None:
    recogniser(GOOD.replace('env > "$2.env"', "env >&2"))
    heard = video(session, now)
    assert work().state == JobState.DONE
    (made,) = captions()
    assert (made.origin, made.language, made.added_by) == (Origin.AUTOMATIC, "sv", None)
    assert [(each.text, each.voice) for each in cues(made)] == [("Said in sv", "One")]
    releasing.release(recording=heard.recording, now=now)
    assert Job.objects.filter(kind=recognising.KIND).count() == 1
    assert session.materials.filter(kind="captions", state="published").count() == 1


def test_nothing_is_ordered_without_the_setting_or_with_captions(
    recogniser: Any, session: Session, now: datetime, settings: Any
) -> None:
    heard = video(session, now)
    assert not Job.objects.filter(kind=recognising.KIND).exists()
    with pytest.raises(UserError, match="no recogniser"):
        recognising.ask(original=heard, now=now, actor_id=None)
    make_original(heard.recording, b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", language="sv")
    recogniser(GOOD)
    releasing.release(recording=heard.recording, now=now)
    assert not Job.objects.filter(kind=recognising.KIND).exists()
    with pytest.raises(UserError, match="They stay"):
        recognising.ask(original=heard, now=now, actor_id=None)


def test_people_are_never_replaced(recogniser: Any, session: Session, now: datetime) -> None:
    recogniser(GOOD)
    heard = video(session, now)
    human = make_original(heard.recording, b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", language="sv")
    assert work().state == JobState.DONE
    assert captions() == [human]
    # Also when they come while it runs: they are kept, and not shown.
    Original.objects.filter(pk=human.pk).update(origin=Origin.AUTOMATIC)
    job = recognising.ask(original=heard, now=now, actor_id=None)
    assert job.state == JobState.QUEUED
    tasks.recognise(job.pk)
    first, second = captions()
    assert first.superseded_at == second.added_at == now
    assert second.superseded_at is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("exit 1", "ended with the error 1"),
        ("exit 0", "wrote nothing"),
        (': > "$2"', "wrote nothing"),
        ('head -c 3000 /dev/urandom > "$2"', "did not write captions"),
        ('printf "just words\\n" > "$2"', "did not write captions"),
        ('printf "WEBVTT\\n\\n00:05.000 --> 00:01.000\\nx\\n" > "$2"', "did not write captions"),
        ('truncate -s 9M "$2"', "did not write captions"),
    ],
)
def test_what_goes_wrong_is_held_with_a_reason(
    recogniser: Any, session: Session, now: datetime, body: str, words: str
) -> None:
    recogniser(f"echo what it said >&2\n{body}")
    video(session, now)
    job = work()
    assert job.state == JobState.HELD
    assert words in job.reason
    assert "what it said" in Attempt.objects.get(job=job).last_words
    assert captions() == []


def test_a_held_job_is_let_go_when_nobody_needs_it(
    recogniser: Any, session: Session, now: datetime, settings: Any
) -> None:
    recogniser("exit 1")
    heard = video(session, now)
    held = work()
    assert (held.state, recognising.settle(now=now)) == (JobState.HELD, 0)
    other = make_original(heard.recording, b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", language="fr")
    assert recognising.settle(now=now) == 0
    Original.objects.filter(pk=other.pk).update(language="sv")
    assert recognising.settle(now=now) == 1
    held.refresh_from_db()
    assert (held.state, held.decided_by) == (JobState.SKIPPED, None)
    for over in ("replaced", "withdrawn", "unset"):
        Original.objects.filter(pk=other.pk).update(superseded_at=now)
        Job.objects.filter(pk=held.pk).update(state=JobState.HELD)
        assert recognising.settle(now=now) == 0
        if over == "replaced":
            Original.objects.filter(pk=heard.pk).update(superseded_at=now)
        elif over == "withdrawn":
            type(heard.recording).objects.update(withdrawn_at=now)
        else:
            settings.RECOGNISER = ""
        assert recognising.settle(now=now) == 1
        Original.objects.filter(pk=heard.pk).update(superseded_at=None)
        type(heard.recording).objects.update(withdrawn_at=None)


def test_one_that_a_person_asked_for_is_seen_though_there_are_automatic_ones(
    recogniser: Any, session: Session, now: datetime
) -> None:
    recogniser(GOOD)
    heard = video(session, now)
    assert work().state == JobState.DONE
    recogniser("exit 1")
    recognising.ask(original=heard, now=now, actor_id=None)
    assert work().state == JobState.HELD
    assert recognising.settle(now=now) == 0
    assert Job.objects.get(kind=recognising.KIND).state == JobState.HELD
    Original.objects.filter(kind="captions").update(origin=Origin.CORRECTED)
    assert recognising.settle(now=now) == 1


@pytest.mark.parametrize("setting", ["", "/nowhere/recognise {input} {output}"])
def test_what_lacked_the_program_is_taken_up_when_it_comes(
    setting: str, recogniser: Any, session: Session, now: datetime, settings: Any
) -> None:
    settings.RECOGNISER = "/nowhere/recognise {input} {output}"
    video(session, now)
    held = work()
    assert (held.state, held.reason) == (JobState.HELD, recognising.ABSENT)
    settings.RECOGNISER = setting
    assert recognising.settle(now=now) == (0 if setting else 1)
    assert recognising.settle(now=now) == 0
    recogniser(GOOD)
    tasks.sweep()
    held.refresh_from_db()
    assert (held.state, held.tries) == (JobState.QUEUED, 0)
    assert work().state == JobState.DONE
    assert len(captions()) == 1


def test_all_that_wait_are_looked_at_however_many(
    recogniser: Any, session: Session, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP", 1)
    settings.RECOGNISER = "/nowhere/recognise"
    first = video(session, now)
    later = video(make_session(wall=datetime(2026, 3, 2, 9, 0)), now)
    for job in Job.objects.filter(kind=recognising.KIND):
        tasks.recognise(job.pk)
    settings.RECOGNISER = ""
    assert [recognising.settle(now=now) for _sweep in range(2)] == [2, 0]
    Original.objects.filter(pk=later.pk).update(superseded_at=now)
    recogniser(GOOD)
    assert [recognising.settle(now=now) for _sweep in range(2)] == [1, 0]
    states = dict(Job.objects.filter(kind=recognising.KIND).values_list("subject", "state"))
    assert states == {subject_of(first): JobState.QUEUED, subject_of(later): JobState.SKIPPED}


def test_what_a_person_gave_up_is_not_taken_up(
    recogniser: Any, session: Session, now: datetime, settings: Any
) -> None:
    settings.RECOGNISER = "/nowhere/recognise"
    video(session, now)
    jobs.skip(work(), now, by_id=make_user().pk)
    recogniser(GOOD)
    assert recognising.settle(now=now) == 0


def test_one_that_never_ends_is_stopped_with_its_children(
    recogniser: Any, session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognising, "LEAST_SECONDS", 2)
    monkeypatch.setattr(recognising, "SPEED", 100)
    monkeypatch.setattr(children, "TELL_SECONDS", 0.2)
    monkeypatch.setattr(
        recognising, "listen", lambda _original, target, _progress: target.write_bytes(b"RIFF")
    )
    recogniser("sleep 600 & wait")
    video(session, now)
    job = work()
    assert job.state == JobState.HELD
    assert "took longer" in job.reason


def test_a_program_that_is_not_there(session: Session, now: datetime, settings: Any) -> None:
    settings.RECOGNISER = "/nowhere/recognise {input} {output}"
    video(session, now)
    assert "is not there" in work().reason
    settings.RECOGNISER = "sh 'not closed"
    assert recognising.program() == []


def test_it_sees_no_secret(recogniser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_MAIL", "smtp://secret@example.org")
    script = recogniser('env > "$1"')
    told = tmp_path / "env"
    recognising.run([str(script), str(told)], timeout=60, progress=lambda _done, _total: None)
    names = {line.partition("=")[0] for line in told.read_text().splitlines()}
    assert names <= {"PATH", "HOME", "LC_ALL", "PWD", "SHLVL", "_", "OLDPWD"}
