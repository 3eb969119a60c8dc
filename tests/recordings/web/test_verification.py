"""Verification shown in public: to whom, what, and that nothing of closed communities leaks into the figures."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recordings.assets.models import Asset
from recordings.catalogue.models import Original
from recordings.preservation.fixity.models import Copy, Verification
from recordings.publishing.releasing import retire, withdraw
from seminars.people.models import Community
from tests.factories import make_recording, make_series, make_session
from tests.recordings.cast import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture
def slides(now: datetime) -> Original:
    return take(make_session(slug="rain", title={"en": "Rain"}), "one-page.pdf", "slides", now)


def figures(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/archive/verification.json").json()
    return found


def test_a_file_with_its_hash_and_when_it_was_read(slides: Original, now: datetime, client: Client) -> None:
    asset = slides.asset
    Copy.objects.create(asset=asset, disk="d", made_at=now, verified_at=now)
    page = client.get("/archive/rain/verification/").content.decode()
    assert asset.sha256 in page
    assert "16 November 2026" in page
    told = client.get("/archive/rain/verification.json").json()
    assert told["title"] == {"en": "Rain"}
    assert told["files"][0]["sha256"] == asset.sha256
    assert told["files"][0]["copies"] == 2
    assert told["files"][0]["damaged_at"] is None
    assert [each["kind"] for each in told["events"]] == ["kept", "verified"]


def test_what_happened_is_told_in_the_readers_language(slides: Original, client: Client) -> None:
    page = client.get("/archive/rain/verification/", headers={"Accept-Language": "sv"}).content.decode()
    assert '<span class="muted">Bilder' in page
    assert '<span class="muted">slides' not in page


def test_of_a_file_that_was_a_mistake_the_address_is_given_to_nobody(
    slides: Original, now: datetime, client: Client
) -> None:
    retire(original=slides, now=now, actor_id=None)
    page = client.get("/archive/rain/verification/").content.decode()
    told = client.get("/archive/rain/verification.json").json()
    assert slides.asset.sha256 in page
    assert told["files"][0]["address"] is None
    assert str(slides.uuid) not in page + str(told)


def test_damage_is_said_and_not_hushed_up(slides: Original, now: datetime, client: Client) -> None:
    Asset.objects.update(damaged_at=now)
    Verification.objects.create(asset=slides.asset, at=now, place="store", outcome="repaired")
    assert "1 file is damaged" in client.get("/archive/rain/verification/").content.decode()
    whole = client.get("/archive/verification/").content.decode()
    assert "1 file is damaged" in whole
    assert "/archive/rain/verification/" in whole
    found = figures(client)
    assert (found["files"], found["damaged"], found["verified_within_90_days"]) == (1, 1, 0)
    assert found["repaired_this_year"] == 1
    assert found["recordings_with_damage"][0].endswith("/archive/rain/verification/")
    told = client.get("/archive/rain/verification.json").json()
    assert told["files"][0]["damaged_at"] == now.isoformat()
    assert [each["kind"] for each in told["events"]] == ["kept"]


def test_what_is_old_is_counted_so(slides: Original, now: datetime, client: Client) -> None:
    old = now - timedelta(days=91)
    Asset.objects.update(verified_at=old)
    found = figures(client)
    assert (found["verified_within_90_days"], found["oldest_verification"]) == (0, old.isoformat())


def test_a_withdrawn_one_keeps_its_page(slides: Original, now: datetime, client: Client) -> None:
    withdraw(recording=slides.recording, reason="A speaker asked.", now=now, actor_id=None)
    page = client.get("/archive/rain/verification/")
    assert page.status_code == 200
    assert "A speaker asked." in page.content.decode()


def test_closed_communities_show_nobody_else_and_count_for_nobody_else(
    slides: Original,
    closed_community: Community,
    now: datetime,
    as_nobody: Client,
    as_stranger: Client,
    as_organiser: Client,
) -> None:
    secret = make_session(make_series(closed_community), slug="secret", title={"en": "Secret"})
    take(secret, "sound.mp3", "audio", now)
    take(make_session(slug="draft", published=False), "captions.vtt", "captions", now, release=False)
    Asset.objects.filter(media_type="audio/mpeg").update(damaged_at=now)
    for client in (as_nobody, as_stranger):
        assert client.get("/archive/secret/verification/").status_code == 404
        assert client.get("/archive/secret/verification.json").status_code == 404
        found = figures(client)
        assert (found["files"], found["damaged"], found["recordings_with_damage"]) == (1, 0, [])
        assert "Secret" not in client.get("/archive/verification/").content.decode()
    assert as_organiser.get("/archive/secret/verification/").status_code == 200
    assert figures(as_organiser)["damaged"] == 1


def test_the_same_file_in_a_closed_and_an_open_one_says_nothing_of_the_closed(
    slides: Original, closed_community: Community, now: datetime, as_nobody: Client
) -> None:
    take(make_session(make_series(closed_community), slug="secret"), "one-page.pdf", "slides", now)
    assert figures(as_nobody)["files"] == 1
    assert "secret" not in as_nobody.get("/archive/rain/verification.json").content.decode()


def test_an_empty_archive_says_so(db: None, client: Client) -> None:
    assert "Nothing is in the archive yet" in client.get("/archive/verification/").content.decode()
    assert figures(client)["files"] == 0


def test_rows_raise_no_queries(
    slides: Original, now: datetime, as_nobody: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(12):
        session = make_session()
        with_files = make_recording(session)
        for asset in Asset.objects.all():
            with_files.originals.create(asset=asset, kind="handout", filename=f"{n}.pdf", added_at=now)
            slides.recording.originals.create(asset=asset, kind="handout", language=f"x{n}", added_at=now)
    Asset.objects.update(damaged_at=now)
    with django_assert_max_num_queries(16):
        assert as_nobody.get("/archive/rain/verification/").status_code == 200
    with django_assert_max_num_queries(12):
        assert as_nobody.get("/archive/verification/").status_code == 200
