"""One file: found good, found broken, mended from the other place, or told of; nothing is ever overwritten."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site

from recordings.assets import presence, store
from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event
from recordings.preservation.fixity import copies as places
from recordings.preservation.fixity import noting, reading, verifying
from recordings.preservation.fixity.copies import FolderCopies
from recordings.preservation.fixity.models import Copy, Outcome, Verification
from tests.factories import make_recording
from tests.recordings.preservation.fixity.conftest import Keep, aside, flip, path_of

pytestmark = pytest.mark.django_db
BODY = b"what was said"


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(days=5)


@pytest.fixture
def asset(keep: Keep, copies: FolderCopies, now: datetime) -> Asset:
    """A file of a recording, kept and copied."""
    found = keep(BODY)
    presence.check()
    make_recording().originals.create(asset=found, kind="handout", filename="a.txt", added_at=now)
    verifying.copy_file(found, copies=copies, clock=lambda: now)
    return found


def look(asset: Asset, copies: FolderCopies | None, at: datetime) -> Outcome:
    found = verifying.verify_file(asset, copies=copies, clock=lambda: at)
    asset.refresh_from_db()
    return found.outcome


def look_copy(asset: Asset, copies: FolderCopies, at: datetime) -> Outcome:
    found = verifying.verify_copy(asset, copies=copies, clock=lambda: at)
    asset.refresh_from_db()
    return found.outcome


def rows() -> list[tuple[str, str]]:
    return [(each.place, each.outcome) for each in Verification.objects.order_by("pk")]


def events() -> list[tuple[str, str]]:
    return [(each.kind, each.facts["place"]) for each in Event.objects.filter(facts__has_key="place")]


def test_a_good_one_is_written_down_and_only_the_last_time(
    asset: Asset, copies: FolderCopies, now: datetime, later: datetime
) -> None:
    for day in range(5):
        assert look(asset, copies, now + timedelta(days=day)) == Outcome.GOOD
    assert look(asset, copies, later) == Outcome.GOOD
    assert asset.verified_at == later
    assert rows() == [("copy", "good"), ("store", "good")]
    assert events() == []


def test_a_flipped_bit_is_found_brought_back_and_told(
    asset: Asset, copies: FolderCopies, later: datetime
) -> None:
    flip(path_of(asset))
    assert look(asset, copies, later) == Outcome.REPAIRED
    assert path_of(asset).read_bytes() == BODY
    assert (asset.damaged_at, asset.verified_at) == (None, later)
    assert rows() == [("copy", "good"), ("store", "damaged"), ("store", "repaired")]
    assert events() == [("damaged", "store"), ("repaired", "store")]
    assert aside(Path(site.STORE)) == [bytes([BODY[0] ^ 1]) + BODY[1:]]
    assert look(asset, copies, later) == Outcome.GOOD


@pytest.mark.parametrize("what", ["gone", "cut", "folder", "link", "pipe"])
def test_whatever_lies_in_its_place(
    asset: Asset, copies: FolderCopies, later: datetime, what: str, tmp_path: Path
) -> None:
    path = path_of(asset)
    path.unlink()
    if what == "cut":
        path.write_bytes(BODY[:3])
    elif what == "folder":
        path.mkdir()
        (path / "mine.txt").write_text("somebody's")
    elif what == "link":
        (tmp_path / "same").write_bytes(BODY)
        path.symlink_to(tmp_path / "same")
    elif what == "pipe":
        os.mkfifo(path)
    assert look(asset, copies, later) == Outcome.REPAIRED
    assert not path.is_symlink()
    assert path.read_bytes() == BODY
    set_aside = list((Path(site.STORE) / store.ASIDE).glob("*"))
    assert len(set_aside) == (0 if what == "gone" else 1)
    if what == "folder":
        assert (set_aside[0] / "mine.txt").read_text() == "somebody's"
    if what == "link":
        assert (tmp_path / "same").read_bytes() == BODY


def test_both_broken_is_told_once_and_nothing_is_touched(
    asset: Asset, copies: FolderCopies, now: datetime, later: datetime
) -> None:
    flip(path_of(asset))
    flip(copies.path_of(asset.sha256), at=1)
    for day in range(3):
        assert look(asset, copies, later + timedelta(days=day)) == Outcome.DAMAGED
        look_copy(asset, copies, later + timedelta(days=day))
    assert (asset.damaged_at, asset.verified_at) == (later, now)
    assert Copy.objects.get().damaged_at == later
    assert sorted(rows()) == [("copy", "damaged"), ("copy", "good"), ("store", "damaged")]
    assert events() == [("damaged", "store"), ("damaged", "copy")]
    assert path_of(asset).read_bytes() != BODY
    assert aside(copies.folder) == []


def test_the_same_file_sent_again_heals_it(
    asset: Asset, copies: FolderCopies, keep: Keep, later: datetime
) -> None:
    flip(path_of(asset))
    flip(copies.path_of(asset.sha256))
    assert look(asset, copies, later) == Outcome.DAMAGED
    assert keep(BODY).pk == asset.pk
    assert path_of(asset).read_bytes() == BODY
    assert len(aside(Path(site.STORE))) == 1
    look(asset, copies, later)
    assert asset.damaged_at is None
    assert look_copy(asset, copies, later) == Outcome.REPAIRED
    assert rows()[-2:] == [("store", "repaired"), ("copy", "repaired")]


def test_a_damaged_copy_is_made_again_from_the_store(
    asset: Asset, copies: FolderCopies, later: datetime
) -> None:
    flip(copies.path_of(asset.sha256))
    assert look_copy(asset, copies, later) == Outcome.REPAIRED
    assert copies.path_of(asset.sha256).read_bytes() == BODY
    assert aside(copies.folder) == [bytes([BODY[0] ^ 1]) + BODY[1:]]
    assert rows() == [("copy", "good"), ("copy", "damaged"), ("copy", "repaired")]
    copies.path_of(asset.sha256).unlink()
    assert look_copy(asset, copies, later) == Outcome.REPAIRED


def test_a_copy_that_is_being_written_says_so(keep: Keep, copies: FolderCopies, later: datetime) -> None:
    told: list[int] = []
    presence.check()
    verifying.verify_copy(keep(BODY), copies=copies, clock=lambda: later, progress=told.append)
    assert told == [0]  # a job keeps its lease by that; the bytes are counted when they are read


def test_a_damaged_file_never_becomes_the_copy(asset: Asset, copies: FolderCopies, later: datetime) -> None:
    flip(path_of(asset))
    copies.path_of(asset.sha256).unlink()
    assert look_copy(asset, copies, later) == Outcome.MISSING
    assert not copies.path_of(asset.sha256).exists()
    assert list((copies.folder / "staging").iterdir()) == []
    assert asset.damaged_at == later


def test_without_second_copies_it_is_said(keep: Keep, later: datetime) -> None:
    asset = keep(BODY)
    presence.check()
    path_of(asset).unlink()
    assert look(asset, None, later) == Outcome.MISSING
    assert rows() == [("store", "missing")]


def test_a_store_that_is_not_mounted_is_no_loss(
    asset: Asset, copies: FolderCopies, later: datetime, tmp_path: Path, settings: Any
) -> None:
    settings.STORE = tmp_path / "not-mounted"
    with pytest.raises(presence.Away, match="Mount its disk"):
        look(asset, copies, later)
    asset.refresh_from_db()
    assert (rows(), asset.damaged_at) == ([("copy", "good")], None)
    assert list((tmp_path / "not-mounted").glob("??/*")) == []


def test_a_full_store_leaves_everything_as_it_was(
    asset: Asset, copies: FolderCopies, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(path_of(asset))
    monkeypatch.setattr(store, "SPARE_BYTES", 2**62)
    with pytest.raises(store.DiskFull):
        look(asset, copies, later)
    asset.refresh_from_db()
    assert asset.damaged_at == later
    monkeypatch.undo()
    assert look(asset, copies, later) == Outcome.REPAIRED


class Killed(BaseException):
    """The end of a worker, as it comes: no `except Exception` sees it."""


STEPS: list[tuple[Any, str]] = [
    (verifying, "found_bad"),
    (verifying, "bring_back"),
    (store, "locked"),
    (store, "set_aside"),
    (store.os, "link"),
    (store.os, "replace"),
    (store, "sync_folder"),
    (verifying, "found_good"),
    (noting, "tell"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _module, name in STEPS])
def test_killed_at_any_point_the_next_look_ends_well(
    asset: Asset,
    copies: FolderCopies,
    later: datetime,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    after: bool,
) -> None:
    flip(path_of(asset))
    real: Callable[..., Any] = getattr(module, name)

    def dies(*given: Any, **named: Any) -> Any:
        if after:
            real(*given, **named)
        raise Killed

    monkeypatch.setattr(module, name, dies)
    with pytest.raises(Killed):
        verifying.verify_file(asset, copies=copies, clock=lambda: later)
    monkeypatch.undo()
    assert path_of(asset).exists()  # damaged or whole, never gone
    assert look(asset, copies, later) in (Outcome.GOOD, Outcome.REPAIRED)
    assert path_of(asset).read_bytes() == BODY
    assert asset.damaged_at is None
    assert events() == [("damaged", "store"), ("repaired", "store")]
    assert bytes([BODY[0] ^ 1]) + BODY[1:] in aside(Path(site.STORE))


def test_two_at_once_do_no_harm(asset: Asset, copies: FolderCopies, later: datetime) -> None:
    """Whoever comes second finds it good under the lock, and leaves it."""
    flip(path_of(asset))
    stale = Asset.objects.get(pk=asset.pk)
    assert look(asset, copies, later) == Outcome.REPAIRED
    assert verifying.bring_back(stale, copies, lambda: later, verifying.silent)
    assert len(aside(Path(site.STORE))) == 1
    assert places.disk_of(copies.folder)
    assert reading.read(path_of(asset), sha256=asset.sha256, size=asset.size).good
