"""What is in a bag of an archive, and what must never be."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import bagit
import pytest
from django.core.management import CommandError, call_command

from recordings.preservation.bags.choosing import ALL, COMMUNITY, SERIES, SESSION, Chosen, Nothing, Scope
from recordings.preservation.bags.contents import label_of, missing, pieces_of, size_of
from recordings.preservation.bags.folders import write_folder
from recordings.preservation.bags.freezing import Frozen
from recordings.preservation.sticks.names import is_safe
from seminars.sessions.models import Session
from tests.factories import NOW
from tests.recordings.preservation.archive import SECRETS, Archive, make_archive


@pytest.fixture
def archive(db: None) -> Archive:
    return make_archive()


def packed(target: Path, scope: Scope, editions: frozenset[str] | None = None) -> Path:
    chosen = Chosen(scope, NOW, editions)
    with Frozen(chosen) as frozen:
        write_folder(pieces_of(frozen), label_of(scope, NOW), target, now=NOW)
    bagit.Bag(str(target)).validate()
    return target / "data"


def tables(data: Path) -> dict[str, list[dict[str, Any]]]:
    found = json.loads((data / "metadata" / "metadata.json").read_bytes())
    assert (found["format"], found["version"]) == ("meridian-archive", 1)
    return dict(found["tables"])


def texts(data: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file's bytes, and those that a PDF has packed."""
    for path in data.parent.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield path, content
            for part in content.split(b"stream\n")[1:] if path.suffix == ".pdf" else ():
                try:
                    yield path, zlib.decompressobj().decompress(part)
                except zlib.error:
                    continue


def test_everything_of_the_archive_is_in_it(archive: Archive, tmp_path: Path) -> None:
    data = packed(tmp_path / "bag", Scope(ALL))
    there = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
    assert {
        "START.html",
        "README.txt",
        "items/after-hours-1.html",
        "items/inner-1.html",
        "items/never-a-session.html",
        "series/after-hours.html",
        "files/after-hours-1/after-hours-1-video-en.mp4",
        "files/after-hours-1/after-hours-1-voice-en.m4a",
        "files/after-hours-1/after-hours-1-video-360-en.mp4",
        "files/after-hours-1/after-hours-1-slides-voice-en.webm",
        "files/after-hours-1/after-hours-1-slides-en.pdf",
        "files/after-hours-1/after-hours-1-captions-en.vtt",
        "files/after-hours-1/after-hours-1-captions-en-2.vtt",
        "files/after-hours-1/after-hours-1-transcript-en.txt",
        "files/after-hours-1/after-hours-1-slide-001.webp",
        "reports/after-hours-1.md",
        "reports/after-hours-1.pdf",
        "papers/micro-2026-1-v1.md",
        "papers/micro-2026-1-v1.pdf",
        "metadata/after-hours-1.xml",
        "metadata/metadata.json",
    } <= there
    assert all(is_safe(part) for path in there for part in path.split("/"))
    report = (data / "reports" / "after-hours-1.md").read_text()
    assert "Groups want a calendar." in report
    text = (data / "files" / "after-hours-1" / "after-hours-1-transcript-en.txt").read_text()
    assert "The tractor came late to Röstånga.\n" in text
    root = ElementTree.parse(data / "metadata" / "after-hours-1.xml").getroot()
    titles = [each.text for each in root.iter("{http://purl.org/dc/elements/1.1/}title")]
    assert titles == ["Groups that save", "Grupper som sparar"]


def test_no_secret_and_nobodys_address_leaves_the_house(archive: Archive, tmp_path: Path) -> None:
    data = packed(tmp_path / "bag", Scope(ALL))
    looked = 0
    for path, content in texts(data):
        looked += 1
        for secret in (*SECRETS, "amina-secret@example.org", "private name of a file", "@example.org"):
            assert secret.encode() not in content, (path, secret)
    assert looked > 50


def test_what_was_withdrawn_leaves_its_tombstone_and_no_file(archive: Archive, tmp_path: Path) -> None:
    data = packed(tmp_path / "bag", Scope(ALL))
    found = tables(data)
    gone = next(row for row in found["recordings"] if row["slug"] == "after-hours-2")
    assert gone["withdrawn_reason"] == "A speaker asked for it."
    original = next(row for row in found["originals"] if row["recording"] == gone["uuid"])
    asset = next(row for row in found["assets"] if row["sha256"] == original["asset"])
    assert asset["path"] is None
    assert not any(b"Withdrawn words" in content for _path, content in texts(data))


