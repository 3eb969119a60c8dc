"""What a report says, with labels: for its page, papers made of it, search and the API."""

from dataclasses import dataclass

from seminars.followups.reports.fields import LANGUAGE, fields_said
from seminars.followups.reports.models import Report


@dataclass(frozen=True)
class ReportPart:
    """One answered field: its name, its label in words, its kind (`reports.fields.KINDS`) and what was answered."""

    name: str
    label: str
    kind: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The answer line by line, without the bullets that people type."""
        return [line.strip(" -–•\t") for line in self.text.splitlines() if line.strip()]


def parts_of(report: Report, language: str = "") -> list[ReportPart]:
    """Return what is out of a report, field by field in the order of its form; nothing of a draft.

    This is how to read answers with their labels: `Report.objects.visible_to(visitor).select_related("form")`, then
    `parts_of(report)`. language: of the labels; else the report's own. What its form does not know comes last, under
    the label that a file gave it.
    """
    if not report.is_out:
        return []
    known = fields_said(report.fields_stored, language or report.language)
    names = {each.name for each in known}
    found = [ReportPart(each.name, str(each.label), each.kind, _said(report, each.name)) for each in known]
    other = sorted(report.answers.keys() - names - {LANGUAGE})
    found += [
        ReportPart(name, report.labels.get(name) or name, "text", _said(report, name)) for name in other
    ]
    return [each for each in found if each.text]


def _said(report: Report, name: str) -> str:
    return str(report.answers.get(name) or "")
