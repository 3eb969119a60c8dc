"""Each night: files without rows are found, and swept when that is certain; rows without files are told."""

import os
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone

from recordings import tasks
from recordings.assets import orphans, store
from recordings.assets.models import Asset

pytestmark = pytest.mark.django_db


def kept(body: bytes, now: datetime) -> Path:
    with store.staging(BytesIO(body)) as staged:
        return store.path_of(store.keep(staged, media_type="text/plain", now=now).sha256)


def later() -> datetime:
    """Eight days from now: a file's own times cannot be set back."""
    return timezone.now() + timedelta(days=8)


def test_what_has_a_row_stays_and_what_has_none_goes_in_time(now: datetime) -> None:
    known, lone = kept(b"known", now), kept(b"lone", now)
    Asset.objects.filter(sha256=lone.name).delete()
    soon = orphans.reconcile(now=timezone.now())
    assert (soon.orphans, soon.swept, soon.lost, soon.strange) == ([lone], [], [], [])
    assert lone.exists()
    found = orphans.reconcile(now=later())
    assert found.swept == [lone]
    assert known.exists()
    assert not lone.exists()
    assert orphans.reconcile(now=later()).orphans == []


def test_what_an_upload_still_needs_stays(now: datetime) -> None:
    lone = kept(b"lone", now)
    Asset.objects.all().delete()
    assert orphans.reconcile(now=later(), wanted={lone.name}).orphans == []
    assert lone.exists()


def test_a_row_that_came_meanwhile_saves_its_file(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(b"late", now)
    assert not orphans.sweep(path, later())
    assert path.exists()


def test_other_peoples_files_are_named_and_stay(now: datetime) -> None:
    strange = kept(b"known", now).with_name("notes.txt")
    strange.write_text("mine")
    misplaced = strange.with_name("f" * 64)
    misplaced.write_text("where?")
    part = store.staging_folder() / "half.upload"
    part.write_text("half")
    found = orphans.reconcile(now=later())
    assert set(found.strange) == {strange, misplaced}
    assert strange.exists()
    assert misplaced.exists()
    assert part.exists()


@pytest.mark.parametrize("damage", ["gone", "short"])
def test_a_row_without_its_file_is_told(damage: str, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    path = kept(b"known", now)
    path.unlink()
    if damage == "short":
        path.write_bytes(b"kn")
        os.chmod(path, 0o444)
    assert orphans.reconcile(now=later()).lost == [path.name]
    tasks.reconcile()
    assert path.name[:12] in caplog.text
