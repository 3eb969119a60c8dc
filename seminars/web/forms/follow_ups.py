"""Forms about what is owed: the template of a series, and what is done with items of checklists."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.followups.kinds import MOST_DAYS, OWN, USUAL, label_of
from seminars.followups.models import Owed
from seminars.followups.owing import LONGEST_WORDS, MOST_OWN, Own
from seminars.people.models import Person
from seminars.series.models import Series
from seminars.web.forms.inputs import Short
from seminars.web.forms.rhythm import number_field
from seminars.words import say

BEFORE, AFTER = "before", "after"
SIDES = [(BEFORE, gettext_lazy("before")), (AFTER, gettext_lazy("after"))]
SPARE = 2  # empty lines for tasks of one's own


class LineForm(forms.Form):
    """One line of the template: whether it is owed, and when. `kind` and `usual` are set by who makes it."""

    kind, usual = "", 0
    words = ""
    on = forms.BooleanField(required=False)
    days = number_field(0, MOST_DAYS, label=gettext_lazy("Days"))
    side = forms.ChoiceField(choices=SIDES, label=gettext_lazy("Before or after"), required=False)

    @classmethod
    def of(cls, kind: str, there: Owed | None, data: Any = None) -> "LineForm":
        """Return the line of a kind that every template offers."""
        days = there.days if there else USUAL[kind]
        form = cls(data, prefix=kind, initial={"on": there is not None, **_spread(days)})
        form.kind, form.usual = kind, USUAL[kind]
        form.fields["on"].label = str(label_of(kind, None, ""))
        _name(form, str(form.fields["on"].label))
        return form

    def clean(self) -> dict[str, Any]:
        """What is ticked needs its days; empty is the usual."""
        data = super().clean() or {}
        if data.get("on") and data.get("days") is None and "days" not in self.errors:
            data |= _spread(self.usual)
        _refuse_none_after(self, data)
        return data

    @property
    def owed(self) -> int | None:
        """Days as `Owed.days` has them; None where it is not ticked."""
        return _joined(self.cleaned_data) if self.cleaned_data["on"] else None


class OwnForm(forms.Form):
    """One task in the organisers' own words; empty words take it off."""

    kind = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    words = Short(label=gettext_lazy("Task in your own words"), required=False, longest=LONGEST_WORDS)
    days = number_field(0, MOST_DAYS, label=gettext_lazy("Days"))
    side = forms.ChoiceField(choices=SIDES, label=gettext_lazy("Before or after"), required=False)

    def clean(self) -> dict[str, Any]:
        """A task needs its days."""
        data = super().clean() or {}
        if data.get("words") and data.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("Say how many days."))
        _refuse_none_after(self, data)
        return data


class TemplateForm:
    """The whole template of a series: a line for each usual kind, and lines for tasks of the organisers' own."""

    def __init__(self, series: Series, lines: Iterable[Owed], data: Any = None) -> None:
        there = {each.kind: each for each in lines}
        self.language = series.language
        self.own_before = {kind: each for kind, each in there.items() if kind.startswith(OWN)}
        self.lines = [LineForm.of(kind, there.get(kind), data) for kind in USUAL]
        self.own = list(self._own(data))

    def _own(self, data: Any) -> Iterable[OwnForm]:
        known = list(self.own_before.values())
        for number in range(min(MOST_OWN, len(known) + SPARE)):
            initial: dict[str, Any] = {"side": AFTER}
            if number < len(known):
                each = known[number]
                initial = {"kind": each.kind, "words": say(each.words, self.language), **_spread(each.days)}
            form = OwnForm(data, prefix=f"own{number}", initial=initial)
            _name(form, _("Task %(n)d") % {"n": number + 1})
            yield form

    @property
    def forms(self) -> list[forms.Form]:
        """All lines."""
        return [*self.lines, *self.own]

    def is_valid(self) -> bool:
        """Whether every line is."""
        return all(each.is_valid() for each in self.forms)

    @property
    def errors(self) -> list[str]:
        """What is wrong, once for each line."""
        found = []
        for form in self.forms:
            what = form.fields["on"].label if isinstance(form, LineForm) else form["words"].value()
            for messages in form.errors.values():
                found += [f"{what}: {message}" for message in messages]
        return found

    def owed(self) -> dict[str, int]:
        """Return days by kind of the lines that are ticked."""
        return {each.kind: days for each in self.lines if (days := each.owed) is not None}

    def tasks(self) -> list[Own]:
        """Return the tasks in own words, in the language of the series; other languages' words stay."""
        found = []
        for form in self.own:
            data = form.cleaned_data
            if text := data["words"].strip():
                before = self.own_before.get(data["kind"])
                words = {**(before.words if before else {}), self.language: text}
                found.append(Own(words, _joined(data), data["kind"]))
        return found


def _name(form: forms.Form, what: str) -> None:
    """Say to who cannot see the line which one the number and the choice belong to."""
    form.fields["days"].widget.attrs["aria-label"] = _("%(what)s: days") % {"what": what}
    form.fields["side"].widget.attrs["aria-label"] = _("%(what)s: before or after") % {"what": what}


def _spread(days: int) -> dict[str, Any]:
    return {"days": abs(days), "side": AFTER if days > 0 else BEFORE}


def _joined(data: dict[str, Any]) -> int:
    days = int(data["days"])
    return days if data["side"] == AFTER else -days


def _refuse_none_after(form: forms.Form, data: dict[str, Any]) -> None:
    wanted = data.get("on") or data.get("words")
    if wanted and data.get("days") == 0 and data.get("side") == AFTER:
        form.add_error("days", _("Give at least one day after the end."))


class AssignForm(forms.Form):
    """Who sees to it from now on."""

    person = forms.TypedChoiceField(label=gettext_lazy("Who sees to it"), required=False)

    def __init__(self, *args: Any, people: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(each.pk): each for each in people}
        field = self.fields["person"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            ("", _("Who leads the series")),
            *((pk, each.name) for pk, each in self.people.items()),
        ]
        field.coerce = self.people.get
        field.empty_value = None


class BulkForm(AssignForm):
    """What is done with all lines that are ticked."""

    do = forms.ChoiceField(choices=[(each, each) for each in ("assign", "waive", "done")])
    reason = Short(label=gettext_lazy("Reason, shown to everybody"), longest=500, required=False)

    def clean(self) -> dict[str, Any]:
        """Waiving needs its reason."""
        data = super().clean() or {}
        if data.get("do") == "waive" and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Give a reason. Everybody will see it."))
        return data
