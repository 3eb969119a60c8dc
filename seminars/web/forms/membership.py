"""Forms of organisers about who belongs: finding members, organisations, cohorts, the logo."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.people.membership.models import Cohort, Organisation
from seminars.people.models import Role
from seminars.web.forms.inputs import Short, tongues, words_fields, words_of
from seminars.web.forms.joining import ORGANISATION, OrganisationFields

SORTS = {
    "name": ("person__name", "id"),
    "new": ("-since", "-id"),
    "role": ("-role", "person__name", "id"),
    "city": ("person__zone", "person__name", "id"),
    "organisation": ("organisation__name", "person__name", "id"),
}


class FindForm(forms.Form):
    """Search, narrow and sort the list of members. Whatever is wrong in it counts as nothing."""

    q = forms.CharField(label=gettext_lazy("Name, address or organisation"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[("", gettext_lazy("all")), *Role.choices], required=False
    )
    cohort = forms.ModelChoiceField(
        label=gettext_lazy("Cohort"),
        queryset=Cohort.objects.none(),
        required=False,
        empty_label=gettext_lazy("all"),
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Sort by"),
        choices=[
            ("name", gettext_lazy("Name")),
            ("new", gettext_lazy("the newest first")),
            ("role", gettext_lazy("Role")),
            ("city", gettext_lazy("Time zone")),
            ("organisation", gettext_lazy("Organisation")),
        ],
        required=False,
    )


class RemoveForm(forms.Form):
    """Why somebody is removed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("They read it in a mail. It stays in the history."),
    )
    tell = forms.BooleanField(label=gettext_lazy("Tell them by mail"), required=False, initial=True)


class OrganisationForm(OrganisationFields):
    """An organisation."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organisation_name"].required = True
        self.fields["organisation_name"].error_messages["required"] = _("Give the name of the organisation.")

    @staticmethod
    def initial_of(organisation: Organisation) -> dict[str, Any]:
        """Return what the form shows."""
        return {f"organisation_{name}": getattr(organisation, name) for name in ORGANISATION}


class RepresentativeForm(forms.Form):
    """Somebody who represents an organisation."""

    name = Short(label=gettext_lazy("Name"), longest=200, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        error_messages={
            "required": gettext_lazy("Give an e-mail address."),
            "invalid": gettext_lazy("Give an e-mail address such as name@example.org."),
        },
    )


class CohortForm(forms.Form):
    """A run of a course."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self, *args: Any, cohort: Cohort | None = None, language: str = "en", **options: Any
    ) -> None:
        if cohort:
            dates = {
                "starts_on": cohort.starts_on and cohort.starts_on.isoformat(),
                "ends_on": cohort.ends_on and cohort.ends_on.isoformat(),
            }
            options["initial"] = {f"name_{tag}": text for tag, text in cohort.name.items()} | dates
        super().__init__(*args, **options)
        self.tongues = tongues([language], cohort.name if cohort else [])
        words_fields(self, "name", _("Name"), self.tongues)
        self.order_fields([*(f"name_{tag}" for tag, _spoken in self.tongues), "starts_on", "ends_on"])

    def columns(self) -> dict[str, Any]:
        """Return what the verbs of `membership.cohorts` take."""
        data = self.cleaned_data
        return {"name": words_of(data, "name"), "starts_on": data["starts_on"], "ends_on": data["ends_on"]}


class LogoForm(forms.Form):
    """A picture."""

    logo = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy(
            "PNG, JPEG or WebP, at most 5 MB. It is made 512 pixels wide or high at most."
        ),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )
