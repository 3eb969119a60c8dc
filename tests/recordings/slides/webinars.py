"""Webinars for tests: a deck as PDF, and a video in which its pages are shown by a script, with all that disturbs."""

import math
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2
import typst
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from recordings.renditions import ffmpeg

WORDS = [
    "income",
    "survey",
    "village",
    "water",
    "member",
    "season",
    "teacher",
    "paper",
    "method",
    "harvest",
    "sample",
]
WORDS += [
    "river",
    "clinic",
    "market",
    "school",
    "result",
    "people",
    "region",
    "budget",
    "growth",
    "answer",
    "letter",
]
WORDS += [
    "garden",
    "bridge",
    "summer",
    "winter",
    "travel",
    "memory",
    "record",
    "policy",
    "street",
    "number",
    "window",
]
THEMES = {"light": ("#ffffff", "#1d2a44", "#0b6e4f"), "dark": ("#10151f", "#e8ecf4", "#f2b705")}


@dataclass(frozen=True)
class Scene:
    """So many seconds of a page (from 1), built up to a part of its height, or of the camera (None)."""

    seconds: int
    page: int | None
    built: float = 1.0


@dataclass(frozen=True)
class Show:
    """How the video looks. size, blur: pixels. speaker: in which corner. crf: of x264. beside: slide at left."""

    name: str
    scenes: tuple[Scene, ...]
    size: tuple[int, int] = (1280, 720)
    paper: str = "presentation-16-9"
    theme: str = "light"
    speaker: str = ""
    crf: int = 28
    blur: float = 0.0
    beside: bool = False
    rate: int = 4

    @property
    def changes(self) -> list[tuple[float, int | None]]:
        """What is shown from when on, builds being no change."""
        found: list[tuple[float, int | None]] = []
        at = 0.0
        for scene in self.scenes:
            if not found or found[-1][1] != scene.page:
                found.append((at, scene.page))
            at += scene.seconds
        return found

    @property
    def seconds(self) -> int:
        return sum(scene.seconds for scene in self.scenes)


def deck(pages: int, *, theme: str = "light", paper: str = "presentation-16-9", seed: int = 7) -> bytes:
    """Return a PDF: a title, then bullets, figures and tables by turns; pages 4 and 5 differ in one line only."""
    rng = random.Random(seed)
    paint, ink, accent = THEMES[theme]
    head = (
        f'#set page(paper: "{paper}", fill: rgb("{paint}"), margin: 1.6cm)\n'
        f'#set text(size: 20pt, fill: rgb("{ink}"))\n#let t(w) = text(size: 32pt, fill: rgb("{accent}"), w)\n'
    )
    parts = []
    alike = _bullets(rng, 4)
    for number in range(1, pages + 1):
        title = f"{number}. {' '.join(rng.sample(WORDS, 3)).capitalize()}"
        body = [_bullets(rng, 5), _figure(rng, accent), _table(rng)][number % 3]
        if number in (4, 5):
            title, body = "Two pages that are alike", f"{alike}\n- {' '.join(rng.sample(WORDS, 5))}"
        if number == 1:
            body = "#v(3cm)\n#align(center)[A talk about a talk]"
        parts.append(f"#t[{title}]\n\n{body}")
    return bytes(typst.compile((head + "\n#pagebreak()\n".join(parts)).encode(), format="pdf"))


def _bullets(rng: random.Random, lines: int) -> str:
    return "\n".join(f"- {' '.join(rng.sample(WORDS, rng.randint(3, 6)))}" for _line in range(lines))


def _figure(rng: random.Random, accent: str) -> str:
    bars = ", ".join(
        f'rect(width: 1.6cm, height: {rng.randint(10, 70) / 10}cm, fill: rgb("{accent}"))'
        for _bar in range(7)
    )
    return f"#align(bottom)[#stack(dir: ltr, spacing: 0.5cm, {bars})]"


def _table(rng: random.Random) -> str:
    cells = ", ".join(f"[{rng.choice(WORDS)} {rng.randint(1, 999)}]" for _cell in range(16))
    return f"#table(columns: 4, stroke: 1pt + gray, {cells})"


