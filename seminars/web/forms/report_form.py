"""What the reports of a series ask, as rows to rename, reorder, hide and add to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from seminars.followups.reports.fields import KINDS, OURS
from seminars.followups.reports.forming import LONGEST_LABEL, MOST_FIELDS
from seminars.web.forms.inputs import Short
from seminars.words import say


class FieldForm(forms.Form):
    """One field. An empty label is MeMoRe's own, or, on a new row, no field."""

    name = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    label = Short(label=gettext_lazy("Label"), longest=LONGEST_LABEL, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Answered by"), choices=KINDS.items(), required=False, initial="text"
    )
    place = forms.IntegerField(
        label=gettext_lazy("Place"),
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={"invalid": gettext_lazy("Give a number, such as 10.")},
    )
    asked = forms.BooleanField(label=gettext_lazy("Ask this"), required=False)

    @property
    def of_memore(self) -> bool:
        """Whether it is one of MeMoRe's fields, whose kind stays."""
        return str(self["name"].value() or "") in OURS

    @property
    def kind_words(self) -> "str | Promise":
        """How it is answered, in words."""
        return KINDS.get(str(self["kind"].value() or ""), "")


class FieldForms(forms.formset_factory(FieldForm, extra=3, max_num=MOST_FIELDS, absolute_max=MOST_FIELDS)):  # type: ignore[misc]  # made at run time
    """All of them, with three empty rows."""

    @classmethod
    def of(cls, stored: Iterable[Mapping[str, Any]], language: str) -> Self:
        """Return the rows of a form as it is stored, with labels in `language`."""
        with override(language):
            rows = [
                {
                    "name": each["name"],
                    "label": say(each["label"], language) or str(OURS[each["name"]].label),
                    "kind": each["kind"],
                    "place": 10 * place,
                    "asked": not each.get("hidden"),
                }
                for place, each in enumerate(stored, 1)
            ]
        return cls(initial=rows)

    def rows_given(self) -> list[FieldForm]:
        """Return the rows that hold a field, in the order that was chosen; a row without a place comes last."""
        filled = [
            form
            for form in self.forms
            if form.cleaned_data.get("name") or (form.cleaned_data.get("label") or "").strip()
        ]
        return sorted(filled, key=lambda form: _place(form.cleaned_data.get("place")))

    def fields_given(self, stored: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
        """Return what `forming.set_form` takes; labels in other languages stay."""
        known = {each["name"]: each for each in stored}
        found = []
        for form in self.rows_given():
            data = form.cleaned_data
            name, label = data.get("name") or "", (data.get("label") or "").strip()
            before = dict(known[name]["label"]) if name in known else {}
            with override(language):
                same = name in OURS and label in ("", str(OURS[name].label))
            words = {tag: text for tag, text in before.items() if tag != language}
            words |= {} if same or not label else {language: label}
            hidden = bool(name) and not data.get("asked")
            found.append({"name": name, "kind": data.get("kind") or "text", "label": words, "hidden": hidden})
        return found


def _place(place: int | None) -> int:
    return 1000 if place is None else place
