"""A short webinar, made once for each process: a deck of six pages, shown with a speaker in the corner."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.recordings.slides.webinars import Scene, Show, deck, film

SHOW = Show(
    "short",
    (
        Scene(6, None),
        Scene(8, 1),
        Scene(4, 2, 0.5),
        Scene(6, 2),
        Scene(8, 4),
        Scene(8, 5),
        Scene(7, 2),
        Scene(9, 6),
    ),
    size=(480, 360),
    speaker="bottom right",
    crf=26,
    rate=2,
)


@dataclass(frozen=True)
class Webinar:
    """Where its files lie, and what is shown when: seconds and page."""

    deck: Path
    video: Path
    changes: list[tuple[float, int | None]]
    seconds: int


@pytest.fixture(scope="session")
def webinar(tmp_path_factory: pytest.TempPathFactory) -> Webinar:
    folder = tmp_path_factory.mktemp("webinar")
    pdf = folder / "deck.pdf"
    pdf.write_bytes(deck(6))
    return Webinar(pdf, film(SHOW, pdf.read_bytes(), folder / "webinar.mp4"), SHOW.changes, SHOW.seconds)
