"""The queue's page: what runs, waits and is held, why and since when; its buttons; for administrators only."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.dateformat import format as django_date

from recordings.catalogue.models import Original
from seminars.people.models import Community, User
from seminars.queue.models import Attempt, Job, JobState
from seminars.sessions.models import Session
from tests.factories import make_series, make_session, make_user
from tests.recordings.cast import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
QUEUE = "/organise/queue/"


def make_job(now: datetime, **fields: Any) -> Job:
    number = Job.objects.count()
    made = {"kind": "purge caches", "subject": f"feeds:{number}", "door": "seminars.tasks.purge_caches"}
    return Job.objects.create(**(made | {"created_at": now, "due_at": now} | fields))


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(make_series(community), title={"en": "On bridges"})


@pytest.fixture
def held(session: Session, now: datetime) -> Job:
    """The voice edition of a session's video could not be made."""
    take(session, "whole.mp4", "video", now, language="sv")
    Job.objects.update(state=JobState.DONE)
    job = Job.objects.get(kind="rendition.voice")
    Job.objects.filter(pk=job.pk).update(
        state=JobState.HELD, reason="The file could not be converted.", tries=1
    )
    Attempt.objects.create(
        job=job,
        worker="here:12:abc-1",
        started_at=now - timedelta(minutes=5),
        ended_at=now - timedelta(minutes=3),
        outcome="permanent",
        last_words="moov atom not found at https://example.org/film?key=verysecret",
        cpu_seconds=12.34,
    )
    job.refresh_from_db()
    return job


def test_it_says_what_is_held_why_and_since_when(
    as_administrator: Client, held: Job, session: Session, now: datetime
) -> None:
    shown = text(as_administrator.get(QUEUE))
    assert "Make the voice-only edition" in shown
    assert f'<a href="/organise/sessions/{session.slug}/files/">On bridges</a>' in shown
    assert "The file could not be converted." in shown
    assert f"since {django_date(now - timedelta(minutes=3), 'j F Y, H:i')} UTC" in shown
    assert "asked for by the site itself" in shown
    assert "What will be missing: The voice-only edition" in shown
    assert f'href="/organise/sessions/{session.slug}/files/?kind=video#upload-heading"' in shown
    assert "Held (1)" in shown


def test_the_page_of_a_job_shows_its_attempts_and_no_secret(as_administrator: Client, held: Job) -> None:
    shown = text(as_administrator.get(f"{QUEUE}{held.uuid}/"))
    assert "will never work like this" in shown
    assert "12.3 seconds of processor time" in shown
    assert "moov atom not found at https://example.org/film?•••" in shown
    assert "verysecret" not in shown


def test_try_again_and_skip(as_administrator: Client, administrator: User, held: Job) -> None:
    answer = as_administrator.post(f"{QUEUE}{held.uuid}/skip/", follow=True)
    assert "It is skipped. You can still try it again." in text(answer)
    held.refresh_from_db()
    assert (held.state, held.decided_by) == (JobState.SKIPPED, administrator)
    assert "It needs no help any more." in text(
        as_administrator.post(f"{QUEUE}{held.uuid}/skip/", follow=True)
    )
    assert "It is tried again." in text(as_administrator.post(f"{QUEUE}{held.uuid}/again/", follow=True))
    held.refresh_from_db()
    assert held.state == JobState.QUEUED
    assert "last decided by administrator@example.org" in text(as_administrator.get(QUEUE))


