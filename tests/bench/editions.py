"""What making the editions of an hour of 720p costs: `python tests/bench/editions.py`. Not in the suite.

Makes the recording first (`--minutes 10` for a try): a still slide with a clock, a moving and noisy camera picture in
the corner, sound with the rhythm of speech. Then makes every edition as the site's jobs do (made, checked, hashed and
kept), and beside it runs the bare ffmpeg commands of the same recipes, one after the other. Prints sizes, seconds and
the ratio; ends with 1 where ours takes more than 1.1 times the bare commands, where an edition is larger than its mark,
or than the file itself. On a busy machine times say little: both are measured in turn.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    os.environ["MERIDIAN_DATA"] = tempfile.mkdtemp(prefix="meridian-editions-")
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "seminars.config.settings"

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from recordings.catalogue.arriving import take_upload
from recordings.catalogue.models import Original
from recordings.renditions import ffmpeg, making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import RECIPES, command
from recordings.renditions.wanting import MAKERS
from tests.factories import make_session

MOST = 1.1
HOUR_MB = {"voice": 16, "voice_opus": 8, "video_360": 81, "poster": 1}
"""Megabytes of an hour; a poster is one whatever the length."""
PLAIN = [name for name in RECIPES if name not in MAKERS]


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


def bare(original: Original, source: Path, name: str, folder: Path) -> tuple[float, float]:
    """Run one recipe's command alone, as a person would type it."""
    target = folder / f"bare{RECIPES[name].suffix}"
    asset = original.asset
    arguments = command(
        {name: str(target)}, source=str(source), media_type=asset.media_type, seconds=asset.probe["seconds"]
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
    return timed(
        lambda: making.make(
            original=original, recipe=RECIPES[name], clock=timezone.now, progress=lambda *_: None
        )
    )


def compare(minutes: float, folder: Path) -> bool:
    """Measure and print; return whether all marks are met."""
    source = folder / "talk.mp4"
    movie(source, minutes)
    with source.open("rb") as file:
        original = take_upload(
            session=make_session(),
            kind="video",
            uploaded=file,
            language="en",
            now=timezone.now(),
            actor_id=None,
        ).original
    hours = original.asset.probe["seconds"] / 3600
    print(f"{hours * 60:.0f} minutes of 720p, {original.asset.size / 1e6:.0f} MB\n")
    print(f"{'edition':<12}{'size':>10}{'an hour':>10}{'ours':>10}{'bare':>10}{'× real time':>13}")
    met, sums = True, [0.0, 0.0, 0.0, 0.0]
    clocked = ffmpeg.run = Clocked()  # type: ignore[assignment]  # called alike
    for name in PLAIN:
        mine, his = ours(original, name), bare(original, source, name, folder)
        sums = [a + b for a, b in zip(sums, (*mine, *his), strict=True)]
        size = Rendition.objects.get(original=original, recipe=name).asset.size
        each_hour = size if name == "poster" else size / hours
        line = f"{name:<12}{size / 1e6:>8.1f}MB{each_hour / 1e6:>8.1f}MB{mine[0]:>9.1f}s{his[0]:>9.1f}s"
        good = each_hour <= HOUR_MB[name] * 1e6 and size <= original.asset.size
        met &= good
        print(f"{line}{hours * 3600 / max(his[0], 0.01):>12.0f}×{'' if good else '  TOO LARGE'}")
    wall, cpu = sums[0] / sums[2], sums[1] / sums[3]
    print(f"\nall: ours {sums[0]:.1f} s, bare {sums[2]:.1f} s: {wall:.2f} ×; CPU {cpu:.2f} × (mark {MOST} ×)")
    beside = sums[0] - clocked.seconds
    print(f"of ours {beside:.1f} s were not ffmpeg's: {beside / sums[2]:.1%} of the bare commands")
    return met and wall <= MOST


def main() -> int:
    """Return 0, or 1 on a miss."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60, help="how long the recording is")
    chosen = parser.parse_args()
    folder = Path(settings.DATA)
    settings.ALLOWED_HOSTS = ["*"]
    try:
        call_command("migrate", verbosity=0)
        return 0 if compare(chosen.minutes, folder) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
