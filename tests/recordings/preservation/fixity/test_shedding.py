"""What was made anew gives its bytes back, in both places; an original never, and nothing that anybody still needs."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from recordings.assets import orphans, presence, store
from recordings.assets.models import Asset
from recordings.catalogue.models import Original
from recordings.preservation.fixity import copying, nightly, shedding, working
from recordings.preservation.fixity.copies import FolderCopies
from recordings.preservation.fixity.models import Copy, Verification
from recordings.publishing import releasing
from recordings.renditions import ffmpeg, making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import RECIPES
from seminars.queue.models import Job, JobState
from tests.factories import make_session
from tests.recordings.cast import ZOO, take
from tests.recordings.preservation.fixity.conftest import Keep, flip, path_of

pytestmark = pytest.mark.django_db
Write = Callable[[bytes], None]


def later(days: int = 8) -> datetime:
    """So many days from now: a file's own times cannot be set back."""
    return timezone.now() + timedelta(days=days)


def bytes_in(folder: Path) -> int:
    """How many bytes the files of the archive take in a place."""
    return sum(each.stat().st_size for each in folder.rglob("*") if len(each.name) == 64)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Write:
    """Have ffmpeg write a whole voice edition that ends in these bytes."""

    def written(end: bytes) -> None:
        def run(arguments: list[str], **_named: Any) -> str:
            for each in arguments:
                if each.endswith((".m4a", ".ogg")):
                    body = (ZOO / f"sound{Path(each).suffix}").read_bytes()
                    Path(each.removeprefix("file:")).write_bytes(body + end)
            return ""

        monkeypatch.setattr(ffmpeg, "run", run)

    return written


def voice_of(original: Original) -> Rendition:
    made = making.make(
        original=original, recipe=RECIPES["voice"], clock=timezone.now, progress=lambda *_: None
    )
    assert made
    return made


def remade(original: Original, written: Write) -> tuple[Asset, Asset]:
    """Return an edition's file before and after it was made anew."""
    written(b"\0" * 1000)
    before = voice_of(original).asset
    written(b"\0" * 10)
    making.again([original], recipes=["voice"], now=timezone.now(), by_id=None)
    return before, voice_of(original).asset


def copy_all(copies: FolderCopies) -> None:
    copying.copy_on(copies=copies, clock=timezone.now, progress=lambda *_: None)


def test_an_edition_made_anew_gives_its_bytes_back_in_both_places(
    copies: FolderCopies, written: Write, now: datetime
) -> None:
    sound = take(make_session(), "sound.ogg", "audio", now)
    written(b"\0" * 1000)
    before = voice_of(sound).asset
    copy_all(copies)
    there = store.path_of(before.sha256).parents[2]
    held, second = bytes_in(there), bytes_in(copies.folder)
    assert held == second
    before, after = remade(sound, written)
    copy_all(copies)
    grown = after.size  # for a bag may be at the old one
    assert (bytes_in(there), bytes_in(copies.folder)) == (held + grown, second + grown)
    assert working.shed(now=later(6)) == 0
    with store.path_of(before.sha256).open("rb") as reader:
        assert working.shed(now=later()) == 1
        assert orphans.reconcile(now=later()).swept == [store.path_of(before.sha256)]
        assert len(reader.read()) == before.size  # who was reading it reads it to its end
    left = held + grown - before.size
    assert left < held
    assert (bytes_in(there), bytes_in(copies.folder)) == (left, left)
    for rows in (Asset.objects.filter(pk=before.pk), Copy.objects, Verification.objects):
        assert not rows.filter(**{"pk" if rows.model is Asset else "asset": before.pk}).exists()
    assert store.is_file(store.path_of(after.sha256), after.size)
    assert working.shed(now=later(40)) == 0


def test_what_something_else_needs_stays(written: Write, now: datetime) -> None:
    one, other = (take(make_session(), name, "audio", now) for name in ("sound.ogg", "sound.mp3"))
    written(b"\0" * 1000)
    shared = voice_of(other).asset
    before, _after = remade(one, written)
    assert before == shared
    assert working.shed(now=later(400)) == 0
    assert bytes_in(path_of(shared).parents[2]) >= shared.size


