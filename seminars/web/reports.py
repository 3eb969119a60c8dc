"""A session report for reading: its fields in their order, those without an answer left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from seminars.followups.reports.saving import FIELDS


@dataclass(frozen=True)
class ReportPart:
    """One answered field: its label, how it is shown (see `followups.reports.saving.Field`) and what was answered."""

    label: str | Promise
    kind: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The answer line by line."""
        return [line.strip(" -–•\t") for line in self.text.splitlines() if line.strip()]


def parts_of(answers: Mapping[str, str]) -> list[ReportPart]:
    """Return the answered parts of a stored report, in the order of the form."""
    return [
        ReportPart(each.label, each.kind, str(answers[each.name]))
        for each in FIELDS
        if answers.get(each.name)
    ]
