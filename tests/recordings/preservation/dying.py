"""Each long command is killed in the middle (kill -9) and given again: `python dying.py give|import|restore FOLDER`.

A process of its own, for whom it is killed in: children that end where they would next force a file to disk or put it
in its place. Run in a Meridian of its own; `give` fills it.
"""

import hashlib
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

import django  # noqa: E402 - the path comes first

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from recordings.assets.models import Asset  # noqa: E402
from recordings.catalogue.models import Recording  # noqa: E402
from recordings.preservation.backups import manifest  # noqa: E402
from seminars.management import fresh  # noqa: E402
from tests.recordings.preservation.archive import make_archive  # noqa: E402


def killed(*command: Any, **options: Any) -> bool:
    """Return whether a child was killed at its `at`-th call of os.fsync or os.replace; else it came to its end."""
    return ended(*command, **options) == -signal.SIGKILL


def done(*command: Any, **options: Any) -> bool:
    """Return whether a command came to a good end."""
    return ended(*command, **options) == 0


def ended(*command: Any, step: str = "fsync", at: int = 0, **options: Any) -> int:
    """Return with what a command ended. In a child, always: one that drew a PDF has threads, and must not be forked."""
    connection.close()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    deed, left, code = getattr(os, step), [at], 1

    def last(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return deed(*given, **named)

    setattr(os, step, last)
    try:
        call_command(*command, **options)
        code = 0
    finally:
        if code:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(code)


def files(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder, locks apart."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def kept() -> set[str]:
    """Return the names of the store's files, each of them looked into."""
    there = {Path(name).name: found for name, found in files(Path(settings.STORE)).items()}
    names = {name for name in there if len(name) == 64}
    assert all(there[name] == name for name in names)
    return names


def tables() -> None:
    """Make them."""
    fresh.make_tables()
    call_command("migrate", verbosity=0)


def give(top: Path) -> None:
    """Bags, sticks and backups."""
    tables()
    make_archive()
    assert done("stick", str(top / "whole"))
    assert done("bag", "all", str(top / "bag"))
    for step, at in (("fsync", 2), ("replace", 9)):
        stick, bag, disk = (top / f"{what}-{step}" for what in ("stick", "bag", "disk"))
        assert killed("stick", str(stick), step=step, at=at)
        assert done("stick", str(stick))
        assert files(stick) == files(top / "whole"), step
        assert killed("bag", "all", str(bag), step=step, at=at)
        assert not (bag / "bagit.txt").exists()
        assert done("bag", "all", str(bag))
        assert done("bag", verify=str(bag))
        assert files(bag).keys() == files(top / "bag").keys(), step
        assert killed("backup", str(disk), step=step, at=4)
        assert done("backup", str(disk))
        assert manifest.read(manifest.all_of(disk)[-1]).is_good
        assert {Path(name).name for name in files(disk / "media")} == kept()
        assert not list(disk.glob("making-*"))


def bring(top: Path) -> None:
    """Import a bag: killed among its files."""
    tables()
    for at in (1, 5):
        assert killed("import_bag", str(top / "bag"), step="replace", at=at)
        assert not Recording.objects.exists()
    assert done("import_bag", str(top / "bag"))
    assert Recording.objects.count() == 4
    assert kept() == set(Asset.objects.here().values_list("sha256", flat=True))
    assert done("verify")


def restore(top: Path) -> None:
    """Restore a backup: killed before its rows, and among its files."""
    disk = str(top / "disk-fsync")
    for at in (2, 4):
        assert killed("restore", disk, step="replace", at=at)
        assert done("restore", disk) or done("restore", disk, media=True)
        assert Recording.objects.count() == 4
        assert {path.name for path in (top / "disk-fsync" / "media").rglob("*") if path.is_file()} == kept()
        assert done("verify")
        if at != 4:
            call_command("flush", interactive=False, verbosity=0)
            for name in kept():
                (path,) = Path(settings.STORE).rglob(name)
                path.unlink()


if __name__ == "__main__":
    {"give": give, "import": bring, "restore": restore}[sys.argv[1]](Path(sys.argv[2]))
