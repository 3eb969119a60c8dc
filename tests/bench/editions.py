"""What making the editions of an hour of 720p costs: `python tests/bench/editions.py`. Not in the suite.

Makes the recording first (`--minutes 10` for a try): a still slide with a clock, a moving and noisy camera picture in
the corner, sound with the rhythm of speech; and a deck of which another page is shown each minute. Then makes every
edition as the site's jobs do (made, checked, hashed and kept), and beside it runs the bare ffmpeg command of the same
recipe. Says on the error stream how far it is; prints sizes, seconds and the ratio, as soon as there are any; ends with
1 where ours takes more than 1.1 times the bare commands, where an edition is larger than its mark, or than the file
itself. On a busy machine times say little: both are measured in turn.

Stopped (Ctrl-C, or SIGTERM), it sums up what it has, and ends with 1. `--only voice` (may be repeated) measures these
alone, and what is made along with them; what they are made of is made before, and not counted. An hour takes some 3 GB
below TMPDIR.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

from tests.throwaway import data_folder

if __name__ == "__main__":
    data_folder("editions")

import django

django.setup()

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.management import call_command
from django.utils import timezone

from recordings.catalogue.arriving import take_upload
from recordings.catalogue.models import Original
from recordings.renditions import ffmpeg, making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import RECIPES, command
from recordings.renditions.wanting import MAKERS
from recordings.slides import edition, keeping, paging
from recordings.slides.matching import Run
from seminars.sessions.models import Session
from tests.factories import make_session
from tests.recordings.slides.webinars import deck

MOST = 1.1
HOUR_MB = {
    "voice": 16,
    "voice_opus": 8,
    "video_360": 81,
    "poster": 1,
    "slides_voice": 12,
    "slides_voice_old": 24,
}
"""Megabytes of an hour; a poster is one whatever the length."""
PAGES = 30
TELL_SECONDS = 5.0
HOUR_BYTES = 3 * 10**9


def movie(path: Path, minutes: float) -> None:
    """Write the recording: one minute is encoded, and repeated without encoding it again."""
    minute = path.with_name("minute.mp4")
    picture = (
        "testsrc=size=1280x720:rate=25[s];testsrc2=size=320x180:rate=25,noise=alls=6:allf=t[m];"
        "[s][m]overlay=x=940:y=20,format=yuv420p[v];"
        "anoisesrc=color=pink:amplitude=0.3:sample_rate=48000,tremolo=f=4:d=0.9,aformat=channel_layouts=stereo[a]"
    )
    run = [ffmpeg.executable(), "-v", "error", "-y"]
    encode = [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-b:v",
        "1200k",
        "-g",
        "250",
        "-c:a",
        "aac",
        "-b:a",
        "128k",
    ]
    made = [*run, "-filter_complex", picture, "-map", "[v]", "-map", "[a]", "-t", "60", *encode, str(minute)]
    subprocess.run(made, check=True)
    rounds = max(round(minutes), 1) - 1
    looped = [
        "-stream_loop",
        str(rounds),
        "-i",
        str(minute),
        "-c",
        "copy",
        "-movflags",
        "+faststart",
        str(path),
    ]
    subprocess.run([*run, *looped], check=True)


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds by the clock, and those of CPU in this process and its children."""

    def cpu() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in used)

    begun, before = time.monotonic(), cpu()
    act()
    return time.monotonic() - begun, cpu() - before


class Teller:
    """Says on the error stream how far something is, now and then."""

    def __init__(self, what: str) -> None:
        self.what, self.due = what, 0.0
        self("")

    def __call__(self, how_far: str) -> None:
        if time.monotonic() >= self.due:
            print(f"  {time.strftime('%H:%M:%S')} {self.what} {how_far}", file=sys.stderr, flush=True)
            self.due = time.monotonic() + TELL_SECONDS

    def progress(self, done: int, total: int) -> None:
        """Take it as makers of editions tell it."""
        self(f"{100 * done // max(total, 1)} %")


def bare(original: Original, source: Path, name: str, folder: Path) -> tuple[float, float]:
    """Run one recipe's command alone, as a person would type it; pictures of slides are there before."""
    target = folder / f"bare{RECIPES[name].suffix}"
    asset = original.asset
    with ExitStack() as stack:
        if name in MAKERS:
            stills = edition.stills_of([original])[original]
            pictures = stack.enter_context(edition.listed(stills, asset.probe["seconds"]))
            arguments = edition.arguments_of(original, RECIPES[name], pictures, lambda *_: None)
            arguments.append(str(target))
        else:
            seconds = asset.probe["seconds"]
            arguments = command(
                {name: str(target)}, source=str(source), media_type=asset.media_type, seconds=seconds
            )
        program = [ffmpeg.executable(), "-v", "error", "-nostdin", "-y", "-threads", "2", *arguments]
        return timed(lambda: subprocess.run(program, check=True))


class Clocked:
    """Counts the seconds that pass in ffmpeg, so that what we add can be told from what a busy machine adds."""

    def __init__(self) -> None:
        self.seconds, self.run = 0.0, ffmpeg.run

    def __call__(self, arguments: list[str], **named: Any) -> str:
        begun = time.monotonic()
        try:
            return self.run(arguments, **named)
        finally:
            self.seconds += time.monotonic() - begun


