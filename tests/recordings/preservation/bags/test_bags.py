"""Bags that we write, verified by the Library of Congress' bagit and by ourselves; and bags that are broken."""

import io
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterable
from hashlib import new
from pathlib import Path

import bagit
import pytest

from recordings.assets import store
from recordings.preservation.bags import folders
from recordings.preservation.bags.folders import UNFINISHED, CannotPack, write_folder
from recordings.preservation.bags.reading import NotABag, open_bag
from recordings.preservation.bags.streaming import Label, zip_of
from recordings.preservation.bags.verifying import verify
from recordings.preservation.sticks.pieces import Damaged, Piece, lost, text_piece
from tests.factories import NOW

LABEL = Label("meridian-talk", "urn:uuid:1", "A talk,\nkept")


@pytest.fixture
def pieces(db: None) -> list[Piece]:
    """A file of the store, two texts, one of them empty."""
    with store.staging([b"video" * 100_000]) as staged:
        asset = store.keep(staged, media_type="video/mp4", now=NOW)
    return [
        Piece("files/talk/video.mp4", size=asset.size, sha256=asset.sha256),
        text_piece("README.txt", lambda: "Röstånga"),
        text_piece("files/talk/empty.txt", lambda: ""),
        Piece("metadata/large.json", lambda: (b"x" * 1000 for _each in range(4500))),
    ]


@pytest.fixture
def folder(pieces: list[Piece], tmp_path: Path) -> Path:
    """The bag in a folder."""
    write_folder(pieces, LABEL, tmp_path / "bag", now=NOW)
    return tmp_path / "bag"


def zipped(folder: Path, change: Callable[[str, bytes], tuple[str, bytes]] = lambda n, c: (n, c)) -> Path:
    """The folder's bag as a ZIP that somebody else made."""
    path = folder.parent / "other.zip"
    with zipfile.ZipFile(path, "w") as file:
        for each in sorted(folder.rglob("*")):
            if each.is_file():
                name, content = change(f"bag/{each.relative_to(folder).as_posix()}", each.read_bytes())
                file.writestr(name, content)
    return path


def problems(path: Path) -> list[str]:
    with open_bag(path) as bag:
        return verify(bag).problems


def test_bagit_finds_our_folder_valid(folder: Path) -> None:
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.version_info == (1, 0)
    assert sorted(bag.algorithms) == ["sha256", "sha512"]
    assert bag.info["Bagging-Date"] == "2026-11-16"
    assert bag.info["Payload-Oxum"] == "5000010.4"
    assert bag.info["External-Description"] == "A talk, kept"
    assert problems(folder) == []


