"""Dead links: looked for slowly, not believed at once, never behind a private address; told to the moderator."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from seminars import tasks
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.series.resources import looking, sharing
from seminars.series.resources.models import LinkLook, Resource
from tests.factories import NOW
from tests.recordings.conftest import Remote, also_loopback
from tests.recordings.conftest import remote as remote
from tests.seminars.series.resources.test_sharing import post

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def look(resource: Resource, day: int = 0) -> LinkLook:
    return looking.look(resource=resource, now=NOW + day * DAY, rule=also_loopback)


def test_a_link_is_dead_after_three_days_and_lives_again(community: Community, remote: Remote) -> None:
    found = post(community, url=remote.url("/grant"))
    remote.answers["/grant"] = lambda handler: handler.send_error(404)
    first = look(found)
    assert (first.failures, first.failing_since, "404" in first.words) == (1, NOW, True)
    look(found, 1)
    assert list(LinkLook.objects.dead()) == []
    third = look(found, 2)
    assert (list(LinkLook.objects.dead()), third.failing_since) == ([third], NOW)
    remote.gives("/grant", b"here")
    again = look(found, 3)
    assert (again.failures, again.failing_since, again.words) == (0, None, "")
    assert list(LinkLook.objects.dead()) == []


def test_redirects_are_followed_and_private_addresses_are_not(community: Community, remote: Remote) -> None:
    remote.redirects("/old", remote.url("/new"))
    remote.gives("/new", b"here")
    assert look(post(community, url=remote.url("/old"))).failures == 0
    inside = post(community, url="http://10.0.0.1/grant")
    assert "private network" in look(inside).words
    remote.asked.clear()
    guarded = looking.look(resource=post(community, url=remote.url("/new")), now=NOW)
    assert ("private network" in guarded.words, remote.asked) == (True, [])


def test_few_at_once_the_longest_unseen_first_and_a_new_address_at_once(community: Community) -> None:
    seen = post(community, title="Seen", url="https://example.org/seen")
    LinkLook.objects.create(resource=seen, url=seen.url, looked_at=NOW)
    new = post(community, title="New", url="https://example.org/new")
    post(community, moderator=False, title="Waits", url="https://example.org/waits")
    post(community, title="Long over", url="https://example.org/over", due_on=date(2026, 9, 1), zone="UTC")
    assert looking.due(now=NOW) == [new]
    LinkLook.objects.create(resource=new, url=new.url, looked_at=NOW, failures=1)
    assert looking.due(now=NOW + timedelta(hours=19)) == []
    assert looking.due(now=NOW + DAY) == [new]
    assert set(looking.due(now=NOW + 8 * DAY)) == {seen, new}
    sharing.edit(resource=seen, moderator=True, now=NOW, actor_id=None, url="https://example.org/moved")
    assert looking.due(now=NOW) == [seen]
    for number in range(looking.MOST):
        post(community, url=f"https://example.org/{number}")
    assert len(looking.due(now=NOW)) == looking.MOST


def test_the_queue_looks_by_one_job_each(community: Community, remote: Remote, monkeypatch: Any) -> None:
    found = post(community, url=remote.url("/gone"))
    assert [looking.order_due(now=NOW), looking.order_due(now=NOW)] == [1, 1]
    job = Job.objects.get()
    assert job.door == "seminars.tasks.look_at_link"
    assert looking.resource_of(job) == found
    tasks.look_at_one(job)
    assert "private network" in LinkLook.objects.get().words, "the queue's own rule lets nobody in"
    sharing.withdraw(resource=found, now=NOW, actor_id=None)
    tasks.look_at_one(job)
    assert LinkLook.objects.get().failures == 1


def test_the_moderator_is_told_and_nobody_else(
    community: Community, as_organiser: Client, as_member: Client, stopped: Any
) -> None:
    found = post(community, title="A lost grant", url="https://example.org/gone")
    kept = LinkLook.objects.create(
        resource=found,
        url=found.url,
        looked_at=NOW,
        failures=3,
        failing_since=NOW,
        words="The page is gone (404).",
    )
    desk = "/organise/communities/savings/resources/"
    page = as_organiser.get(desk).content.decode()
    assert "Links that do not open any more" in page
    assert "The page is gone (404)." in page
    assert "since 16 November 2026" in page
    assert "does not open" not in as_member.get("/communities/savings/resources/").content.decode()
    LinkLook.objects.filter(pk=kept.pk).update(failures=2)
    assert "Links that do not open" not in as_organiser.get(desk).content.decode()
