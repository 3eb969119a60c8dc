"""The session report's form: MeMoRe's fields, in their order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from seminars.followups.reports.models import Report
from seminars.followups.reports.saving import FIELDS
from seminars.web.forms.inputs import LanguageChoice

HELP = {
    "list": gettext_lazy("One on each line."),
    "quotes": gettext_lazy("One quotation on each line."),
}


class ReportForm(forms.Form):
    """Every field may stay empty; one at least is filled in. `seen` is the report's revision, 0 for none yet."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    language = LanguageChoice(label=gettext_lazy("Language of the report"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for each in FIELDS:
            widget = (
                forms.TextInput(attrs={"inputmode": "numeric"} if each.kind == "number" else {})
                if each.kind in ("line", "number")
                else forms.Textarea(attrs={"rows": 4})
            )
            self.fields[each.name] = forms.CharField(
                label=str(each.label), required=False, widget=widget, help_text=HELP.get(each.kind, "")
            )

    @staticmethod
    def initial_of(report: Report | None, language: str) -> dict[str, Any]:
        """Return what the form shows of `report`."""
        if report is None:
            return {"seen": 0, "language": language}
        found: dict[str, Any] = {"seen": report.revision, "language": report.language}
        found |= report.answers
        return found

    def answers(self) -> dict[str, str]:
        """Return the answers by the names of `followups.reports.saving.FIELDS`."""
        return {each.name: self.cleaned_data[each.name] for each in FIELDS}
