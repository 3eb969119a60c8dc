"""Compares a frame of a video with a page of a deck, block by block. Pure: Pillow's pictures in, numbers out.

Both are brought to the same small grey picture of 16 × 9 blocks. What a block contributes is cut off at a limit, so a
speaker in a corner, a pointer or a caption bar costs every page the same and cannot decide. A block in which the frame
is empty where the page has something is what a build that is not yet complete looks like, and counts little.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

WIDTH, HEIGHT, BLOCK = 256, 144, 16
ACROSS, DOWN = WIDTH // BLOCK, HEIGHT // BLOCK
BLOCKS = ACROSS * DOWN
LIMIT = 30  # levels that a block may differ, at most
MISSING = 60.0  # what all blocks that may be still to come add, at most
EMPTY = 5  # a block whose pixels are no further than this from their mean has nothing in it
DRAWN = 8  # and one of at least this has
BLUR = ImageFilter.BoxBlur(1)
SAME = 14  # levels by which an empty block may be lighter or darker
# Differences are squared, so that a few thin letters count as much as a faint shade all over; 64 levels are the most.
SQUARES = bytes(min(255, level * level // 16) for level in range(256))
ROOTS = bytes(round(4 * square**0.5) for square in range(256))
CUT = bytes(min(level, LIMIT) for level in range(256))
IS_EMPTY = bytes(255 if level < EMPTY else 0 for level in range(256))
IS_DRAWN = bytes(255 if level >= DRAWN else 0 for level in range(256))


@dataclass(frozen=True)
class Looks:
    """A picture brought to WIDTH × HEIGHT grey pixels. detail: of each block, how far its pixels are from their mean.

    empty, drawn: a byte of 255 for each block that is, as one number.
    """

    picture: Image.Image
    detail: bytes
    empty: int
    drawn: int


def looks_of(picture: Image.Image) -> Looks:
    """Return a grey picture of WIDTH × HEIGHT with what comparing it needs.

    It is blurred a little, so that half a pixel to the side, and what compression does to letters, weigh less.
    """
    picture = picture.filter(BLUR)
    means = picture.reduce(BLOCK).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
    detail = _apart(picture, means)
    empty, drawn = (int.from_bytes(detail.translate(table)) for table in (IS_EMPTY, IS_DRAWN))
    return Looks(picture, detail, empty, drawn)


def differences(one: Looks, other: Looks) -> bytes:
    """Return for each block by how many levels (root mean square, 0 to 64) two pictures differ in it."""
    return _apart(one.picture, other.picture)


def _apart(one: Image.Image, other: Image.Image) -> bytes:
    # Pillow's own `point` prepares its table anew each time, which takes longer than all the rest.
    squared = ImageChops.difference(one, other).tobytes().translate(SQUARES)
    return Image.frombytes("L", one.size, squared).reduce(BLOCK).tobytes().translate(ROOTS)


def loss(frame: Looks, page: Looks, differs: bytes) -> float:
    """Return by how much a frame is not this page: the sum of what the blocks differ, each cut off at LIMIT.

    differs: what `differences` says of the two.
    """
    cut = differs.translate(CUT)
    still_to_come = (int.from_bytes(cut) & frame.empty & page.drawn).to_bytes(BLOCKS)
    missing = sum(still_to_come)
    return sum(cut) - missing + min(missing / 4, MISSING)


@dataclass(frozen=True)
class Presence:
    """How certain it is that a page is in a frame at all. share: 0 to 1. blocks: in so many it was recognised."""

    share: float
    blocks: int


def presence(frame: Looks, page: Looks, differs: bytes) -> Presence:
    """Return how certain it is that the page is in the frame.

    Of the blocks in which the page has something, most must look like it (those that are empty in the frame may be
    still to come); and of those in which it is empty, most must be as light or dark. Letters blur, so a block may
    differ by three quarters of its own detail.
    """
    like = unlike = still = quiet = loud = 0
    for block, differ in enumerate(differs):
        detail = page.detail[block]
        if detail < DRAWN:
            quiet, loud = (quiet + 1, loud) if differ <= SAME else (quiet, loud + 1)
        elif differ <= detail * 0.75:
            like += 1
        elif frame.detail[block] < EMPTY:
            still += 1
        else:
            unlike += 1
    drawn = like + unlike + still
    if drawn < 2:  # an empty page is anything and nothing: only a frame as empty as it can be it
        return Presence(0.6 if loud <= BLOCKS * 0.08 else 0.0, 0)
    seen = like / (like + unlike + still * 0.35)
    if like < min(3, drawn):
        seen *= 0.5
    if quiet + loud >= 8:
        seen *= min(1.0, 1.4 * quiet / (quiet + loud))
    return Presence(min(1.0, seen * 1.25), like)
