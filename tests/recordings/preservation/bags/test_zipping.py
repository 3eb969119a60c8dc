"""The ZIP that is written while it is sent, read back by Python's zipfile and by unzip."""

import io
import shutil
import subprocess
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.preservation.bags.zipping import ZipStream

AT = datetime(2026, 11, 16, 12, 30, 10)
MANY = 70_000


def packed(files: dict[str, bytes], *, most: int | None = None) -> bytes:
    stream = ZipStream(AT)
    found = io.BytesIO()
    for number, (name, content) in enumerate(files.items()):
        large = number % 2 == 0
        blocks = [content[:7], content[7:]]
        said = len(content) if most is None else most
        for block in stream.large(name, blocks, most=said) if large else stream.small(name, content):
            found.write(block)
    for block in stream.end():
        found.write(block)
    return found.getvalue()


NAMES = st.from_regex(r"[a-z]{1,8}/[a-z0-9]{1,8}\.txt", fullmatch=True)


@given(st.dictionaries(NAMES, st.binary(max_size=400), max_size=12))
def test_what_goes_in_comes_out(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(files))) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == files
        assert all(each.date_time == (2026, 11, 16, 12, 30, 10) for each in found.infolist())


@given(st.dictionaries(NAMES, st.binary(max_size=100), max_size=6))
def test_sizes_above_4_gb_take_zip64(files: dict[str, bytes]) -> None:
    content = packed(files, most=2**33)
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == files


def test_the_directory_says_what_is_above_4_gb() -> None:
    """A place beyond 4 GB, which a test does not write: the entry is noted as if so much had gone before."""
    stream = ZipStream(AT)
    stream._place = 5 * 2**30
    before = b"".join(stream.large("a/b.bin", [b"x" * 10], most=10))
    content = before + b"".join(stream.end())
    with io.BytesIO(content) as file:
        at = content.index(b"PK\x01\x02")
        extra = content[at + 46 + len("a/b.bin") :]
        assert extra[:4] == b"\x01\x00\x08\x00"
        assert int.from_bytes(extra[4:12], "little") == 5 * 2**30
        assert b"PK\x06\x06" in content
        assert b"PK\x06\x07" in content
        assert file.getvalue()[-22:-18] == b"PK\x05\x06"


def test_more_files_than_old_zips_can_count() -> None:
    stream, found = ZipStream(AT), io.BytesIO()
    for number in range(MANY):
        found.writelines(stream.small(f"a/{number}", b"x"))
    found.writelines(stream.end())
    with zipfile.ZipFile(found) as read:
        assert len(read.infolist()) == MANY
        assert read.read(f"a/{MANY - 1}") == b"x"


def test_a_file_that_is_more_than_was_said_is_refused() -> None:
    with closing(ZipStream(AT)) as stream, pytest.raises(ValueError, match="more than"):
        list(stream.large("a", [b"x" * 11], most=10))


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not on this machine")
def test_unzip_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(packed({"a/one.txt": b"one" * 1000, "a/two.txt": b"two" * 1000}))
    subprocess.run(["unzip", "-t", str(path)], check=True, capture_output=True)
