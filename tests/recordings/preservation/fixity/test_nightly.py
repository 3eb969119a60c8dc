"""What a night reads: a ninetieth, the oldest first; gone on with after a break; what is broken waits for a person."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recordings import tasks
from recordings.assets import presence, store
from recordings.assets.models import Asset
from recordings.catalogue.models import Original
from recordings.preservation.fixity import nightly, shedding, verifying, working
from recordings.preservation.fixity.copies import MARKER, FolderCopies
from recordings.preservation.fixity.models import Copy, Verification
from seminars.notifications.models import Message
from seminars.queue.models import Beat, Job
from tests.factories import make_recording, make_user
from tests.recordings.preservation.fixity.conftest import Keep, flip, path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


@pytest.fixture(autouse=True)
def needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no file of these tests let go: no recording points at them."""
    monkeypatch.setattr(shedding, "unused", Asset.objects.none)


def silent(done: int, total: int) -> None:
    pass


def night(copies: FolderCopies | None, at: datetime, **options: Any) -> bool:
    nightly.begin(now=at)
    return nightly.read_on(copies=copies, clock=lambda: at, progress=silent, **options)


def run(kind: str) -> Job:
    job = Job.objects.get(kind=kind)
    {nightly.KIND: tasks.verify_night, nightly.MEND_KIND: tasks.mend, "second-copy": tasks.copy_files}[kind](
        job.pk
    )
    job.refresh_from_db()
    return job


def test_ninety_nights_read_everything_and_none_reads_much(keep: Keep, now: datetime) -> None:
    files = [keep(bytes([65 + n]) * 1000) for n in range(40)]  # 40,000 bytes: 500 a night
    for day in range(1, 91):
        before = dict(Asset.objects.values_list("pk", "verified_at"))
        night(None, now + timedelta(days=day))
        read = [pk for pk, at in Asset.objects.values_list("pk", "verified_at") if at != before[pk]]
        assert len(read) <= 1
    assert not Asset.objects.filter(verified_at__lt=now + timedelta(days=1)).exists()
    assert Verification.objects.count() == len(files)
    assert not nightly.overdue(now=now + timedelta(days=90)).exists()


def test_what_is_overdue_is_caught_up_within_a_week(keep: Keep, now: datetime) -> None:
    for n in range(14):
        keep(bytes([65 + n]) * 1000)
    late = now + timedelta(days=200)
    night(None, late)
    assert Asset.objects.filter(verified_at=late).count() == 2
    for day in range(1, 7):
        night(None, late + timedelta(days=day))
    assert not Asset.objects.filter(verified_at__lt=late).exists()