def test_bagit_finds_our_zip_valid(pieces: list[Piece], tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    passed: list[int] = []
    with path.open("wb") as file:
        file.writelines(zip_of(pieces, LABEL, now=NOW, progress=passed.append))
    with zipfile.ZipFile(path) as read:
        read.extractall(tmp_path / "out")
    bagit.Bag(str(tmp_path / "out" / "meridian-talk")).validate()
    assert problems(path) == []
    assert sum(passed) == 500_000 + 10 + 4_500_000


def test_the_zip_never_holds_much(pieces: list[Piece]) -> None:
    assert max(len(block) for block in zip_of(pieces, LABEL, now=NOW)) <= 256 * 1024


def test_a_half_written_folder_is_finished(pieces: list[Piece], tmp_path: Path) -> None:
    target = tmp_path / "bag"
    whole, *_rest = pieces

    def dies() -> list[bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder([whole, Piece("README.txt", dies)], LABEL, target, now=NOW)
    assert not (target / "bagit.txt").exists()
    (target / "data" / "left.over").write_text("of an earlier try")
    assert write_folder(pieces, LABEL, target, now=NOW) == 1
    bagit.Bag(str(target)).validate()
    assert not (target / UNFINISHED).exists()
    assert not (target / "data" / "left.over").exists()


@pytest.mark.parametrize("name", ["bag-info.txt", "bagit.txt"])
def test_killed_at_the_very_end_the_same_command_goes_on(
    pieces: list[Piece], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    target, write = tmp_path / "bag", folders.write_file

    def dies(path: Path, blocks: Iterable[bytes]) -> None:
        if path.name == name:
            raise KeyboardInterrupt
        write(path, blocks)

    with monkeypatch.context() as patched:
        patched.setattr(folders, "write_file", dies)
        with pytest.raises(KeyboardInterrupt):
            write_folder(pieces, LABEL, target, now=NOW)
    assert write_folder(pieces, LABEL, target, now=NOW) == 1
    (target / UNFINISHED).write_text(LABEL.identifier)  # killed after the last file
    with pytest.raises(CannotPack, match="finished bag"):
        write_folder(pieces, LABEL, target, now=NOW)
    assert problems(target) == []


def test_a_damaged_file_of_a_half_written_folder_is_written_again(
    pieces: list[Piece], tmp_path: Path
) -> None:
    target = tmp_path / "bag"
    (target / "data" / "files" / "talk").mkdir(parents=True)
    (target / UNFINISHED).write_text(LABEL.identifier)
    (target / "data" / "files" / "talk" / "video.mp4").write_bytes(b"v" * 500_000)
    assert write_folder(pieces, LABEL, target, now=NOW) == 0
    bagit.Bag(str(target)).validate()


def test_folders_that_are_something_else_are_left_alone(
    folder: Path, pieces: list[Piece], tmp_path: Path
) -> None:
    with pytest.raises(CannotPack, match="finished bag"):
        write_folder(pieces, LABEL, folder, now=NOW)
    with pytest.raises(CannotPack, match="not empty"):
        write_folder(pieces, LABEL, tmp_path, now=NOW)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / UNFINISHED).write_text("urn:uuid:2")
    with pytest.raises(CannotPack, match="something else"):
        write_folder(pieces, LABEL, tmp_path / "other", now=NOW)
    with pytest.raises(CannotPack, match="not a folder"):
        write_folder(pieces, LABEL, folder / "bagit.txt", now=NOW)


@pytest.mark.parametrize("change", [b"", b"vIdeo" * 100_000, b"video" * 100_001])
def test_a_damaged_file_of_the_store_makes_no_bag(pieces: list[Piece], tmp_path: Path, change: bytes) -> None:
    path = store.path_of(pieces[0].sha256)
    path.chmod(0o644)
    path.write_bytes(change)
    with pytest.raises(Damaged, match="Run “manage"):
        write_folder(pieces, LABEL, tmp_path / "bag", now=NOW)
    with pytest.raises(Damaged, match=r"video\.mp4"):
        list(zip_of(pieces, LABEL, now=NOW))
    path.unlink()
    assert len(lost(pieces)) == 1


def test_one_flipped_byte_is_found(folder: Path) -> None:
    path = folder / "data" / "files" / "talk" / "video.mp4"
    content = bytearray(path.read_bytes())
    content[1234] ^= 1
    path.write_bytes(content)
    found = problems(folder)
    assert len(found) == 1
    assert "data/files/talk/video.mp4 is not as it was" in found[0]


def test_a_changed_manifest_is_found(folder: Path) -> None:
    path = folder / "manifest-sha256.txt"
    line = path.read_text().splitlines()[0]
    path.write_text(path.read_text().replace(line[:64], "0" * 64))
    found = problems(folder)
    assert any("manifest-sha256.txt is not as it was" in each for each in found)
    assert any("video.mp4" in each and "sha256" in each for each in found)


def test_missing_and_extra_files_are_named(folder: Path) -> None:
    (folder / "data" / "README.txt").unlink()
    (folder / "data" / "virus.exe").write_text("x")
    (folder / "notes.txt").write_text("x")
    found = problems(folder)
    assert any("data/README.txt is missing" in each for each in found)
    assert any("data/virus.exe is in no manifest" in each for each in found)
    assert not any("notes.txt" in each for each in found)  # RFC 8493 §2.2.4 allows other tag files
    assert any("Payload" in each or "bag-info.txt says" in each for each in found)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("bagit.txt", b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n", "0.97"),
        ("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n", "UTF-16"),
        ("bagit.txt", "BagIt-Version: 1.0\n".encode("utf-16"), "not in UTF-8"),
        ("manifest-sha512.txt", b"\xff\xfe", "not in UTF-8"),
        ("manifest-sha256.txt", b"nothing here\n", "line 1"),
        ("manifest-sha256.txt", b"0" * 64 + b"  ../../etc/passwd\n", "leads out of the bag"),
        ("manifest-sha256.txt", b"0" * 64 + b"  /etc/passwd\n", "outside the bag"),
        ("manifest-sha256.txt", b"0" * 64 + b"  data\\x\n", "backslash"),
        ("manifest-sha256.txt", b"0" * 64 + b"  data/CON\n", "not a name"),
        ("manifest-sha256.txt", b"0" * 64 + b"  bagit.txt\n", "does not belong"),
        ("manifest-sha256.txt", b"0" * 32 + b"  data/x\n", "not a sum"),
        ("manifest-sha256.txt", (b"0" * 64 + b"  data/x\n") * 2, "second time"),
        ("bag-info.txt", b"Payload-Oxum: 1.1\n", "bag-info.txt says"),
    ],
)
def test_what_is_wrong_with_a_tag_file_is_said(folder: Path, name: str, content: bytes, told: str) -> None:
    (folder / name).write_bytes(content)
    assert any(told in each for each in problems(folder)), problems(folder)


def test_files_that_lie_elsewhere_are_not_fetched(folder: Path) -> None:
    (folder / "fetch.txt").write_text("https://example.org/video.mp4 500000 data/files/talk/video.mp4\n")
    (folder / "data" / "files" / "talk" / "video.mp4").unlink()
    found = problems(folder)
    assert any("fetches nothing" in each for each in found)
    assert any("video.mp4 is missing" in each for each in found)


def sealed(folder: Path) -> None:
    """Write the tag manifests anew, as whoever changed a tag file would."""
    names = [path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("tagm")]
    for algorithm in ("sha256", "sha512"):
        lines = [f"{new(algorithm, (folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
        (folder / f"tagmanifest-{algorithm}.txt").write_text("".join(lines))


def test_folded_lines_and_other_capitals_are_read(folder: Path) -> None:
    """RFC 8493 §2.2.2: labels in any capitals; a line that begins with a space goes on."""
    path = folder / "bag-info.txt"
    said = path.read_text()
    path.write_text(
        said.replace("Payload-Oxum: ", "PAYLOAD-OXUM:\n  ") + "Contact-Name: A\n\tPayload-Oxum: 1.1\n"
    )
    sealed(folder)
    assert problems(folder) == []
    path.write_text(said.replace("Payload-Oxum: 5", "Payload-Oxum:\n 6"))
    sealed(folder)
    assert any("bag-info.txt says" in each for each in problems(folder))


def test_every_manifest_that_is_there_counts_and_has_all_of_the_payload(folder: Path) -> None:
    (folder / "manifest-md5.txt").write_text(f"{'0' * 32}  data/README.txt\n")
    found = problems(folder)
    assert any("README.txt is not as it was" in each and "(md5)" in each for each in found)
    assert any("video.mp4 is in one manifest" in each for each in found)
    (folder / "manifest-md5.txt").unlink()
    (folder / "manifest-rot13.txt").write_text("00  data/README.txt\n")
    assert problems(folder) == ["manifest-rot13.txt: Meridian does not know this kind of sum."]
    (folder / "manifest-rot13.txt").unlink()
    (folder / "manifest-sha256.txt").unlink()
    assert any(
        "manifest-sha256.txt is missing" in each for each in problems(folder)
    )  # the tag manifest has it


def test_a_zip_that_lies_about_sizes(folder: Path) -> None:
    """The directory says a few bytes, the entry unpacks to twenty million: no more than was said is ever read."""
    path = zipped(folder)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bag/data/bomb", bytes(20 * 1024**2))
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    with open_bag(path) as bag:
        assert bag.files["data/bomb"] == 10
        with pytest.raises(NotABag, match="bomb cannot be read"):
            list(bag.blocks("data/bomb"))


def test_a_bag_within_a_zip_within_a_zip_is_no_bag(folder: Path) -> None:
    outer = folder.parent / "outer.zip"
    with zipfile.ZipFile(outer, "w") as file:
        file.write(zipped(folder), "bag/inner.zip")
    assert "bagit.txt is missing" in problems(outer)[0]


def test_links_are_never_followed(folder: Path) -> None:
    secret = folder.parent / "secret"
    secret.write_text("secret")
    path = folder / "data" / "README.txt"
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(NotABag, match="link"):
        open_bag(folder)
    path.unlink()
    (folder / "data" / "more").symlink_to(folder.parent)
    with pytest.raises(NotABag, match="link"):
        open_bag(folder)


def test_a_pipe_does_not_hold_us_up(folder: Path) -> None:
    os.mkfifo(folder / "data" / "pipe")
    with pytest.raises(NotABag, match="link or no file"):
        open_bag(folder)


@pytest.mark.parametrize(
    "name", ["../out", "bag/../../out", "/etc/passwd", "bag\\..\\out", "C:/x", "bag/data/NUL", "bag/data/a:b"]
)
def test_names_in_a_zip_that_lead_elsewhere(folder: Path, name: str) -> None:
    path = zipped(folder)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(NotABag):
        open_bag(path)


def test_a_name_twice_in_a_zip(folder: Path) -> None:
    path = zipped(folder)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("bag/DATA/readme.TXT", b"x")
    with pytest.raises(NotABag, match="twice"):
        open_bag(path)


def test_a_link_in_a_zip(folder: Path) -> None:
    path, link = zipped(folder), zipfile.ZipInfo("bag/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(NotABag, match="link"):
        open_bag(path)


def test_a_zip_bomb(folder: Path) -> None:
    path = zipped(folder)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bag/data/bomb", bytes(20 * 1024**2))
    with pytest.raises(NotABag, match="grows"):
        open_bag(path)


def test_a_zip_whose_files_lie_over_each_other(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("bag/a", b"x" * 1000)
        file.filelist += [file.filelist[0]] * 3
    path = tmp_path / "bomb.zip"
    path.write_bytes(made.getvalue())
    with pytest.raises(NotABag):
        open_bag(path)


def test_a_zip_that_was_cut(folder: Path) -> None:
    path = zipped(folder)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(NotABag, match="not copied whole"):
        open_bag(path)


def test_a_zip_with_a_flipped_byte(folder: Path) -> None:
    path = zipped(folder)
    content = bytearray(path.read_bytes())
    content[content.index(b"videovideo") + 100] ^= 1
    path.write_bytes(content)
    assert any("video.mp4" in each for each in problems(path))


def test_an_encrypted_zip_and_one_without_a_folder(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(NotABag, match="encrypted"):
        open_bag(path)
    with zipfile.ZipFile(tmp_path / "flat.zip", "w") as file:
        file.writestr("bagit.txt", b"x")
        file.writestr("bag/data", b"x")
    with pytest.raises(NotABag, match="below one folder"):
        open_bag(tmp_path / "flat.zip")


def test_no_zip_at_all(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"hello")
    with pytest.raises(NotABag, match="not a ZIP"):
        open_bag(tmp_path / "x.zip")


def test_a_bag_that_somebody_zipped_again_is_whole(folder: Path) -> None:
    path = Path(shutil.make_archive(str(folder.parent / "again"), "zip", folder.parent, folder.name))
    assert problems(path) == []
