"""Backups by their parts: files once, what the store has lost, what is kept, what is told, what is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.preservation.backups import databases, making, manifest, nightly, restoring
from recordings.preservation.backups.told import settings_told
from seminars.management import half_restored
from seminars.queue import jobs
from seminars.queue.models import Beat, Job
from tests.factories import NOW, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


class Fake:
    """A database that is a few bytes."""

    engine, file = "fake", "database.fake"

    def dump(self, target: Path, pulse: databases.Pulse) -> None:
        target.write_bytes(b"rows")

    def check(self, path: Path) -> None:
        if path.read_bytes() != b"rows":
            raise databases.Failed("not whole")

    def restore(self, path: Path) -> None:
        raise AssertionError("nothing may be restored here")


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (making, restoring):
        monkeypatch.setattr(module, "ours", Fake)


def keep(words: bytes) -> Asset:
    with store.staging([words]) as staged:
        return store.keep(staged, media_type="text/plain", now=NOW)


def make(into: Path, now: datetime = NOW, *, with_media: bool = True) -> tuple[Path, manifest.Manifest]:
    made = making.make(into=into, with_media=with_media, now=now)
    return made, manifest.read(made)


def test_each_file_is_copied_once_for_all_backups(tmp_path: Path) -> None:
    first = keep(b"first")
    make(tmp_path)
    copy = store.place_in(tmp_path / "media", first.sha256)
    inode = copy.stat().st_ino
    keep(b"second")
    _made, found = make(tmp_path, NOW + timedelta(days=1))
    assert (found.files, found.bytes, found.missing) == (2, 11, [])
    assert copy.stat().st_ino == inode
    assert len(manifest.all_of(tmp_path)) == 2
    assert not [each for each in tmp_path.rglob("*") if "making" in each.name]


def test_what_comes_and_goes_while_the_database_is_saved_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, dump = keep(b"an edition"), Fake.dump

    def slowly(database: Fake, target: Path, pulse: databases.Pulse) -> None:
        dump(database, target, pulse)
        store.spare(gone.sha256)
        gone.delete()
        keep(b"made anew")

    monkeypatch.setattr(Fake, "dump", slowly)
    made, found = make(tmp_path)
    assert (found.files, found.missing) == (2, [])
    assert store.place_in(tmp_path / "media", gone.sha256).read_bytes() == b"an edition"
    assert gone.sha256 in dict(restoring.listed(made))


def test_what_the_store_has_lost_is_named_and_no_bad_byte_is_kept(tmp_path: Path) -> None:
    lost, bent, good = keep(b"lost"), keep(b"bent"), keep(b"good")
    store.path_of(lost.sha256).unlink()
    path = store.path_of(bent.sha256)
    path.chmod(0o600)
    path.write_bytes(b"BENT")
    _made, found = make(tmp_path)
    assert sorted(found.missing) == sorted([lost.sha256, bent.sha256])
    kept = [each.name for each in (tmp_path / "media").rglob("*") if each.is_file()]
    assert kept == [good.sha256]


def test_a_large_file_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mb = 1024**2
    asset = keep(b"." * (2 * mb + 10))
    keep(b"small")
    monkeypatch.setattr(store, "PULSE", 1)
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    made = making.make(into=tmp_path, with_media=True, now=NOW, progress=tell)
    assert {total for _done, total in told} == {2 * mb + 15}
    done = [done for done, _total in told]
    assert done == sorted(done)
    assert len(done) > 3
    assert done[-1] == 2 * mb + 15
    store.path_of(asset.sha256).unlink()
    told.clear()
    assert restoring.media(made, tmp_path / "media", now=NOW, progress=tell) == []
    assert len(told) > 2


def test_many_files_that_are_there_keep_the_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        keep(b"%d" % number)
    make(tmp_path)
    monkeypatch.setattr(making, "LOOKED_AT", 2)
    told: list[int] = []
    making.make(
        into=tmp_path,
        with_media=True,
        now=NOW + timedelta(days=1),
        progress=lambda done, _total: told.append(done),
    )
    assert [done for done in told if done] == [2, 4, 5]


def test_the_hash_of_a_large_database_keeps_the_lease(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mb = 1024**2
    monkeypatch.setattr(
        Fake, "dump", lambda _database, target, _pulse: target.write_bytes(b"." * 3 * mb) and None
    )
    monkeypatch.setattr(store, "PULSE", 1)

    def told(at: tuple[int, int]) -> None:
        pulses.append(at)
        if len(pulses) == 2:
            raise jobs.LeaseLost

    pulses: list[tuple[int, int]] = []
    with pytest.raises(jobs.LeaseLost):
        making.make(into=tmp_path, with_media=False, now=NOW, progress=lambda *at: told(at))
    assert pulses == [(0, 0)] * 2
    assert manifest.all_of(tmp_path) == []


def test_without_media_it_says_so(tmp_path: Path) -> None:
    keep(b"first")
    _made, found = make(tmp_path, with_media=False)
    assert not found.with_media
    assert not (tmp_path / "media").exists()


def test_nobody_else_reads_them(tmp_path: Path) -> None:
    made, _found = make(tmp_path / "disk")
    assert {each.stat().st_mode & 0o077 for each in (tmp_path / "disk", made, *made.iterdir())} == {0}


def test_a_fault_leaves_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Fake, target: Path, pulse: databases.Pulse) -> None:
        target.write_bytes(b"half")
        raise databases.Failed("no")

    monkeypatch.setattr(Fake, "dump", fails)
    disk = tmp_path / "disk"
    with pytest.raises(databases.Failed):
        make(disk)
    assert manifest.all_of(disk) == []
    assert [each.name for each in disk.iterdir()] == ["lock"]


def test_what_a_killed_one_left_goes(tmp_path: Path) -> None:
    asset = keep(b"first")
    left = tmp_path / "disk" / "making-of-a-dead-process" / asset.sha256
    left.parent.mkdir(parents=True)
    left.write_bytes(b"fir")
    made, _found = make(tmp_path / "disk")
    assert sorted(each.name for each in made.parent.iterdir()) == [made.name, "lock", "media"]
    assert [each.name for each in (made.parent / "media").rglob("*") if each.is_file()] == [asset.sha256]


def test_two_at_once_are_one(tmp_path: Path) -> None:
    with making.alone(tmp_path), pytest.raises(making.Busy):
        make(tmp_path)


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(b"first")
    monkeypatch.setattr(store, "SPARE_BYTES", 10**18)
    with pytest.raises(store.DiskFull):
        make(tmp_path)
    assert manifest.all_of(tmp_path) == []


def test_the_last_good_one_is_never_pruned(tmp_path: Path) -> None:
    asset = keep(b"first")
    good, _found = make(tmp_path)
    store.path_of(asset.sha256).unlink()
    store.place_in(tmp_path / "media", asset.sha256).unlink()
    for day in range(1, 4):
        make(tmp_path, NOW + timedelta(days=day))
    making.prune(folder=tmp_path, keep=2)
    assert manifest.all_of(tmp_path)[0].name == good.name
    assert len(manifest.all_of(tmp_path)) == 3


def test_files_come_back_checked_and_again_does_nothing(tmp_path: Path) -> None:
    good, bent, lost = keep(b"good"), keep(b"bent"), keep(b"lost")
    made, _found = make(tmp_path)
    for asset in (good, bent, lost):
        store.path_of(asset.sha256).unlink()
    copies = tmp_path / "media"
    path = store.place_in(copies, bent.sha256)
    path.chmod(0o600)
    path.write_bytes(b"BENT")
    store.place_in(copies, lost.sha256).unlink()
    assert sorted(restoring.media(made, copies, now=NOW)) == sorted([bent.sha256, lost.sha256])
    assert store.path_of(good.sha256).read_bytes() == b"good"
    assert not store.path_of(bent.sha256).exists()
    assert len(restoring.media(made, copies, now=NOW)) == 2


def test_whoever_has_something_is_not_overwritten() -> None:
    restoring.refuse_full()
    make_user("a@example.org")
    with pytest.raises(restoring.NotEmpty):
        restoring.refuse_full()


class Rows(Fake):
    """A database that comes back with a user."""

    def restore(self, path: Path) -> None:
        make_user()


def test_a_restore_that_was_killed_goes_on_and_holds_mails(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA, settings.FEEDS = tmp_path / "data", tmp_path / "data" / "feeds"
    settings.DATA.mkdir(exist_ok=True)
    made, found = make(tmp_path / "disk")
    monkeypatch.setattr(restoring, "ours", Rows)
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "call_command", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            restoring.database(made, found, now=NOW)
    with pytest.raises(CommandError, match="broken off"):
        half_restored.refuse()
    other, its = make(tmp_path / "disk", NOW + timedelta(days=1))
    with pytest.raises(restoring.NotEmpty, match="half brought back"):
        restoring.database(other, its, now=NOW)
    monkeypatch.setattr(restoring, "ours", Fake)  # which refuses to write over anything
    monkeypatch.setattr(restoring, "call_command", lambda *_a, **_k: None)
    monkeypatch.setattr("seminars.notifications.restored.hold_due", lambda *, now: 3)
    assert restoring.database(made, found, now=NOW) == 3
    half_restored.refuse()
    with pytest.raises(restoring.NotEmpty):
        restoring.database(made, found, now=NOW)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"form": 99}, "newer Meridian"),
        ({"form": "x"}, "not what a backup says"),
        ({"sha256": 3}, "not what a backup says"),
        ({"more": 1}, "not what a backup says"),
        ({"database": "../../etc/passwd"}, "not what a backup says"),
        ({"engine": "postgresql"}, "same kind"),
        ({"size": 1}, "not the file that was saved"),
        ({"sha256": "0" * 64}, "not the file that was saved"),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    made, _found = make(tmp_path)
    path = made / manifest.NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(manifest.NoBackup, match=words):
        restoring.check(made)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "\x00"])
def test_a_manifest_of_anything_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / manifest.NAME).write_text(text)
    with pytest.raises(manifest.NoBackup):
        manifest.read(tmp_path)
    with pytest.raises(manifest.NoBackup, match="named by its date"):
        manifest.read(tmp_path / "nowhere")


def test_newer_migrations_are_named(tmp_path: Path) -> None:
    _made, found = make(tmp_path)
    assert restoring.newer(found, [(app, name) for app, name in found.migrations.items()]) == []
    assert restoring.newer(found, [("recordings", found.migrations["recordings"])]) == [
        f"seminars.{found.migrations['seminars']}"
    ]


def leased() -> Job:
    Job.objects.filter(kind="backup").update(state="queued", due_at=NOW)
    job = jobs.lease(Job.objects.get(kind="backup").pk, worker="w", now=NOW)
    assert job
    return job


def test_the_night_s_job_makes_one_and_says_what_is_missing(settings: Any, tmp_path: Path) -> None:
    settings.BACKUPS, settings.BACKUPS_APART, settings.BACKUPS_KEPT = tmp_path, True, 2
    asset = keep(b"first")
    times = iter(NOW + timedelta(days=day) for day in range(100))
    for _night in range(3):
        nightly.order(now=NOW)
        nightly.make(leased(), clock=lambda: next(times))
        Job.objects.update(state="done", lease_until=None, leased_by="")
    assert len(manifest.all_of(tmp_path)) == 2
    assert Beat.objects.filter(name="backup").exists()
    store.path_of(asset.sha256).unlink()
    store.place_in(tmp_path / "media", asset.sha256).unlink()
    with pytest.raises(jobs.Permanent, match="1 files"):
        nightly.make(leased(), clock=lambda: next(times))


def test_a_folder_that_is_away_is_tried_again(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.BACKUPS = tmp_path / "file" / "backups"
    nightly.order(now=NOW)
    with pytest.raises(jobs.Transient):
        nightly.make(leased(), clock=lambda: NOW)


def test_a_database_of_an_earlier_version_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = OperationalError("no such column: recordings_asset.absent")
    monkeypatch.setattr(making, "make", Mock(side_effect=missing))
    with pytest.raises(CommandError, match=r"no such column.* \(manage.py migrate\)"):
        call_command("backup", str(tmp_path / "disk"))


def test_no_secret_is_told() -> None:
    told = settings_told(
        {
            "MERIDIAN_SECRET_KEY": "s3cret",
            "MERIDIAN_DATABASE": "postgres://me:s3cret@db/meridian",
            "MERIDIAN_MAIL": "smtp://me:s3cret@mail:587",
            "MERIDIAN_MAIL_REPORTS": "a:s3cret",
            "MERIDIAN_OIDC": '[{"secret": "s3cret"}]',
            "MERIDIAN_GOOGLE": "id:s3cret",
            "MERIDIAN_URL": "https://seminars.example.org",
            "HOME": "/root",
        }
    )
    assert "s3cret" not in json.dumps(told)
    assert told["MERIDIAN_URL"] == "https://seminars.example.org"
    assert told["MERIDIAN_DATABASE"] == "postgres://…@db/meridian"
    assert "HOME" not in told


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_folders_sort_by_time(at: datetime) -> None:
    assert manifest.FOLDER.fullmatch(manifest.folder_name(at))
    assert manifest.folder_name(at) < manifest.folder_name(at + timedelta(seconds=1))