def ours(original: Original, name: str) -> tuple[float, float]:
    """Make one edition as its job does; one that came along with another costs what finding it costs."""
    told = Teller(f"{name}: ours").progress
    return timed(
        lambda: making.make(original=original, recipe=RECIPES[name], clock=timezone.now, progress=told)
    )


def kept(session: Session, kind: str, file: "File[Any]") -> Original:
    """Return a file as an upload keeps it."""
    given = {"language": "en", "now": timezone.now(), "actor_id": None}
    return take_upload(session=session, kind=kind, uploaded=file, **given).original  # type: ignore[arg-type]


def prepared(source: Path, minutes: float) -> Original:
    """Return the recording, with a deck and when its pages are shown."""
    session = make_session()
    Teller("the recording is made")
    movie(source, minutes)
    Teller("the recording is kept")
    with source.open("rb") as file:
        video = kept(session, "video", File(file, name="talk.mp4"))
    told = Teller("pages of the deck").progress
    slides = kept(session, "slides", ContentFile(deck(PAGES), name="talk.pdf"))
    paging.make(slides=slides, clock=timezone.now, progress=told)
    shown = [Run(minute * 60.0, minute % PAGES + 1, 1.0) for minute in range(max(round(minutes), 1))]
    keeping.keep_found(video=video, slides=slides, runs=shown, now=timezone.now())
    return video


class Table:
    """The lines, and their sums: of ours and of the bare commands, by the clock and of CPU."""

    def __init__(self, original: Original) -> None:
        self.original, self.met = original, True
        self.hours = original.asset.probe["seconds"] / 3600
        self.sums, self.beside = [0.0, 0.0, 0.0, 0.0], 0.0
        print(f"{self.hours * 60:.0f} minutes of 720p, {original.asset.size / 1e6:.0f} MB\n")
        columns = ("size", "an hour", "ours", "bare", "× real time")
        print(f"{'edition':<18}" + "".join(f"{each:>12}" for each in columns), flush=True)

    def add(self, name: str, mine: tuple[float, float], his: tuple[float, float], in_ffmpeg: float) -> None:
        """Print the line of an edition. in_ffmpeg: seconds of ours that passed in ffmpeg."""
        self.sums = [a + b for a, b in zip(self.sums, (*mine, *his), strict=True)]
        self.beside += mine[0] - in_ffmpeg
        size = Rendition.objects.get(original=self.original, recipe=name).asset.size
        each_hour = size if name == "poster" else size / self.hours
        good = each_hour <= HOUR_MB[name] * 1e6 and size <= self.original.asset.size
        self.met &= good
        figures = f"{size / 1e6:>10.1f}MB{each_hour / 1e6:>10.1f}MB{mine[0]:>11.1f}s{his[0]:>11.1f}s"
        speed = self.hours * 3600 / max(his[0], 0.01)
        print(f"{name:<18}{figures}{speed:>11.0f}×{'' if good else '  TOO LARGE'}", flush=True)

    def end(self, *, whole: bool) -> bool:
        """Print the sums; return whether all marks are met. whole: nothing was left off."""
        mine, cpu, his, bare_cpu = self.sums
        if his:
            ratio = f"{mine / his:.2f} ×; CPU {cpu / bare_cpu:.2f} × (mark {MOST} ×)"
            print(f"\n{'all' if whole else 'STOPPED; so far'}: ours {mine:.1f} s, bare {his:.1f} s: {ratio}")
            print(
                f"of ours {self.beside:.1f} s were not ffmpeg's: {self.beside / his:.1%} of the bare commands"
            )
        return whole and self.met and mine <= MOST * his


def compare(minutes: float, names: Collection[str], folder: Path) -> bool:
    """Measure and print; return whether all marks are met."""
    source = folder / "talk.mp4"
    original = prepared(source, minutes)
    table, whole = Table(original), False
    clocked = ffmpeg.run = Clocked()  # type: ignore[assignment]  # called alike
    try:
        for name in RECIPES:
            if name not in names:
                if any(name.startswith("voice") and each in MAKERS for each in names):
                    ours(original, name)  # the sound of slides and voice
                continue
            before = clocked.seconds
            mine = ours(original, name)
            in_ffmpeg = clocked.seconds - before
            Teller(f"{name}: bare; ours took {mine[0]:.0f} s")
            table.add(name, mine, bare(original, source, name, folder), in_ffmpeg)
        whole = True
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return table.end(whole=whole)


def main() -> int:
    """Return 0, or 1 on a miss."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60, help="how long the recording is")
    parser.add_argument("--only", action="append", choices=list(RECIPES), help="only these editions")
    chosen = parser.parse_args()
    folder = Path(settings.DATA)
    settings.ALLOWED_HOSTS = ["*"]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    needed = HOUR_BYTES * max(chosen.minutes, 1) / 60
    if shutil.disk_usage(folder).free < needed:
        parser.error(f"{folder} has no room for {needed / 1e9:.1f} GB; set TMPDIR")
    try:
        call_command("migrate", verbosity=0)
        only = chosen.only or list(RECIPES)
        names = {name for name, recipe in RECIPES.items() if name in only or recipe.along in only}
        return 0 if compare(chosen.minutes, names, folder) else 1
    except KeyboardInterrupt:
        return 1  # before there was anything to sum up


if __name__ == "__main__":
    sys.exit(main())
