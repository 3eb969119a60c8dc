"""Names that every file system takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.preservation.sticks import names as names_
from recordings.preservation.sticks.names import LONGEST, Names, is_safe, safe


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Röstånga möte.pdf", "Rostanga-mote.pdf"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "x-CON"),
        ("nul.txt", "x-nul.txt"),
        ("com1.tar.gz", "x-com1.tar.gz"),
        ("what?.mp4", "what.mp4"),
        ("…", "file"),
        ("a.", "a"),
        ("слайды.pdf", "pdf"),
        ("x" * 300 + ".vtt", "x" * 96 + ".vtt"),
    ],
)
def test_a_name_is_kept_as_far_as_it_can_be(name: str, wanted: str) -> None:
    assert safe(name) == wanted


@given(st.text(max_size=200))
def test_any_name_becomes_one_that_every_file_system_takes(name: str) -> None:
    made = safe(name)
    assert is_safe(made)
    assert made.isascii()
    assert len(made) <= LONGEST
    assert safe(made) == made


@given(st.lists(st.text(max_size=120), max_size=30))
def test_no_two_files_have_one_name_even_without_capitals(names: list[str]) -> None:
    taken = Names()
    paths = [taken.take("files", name) for name in names]
    assert len({path.lower() for path in paths}) == len(names)
    assert all(is_safe(path.removeprefix("files/")) for path in paths)


def test_a_name_that_thousands_want_is_looked_up_a_few_times_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marked: list[str] = []
    mark = names_._mark

    def counted(path: str) -> bytes:
        marked.append(path)
        return mark(path)

    monkeypatch.setattr(names_, "_mark", counted)
    taken = Names()
    paths = [taken.take("files", "video.mp4") for _each in range(1000)]
    assert paths[:3] + paths[-1:] == [
        "files/video.mp4",
        "files/video-2.mp4",
        "files/video-3.mp4",
        "files/video-1000.mp4",
    ]
    assert len(marked) < 5 * len(paths)


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "a.", "a b", "a/b", "a\\b", "AUX", "lpt9.txt", "ö", "a\n"]
)
def test_names_that_some_file_system_does_not_take(name: str) -> None:
    assert not is_safe(name)
