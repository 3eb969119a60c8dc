"""Who wrote what into a report, and when."""

from dataclasses import dataclass
from typing import Any

from seminars.followups.reports.models import Report, Standing, Writing
from seminars.followups.reports.writing import fields_of, written_in
from seminars.sessions.models import Session
from seminars.web.reports.form import LANGUAGE_LABEL

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One text, with the label of its field and who wrote it ("" where that is not known).

    now: whether the field says it now. known: whether it was there before anybody wrote, from what the site knows.
    """

    writing: Writing
    label: str
    who: str
    now: bool
    known: bool


def told(report: Report | None, session: Session, page: int) -> dict[str, Any]:
    """Return what the page names: its lines, the latest first, and the numbers of the pages beside it."""
    if report is None:
        return {"lines": [], "older": None, "newer": None}
    labels = {each.name: str(each.label) for each in fields_of(report, session)}
    labels["language"] = str(LANGUAGE_LABEL)
    rows = report.writings.select_related("author__person", "person").order_by("-id")
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    written = written_in(report)
    lines = [
        Line(
            each,
            labels.get(each.field, each.field),
            each.who,
            each.standing == Standing.TAKEN and written.get(each.field) == (each.text, each.revision),
            each.revision == 0,
        )
        for each in found[:PAGE]
    ]
    older = page + 1 if len(found) > PAGE else None
    return {"lines": lines, "older": older, "newer": page - 1 if page > 1 else None}