def film(show: Show, pdf: bytes, target: Path) -> Path:
    """Write the webinar as H.264 with a tone and return its path."""
    width, height = show.size
    command = [ffmpeg.executable(), "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{width}x{height}", "-r", str(show.rate), "-i", "-"]
    command += ["-f", "lavfi", "-t", str(show.seconds), "-i", "sine=frequency=300:sample_rate=16000"]
    command += [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-crf",
        str(show.crf),
        "-g",
        "80",
    ]
    command += ["-c:a", "aac", "-b:a", "32k", "-movflags", "+faststart", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as program:
        assert program.stdin is not None
        for frame in frames(show, pdf):
            program.stdin.write(frame)
        program.stdin.close()
    assert program.returncode == 0
    return target


def frames(show: Show, pdf: bytes) -> Iterator[bytes]:
    """Yield the frames, each change with a fade of half a second."""
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    rng = random.Random(3)
    noise = Image.effect_noise((256, 256), 60)
    before: Image.Image | None = None
    tick = 0
    for scene in show.scenes:
        still = _still(show, scene, document)
        for step in range(scene.seconds * show.rate):
            picture = _camera(show.size, tick, noise) if still is None else still.copy()
            if before is not None and step < show.rate // 2:
                picture = Image.blend(before, picture, (step + 1) / (show.rate // 2 + 1))
            if still is not None:
                _disturb(show, picture, tick, noise, rng)
            yield (picture.filter(ImageFilter.GaussianBlur(show.blur)) if show.blur else picture).tobytes()
            tick += 1
        before = still if still is not None else picture


def _still(show: Show, scene: Scene, document: pypdfium2.PdfDocument) -> Image.Image | None:
    if scene.page is None:
        return None
    width, height = show.size
    room = (round(width * 0.75), height) if show.beside else show.size
    page = document[scene.page - 1]
    wide, high = page.get_size()
    scale = min(room[0] / wide, room[1] / high)
    slide = page.render(scale=scale).to_pil().convert("RGB")
    if scene.built < 1:
        hidden = (0, round(slide.height * scene.built), slide.width, slide.height)
        slide.paste(slide.getpixel((2, 2)), hidden)  # type: ignore[arg-type]
    still = Image.new("RGB", show.size, (12, 12, 12))
    still.paste(slide, ((room[0] - slide.width) // 2, (room[1] - slide.height) // 2))
    return still


def _camera(size: tuple[int, int], tick: int, noise: Image.Image) -> Image.Image:
    """Return a person before a bookshelf, moving a little."""
    width, height = size
    picture = Image.new("RGB", size, (120, 96, 72))
    draw = ImageDraw.Draw(picture)
    for shelf in range(12):
        left = shelf * width // 12
        draw.rectangle((left, 0, left + width // 24, height), fill=(60 + shelf * 12, 70, 130 - shelf * 6))
    middle = width / 2 + math.sin(tick / 5) * width * 0.03
    draw.ellipse(
        (middle - width * 0.1, height * 0.2, middle + width * 0.1, height * 0.6), fill=(205, 160, 130)
    )
    draw.ellipse((middle - width * 0.2, height * 0.62, middle + width * 0.2, height * 1.3), fill=(40, 60, 90))
    grain = ImageChops.offset(noise, tick * 37, tick * 11).resize(size)
    return Image.blend(picture, grain.convert("RGB"), 0.12)


def _disturb(show: Show, picture: Image.Image, tick: int, noise: Image.Image, rng: random.Random) -> None:
    """Put the speaker into their corner, and a pointer anywhere."""
    width, height = show.size
    if show.beside:
        picture.paste(_camera((width // 4, height // 4), tick, noise), (width - width // 4, height // 8))
    elif show.speaker:
        face = _camera((width // 5, height // 5), tick, noise)
        across = width - face.width - width // 60 if "right" in show.speaker else width // 60
        down = height - face.height - height // 40 if "bottom" in show.speaker else height // 40
        picture.paste(face, (across, down))
    if tick % 8 < 3:
        x, y = rng.randrange(width), rng.randrange(height)
        ImageDraw.Draw(picture).ellipse((x, y, x + width // 80, y + width // 80), fill=(220, 30, 30))
