"""What goes onto a stick, what a size leaves out, and what its pages and its index say."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from recordings.preservation.sticks.choosing import EDITIONS, ORIGINAL, SMALL, VOICE, File, Order
from recordings.preservation.sticks.fitting import FAT32_MOST, NO_ROOM, TOO_LARGE, TooSmall, fit, on_stick
from recordings.preservation.sticks.making import pieces_of, plan_of
from recordings.preservation.sticks.passages import folded_words
from seminars.people.visitors import Visitor
from tests.factories import NOW, make_original
from tests.recordings.preservation.archive import SECRETS, Archive, make_archive

MB = 10**6


@pytest.fixture
def archive(db: None) -> Archive:
    return make_archive()


def written(target: Path, order: Order) -> Path:
    for piece in pieces_of(plan_of(order, now=NOW)):
        path = target / piece.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(piece.blocks()))
    return target


def file(number: int, size: int, edition: str) -> File:
    return File(f"{number:064x}", size, "video/mp4", edition, "video")


def test_originals_stay_out_first_then_small_videos_the_largest_first() -> None:
    files = [
        file(1, 100 * MB, ORIGINAL),
        file(2, 300 * MB, ORIGINAL),
        file(3, 40 * MB, SMALL),
        file(4, 5 * MB, VOICE),
        file(5, 1 * MB, ""),
    ]
    all_of_it = frozenset(EDITIONS)
    assert fit(files, editions=all_of_it, limit=None, pages=0).left == {}
    assert fit(files, editions=all_of_it, limit=200 * MB, pages=0).left == {files[1].sha256: NO_ROOM}
    assert set(fit(files, editions=all_of_it, limit=60 * MB, pages=0).left) == {f.sha256 for f in files[:2]}
    assert set(fit(files, editions=all_of_it, limit=7 * MB, pages=0).left) == {f.sha256 for f in files[:3]}
    with pytest.raises(TooSmall) as refused:
        fit(files, editions=all_of_it, limit=5 * MB, pages=0)
    assert refused.value.needed > 6 * MB


def test_what_fat32_cannot_hold_stays_out_with_its_reason() -> None:
    large = file(1, FAT32_MOST + 1, ORIGINAL)
    assert fit([large], editions=frozenset(EDITIONS), limit=None, pages=0).left == {large.sha256: TOO_LARGE}


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(["", *EDITIONS])), max_size=25),
    st.integers(0, 10**8),
)
def test_it_fits_or_is_refused_and_the_small_ones_always_stay(
    given: list[tuple[int, str]], limit: int
) -> None:
    files = [file(number, size, edition) for number, (size, edition) in enumerate(given)]
    try:
        found = fit(files, editions=frozenset(EDITIONS), limit=limit, pages=1000)
    except TooSmall:
        return
    kept = [each for each in files if each.sha256 not in found.left]
    assert found.total == 1000 + sum(on_stick(each.size) for each in kept) <= limit
    assert {each.edition for each in files if each.sha256 in found.left} <= {ORIGINAL, SMALL}
    if any(each.sha256 in found.left for each in files if each.edition == SMALL):
        assert not any(each.edition == ORIGINAL for each in kept)


def test_a_stick_for_everybody_holds_nothing_else(archive: Archive, tmp_path: Path) -> None:
    stick = written(tmp_path / "stick", Order())
    assert {path.name for path in (stick / "items").iterdir()} == {
        "after-hours-1.html",
        "never-a-session.html",
    }
    told = b"".join(path.read_bytes() for path in stick.rglob("*") if path.is_file())
    for secret in (
        *SECRETS,
        "@example.org",
        "Members only",
        "Inner circle",
        "Withdrawn words",
        "Taken back",
        "To come",
    ):
        assert secret.encode() not in told, secret


def test_members_things_come_with_the_visitor(archive: Archive, tmp_path: Path) -> None:
    stick = written(tmp_path / "stick", Order(visitor=Visitor(is_admin=True), communities=("cohort",)))
    assert {path.name for path in (stick / "items").iterdir()} == {"inner-1.html"}


def test_languages_narrow_it(archive: Archive) -> None:
    assert plan_of(Order(languages=("en",)), now=NOW).items == 2
    assert plan_of(Order(languages=("sv",)), now=NOW).items == 0
    assert plan_of(Order(series=("after-hours",)), now=NOW).items == 1


def test_every_link_of_every_page_leads_to_a_file(archive: Archive, tmp_path: Path) -> None:
    stick = written(tmp_path / "stick", Order())
    links = 0
    for page in stick.rglob("*.html"):
        text = page.read_text()
        assert text.startswith("<!doctype html>")
        for link in re.findall(r'(?:href|src|poster)="([^"]*)"', text):
            if link.startswith(("http:", "https:")):
                continue
            path, _hash, mark = link.partition("#")
            assert not path or (page.parent / path).is_file(), (page.name, link)
            if mark and mark != "q=":
                target = (page.parent / path).read_text() if path else text
                assert f'id="{mark}"' in target, (page.name, link)
            links += 1
    assert links > 40


def test_the_page_of_an_item_has_its_words_its_jumps_and_its_files(archive: Archive, tmp_path: Path) -> None:
    page = (written(tmp_path / "stick", Order()) / "items" / "after-hours-1.html").read_text()
    for words in (
        "Groups that save",
        "Groups want a calendar.",
        'id="t83"',
        "The tractor came late to Röstånga.",
        'id="slide-1"',
        "How large?",
        "About fifteen.",
        "DP 2026/1: On saving",
        "Welcome",
        "Creative Commons Attribution",
        "../files/after-hours-1/after-hours-1-video-en.mp4",
    ):
        assert words in page, words
    assert "An older version" not in page


def test_the_index_answers_folded_words(archive: Archive, tmp_path: Path) -> None:
    stick = written(tmp_path / "stick", Order())
    script = (stick / "look" / "words" / "72-6f.js").read_text()
    name, found = re.fullmatch(r'WORDS\("([^"]+)",(.*)\);\n', script, re.S).groups()  # type: ignore[union-attr]
    assert name == "72-6f"
    ((item, passage),) = [json.loads(found)["rostanga"]]
    said = (stick / "look" / "said" / f"{item}.js").read_text()
    rows = json.loads(re.fullmatch(r"SAID\(\d+,(.*)\);\n", said, re.S)[1])  # type: ignore[index]
    assert rows[passage] == ["The tractor came late to Röstånga.", "t83", 83]
    items = json.loads((stick / "look" / "items.js").read_text()[6:-3])
    assert items[item][0] == "items/after-hours-1.html"


@given(st.text(max_size=60))
def test_words_of_the_index_have_no_mark_that_a_browser_would_lose(text: str) -> None:
    assert all(word and word == word.lower() for word in folded_words(text) if word.isascii())


def test_the_command(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str], stopped: object
) -> None:
    target = tmp_path / "stick"
    call_command("stick", str(target), "--size", "1GB", "--editions", "voice,slides")
    assert "2 sessions and recordings" in capsys.readouterr().out
    voice = target / "files" / "after-hours-1" / "after-hours-1-voice-en.m4a"
    before = voice.stat().st_mtime_ns
    call_command("stick", str(target), "--size", "1GB", "--editions", "voice,slides")
    assert voice.stat().st_mtime_ns == before
    call_command("stick", str(tmp_path / "stick.zip"), "--members")
    assert "3 sessions and recordings" in capsys.readouterr().out
    for words, told in (
        (["--size", "large"], "is not a size"),
        (["--size", "1MB"], "larger stick"),
        (["--series", "none"], "no series “none”"),
        (["--editions", "hologram"], "no edition “hologram”"),
        (["--language", "sv"], "Nothing in the archive"),
    ):
        with pytest.raises(CommandError, match=told):
            call_command("stick", str(tmp_path / "other"), *words)


def test_a_stick_made_again_holds_nothing_of_the_one_before(
    archive: Archive, tmp_path: Path, stopped: object
) -> None:
    target = tmp_path / "stick"
    mine = target / "files" / "my own holiday.jpg"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    call_command("stick", str(target), "--members")
    assert (target / "items" / "inner-1.html").exists()
    call_command("stick", str(target))
    left = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    call_command("stick", str(tmp_path / "fresh"))
    fresh = {
        path.relative_to(tmp_path / "fresh").as_posix()
        for path in (tmp_path / "fresh").rglob("*")
        if path.is_file()
    }
    assert left == fresh | {"files/my own holiday.jpg"}
    assert b"Inner circle" not in b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
    assert not (target / "files" / "inner-1").exists()


def test_search_speaks_the_language_of_the_pages(archive: Archive, tmp_path: Path, stopped: object) -> None:
    for language, month in (("en", "October"), ("sv", "oktober")):
        call_command("stick", str(tmp_path / language), "--pages", language)
        said = (tmp_path / language / "look" / "items.js").read_text()
        assert re.findall("October|oktober", said) == [month]


def test_a_start_page_of_somebody_elses_stays(archive: Archive, tmp_path: Path, stopped: object) -> None:
    """Also of a ZIP that was unpacked there: nobody knows what else is of it, and it may be for members."""
    mine = tmp_path / "stick" / "START.html"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(CommandError, match="Choose an empty folder"):
        call_command("stick", str(mine.parent))
    assert list(mine.parent.iterdir()) == [mine]
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("target", ["stick", "stick.zip"])
def test_a_disk_that_refuses_is_said(archive: Archive, tmp_path: Path, stopped: object, target: str) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("stick", str(tmp_path / "taken" / target))


def test_another_file_of_the_same_length_is_written(
    archive: Archive, tmp_path: Path, stopped: object
) -> None:
    target = tmp_path / "stick"
    call_command("stick", str(target))
    page = target / "files" / "after-hours-1" / "after-hours-1-captions-en.vtt"
    old = page.read_bytes()
    archive.talk.originals.filter(kind="captions").update(superseded_at=NOW)
    make_original(archive.talk, old.replace(b"small", b"large"))
    call_command("stick", str(target))
    assert page.read_bytes() == old.replace(b"small", b"large")


def test_a_list_that_somebody_changed_leads_nowhere_else(
    archive: Archive, tmp_path: Path, stopped: object
) -> None:
    target, outside = tmp_path / "stick", tmp_path / "outside"
    call_command("stick", str(target))
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    (target / "link").symlink_to(outside)
    with (target / "look" / "list.txt").open("a") as file:
        file.write(f"../outside/kept.txt\n{outside}/kept.txt\nlink/kept.txt\n\x00\n")
    call_command("stick", str(target))
    assert (outside / "kept.txt").read_text() == "kept"


def test_a_language_is_asked_for_in_capitals_or_not(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_original(
        archive.talk, kind="captions", content=b"WEBVTT\n\n00:01.000 --> 00:02.000\nUm.\n", language="pt-BR"
    )
    call_command("stick", str(tmp_path / "stick"), "--language", "PT-br", "--pages", "SV")
    assert "1 session or recording." in capsys.readouterr().out
    both = plan_of(Order(languages=("EN", "Sv")), now=NOW)
    assert both.items == plan_of(Order(languages=("en", "sv")), now=NOW).items > 1
