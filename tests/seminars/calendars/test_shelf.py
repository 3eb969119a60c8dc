"""The bytes on disk, tidied while others write there."""

from collections.abc import Iterator
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
    entries = Path.iterdir

    def with_ghosts(place: Path) -> Iterator[Path]:
        yield place / ".2-abc.ics.10494.22b6d493"
        yield place / "0-gone.ics"
        yield from entries(place)

    monkeypatch.setattr(Path, "iterdir", with_ghosts)
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
