"""Bags that others made, and what is no bag at all."""

from hashlib import new
from pathlib import Path

import bagit
import pytest

from recordings.preservation.bags.ledger import BAGIT
from recordings.preservation.bags.reading import NotABag, open_bag
from recordings.preservation.bags.verifying import verify
from tests.recordings.preservation.bags.test_bags import problems


@pytest.mark.parametrize("sums", [["md5"], ["sha512"], ["sha1", "sha3_256", "blake2b"]])
@pytest.mark.parametrize("bare", [True, False])
def test_bags_of_others_are_whole_with_the_sums_that_they_have(
    tmp_path: Path, sums: list[str], bare: bool
) -> None:
    """RFC 8493 §2.1.3: at least one manifest of the payload; tag manifests and bag-info.txt as one likes."""
    top = _plain(tmp_path / "theirs")
    bagit.make_bag(str(top), checksums=sums, bag_info={"Contact-Name": "A"})
    (top / "bagit.txt").write_bytes(BAGIT)  # it writes the form before 1.0, of which little differs
    made = bagit.Bag(str(top))
    made.save()
    made.validate()
    if bare:
        for each in [*top.glob("tagmanifest-*"), top / "bag-info.txt"]:
            each.unlink()
    assert problems(top) == []
    with open_bag(top) as bag:
        found = verify(bag).sums["data/talk.txt"]
    assert found["sha256"] == new("sha256", b"A talk").hexdigest()
    (top / "data" / "talk.txt").write_bytes(b"a talk")
    assert len(problems(top)) == 1
    for each in top.glob("manifest-*"):
        each.unlink()
    assert any("manifest-sha256.txt is missing" in each for each in problems(top))


def _plain(folder: Path) -> Path:
    """A folder that is no bag yet."""
    folder.mkdir()
    (folder / "talk.txt").write_bytes(b"A talk")
    (folder / "notes.txt").write_bytes(b"")
    return folder


def test_a_folder_without_bagit_txt_is_no_bag(tmp_path: Path) -> None:
    assert "bagit.txt is missing" in problems(tmp_path)[0]
    with pytest.raises(NotABag, match="nothing at"):
        open_bag(tmp_path / "nowhere")
