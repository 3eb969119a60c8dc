"""Paths in bags that somebody hands us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.preservation.bags.paths import BadPath, checked, coded, decoded


@pytest.mark.parametrize("path", ["bagit.txt", "data/files/talk/slides-en.pdf", "data/a_b/c-d.e.f"])
def test_paths_of_ours(path: str) -> None:
    assert checked(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "data/../../secret",
        "data/./x",
        "/etc/passwd",
        "C:/windows",
        "c:x",
        "data\\x",
        "..\\x",
        "data//x",
        "data/",
        "",
        "data/CON",
        "data/nul.txt",
        "data/COM1.mp4",
        "data/x.",
        "data/x ",
        "data/~root",
        "data/å",
        "data/x\x00",
        "data/x\n",
        "data/" + "x" * 101,
        "/".join(["data", *["x" * 90] * 3]),
    ],
)
def test_paths_that_lead_elsewhere_or_lie_nowhere(path: str) -> None:
    with pytest.raises(BadPath):
        checked(path)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_a_path_is_coded_and_read_back(path: str) -> None:
    assert "\n" not in coded(path)
    assert "\r" not in coded(path)
    assert decoded(coded(path)) == path


@given(st.text(max_size=60))
def test_what_is_let_through_stays_inside(path: str) -> None:
    try:
        found = checked(path)
    except BadPath:
        return
    assert not found.startswith("/")
    assert ".." not in found.split("/")
    assert "\\" not in found
