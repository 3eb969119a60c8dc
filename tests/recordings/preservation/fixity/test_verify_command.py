"""`manage.py verify`: all or what is old, gone on with after a break, 1 where something is broken for good."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from recordings.assets import presence
from recordings.assets.models import Asset
from recordings.preservation.fixity import running, verifying
from recordings.preservation.fixity.copies import MARKER, FolderCopies
from recordings.preservation.fixity.models import Copy
from seminars.queue.models import Job
from tests.recordings.preservation.fixity.conftest import Keep, flip, path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def verify(**options: Any) -> tuple[str, int]:
    """What it said, and with which number it ended."""
    said = StringIO()
    try:
        call_command("verify", stdout=said, **options)
    except SystemExit as ended:
        return said.getvalue(), int(str(ended.code))
    return said.getvalue(), 0


def test_everything_is_read_copied_and_mended(
    keep: Keep, disk: Path, copies: FolderCopies, now: datetime, stopped: Any
) -> None:
    one, two = keep(b"one"), keep(b"three")
    stopped.move_to(now + timedelta(hours=1))
    said, code = verify()
    assert (code, Copy.objects.count()) == (0, 2)
    # Their first copies were made, for there were none: nothing was repaired.
    assert said == "4 good, 0 repaired, 0 damaged or missing; 8 bytes read.\n"
    assert copies.read(two.sha256, two.size).good
    flip(path_of(one))
    stopped.move_to(now + timedelta(hours=2))
    said, code = verify()
    assert code == 0
    assert f"{one.sha256} (the store): repaired. Brought back from the second copy." in said
    assert "3 good, 1 repaired, 0 damaged or missing; 16 bytes read." in said


def test_what_cannot_be_mended_ends_with_1_and_waits_for_a_person(
    keep: Keep, now: datetime, stopped: Any
) -> None:
    one, two = keep(b"one"), keep(b"two")
    presence.check()
    flip(path_of(one))
    path_of(two).unlink()
    stopped.move_to(now + timedelta(hours=1))
    said, code = verify()
    assert code == 1
    assert f"{one.sha256} (the store): damaged. The file’s bytes have changed." in said
    assert f"{two.sha256} (the store): missing. There is no file." in said
    assert "0 good, 0 repaired, 2 damaged or missing" in said
    assert Job.objects.filter(kind="mend").count() == 2
    assert verify()[1] == 1


def test_only_what_is_old(keep: Keep, now: datetime, stopped: Any) -> None:
    keep(b"old")
    new = keep(b"new")
    stopped.move_to(now + timedelta(days=10))
    Asset.objects.filter(pk=new.pk).update(verified_at=now + timedelta(days=9))
    assert verify(older_than=5)[0] == "1 good, 0 repaired, 0 damaged or missing; 3 bytes read.\n"
    assert verify(older_than=5)[0].startswith("0 good")
    with pytest.raises(CommandError, match="0 or more"):
        verify(older_than=-1)


def test_broken_off_it_goes_on(
    keep: Keep, now: datetime, stopped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in (b"one", b"two", b"three"):
        keep(body)
    stopped.move_to(now + timedelta(hours=1))
    real, seen = verifying.verify_file, list[Any]()

    def dies(asset: Asset, **named: Any) -> Any:
        if seen:
            raise KeyboardInterrupt
        seen.append(asset)
        return real(asset, **named)

    monkeypatch.setattr(verifying, "verify_file", dies)
    with pytest.raises(CommandError, match="goes on from here"):
        verify()
    monkeypatch.undo()
    stopped.move_to(now + timedelta(hours=2))
    said, code = verify()
    assert (code, said.splitlines()) == (
        0,
        [
            "Going on with the run of 16 November 2026, 13:00 UTC.",
            "2 good, 0 repaired, 0 damaged or missing; 8 bytes read.",
        ],
    )
    assert not running.note_file().exists()
    stopped.move_to(now + timedelta(hours=3))
    running.note_file().write_text("broken")
    assert verify()[0].startswith("3 good")
    running.begun(now=now + timedelta(hours=3), afresh=False)
    assert "Going on" not in verify(afresh=True)[0]


def test_a_disk_that_is_away_is_refused_and_a_new_one_begun(
    keep: Keep, disk: Path, copies: FolderCopies, now: datetime, settings: Any
) -> None:
    keep(b"one")
    verify(older_than=0)
    assert Copy.objects.get().disk == copies.disk
    (disk / MARKER).unlink()
    with pytest.raises(CommandError, match="Mount it"):
        verify()
    said, code = verify(new_copy=True)
    assert (code, said.splitlines()[0].startswith("The second copies lie in")) == (0, True)
    assert Copy.objects.get().disk != copies.disk
    settings.SECOND_COPY = ""
    with pytest.raises(CommandError, match="Set MERIDIAN_SECOND_COPY"):
        verify(new_copy=True)


def test_a_store_that_is_away_is_refused(keep: Keep, settings: Any, tmp_path: Path) -> None:
    keep(b"one")
    settings.STORE = tmp_path / "away"
    with pytest.raises(CommandError, match="The store is not there"):
        verify()
