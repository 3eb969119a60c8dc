"""Fields that organisers meet in several forms: web addresses, lengths of time, lists of dates, languages."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.web.forms.naming import languages
from seminars.web.forms.zones import locale_of
from seminars.web.numbers import row_number

TRAP = "website"
LONGEST_MINUTES = 14 * 1440
LONGEST_TITLE = 200
_NOT_WEB = gettext_lazy("Give a web address that begins with http:// or https://.")
_TOO_LONG = gettext_lazy("Shorten this to %(limit_value)d characters; it has %(show_value)d.")
_LENGTH = re.compile(
    r"(?:(?P<hours>\d{1,3})\s*(?:h|t|tim|hours?|:)\s*)?(?:(?P<minutes>\d{1,5})\s*(?:m|min|minutes?)?)?"
)


class Trapped(forms.Form):
    """A form that anybody may send, with a field that people never see and programs fill."""

    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_website(self) -> str:
        """Refuse who filled the trap."""
        if self.cleaned_data[TRAP]:
            raise ValidationError(_("Leave the field “Leave this empty” empty, and send again."))
        return ""


class Several(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Rows to tick. A number that no database holds is no choice: it would break the question to SQLite."""

    def clean(self, value: Any) -> Any:
        """Return the rows. Raises ValidationError."""
        for each in value or ():
            if not row_number(str(each)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": str(each)[:40]},
                )
        return super().clean(value)


class Short(forms.CharField):
    """One line of text. Too long is said, never cut: a browser's own limit would drop what is pasted."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        super().__init__(**options)
        self.validators.append(MaxLengthValidator(longest, _TOO_LONG))


class WebAddress(forms.URLField):
    """An address on the web: http or https, nothing else. Without a scheme https is meant."""

    default_validators = [URLValidator(schemes=["http", "https"], message=_NOT_WEB)]
    default_error_messages = {"invalid": _NOT_WEB}

    def __init__(self, **options: Any) -> None:
        # A text box, so that the browser does not refuse what we would only complete.
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "url"}))
        super().__init__(assume_scheme="https", **options)
        self.validators.append(MaxLengthValidator(500, _TOO_LONG))


class Length(forms.CharField):
    """A length of time as people write it, `1:30`, `90`, `1 h 30 min`. Gives whole minutes."""

    default_error_messages = {
        "invalid": gettext_lazy("Give the length as hours and minutes, 1:30, or in minutes, 90."),
        "backwards": gettext_lazy("The end must be after the start. Give a length such as 1:30."),
        "long": gettext_lazy("Longer than 14 days. Choose whole days instead."),
    }

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]  # a number, not text
        """Return minutes, or None for nothing."""
        text = str(super().to_python(value) or "").strip().casefold()
        if not text:
            return None
        if text.startswith(("-", "\N{MINUS SIGN}")):
            raise ValidationError(self.error_messages["backwards"], "backwards")
        found = _LENGTH.fullmatch(text)
        if not found or (found["hours"] and ":" in text and int(found["minutes"] or 0) > 59):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
        if minutes < 1:
            raise ValidationError(self.error_messages["backwards"], "backwards")
        if minutes > LONGEST_MINUTES:
            raise ValidationError(self.error_messages["long"], "long")
        return minutes

    def prepare_value(self, value: Any) -> Any:
        """Show minutes as `1:30`; text that was typed stays as it was typed."""
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) else value


class Dates(forms.CharField):
    """Days, one on each line. Gives them sorted, each once."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3, "data-dates": ""}))
        super().__init__(**options)

    def to_python(self, value: Any) -> list[date]:  # type: ignore[override]  # days, not text
        """Return the days; ValidationError names the line that is none."""
        found = set()
        for word in re.split(r"[\s,;]+", str(super().to_python(value) or "").strip()):
            if not word:
                continue
            try:
                found.add(date.fromisoformat(word))
                if not "1900" < word < "22":
                    raise ValueError(word)
            except ValueError as error:
                message = _("“%(word)s” is not a date. Write each as 2027-09-08, one on each line.")
                raise ValidationError(message, "invalid", {"word": word[:40]}) from error
        return sorted(found)

    def validate(self, value: Any) -> None:
        """Nothing is an empty list here."""
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], "required")

    def run_validators(self, value: Any) -> None:
        """The lines were checked one by one."""

    def prepare_value(self, value: Any) -> Any:
        """Show days as lines."""
        if isinstance(value, list | tuple):
            return "\n".join(str(day) for day in value)
        return value


