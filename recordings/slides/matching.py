"""Finds which page of a deck is shown when, from frames one second apart. Pure: pictures in, runs out.

For each frame every page gets a cost between 0 (it is this page) and about 2; "no slide" costs a constant. The cheapest
way through all frames, where each change costs as much as a second and a half of being wrong, is the answer (Viterbi):
a transition, a glance at another window or a noisy frame makes no change, and a real one is put where it was. Pages
that look the same cannot be told apart, so the one that comes next in the deck is taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from PIL import Image, ImageOps

from recordings.slides.comparing import CUT, HEIGHT, WIDTH, Looks, differences, looks_of, loss, presence
from recordings.slides.placing import Box, boxes_of, cut_out, fitting

CHANGE = 1.5  # what a change costs
NONE = 0.5  # what a second of "no slide" costs
ALIKE = 40.0  # pages that differ by less, summed over their blocks, look the same
SAMPLES = 32
LIKELY = 4  # so many pages are looked at closely in each frame


@dataclass(frozen=True)
class Run:
    """From `start` (seconds, of frame `start`) on, this page is seen: its number from 1, None: no slide."""

    start: float
    page: int | None
    confidence: float


@dataclass
class Deck:
    """The pages, ready to be compared. shape: width by height of most of them. apart: how far each two are apart."""

    pages: list[Looks]
    shape: float
    apart: list[list[float]] = field(default_factory=list)


def deck_of(pictures: Iterable[Image.Image]) -> Deck:
    """Return a deck of these pages, in order. One of another shape than most gets bars, as it does on the screen."""
    loaded = [(picture.width / max(picture.height, 1), picture.convert("L")) for picture in pictures]
    shapes = sorted(shape for shape, _picture in loaded)
    shape = shapes[len(shapes) // 2] if shapes else 16 / 9
    pages = []
    for own, picture in loaded:
        if abs(own / shape - 1) > 0.02:
            width = round(960 * shape)
            picture = ImageOps.pad(picture, (width, 960), color=0)
        pages.append(looks_of(picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)))
    apart = [[0.0] * len(pages) for _page in pages]
    for a, b in combinations(range(len(pages)), 2):
        apart[a][b] = apart[b][a] = float(sum(differences(pages[a], pages[b]).translate(CUT)))
    return Deck(pages, shape, apart)


def places(frames: Sequence[Image.Image], deck: Deck, frame_shape: float) -> list[Box]:
    """Return where in the frames the deck is. frames: a sample; frame_shape: width by height as it is displayed."""
    return boxes_of(frames, deck.pages, fitting(deck.shape, frame_shape))


def costs(frame: Image.Image, deck: Deck, boxes: Sequence[Box]) -> list[float]:
    """Return what each page costs in a frame; the last one is "no slide"."""
    best: list[float] = []
    for box in boxes:
        here = _costs_in(cut_out(frame, box), deck)
        best = [min(pair) for pair in zip(best, here, strict=True)] if best else here
    return [*best, NONE]


def _costs_in(seen: Looks, deck: Deck) -> list[float]:
    between = [differences(seen, page) for page in deck.pages]
    losses = [loss(seen, page, differs) for page, differs in zip(deck.pages, between, strict=True)]
    order = sorted(range(len(losses)), key=losses.__getitem__)
    first = order[0]
    found = [2.0] * len(losses)
    for index in order[: max(LIKELY, 1)]:
        apart = deck.apart[index][first]
        behind = 0.0 if apart < ALIKE else min(1.0, (losses[index] - losses[first]) / (0.5 * apart))
        found[index] = behind + 1 - presence(seen, deck.pages[index], between[index]).share
    return found


def runs(table: Sequence[Sequence[float]], deck: Deck) -> list[Run]:
    """Return what is seen when, of the costs of each frame, one a second. [] of no frames."""
    if not table:
        return []
    states = _cheapest(table)
    found: list[Run] = []
    begin = 0
    for second in range(1, len(states) + 1):
        if second < len(states) and states[second] == states[begin]:
            continue
        state = states[begin]
        page = None if state == len(deck.pages) else state
        page = _in_order(page, found[-1].page if found else None, deck)
        sure = round(sum(_certainty(row, state, deck) for row in table[begin:second]) / (second - begin), 3)
        found.append(Run(float(begin), None if page is None else page + 1, sure))
        begin = second
    return _joined(found)


def _cheapest(table: Sequence[Sequence[float]]) -> list[int]:
    """Return the state of each frame on the cheapest way through all of them."""
    totals = list(table[0])
    came: list[tuple[int, bytes]] = []
    for row in table[1:]:
        source = min(range(len(totals)), key=totals.__getitem__)
        jump = totals[source] + CHANGE
        came.append((source, bytes(total > jump for total in totals)))
        totals = [min(total, jump) + cost for total, cost in zip(totals, row, strict=True)]
    state = min(range(len(totals)), key=totals.__getitem__)
    states = [state]
    for source, jumped in reversed(came):
        state = source if jumped[state] else state
        states.append(state)
    return states[::-1]


def _in_order(page: int | None, before: int | None, deck: Deck) -> int | None:
    """Return, of the pages that look like this one, the next one after what was shown before (its number from 1)."""
    if page is None:
        return None
    same = [other for other, apart in enumerate(deck.apart[page]) if apart < ALIKE]
    if len(same) == 1:
        return page
    at = (before or 0) - 1
    return min(same, key=lambda other: (other <= at, abs(other - at - 1)))


def _certainty(row: Sequence[float], state: int, deck: Deck) -> float:
    """Return how sure a second is: the cost of what else it might be, less its own; 0 to 1."""
    same = deck.apart[state] if state < len(deck.pages) else []
    others = [
        cost
        for other, cost in enumerate(row)
        if other != state and not (same and other < len(same) and same[other] < ALIKE)
    ]
    margin = min(others, default=1.0) - row[state]
    return min(1.0, max(0.0, margin / NONE))


def _joined(found: list[Run]) -> list[Run]:
    """Return the runs without a change from a page to itself."""
    joined: list[Run] = []
    for run in found:
        if joined and joined[-1].page == run.page:
            continue
        joined.append(run)
    return joined
