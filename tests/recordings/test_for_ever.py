"""Nothing answers 404 that once answered 200: all addresses of a recording, after it moves, loses files and goes."""

from datetime import datetime
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from recordings.catalogue.models import Original, Recording
from recordings.publishing import moving, releasing
from recordings.slides.models import Chapter, Chapters
from seminars.people.models import Community
from tests.factories import NOW
from tests.world import addresses, make_world

pytestmark = pytest.mark.django_db


def status(client: Client, address: str) -> int:
    """What an address answers in the end, redirects followed; closed again, so that no file stays open."""
    answer = client.head(address)
    for _step in range(5):
        if answer.status_code not in (301, 302):
            break
        answer = client.head(answer["Location"])
    return int(answer.status_code)


@pytest.fixture
def known(community: Community, as_nobody: Client) -> list[str]:
    """Every address under the archive that answers 200 to everybody."""
    world = make_world(community)
    for original in Original.objects.all():
        releasing.release(recording=original.recording, now=original.added_at)
    chapters = Chapters.objects.create(
        recording=Recording.objects.get(slug=world.slugs["archive"]), changed_at=NOW
    )
    Chapter.objects.create(chapters=chapters, start=0, title="Hello")
    found = [
        world.path(route)
        for route, _names in sorted(dict(addresses(get_resolver())).items())
        if route.startswith(("/archive/<", "/api/archive/<"))
    ]
    found += [f"/l{each}" for each in found if each.startswith("/archive/")]
    found += [f"/oembed/?{urlencode({'url': settings.MERIDIAN_URL + each})}" for each in found]
    return [each for each in found if status(as_nobody, each) == 200]


def test_after_a_move_a_mistake_and_a_withdrawal(known: list[str], now: datetime, as_nobody: Client) -> None:
    assert len(known) >= 8
    for part in ("chapters.json", "/l/archive/", "/oembed/", "/api/"):
        assert any(part in each for each in known), part
    recording = Recording.objects.get(slug=known[0].split("/archive/")[1].split("/")[0])
    moving.move(recording=recording, slug="elsewhere", now=now, actor_id=None)
    assert {each: code for each in known if (code := status(as_nobody, each)) != 200} == {}
    for original in recording.originals.all():
        releasing.retire(original=original, now=now, actor_id=None)
    moving.move(recording=recording, slug="further", now=now, actor_id=None)
    assert {each: code for each in known if (code := status(as_nobody, each)) not in (200, 410)} == {}
    releasing.withdraw(recording=recording, reason="A speaker asked.", now=now, actor_id=None)
    assert {each: code for each in known if (code := status(as_nobody, each)) not in (200, 410)} == {}