def test_an_original_stays_for_ever(now: datetime) -> None:
    session = make_session()
    first, second = take(session, "sound.ogg", "audio", now), take(session, "sound.mp3", "audio", later(0))
    releasing.retire(original=second, now=later(0), actor_id=None)
    releasing.withdraw(recording=first.recording, reason="Asked for.", now=later(0), actor_id=None)
    assert working.shed(now=later(4000)) == 0
    assert orphans.reconcile(now=later(4000)).orphans == []


def test_what_was_brought_again_is_waited_for(keep: Keep) -> None:
    asset = keep(b"an import that broke off")
    path = path_of(asset)
    path.chmod(0o444)
    before = path.stat().st_ctime_ns
    assert keep(b"an import that broke off") == asset
    assert path.stat().st_ctime_ns > before
    assert not shedding.let_go(asset, copies=None, now=later(6))
    assert shedding.let_go(asset, copies=None, now=later(8))


def test_what_lies_damaged_and_unneeded_goes_at_once_and_nobody_is_asked(keep: Keep) -> None:
    asset = keep(b"spoilt")
    flip(path_of(asset))
    job = nightly.order_mending(asset, now=later(0))
    Asset.objects.update(damaged_at=later(0))
    Job.objects.update(state=JobState.HELD)
    working.begin_night(lost=[], now=later(0))
    assert not Asset.objects.exists()
    job.refresh_from_db()
    assert job.state == JobState.SKIPPED


def test_what_was_brought_again_to_a_row_still_marked_damaged_is_waited_for(keep: Keep) -> None:
    asset = keep(b"spoilt, and brought again")
    flip(path_of(asset))
    Asset.objects.update(damaged_at=later(0) - timedelta(minutes=1))
    assert keep(b"spoilt, and brought again") == asset
    asset.refresh_from_db()
    assert asset.damaged_at
    assert shedding.shed(copies=None, now=later(6)) == 0
    path_of(asset).unlink()
    assert shedding.shed(copies=None, now=later(0)) == 1


def test_what_was_damaged_and_is_mended_just_then_stays(keep: Keep, now: datetime) -> None:
    asset = keep(b"mended by an import")
    Asset.objects.update(damaged_at=now)
    asset.refresh_from_db()
    Asset.objects.update(damaged_at=None)
    assert not shedding.let_go(asset, copies=None, now=now)
    assert Asset.objects.get() == asset


def test_nothing_goes_while_a_disk_is_away(keep: Keep, copies: FolderCopies) -> None:
    asset = keep(b"copied")
    copy_all(copies)
    marker = copies.folder / "meridian-second-copy.json"
    marker.rename(marker.with_suffix(".away"))
    assert working.shed(now=later()) == 0
    assert Asset.objects.get() == asset
    marker.with_suffix(".away").rename(marker)
    (path_of(asset).parents[2] / presence.MARKER).unlink(missing_ok=True)
    path_of(asset).rename(path_of(asset).with_suffix(".away"))
    assert working.shed(now=later()) == 0
    assert bytes_in(copies.folder) == asset.size


@pytest.mark.django_db(transaction=True)
def test_who_brings_the_same_bytes_just_then_waits_and_has_them(
    keep: Keep, copies: FolderCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = keep(b"the same")
    begun, brought = threading.Event(), []

    def bring() -> None:
        begun.set()
        try:
            with store.staging(BytesIO(b"the same")) as staged:
                brought.append(store.keep(staged, media_type="text/plain", now=later()).pk)
        finally:
            connections.close_all()

    other = threading.Thread(target=bring)
    real = copies.drop

    def drop(sha256: str) -> None:
        other.start()
        assert begun.wait(60)
        assert not brought
        real(sha256)

    monkeypatch.setattr(copies, "drop", drop)
    assert shedding.shed(copies=copies, now=later()) == 1
    other.join(60)
    assert [asset.pk] != brought == [Asset.objects.get().pk]
    assert path_of(Asset.objects.get()).read_bytes() == b"the same"
