"""Recordings for tests: real small files, taken in by the verbs."""

from datetime import datetime
from pathlib import Path
from typing import Any

from recordings.catalogue.arriving import take_upload
from recordings.catalogue.models import Original
from recordings.publishing import releasing
from seminars.sessions.models import Session

ZOO = Path(__file__).parents[1] / "zoo" / "media"


def take(session: Session, name: str, kind: str, now: datetime, **options: Any) -> Original:
    """Return the Original of a file of the zoo; `release=False` leaves it unreleased."""
    release = options.pop("release", True)
    given = {"language": "en", "actor_id": None} | options
    with (ZOO / name).open("rb") as file:
        original = take_upload(session=session, kind=kind, uploaded=file, now=now, **given).original
    if release:
        releasing.release(recording=original.recording, now=now)
        original.refresh_from_db()
    return original
