"""The form of a series' rule for certificates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from seminars.series.models import Series
from seminars.sessions.certificates.models import CertificateRule
from seminars.web.forms.inputs import Short
from seminars.web.forms.rhythm import number_field
from seminars.words import say


class RuleForm(forms.Form):
    """When a series certifies that somebody took part."""

    on = forms.BooleanField(label=gettext_lazy("People get certificates of attendance"), required=False)
    minutes = number_field(
        1,
        20_160,
        label=gettext_lazy("Least minutes of a session"),
    )
    share = number_field(
        1,
        100,
        label=gettext_lazy("Least part of its length, in percent"),
        help_text=gettext_lazy(
            "Where both are given, the longer counts. Who was seen in the room has met both."
        ),
    )
    sessions = number_field(
        1,
        1000,
        label=gettext_lazy("Sessions for a certificate of the whole series"),
        help_text=gettext_lazy("Empty: none for the whole series."),
    )
    signed_by = Short(
        label=gettext_lazy("Signed by"),
        longest=200,
        required=False,
        help_text=gettext_lazy("Name and office, as they stand under it."),
    )
    words = Short(
        label=gettext_lazy("Words on it"),
        longest=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as what was learned, and how many points it counts."),
    )

    @staticmethod
    def initial_of(rule: CertificateRule, series: Series) -> dict[str, Any]:
        """Return what the form shows of `rule`."""
        names = ("on", "minutes", "share", "sessions", "signed_by")
        return {name: getattr(rule, name) for name in names} | {"words": say(rule.words, series.language)}

    def columns(self, rule: CertificateRule, series: Series) -> dict[str, Any]:
        """Return what `certifying.set_rule` takes."""
        data = self.cleaned_data
        words = {
            tag: text for tag, text in {**rule.words, series.language: data["words"].strip()}.items() if text
        }
        return {**data, "words": words}
