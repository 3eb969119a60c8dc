"""A session report for reading: its fields in their order, those without an answer left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class ReportPart:
    """One answered field: its label, how it is shown ("text", "list" or "quotes") and what was answered."""

    label: str | Promise
    kind: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The answer line by line."""
        return [line.strip(" -–•\t") for line in self.text.splitlines() if line.strip()]


def parts_of(
    answers: Mapping[str, str], fields: Iterable[tuple[str, str | Promise, str]]
) -> list[ReportPart]:
    """Return the answered parts in the order of `fields` (name, label, kind)."""
    return [ReportPart(label, kind, str(answers[name])) for name, label, kind in fields if answers.get(name)]
