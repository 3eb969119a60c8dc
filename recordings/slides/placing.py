"""Finds where in the frames of a video the deck is: full, with bars, or smaller beside a speaker. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from recordings.slides.comparing import HEIGHT, WIDTH, Looks, differences, looks_of, loss, presence

ENOUGH = 0.5  # of evidence: the page is there
CERTAIN = 12  # blocks: so many are not alike by chance
SMALLEST = 0.4
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45)
STEPS = (0.03, 0.015, 0.007)


@dataclass(frozen=True)
class Box:
    """A part of a frame: left, top, width and height as shares of the whole."""

    left: float
    top: float
    width: float
    height: float

    def inside(self) -> bool:
        """Whether it is a part of the frame, give or take a pixel, and not too small to read."""
        across = self.left >= -0.01 and self.left + self.width <= 1.01 and self.width >= SMALLEST
        return (
            across and self.top >= -0.01 and self.top + self.height <= 1.01 and self.height >= SMALLEST * 0.7
        )


def fitting(page_shape: float, frame_shape: float) -> Box:
    """Return where a page of this shape (width by height) is when it fills the frame, with bars where it must."""
    width, height = min(1.0, page_shape / frame_shape), min(1.0, frame_shape / page_shape)
    return Box((1 - width) / 2, (1 - height) / 2, width, height)


def cut_out(frame: Image.Image, box: Box) -> Looks:
    """Return the part of a grey frame as it is compared with pages."""
    left, top = max(box.left, 0) * frame.width, max(box.top, 0) * frame.height
    right = min(box.left + box.width, 1) * frame.width
    bottom = min(box.top + box.height, 1) * frame.height
    part = (left, top, right, bottom)
    return looks_of(frame.resize((WIDTH, HEIGHT), Image.Resampling.BOX, box=part))


def nearest(seen: Looks, pages: Sequence[Looks]) -> tuple[int, float, float]:
    """Return the index of the page that is most like a frame, by how much it is not, and the evidence for it.

    The evidence is the presence, 0 to 1, less where only a few blocks were recognised: chance would do for them.
    """
    best, least, differs = 0, float("inf"), b""
    for index, page in enumerate(pages):
        between = differences(seen, page)
        lost = loss(seen, page, between)
        if lost < least:
            best, least, differs = index, lost, between
    found = presence(seen, pages[best], differs)
    return best, least, found.share * min(1.0, found.blocks / CERTAIN)


def boxes_of(frames: Sequence[Image.Image], pages: Sequence[Looks], fit: Box) -> list[Box]:
    """Return where the deck is in these frames: one box, or two where the picture changes its layout.

    frames: some of the whole video, grey. fit: where it would be if it filled the frame.
    """
    boxes: list[Box] = []
    rest = list(frames)
    for _round in range(2):
        if boxes and (len(rest) < 4 or len(rest) < len(frames) * 0.2):
            break
        box = _settled(rest, pages, fit)
        explained = [frame for frame in rest if nearest(cut_out(frame, box), pages)[2] >= ENOUGH]
        if boxes and len(explained) < max(3, len(rest) / 4):
            break
        boxes.append(box)
        rest = [frame for frame in rest if not any(frame is each for each in explained)]
    return boxes


def _settled(frames: Sequence[Image.Image], pages: Sequence[Looks], fit: Box) -> Box:
    """Return the best box: the one that fills the frame where that explains half of the frames, else any; refined."""
    start = fit
    if _score(frames, pages, fit) < ENOUGH * len(frames):
        few = frames[:: max(1, len(frames) // 10)]
        ranked = _likeliest(few, pages, list(candidates(fit)))
        start = max((refined(few, pages, box) for box in ranked), key=lambda box: _score(few, pages, box))
    return refined(frames[:: max(1, len(frames) // 12)], pages, start)


def _likeliest(frames: Sequence[Image.Image], pages: Sequence[Looks], boxes: Sequence[Box]) -> list[Box]:
    """Return the three best of these boxes; most are ruled out by a few of the frames, if these show a page at all."""
    scores = {box: _score(frames[::3], pages, box) for box in boxes}
    if max(scores.values()) >= ENOUGH:
        boxes = sorted(boxes, key=lambda box: -scores[box])[:20]
    rest = [frame for index, frame in enumerate(frames) if index % 3]
    return sorted(boxes, key=lambda box: -scores[box] - _score(rest, pages, box))[:3]


def candidates(fit: Box) -> Iterator[Box]:
    """Yield boxes of the shape of `fit`, smaller and smaller, at the edges and in the middle."""
    for scale in SCALES:
        width, height = fit.width * scale, fit.height * scale
        for across in (0.0, 0.5, 1.0):
            for down in (0.0, 0.5, 1.0):
                yield Box((1 - width) * across, (1 - height) * down, width, height)


def refined(frames: Sequence[Image.Image], pages: Sequence[Looks], box: Box) -> Box:
    """Return a box near this one with the least loss in those frames that show a page, found step by step."""
    shown = _shown(frames, pages, box)
    if not shown:
        return box
    best, least = box, _lost(shown, box)
    for step in STEPS:
        better = True
        while better:
            better = False
            for near in _around(best, step):
                lost = _lost(shown, near)
                if lost < least * 0.995:
                    best, least, better = near, lost, True
    return best


def _around(box: Box, step: float) -> Iterable[Box]:
    wider = replace(box, left=box.left - step / 2, width=box.width + step)
    smaller = 1 - step
    near = [
        replace(box, left=box.left + step),
        replace(box, left=box.left - step),
        replace(box, top=box.top + step),
        replace(box, top=box.top - step),
        wider,
        replace(box, width=box.width * smaller, left=box.left + box.width * step / 2),
        replace(box, height=box.height * smaller, top=box.top + box.height * step / 2),
        replace(box, height=box.height + step, top=box.top - step / 2),
        replace(box, height=box.height * smaller, width=box.width * smaller),
        replace(box, height=box.height * (1 + step), width=box.width * (1 + step)),
    ]
    return [each for each in near if each.inside()]


def _shown(
    frames: Sequence[Image.Image], pages: Sequence[Looks], box: Box
) -> list[tuple[Image.Image, Looks]]:
    found = [(frame, *nearest(cut_out(frame, box), pages)) for frame in frames]
    found.sort(key=lambda each: -each[3])
    return [(frame, pages[index]) for frame, index, _lost, there in found[:8] if there > 0.15]


def _lost(shown: Sequence[tuple[Image.Image, Looks]], box: Box) -> float:
    total = 0.0
    for frame, page in shown:
        seen = cut_out(frame, box)
        total += loss(seen, page, differences(seen, page))
    return total


def _score(frames: Sequence[Image.Image], pages: Sequence[Looks], box: Box) -> float:
    return sum(nearest(cut_out(frame, box), pages)[2] for frame in frames)