class Weeks(Dates):
    """ISO weeks, one on each line: 2027-W17, v 17 2027, week 17, 2027. Gives their Mondays, sorted, each once."""

    def to_python(self, value: Any) -> list[date]:  # type: ignore[override]  # days, not text
        """Return the Mondays; ValidationError names the line that is no week."""
        found = set()
        for line in re.split(r"[\n;]+", str(value or "")):
            if not (word := line.strip()):
                continue
            year, week = _week_in(word)
            try:
                found.add(date.fromisocalendar(year, week, 1))
                if not 1900 <= year < 2200:
                    raise ValueError(word)
            except ValueError as error:
                message = _(
                    "“%(word)s” is not a week. Write each as 2027-W17 or v 17 2027, one on each line."
                )
                raise ValidationError(message, "invalid", {"word": word[:40]}) from error
        return sorted(found)

    def prepare_value(self, value: Any) -> Any:
        """Show Mondays as weeks."""
        if isinstance(value, list | tuple):
            return "\n".join(f"{day:%G-W%V}" for day in value)
        return value


def _week_in(word: str) -> tuple[int, int]:
    """The ISO year and week that a line names; (0, 0) for none."""
    if found := re.fullmatch(r"(\d{4})\W*(?:w|v|s|week|vecka|semaine)?\W*(\d{1,2})", word, re.IGNORECASE):
        return int(found[1]), int(found[2])
    if found := re.fullmatch(r"(?:w|v|s|week|vecka|semaine)?\W*(\d{1,2})\D+(\d{4})", word, re.IGNORECASE):
        return int(found[2]), int(found[1])
    return 0, 0


class LanguageChoice(forms.ChoiceField):
    """A spoken language, by its name in the page's language; the site's own come first."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("initial", "en")
        super().__init__(choices=language_choices, **options)


def language_choices() -> list[Any]:
    """Return the groups of the language list: those of the site, then all that have two letters."""
    ours = tongues()
    rest = [each for each in languages() if each not in ours]
    return [(_("Of this site"), ours), (_("All"), rest)]


def words_fields(
    form: forms.Form, name: str, label: str, languages: Iterable[tuple[str, str]], *, rows: int = 1
) -> None:
    """Add one field `<name>_<language>` to `form` for each (tag, language name); of several `rows`, or one line."""
    for tag, spoken in languages:
        said = f"{label} ({spoken})"
        field = (
            forms.CharField(label=said, required=False, widget=forms.Textarea(attrs={"rows": rows}))
            if rows > 1
            else Short(label=said, required=False, longest=LONGEST_TITLE)
        )
        field.widget.attrs["lang"] = tag
        form.fields[f"{name}_{tag}"] = field


def words_of(cleaned: dict[str, Any], name: str) -> dict[str, str]:
    """Return `{language: text}` from the fields that `words_fields` added; empty texts are left out."""
    start = f"{name}_"
    return {
        key.removeprefix(start): value for key, value in cleaned.items() if key.startswith(start) and value
    }


def tongues(*more: Iterable[str]) -> list[tuple[str, str]]:
    """Return (tag, name) of the site's languages and of each tag in `more`, each once."""
    names = locale_of(get_language() or "en").languages
    tags = dict.fromkeys([code for code, _name in settings.LANGUAGES])
    tags |= dict.fromkeys(tag for given in more for tag in given if tag)
    return [(tag, str(names.get(tag, tag))) for tag in tags]