def test_no_word_of_what_was_withdrawn_goes_along(archive: Archive, tmp_path: Path) -> None:
    Session.objects.filter(pk=archive.session.pk).update(withdrawn_at=NOW, reason="Not to be kept.")
    data = packed(tmp_path / "bag", Scope(SERIES, "after-hours"))
    found = tables(data)
    assert [each["answers"] for each in found["reports"]] == [{}]
    words = (b"Ratchet of trust", b"Groups want a calendar", b"How large?", b"About fifteen", b"Welcome")
    for path, content in texts(data):
        for each in words:
            assert each not in content, (path, each)


def test_the_rows_are_told_with_wall_time_zone_and_licence(archive: Archive, tmp_path: Path) -> None:
    found = tables(packed(tmp_path / "bag", Scope(SESSION, "after-hours-1")))
    (session,) = found["sessions"]
    assert (session["local_date"], session["local_time"], session["zone"]) == (
        "2026-10-06",
        "15:00:00",
        "Africa/Johannesburg",
    )
    assert session["topics"] == ["savings"]
    (licence,) = found["licences"]
    assert licence["licence"] == "cc-by-4.0"
    (paper,) = found["papers"]
    assert (paper["body"], paper["state"]) == ("# Why\n\nBecause of **trust**.", "published")
    assert [row["text"] for row in found["questions"]] == ["How large?"]


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        (Scope(COMMUNITY, "micro"), {"after-hours-1", "after-hours-2"}),
        (Scope(SERIES, "inner"), {"inner-1"}),
        (Scope(SESSION, "never-a-session"), {"never-a-session"}),
        (Scope(ALL), {"after-hours-1", "after-hours-2", "inner-1", "never-a-session"}),
    ],
)
def test_a_bag_holds_its_part_and_no_other(
    archive: Archive, tmp_path: Path, scope: Scope, wanted: set[str]
) -> None:
    data = packed(tmp_path / "bag", scope)
    assert {row["slug"] for row in tables(data)["recordings"]} == wanted
    told = b"Inner circle words" in b"".join(content for _path, content in texts(data))
    assert told == ("inner-1" in wanted)


def test_editions_can_be_left_out(archive: Archive, tmp_path: Path) -> None:
    chosen = frozenset({"slides_voice"})
    data = packed(tmp_path / "bag", Scope(SERIES, "after-hours"), chosen)
    found = tables(data)
    assert {row["recipe"] for row in found["editions"]} == {"slides_voice", "poster"}
    assert not list(data.rglob("*voice-en.m4a"))
    assert not any(row["kind"] == "voice" for row in found["materials"])
    assert all(row["path"] or row["sha256"] for row in found["assets"])


def test_sizes_are_told_before(archive: Archive) -> None:
    files, total = size_of(Chosen(Scope(SESSION, "inner-1"), NOW))
    assert files == 1
    assert total > 20
    assert missing(Chosen(Scope(ALL), NOW)) == []


@pytest.mark.parametrize(
    "scope", [Scope(SESSION, "nothing"), Scope(SESSION, "after-hours-3"), Scope("moon", "x")]
)
def test_nothing_is_no_bag(archive: Archive, scope: Scope) -> None:
    with pytest.raises(Nothing):
        Frozen(Chosen(scope, NOW))


def test_the_command_packs_verifies_and_says_what_is_wrong(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str], stopped: object
) -> None:
    call_command("bag", "series", "after-hours", str(tmp_path / "bag"))
    call_command("bag", "session", "after-hours-1", str(tmp_path / "bag.zip"), "--editions", "voice")
    call_command("bag", verify=str(tmp_path / "bag.zip"))
    assert "is whole" in capsys.readouterr().out
    with pytest.raises(CommandError, match="finished bag"):
        call_command("bag", "series", "after-hours", str(tmp_path / "bag"))
    with pytest.raises(CommandError, match="there already"):
        call_command("bag", "series", "after-hours", str(tmp_path / "bag.zip"))
    with pytest.raises(CommandError, match="no series “nothing”"):
        call_command("bag", "series", "nothing", str(tmp_path / "other"))
    with pytest.raises(CommandError, match="Say what to pack"):
        call_command("bag", "series")
    for target in ("bag.zip/inside.zip", "bag.zip/inside"):
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("bag", "series", "after-hours", str(tmp_path / target))
    (tmp_path / "bag" / "data" / "START.html").write_text("x")
    with pytest.raises(CommandError, match=r"START\.html is not as it was"):
        call_command("bag", verify=str(tmp_path / "bag"))
