"""Chapters for podcast programs: JSON Chapters 1.2."""

import json
from collections.abc import Iterable

from recordings.slides.reading import Mark

TYPE = "application/json+chapters"


def chapters_json(marks: Iterable[Mark], *, title: str, page: str) -> bytes:
    """Return the chapters as a document in UTF-8. page: of the recording, whole; each chapter leads to its second."""
    rows = [
        {"startTime": round(each.start, 3), "title": each.title, "url": f"{page}?t={int(each.start)}#player"}
        for each in sorted(marks, key=lambda mark: mark.start)
    ]
    document = {"version": "1.2.0", "title": title, "chapters": rows}
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")
