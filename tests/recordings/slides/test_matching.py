"""Slide times: a short webinar end to end, and what holds for any costs at all."""

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from recordings.slides import comparing, matching, paging, placing, timing
from recordings.slides.matching import Deck
from tests.recordings.slides.conftest import Webinar

FEW = settings(max_examples=30, deadline=None)


def page(seed: int) -> Image.Image:
    """Return a page of rectangles, another for each seed."""
    picture = Image.new("L", (960, 540), 255)
    draw = ImageDraw.Draw(picture)
    for index in range(14):
        x, y = (seed * 137 + index * 211) % 880, (seed * 71 + index * 97) % 480
        draw.rectangle(
            (x, y, x + 30 + (seed * 13 + index * 29) % 90, y + 18), fill=(seed * 31 + index * 47) % 160
        )
    return picture


def opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


PAGES = [page(seed) for seed in range(6)]
DECK = PAGES, matching.deck_of(PAGES)


@pytest.mark.django_db
def test_a_short_webinar_is_found_change_by_change(webinar: Webinar) -> None:
    shares: list[float] = []
    with (
        paging.drawn(webinar.deck, lambda _done: None) as drawn,
        timing.looked_at(webinar.video, media_type="video/mp4", seconds=webinar.seconds) as frames,
    ):
        deck = matching.deck_of(opened(path) for _facts, path in drawn)
        found = timing.find(frames, deck, shape=4 / 3, tell=shares.append)
    assert [run.page for run in found] == [page for _at, page in webinar.changes]
    assert max(abs(run.start - at) for run, (at, _page) in zip(found, webinar.changes, strict=True)) <= 2
    assert all(run.confidence > 0.3 for run in found)
    assert shares == sorted(shares)


@FEW
@given(st.integers(0, 5), st.floats(0.5, 1.0), st.integers(0, 2), st.integers(0, 2), st.floats(0.0, 0.05))
def test_a_page_is_known_again_wherever_it_is(
    which: int, scale: float, across: int, down: int, corner: float
) -> None:
    pages, deck = DECK
    frame = Image.new("L", (384, 216), 20)
    width, height = round(384 * scale), round(216 * scale)
    at = ((384 - width) * across // 2, (216 - height) * down // 2)
    frame.paste(pages[which].resize((width, height), Image.Resampling.BOX), at)
    speaker = round((384 * 216 * corner) ** 0.5)
    frame.paste(128, (384 - speaker, 0, 384, speaker))
    box = placing.Box(at[0] / 384, at[1] / 216, width / 384, height / 216)
    costs = matching.costs(frame, deck, [box])
    assert min(range(len(costs)), key=costs.__getitem__) == which


def test_no_slide_is_told_from_slides() -> None:
    deck = matching.deck_of([page(seed) for seed in range(4)])
    person = Image.radial_gradient("L").resize((384, 216))
    costs = matching.costs(person, deck, [placing.Box(0, 0, 1, 1)])
    assert min(costs) == costs[-1] == matching.NONE


def test_an_empty_page_is_found_only_where_nothing_is() -> None:
    deck = matching.deck_of([Image.new("L", (960, 540), 255), page(1)])
    box = [placing.Box(0, 0, 1, 1)]
    empty = matching.costs(Image.new("L", (384, 216), 255), deck, box)
    assert min(empty) == empty[0]
    other = matching.costs(page(1).resize((384, 216)), deck, box)
    assert min(other) == other[1]


def costs_of(pages: int) -> st.SearchStrategy[list[list[float]]]:
    row = st.lists(st.floats(0, 2), min_size=pages, max_size=pages).map(lambda each: [*each, matching.NONE])
    return st.lists(row, max_size=40)


def plain_deck(pages: int) -> Deck:
    apart = [[0.0 if a == b else 500.0 for a in range(pages)] for b in range(pages)]
    looks = comparing.looks_of(Image.new("L", (comparing.WIDTH, comparing.HEIGHT), 255))
    return Deck([looks] * pages, 16 / 9, apart)


@FEW
@given(costs_of(3))
def test_runs_follow_on_without_gap_or_repetition(table: list[list[float]]) -> None:
    found = matching.runs(table, plain_deck(3))
    assert [run.start for run in found] == sorted({run.start for run in found})
    assert all(a.page != b.page for a, b in pairwise(found))
    assert all(run.page in (None, 1, 2, 3) and 0 <= run.confidence <= 1 for run in found)
    assert bool(found) == bool(table)
    assert not found or found[0].start == 0


@FEW
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(4, 30)), min_size=1, max_size=8), st.integers(0, 99))
def test_what_is_clear_for_four_seconds_is_found_to_the_second(
    scenes: list[tuple[int, int]], seed: int
) -> None:
    rng = random.Random(seed)
    wanted: list[tuple[float, int | None]] = []
    table: list[list[float]] = []
    states = [3, *(state for state, _seconds in scenes), 3]
    for at, (state, seconds) in enumerate(scenes):
        number = None if state == 3 else state + 1
        if not wanted or wanted[-1][1] != number:
            wanted.append((float(len(table)), number))
        seconds += 6 * (state == 3)  # a glance away of less is smoothed over
        seconds += 8 * (
            state != 3 and 3 in (states[at], states[at + 2])
        )  # a glimpse between two of them, too
        for second in range(seconds):
            row = [1.0 + rng.random() if page != state else 0.05 for page in range(3)]
            if 3 < second < seconds - 4 and second % 9 == 5:
                row = [rng.random() * 2 for _page in range(3)]  # one bad frame
            table.append([*row, matching.NONE])
    found = [(run.start, run.page) for run in matching.runs(table, plain_deck(3))]
    assert found == wanted


def test_pages_that_look_the_same_are_taken_in_order() -> None:
    deck = plain_deck(4)
    deck.apart[1][3] = deck.apart[3][1] = 0.0
    same = [[2, 0.1, 2, 0.1, 0.5]] * 5
    first, third = [[0.1, 2, 2, 2, 0.5]] * 5, [[2, 2, 0.1, 2, 0.5]] * 5
    found = matching.runs([*first, *same, *third, *same], deck)
    assert [run.page for run in found] == [1, 2, 3, 4]


def test_a_video_that_ends_at_once_gives_no_runs() -> None:
    assert matching.runs([], plain_deck(2)) == []
