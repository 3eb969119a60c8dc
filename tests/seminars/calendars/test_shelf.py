"""The bytes on disk, tidied while others write there."""

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from seminars.calendars import feeds, packing, shelf
from seminars.calendars.scopes import Kind, Scope
from seminars.sessions.revising import revise
from tests.factories import NOW, make_series, make_session

KEY = "series|talks|||"


def later() -> float:
    return shelf.PRUNE_AFTER + 60


def test_what_another_worker_renames_meanwhile_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = shelf.write(KEY, "1", packing.packed(b"one"), NOW)
    there, folder = os.scandir, shelf.folder(KEY)

    @contextmanager
    def with_ghosts(place: Path) -> Iterator[list[os.DirEntry[str]]]:
        ghosts = [folder / ".2-abc.ics.10494.22b6d493", folder / "0-gone.ics.gz"]
        for path in ghosts:
            path.touch()
        with there(place) as entries:
            found = list(entries)
        for path in ghosts:
            path.unlink()
        yield found

    monkeypatch.setattr(os, "scandir", with_ghosts)
    shelf.prune(KEY, {kept}, timezone.now() + timedelta(seconds=later()))
    assert shelf.holds(KEY, kept)


def test_old_and_unfinished_files_go_and_the_mark_stays() -> None:
    old, kept = (
        shelf.write(KEY, "1", packing.packed(b"one"), NOW),
        shelf.write(KEY, "2", packing.packed(b"two"), NOW),
    )
    draft = shelf.folder(KEY) / ".3-abc.ics.10494.22b6d493"
    draft.write_bytes(b"half")
    shelf.touch(KEY, NOW)
    shelf.prune(KEY, {kept}, timezone.now())
    assert shelf.holds(KEY, old)
    assert draft.exists()
    shelf.prune(KEY, {kept}, timezone.now() + timedelta(seconds=later()))
    assert not draft.exists()
    assert not shelf.holds(KEY, old)
    assert shelf.holds(KEY, kept)
    assert shelf.touched_at(KEY) == NOW


@pytest.mark.django_db
def test_a_folder_that_cannot_be_tidied_does_not_bring_back_the_old_calendar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = make_session(make_series(slug="talks"), title={"en": "Before"})
    scope = Scope(Kind.SERIES, "talks")
    feeds.answer(scope, now=NOW)

    def refuse(*_args: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(shelf, "prune", refuse)
    revise(session, kind="edit", now=NOW, title={"en": "After"})
    body, _compressed = feeds.read(feeds.answer(scope, now=NOW), compressed=False)
    assert b"After" in body
    assert b"Before" not in body


def test_what_few_ask_for_is_unpacked_once() -> None:
    name = shelf.write(KEY, "1", packing.packed(b"one"), NOW)
    plain = shelf.folder(KEY) / name
    assert gzip.decompress(shelf.read(KEY, name, compressed=True)) == b"one"
    assert not plain.exists()
    assert shelf.read(KEY, name) == b"one"
    assert plain.read_bytes() == b"one"
    assert shelf.latest(KEY) == (name, NOW)
    (shelf.folder(KEY) / f"{name}.gz").unlink()
    assert not shelf.holds(KEY, name)


def test_a_full_disk_keeps_nobody_from_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    name = shelf.write(KEY, "1", packing.packed(b"one"), NOW)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf, "_put", full)
    assert shelf.read(KEY, name) == b"one"
    with pytest.raises(FileNotFoundError):
        shelf.read(KEY, "gone.ics")
