"""Ctrl-C in the middle of a long command: what it says of how it goes on is true of what was asked for."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from recordings.management.commands import import_bag as import_bag_command
from recordings.preservation.backups import making
from recordings.preservation.fixity import running
from recordings.preservation.sticks.pieces import Piece
from recordings.search import indexing
from tests.recordings.preservation.archive import make_archive

pytestmark = pytest.mark.django_db


def broken_off(*_given: Any, **_named: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["verify"], "The same command goes on from here"),
        (["verify", "--older-than=3"], "The same command goes on from here"),
        (["verify", "--older-than=0"], "begins again"),
        (["verify", "--afresh"], "without --afresh goes on"),
        (["index_search"], "The same command goes on from here"),
        (["index_search", "--afresh"], "without --afresh goes on"),
        (["backup", "{folder}"], "saves the database again, then goes on with the files"),
        (["backup", "{folder}", "--without-media"], "begins again"),
    ],
)
def test_it_says_what_the_same_command_does(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((running, "run"), (indexing, "due"), (making, "make")):
        monkeypatch.setattr(owner, name, broken_off)
    with pytest.raises(CommandError, match=says):
        call_command(*[each.format(folder=tmp_path) for each in words])


@pytest.mark.parametrize("command", [["bag", "all"], ["stick"]])
def test_a_folder_goes_on_and_of_a_zip_nothing_is_left(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_archive()
    blocks, disk = Piece.blocks, tmp_path / "disk"

    def first_block(piece: Piece) -> Any:
        yield next(blocks(piece), b"")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Piece, "blocks", first_block)
        for target, says in (("folder", "goes on from here"), ("one.zip", "begins again")):
            with pytest.raises(CommandError, match=says):
                call_command(*command, str(disk / target))
    assert [each.name for each in disk.iterdir()] == ["folder"]
    assert not list(disk.rglob("*.part"))
    for target in ("folder", "one.zip"):
        call_command(*command, str(disk / target))


def test_a_bag_that_comes_in_is_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_archive()
    call_command("bag", "all", str(tmp_path / "bag"))
    monkeypatch.setattr(import_bag_command, "import_bag", broken_off)
    with pytest.raises(CommandError, match="checks the bag again, then goes on"):
        call_command("import_bag", str(tmp_path / "bag"))
