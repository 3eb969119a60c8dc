"""When each slide is shown: `python tests/bench/slides.py`. Not in the suite.

Makes decks and webinars of the kinds that people send: with a speaker in a corner, with bars, beside a speaker, in
dark, blurred, with stretches of camera only, with builds, going back, with pages that are alike. Finds the times in
each and prints how many changes were found within 2 s, how many are false, and how many times faster than real time,
also by seconds of CPU, which a busy machine does not stretch as much.
Ends with 1 where fewer than 95 % are found, one is false, or it is slower than 20 × real time. `--seconds` is the
length of each, `--only` the name of one.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

if __name__ == "__main__":
    data_folder("slides")

import django

django.setup()

from PIL import Image

from recordings.slides import matching, paging, timing
from recordings.slides.matching import Run
from tests.recordings.slides.webinars import Scene, Show, deck, film

NEAR, FOUND, FASTER = 2.0, 0.95, 20.0


def script(seconds: int, pages: int, seed: int) -> tuple[Scene, ...]:
    """Return scenes: through the deck, with builds, now and then a page back, now and then only the camera."""
    rng = random.Random(seed)
    scenes: list[Scene] = [Scene(rng.randint(6, 12), None)]
    page = 1
    while sum(scene.seconds for scene in scenes) < seconds:
        length = rng.randint(8, 45)
        if rng.random() < 0.3 and page > 1:
            scenes += [Scene(5, page, 0.45), Scene(5, page, 0.7), Scene(length, page)]
        else:
            scenes.append(Scene(length, page))
        if rng.random() < 0.12:
            scenes.append(Scene(rng.randint(10, 25), None))
        page = max(1, page - 2) if rng.random() < 0.12 and page > 3 else page % pages + 1
    return tuple(scenes)


def shows(seconds: int) -> list[Show]:
    """Return the kinds of webinars."""
    return [
        Show("speaker in a corner", script(seconds, 20, 1), speaker="bottom right"),
        Show("bars, 4:3 deck", script(seconds, 16, 2), paper="presentation-4-3", speaker="top right"),
        Show("bars, 4:3 video", script(seconds, 16, 3), size=(960, 720), speaker="bottom left"),
        Show("dark, blurred, hard compressed", script(seconds, 18, 4), theme="dark", blur=1.5, crf=38),
        Show("slide beside the speaker", script(seconds, 18, 5), beside=True),
        Show("small, old", script(seconds, 40, 6), size=(640, 360), speaker="top left", crf=34),
        Show("long deck", script(seconds, 120, 7), size=(1920, 1080), speaker="bottom right"),
    ]


def hits(show: Show, found: list[Run]) -> tuple[int, int]:
    """Return how many of the changes were found in time, and how many changes were found that are none."""
    left = [(run.start, run.page) for run in found]
    right = 0
    for at, page in show.changes:
        match = next((each for each in left if each[1] == page and abs(each[0] - at) <= NEAR), None)
        if match:
            left.remove(match)
            right += 1
    return right, len(left)


def cpu() -> float:
    """Return the seconds of CPU that this process and its children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def opened(path: Path) -> Image.Image:
    """Return the picture of a page."""
    with Image.open(path) as picture:
        return picture.convert("RGB")


def measure(show: Show, folder: Path) -> bool:
    """Make one webinar, find its times, print a line; return whether all is well."""
    pages = max(scene.page or 1 for scene in show.scenes)
    pdf = folder / "deck.pdf"
    pdf.write_bytes(deck(pages, theme=show.theme, paper=show.paper))
    video = film(show, pdf.read_bytes(), folder / "webinar.mp4")
    with paging.drawn(pdf, lambda _done: None) as drawn:
        began, used = time.monotonic(), cpu()
        with timing.looked_at(video, media_type="video/mp4", seconds=float(show.seconds)) as frames:
            pages_of_it = matching.deck_of(opened(path) for _facts, path in drawn)
            found = timing.find(frames, pages_of_it, shape=show.size[0] / show.size[1])
        took, used = time.monotonic() - began, cpu() - used
    right, wrong = hits(show, found)
    share, speed = right / len(show.changes), show.seconds / took
    print(
        f"{show.name:32} {show.seconds:5} s {pages:4} pages {right:4} of {len(show.changes):3} ({share:6.1%})"
        f" {wrong:3} false {speed:6.1f} × {show.seconds / used:6.1f} × by CPU",
        flush=True,
    )
    if "--verbose" in sys.argv:
        print("  wanted", show.changes, "\n  found ", [(r.start, r.page, r.confidence) for r in found])
    return share >= FOUND and not wrong and speed >= FASTER


def main() -> int:
    """Measure all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    well = True
    for show in shows(options.seconds):
        if options.only in show.name:
            with tempfile.TemporaryDirectory() as folder:
                well = measure(show, Path(folder)) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
