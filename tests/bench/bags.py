"""What a large bag costs: `python tests/bench/bags.py`. Not in the suite.

Makes a throw-away archive whose files are 5 GB (sparse, so that the disk of this machine need not hold them), ten of a
recording, then takes the ZIP of its bag, block by block, as the web server does, and throws it away. Prints the
seconds, the bytes a second, and how much more memory the process needed than before: for all, and without the pages'
code, which a server or `manage.py` has in memory anyway. Ends with 1 where all of it is 60 MB or more. `--gigabytes`,
`--files` and `--of-each` (files of one recording) change the load.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import os
import resource
import sys
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_MB = 60
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

FOLDER = data_folder("bench-bags")

import django

django.setup()

from django.core.management import call_command
from django.db import transaction
from django.urls import get_resolver
from django.utils import timezone

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.catalogue.models import Original, OriginalKind
from recordings.preservation.bags.choosing import ALL, Chosen, Scope
from recordings.preservation.bags.contents import label_of, pieces_of
from recordings.preservation.bags.freezing import Frozen
from recordings.preservation.bags.streaming import zip_of
from seminars.management.fresh import make_tables
from tests.factories import make_recording


def memory_mb() -> float:
    """Return the most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@transaction.atomic
def make_archive(size: int, files: int, of_each: int) -> None:
    """Store so many files of so many bytes, so many of each recording; they differ in their first bytes."""
    for number in range(files):
        if not number % of_each:
            recording = make_recording(title={"en": "Large"}, slug=f"large-{number}")
        path = store.staging_folder() / f"sparse-{number}"
        with path.open("wb") as file:
            file.write(f"{number}".encode())
            file.truncate(size)
        digest = sha256()
        with path.open("rb", buffering=0) as file:
            for block in iter(lambda: file.read(1024**2), b""):
                digest.update(block)
        target = store.path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        now = timezone.now()
        asset = Asset.objects.create(
            sha256=target.name, size=size, media_type="video/mp4", kept_at=now, verified_at=now
        )
        Original.objects.create(
            recording=recording, asset=asset, kind=OriginalKind.VIDEO, filename="large.mp4", added_at=now
        )


def main() -> int:
    """Measure, print, and return 1 for a miss."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gigabytes", type=float, default=5.0)
    asked.add_argument("--files", type=int, default=1, help="of so many gigabytes together")
    asked.add_argument("--of-each", type=int, default=10, help="files of one recording")
    given = asked.parse_args()
    if not make_tables():
        call_command("migrate", verbosity=0)
    make_archive(int(given.gigabytes * 10**9 / given.files), given.files, given.of_each)
    scope, now = Scope(ALL), timezone.now()
    before = memory_mb()
    get_resolver().url_patterns  # noqa: B018 - reading it loads every page's code
    loaded, began, sent = memory_mb(), time.monotonic(), 0
    with Frozen(Chosen(scope, now)) as frozen:
        for block in zip_of(pieces_of(frozen), label_of(scope, now), now=now):
            sent += len(block)
    seconds, more = time.monotonic() - began, memory_mb() - before
    print(
        f"bag of {sent / 10**9:.2f} GB in {given.files} file(s): {seconds:.0f} s, {sent / 10**6 / seconds:.0f} MB/s"
    )
    own = more - (loaded - before)
    print(f"memory: {before:.0f} MB before, {more:.1f} MB more when it was sent (less than {MOST_MB} asked)")
    print(f"of these {more - own:.1f} MB are the pages' code, {own:.1f} MB the bag's own")
    return 0 if more < MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main())