def test_a_night_goes_on_where_it_was(keep: Keep, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed, or its slice over: what was read is read, and the same night does not read it again."""
    for n in range(14):
        keep(bytes([65 + n]) * 1000)
    late = now + timedelta(days=200)
    assert night(None, late, seconds=-1)
    assert Asset.objects.filter(verified_at=late).count() == 0
    real = verifying.verify_file

    def dies(asset: Asset, **named: Any) -> Any:
        real(asset, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(verifying, "verify_file", dies)
    with pytest.raises(KeyboardInterrupt):
        nightly.read_on(copies=None, clock=lambda: late, progress=silent)
    monkeypatch.undo()
    assert not nightly.read_on(copies=None, clock=lambda: late, progress=silent)
    assert Asset.objects.filter(verified_at=late).count() == 2
    assert not nightly.read_on(copies=None, clock=lambda: late, progress=silent)
    assert Asset.objects.filter(verified_at=late).count() == 2


def test_the_queue_reads_a_night_in_slices(
    keep: Keep, now: datetime, stopped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(b"one")
    stopped.move_to(now + timedelta(days=100))
    monkeypatch.setattr(nightly, "SLICE_SECONDS", -1)
    tasks.reconcile()
    monkeypatch.setattr(nightly.read_on, "__kwdefaults__", {"seconds": -1})
    assert run("fixity").state == "queued"  # there is more: behind the other work
    monkeypatch.setattr(nightly.read_on, "__kwdefaults__", {"seconds": 60})
    assert run("fixity").state == "done"
    assert Asset.objects.get().verified_at == now + timedelta(days=100)
    tasks.reconcile()
    assert Job.objects.get(kind="fixity").state == "queued"


def test_new_files_get_their_second_copy_soon(keep: Keep, disk: Path, now: datetime) -> None:
    one = keep(b"one")
    tasks.sweep()
    assert run("second-copy").state == "done"
    found = Copy.objects.get()
    assert (found.asset, found.verified_at) == (one, now)
    two = keep(b"two")
    tasks.sweep()
    run("second-copy")
    assert set(Copy.objects.values_list("asset", flat=True)) == {one.pk, two.pk}
    tasks.sweep()
    assert Job.objects.get(kind="second-copy").state == "done"


def test_copies_are_read_in_their_turn(
    keep: Keep, disk: Path, copies: FolderCopies, now: datetime, stopped: Any
) -> None:
    asset = keep(b"one")
    tasks.sweep()
    run("second-copy")
    flip(copies.path_of(asset.sha256))
    stopped.move_to(now + timedelta(days=89))
    tasks.reconcile()
    run("fixity")
    assert copies.path_of(asset.sha256).read_bytes() == b"one"
    assert Copy.objects.get().verified_at == now + timedelta(days=89)
    assert [each.outcome for each in Verification.objects.filter(place="copy").order_by("pk")] == [
        "good",
        "damaged",
        "repaired",
    ]


def test_a_lost_file_is_brought_back_the_same_night(
    keep: Keep, disk: Path, now: datetime, stopped: Any
) -> None:
    asset = keep(b"one")
    tasks.sweep()
    run("second-copy")
    path_of(asset).unlink()
    tasks.reconcile()
    assert run("mend").state == "done"
    assert path_of(asset).read_bytes() == b"one"


def test_both_broken_waits_for_a_person_and_administrators_are_told_each_day(
    keep: Keep, disk: Path, copies: FolderCopies, now: datetime, stopped: Any
) -> None:
    make_user("boss@example.org", is_superuser=True)
    make_user("other@example.org")
    asset = keep(b"one")
    make_recording(slug="rain").originals.create(
        asset=asset, kind="handout", filename="notes.txt", added_at=now
    )
    tasks.sweep()
    run("second-copy")
    flip(path_of(asset))
    flip(copies.path_of(asset.sha256))
    stopped.move_to(now + timedelta(days=100))
    tasks.reconcile()
    run("fixity")
    job = run("mend")
    assert (job.state, job.reason) == ("held", nightly.BROKEN)
    assert not Message.objects.exists()  # found in this night; told with the next
    for day in (101, 101, 102):
        stopped.move_to(now + timedelta(days=day))
        tasks.reconcile()
        assert run("mend").state == "held"
    told = Message.objects.filter(kind="damaged-files")
    assert sorted(told.values_list("email", "subject")) == [
        ("boss@example.org", "damaged:2027-02-25"),
        ("boss@example.org", "damaged:2027-02-26"),
    ]
    assert told[0].facts["files"] == [["notes.txt", asset.sha256, "/archive/rain/verification/"]]
    assert Beat.objects.get(name=working.DAMAGED).at == now + timedelta(days=100)
    keep(b"one")  # somebody brings it
    tasks.look_at_file(asset.pk)
    asset.refresh_from_db()
    assert asset.damaged_at is None
    stopped.move_to(now + timedelta(days=103))
    tasks.reconcile()
    assert not Beat.objects.filter(name=working.DAMAGED).exists()
    assert told.count() == 2


def test_the_store_is_read_while_the_second_disk_is_away_and_the_queue_says_so(
    keep: Keep, disk: Path, copies: FolderCopies, now: datetime, stopped: Any
) -> None:
    asset = keep(b"one")
    tasks.sweep()
    run("second-copy")
    (disk / MARKER).unlink()
    stopped.move_to(now + timedelta(days=100))
    tasks.reconcile()
    job = run("fixity")
    assert job.state == "failed"
    assert "Mount it" in job.reason
    asset.refresh_from_db()
    assert asset.verified_at == now + timedelta(days=100)
    assert Copy.objects.get().damaged_at is None
    flip(path_of(asset))
    Asset.objects.update(verified_at=now)
    came = Original(recording=make_recording(), asset=asset, kind="video", filename="one.mp4", added_at=now)
    came.save()  # so that nothing but its copy can mend it
    nightly.order_mending(asset, now=now)
    job = run("mend")
    assert job.state == "failed"
    assert "Mount it" in job.reason


def test_a_store_that_is_not_mounted_stops_the_night(
    keep: Keep, now: datetime, stopped: Any, settings: Any, tmp_path: Path
) -> None:
    keep(b"one")
    presence.check()
    settings.STORE = tmp_path / "away"
    stopped.move_to(now + timedelta(days=100))
    nightly.begin(now=now + timedelta(days=100))
    job = run("fixity")
    assert job.state == "failed"
    assert "The store is not there" in job.reason
    assert not Verification.objects.exists()
    assert Asset.objects.get().damaged_at is None


def test_an_empty_archive_has_nothing_to_read(db: None, now: datetime) -> None:
    assert not night(None, now)
    presence.check()
    assert (Path(store.settings.STORE) / presence.MARKER).is_file()
