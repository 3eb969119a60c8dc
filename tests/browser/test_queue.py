"""The queue's page in Chromium: an administrator skips what is held and has it tried again; it moves by itself."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.people.models import User
from seminars.queue.models import Attempt, Job
from tests.browser.conftest import axe, fits, screens, sign_in


def test_what_is_held_is_seen_skipped_and_tried_again(page: Page, site: str, administrator: User) -> None:
    now = timezone.now()
    made = {"kind": "purge caches", "door": "seminars.tasks.purge_caches", "created_at": now, "due_at": now}
    held = Job.objects.create(
        subject="feeds", state="held", tries=1, reason="A cache did not take what is to be purged.", **made
    )
    Attempt.objects.create(
        job=held,
        worker="w:1",
        started_at=now,
        ended_at=now,
        outcome="permanent",
        last_words="502",
        cpu_seconds=1,
    )
    running = Job.objects.create(
        subject="feeds:2",
        state="leased",
        lease_until=now + timedelta(hours=1),
        progress=1,
        progress_total=4,
        **made,
    )
    sign_in(page, administrator, site)
    page.goto(f"{site}/organise/")
    page.get_by_role("link", name="Queue").click()
    expect(page.get_by_text("A cache did not take what is to be purged.")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "queue")
    page.evaluate("window.stayed = true")
    page.get_by_text("Skip it?").click()
    Job.objects.filter(pk=running.pk).update(progress=3)
    expect(page.get_by_text("75 %")).to_be_visible()
    assert page.evaluate("window.stayed")
    expect(page.get_by_text("What will be missing:")).to_be_visible()  # what was open stays open
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_text("It is skipped. You can still try it again.")).to_be_visible()
    page.get_by_text("Its last words").click()
    expect(page.get_by_text("502")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "queue-job")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is tried again.")).to_be_visible()
    held.refresh_from_db()
    assert (held.state, held.decided_by) == ("queued", administrator)