def test_all_held_ones_of_a_kind_are_tried_again(as_administrator: Client, now: datetime) -> None:
    ours = [make_job(now, state=JobState.HELD) for _ in range(3)]
    other = make_job(now, state=JobState.HELD, kind="fetch", subject="arrival:77")
    fields = {"state": "held", "kind": "purge caches"}
    answer = as_administrator.post(f"{QUEUE}again/", fields, follow=True)
    assert "3 jobs are tried again." in text(answer)
    assert set(Job.objects.filter(state="queued")) == set(ours)
    assert Job.objects.get(state="held") == other


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"held", "leased", "failed", "queued"}),
        ("?state=held", {"held"}),
        ("?state=done", {"done"}),
        ("?state=skipped", {"skipped"}),
        ("?state=nonsense&page=ninety", {"held", "leased", "failed", "queued"}),
        ("?cluster=media", {"leased"}),
        ("?cluster=first", {"held", "failed", "queued"}),
        ("?kind=fetch", {"held"}),
        ("?kind=%27%3B", set()),
    ],
)
def test_filters(as_administrator: Client, now: datetime, query: str, shown: set[str]) -> None:
    for state in JobState.values:
        make_job(
            now,
            state=state,
            subject=f"subject-{state}",
            cluster="media" if state == "leased" else "",
            kind="fetch" if state == "held" else "purge caches",
            lease_until=now + timedelta(minutes=1) if state == "leased" else None,
        ) if state != "held" else make_job(now, state=state, kind="follow calendar", subject="calendar:99")
    Job.objects.filter(state="held").update(kind="fetch", subject="arrival:99")
    page = text(as_administrator.get(QUEUE + query))
    found = {state for state in JobState.values if f"subject-{state}<" in page} | (
        {"held"} if "arrival:99" in page else set()
    )
    assert found == shown


def test_progress_and_expected_end(as_administrator: Client, now: datetime) -> None:
    make_job(
        now,
        state=JobState.LEASED,
        cluster="media",
        lease_until=now + timedelta(minutes=5),
        progress=500,
        progress_total=1000,
        paced_at=now - timedelta(minutes=10),
        heartbeat_at=now,
        asked_by=make_user("ana@example.org"),
    )
    page = text(as_administrator.get(QUEUE))
    assert '<progress max="100" value="50"' in page
    assert "done in about 10 minutes" in page
    assert "asked for by ana@example.org" in page
    assert "hx-get" in page
    part = text(as_administrator.get(f"{QUEUE}progress/"))
    assert part.strip().startswith('<div id="queue" hx-get=')


def test_a_cluster_that_stands_still_is_named(as_administrator: Client, now: datetime) -> None:
    assert "stands still" not in text(as_administrator.get(QUEUE))
    make_job(now, cluster="media", due_at=now - timedelta(minutes=7))
    assert "The cluster “media” stands still" in text(as_administrator.get(QUEUE))


def test_nobody_else_sees_it(
    as_organiser: Client, as_stranger: Client, as_nobody: Client, held: Job, now: datetime
) -> None:
    for path in ("", "progress/", f"{held.uuid}/"):
        assert as_organiser.get(f"{QUEUE}{path}").status_code == 404
        assert as_stranger.get(f"{QUEUE}{path}").status_code == 404
        assert as_nobody.get(f"{QUEUE}{path}").status_code == 302
    for path in ("again/", f"{held.uuid}/again/", f"{held.uuid}/skip/"):
        assert as_organiser.post(f"{QUEUE}{path}").status_code == 404
        assert as_nobody.post(f"{QUEUE}{path}").status_code == 302
    held.refresh_from_db()
    assert held.state == JobState.HELD


def test_queries_do_not_grow_with_jobs(as_administrator: Client, session: Session, now: datetime) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_administrator.get(QUEUE).status_code == 200
        return len(queries)

    original = take(session, "silent.mp4", "video", now)
    Job.objects.update(state=JobState.HELD)
    make_job(now)
    first = count()
    Job.objects.bulk_create(
        Job(
            kind=("rendition.voice", "purge caches")[n % 2],
            subject=(f"original:{original.pk}", f"feeds:{n}")[n % 2],
            recipe_version=n + 10,
            door="d",
            state=("held", "queued", "done", "failed")[n % 4],
            created_at=now,
            due_at=now,
        )
        for n in range(10_000)
    )
    assert Original.objects.count() == 1
    assert count() == first
    assert len(as_administrator.get(QUEUE).content) < 150_000
