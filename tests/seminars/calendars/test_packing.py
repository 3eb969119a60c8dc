"""Compressing piece by piece: the same calendar, small, and little of it anew after an edit."""

import gzip
import hashlib
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.calendars import packing


def calendar(uids: range, said: str = "") -> bytes:
    """Return something like a calendar."""
    entries = [f"BEGIN:VEVENT\r\nUID:{uid:036}\r\nSUMMARY:{said}{uid}\r\nEND:VEVENT\r\n" for uid in uids]
    return "".join(["BEGIN:VCALENDAR\r\n", *entries, "END:VCALENDAR\r\n"]).encode()


@pytest.mark.parametrize("body", [b"", b"x", calendar(range(0)), calendar(range(1)), calendar(range(2000))])
def test_the_same_comes_out(body: bytes) -> None:
    assert gzip.decompress(packing.packed(body).zipped) == body
    assert packing.packed(body) == packing.packed(body)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_whatever_it_is(said: bytes, number: int) -> None:
    body = calendar(range(number)) + said + calendar(range(number // 2))
    assert gzip.decompress(packing.packed(body).zipped) == body


def test_it_is_hardly_larger_than_in_one_piece() -> None:
    words = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(1000)]
    body = b"".join(
        calendar(range(at, at + 1), f"What it is about. {word} ") for at, word in enumerate(words)
    )
    assert len(packing.packed(body).zipped) < 1.25 * len(gzip.compress(body, packing.LEVEL))


def test_one_entry_more_makes_one_piece_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    packing.packed(calendar(range(1000)))
    made: list[int] = []
    real: Callable[..., object] = zlib.compressobj

    def counted(*args: int) -> object:
        made.append(1)
        return real(*args)

    monkeypatch.setattr("zlib.compressobj", counted)
    packing.packed(calendar(range(1, 1000)))
    assert len(made) == 1
    packing.packed(calendar(range(1, 1000)))
    assert len(made) == 1


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST", 5)
    monkeypatch.setattr(packing, "_packed", {})
    body = calendar(range(1000))
    assert gzip.decompress(packing.packed(body).zipped) == body
    assert len(packing._packed) == 5


def test_entries_make_the_calendar_and_its_pieces() -> None:
    body = calendar(range(1000))
    opening, *texts = body.decode().replace("END:VCALENDAR\r\n", "").split("BEGIN:VEVENT\r\n")
    texts = [f"BEGIN:VEVENT\r\n{text}" for text in texts]
    made = packing.pack([packing.part(text) for text in (opening, *texts, "END:VCALENDAR\r\n")])
    assert made.plain == body
    assert gzip.decompress(made.zipped) == body
    assert len(made.zipped) == len(packing.packed(body).zipped)
    texts[500] = texts[500].replace("SUMMARY:", "SUMMARY:Other ")
    other = packing.pack([packing.part(text) for text in (opening, *texts, "END:VCALENDAR\r\n")])
    assert other.digest != made.digest
    assert gzip.decompress(other.zipped) == other.plain != body
