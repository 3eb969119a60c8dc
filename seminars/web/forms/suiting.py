"""Dates that do not suit: what becomes of holidays, weekends, Ramadan evenings and clashes in a series."""

from collections.abc import Iterable
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext_lazy

from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.series.skips import Rule, RuleError, Then, countries, read
from seminars.series.suiting import refusal
from seminars.web.forms.naming import by_name
from seminars.web.forms.zones import locale_of

THEN = [
    (Then.KEEP.value, gettext_lazy("Keep the date")),
    (Then.SKIP.value, gettext_lazy("Skip it")),
    (Then.MOVE.value, gettext_lazy("Move to the next working day")),
]


def country_choices() -> list[tuple[str, str]]:
    """Return (ISO 3166 code, name) of each country whose holidays are known, by name in the page's language."""
    locale: Locale = locale_of(get_language() or "en")
    return by_name((code, str(locale.territories.get(code, code))) for code in countries())


def then_field(label: Any) -> forms.ChoiceField:
    """What becomes of a date; nothing chosen keeps it."""
    return forms.ChoiceField(label=label, choices=THEN, initial=Then.KEEP.value, required=False)


class DateRulesForm(forms.Form):
    """Chooses the rules. Valid, it has `cleaned_data["date_rules"]` as `Series.date_rules` keeps them."""

    countries = forms.MultipleChoiceField(
        label=gettext_lazy("Countries whose holidays and weekends count"),
        choices=country_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": gettext_lazy(
                "We know no holidays of “%(value)s”. Choose countries from the list."
            )
        },
    )
    on_holiday = then_field(gettext_lazy("On a public holiday"))
    on_weekend = then_field(gettext_lazy("On a weekend"))
    on_ramadan = then_field(gettext_lazy("In Ramadan, from 17:00"))
    on_audience = then_field(gettext_lazy("At the hour of another session of this community"))
    on_room = then_field(gettext_lazy("When the room or join link is taken"))
    on_speaker = then_field(gettext_lazy("When a speaker is at another session"))
    tell = forms.BooleanField(
        label=gettext_lazy("Tell subscribers why a date was moved"),
        required=False,
        help_text=gettext_lazy("A line in the calendar entry, and on the page of the series."),
    )

    def rules(self) -> Iterable[forms.BoundField]:
        """The fields that choose what becomes of a date."""
        return [self[f"on_{rule.value}"] for rule in Rule]

    @property
    def date_rules_open(self) -> bool:
        """Whether something was chosen, or is to be changed: then the page shows it without a click."""
        touched = self.is_bound and any(
            self[name].value() not in (None, "", [], False, Then.KEEP.value)
            for name in DateRulesForm.base_fields
        )
        return touched or bool(self.is_bound and self.errors.keys() & DateRulesForm.base_fields.keys())

    def clean(self) -> dict[str, Any]:
        """Return the data with `date_rules`; rules that cannot be kept are an error beside the countries."""
        data = super().clean() or {}
        chosen = data.get("countries") or []
        asked = {rule.value: data.get(f"on_{rule.value}") or Then.KEEP.value for rule in Rule}
        then = {rule: what for rule, what in asked.items() if what != Then.KEEP}
        if chosen:  # then a holiday that is kept is still worth a word in the preview
            then.setdefault(Rule.HOLIDAY.value, Then.KEEP.value)
        data["date_rules"] = {}
        if "countries" not in self.errors:
            try:
                stored = {"countries": chosen, "then": then, "tell": data.get("tell")}
                data["date_rules"] = read(stored).stored()
            except RuleError as error:
                self._refuse(refusal(error))
        return data

    @staticmethod
    def initial_of(series: Series) -> dict[str, Any]:
        """Return what the form shows of the rules of `series`."""
        stored = series.date_rules
        chosen = {f"on_{rule}": then for rule, then in stored.get("then", {}).items()}
        return chosen | {"countries": stored.get("countries", []), "tell": bool(stored.get("tell"))}

    def _refuse(self, refused: UserError) -> None:
        for name, words in refused.fields.items():
            self.add_error(name, words)
