"""The form in which a report is written: a row for each field, with the texts that stand beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from seminars.followups.reports.fields import LANGUAGE, Field
from seminars.followups.reports.models import Report, Writing
from seminars.followups.reports.starting import start_of
from seminars.followups.reports.writing import PAGE, Given, fields_of, joined, kind_of, open_in, written_in
from seminars.sessions.models import Session
from seminars.web.forms.inputs import LanguageChoice

LANGUAGE_LABEL = gettext_lazy("Language of the report")
PREFIX, SEEN = "a", "seen-"
HELP = {
    "list": gettext_lazy("One on each line."),
    "quotes": gettext_lazy("One quotation on each line."),
}


@dataclass(frozen=True)
class Beside:
    """A text that stands beside what a field says; both: the two put together, "" where they cannot be."""

    writing: Writing
    both: str

    @property
    def who(self) -> str:
        """Who wrote it, by name; "" where that is not known any more."""
        return self.writing.who


@dataclass(frozen=True)
class Row:
    """One field on the page. seen: the revision of what it shows. there: what the field says, beside other texts."""

    bound: forms.BoundField
    name: str
    seen: int
    there: str
    beside: list[Beside] = field(default_factory=list)

    @property
    def marker(self) -> str:
        """The name of the hidden input that says what was seen."""
        return f"{SEEN}{self.name}"


class WritingForm(forms.Form):
    """Every field may stay empty. What is wrong with a text is said by `reports.writing.write`."""

    def __init__(self, fields: Iterable[Field], language: str, **options: Any) -> None:
        super().__init__(prefix=PREFIX, **options)
        for each in fields:
            lines = {"list": 5, "quotes": 4, "text": 5}.get(each.kind)
            widget = forms.Textarea(attrs={"rows": lines}) if lines else forms.TextInput()
            widget.attrs |= {"dir": "auto", "lang": language}
            if each.kind == "number":
                widget.attrs |= {"inputmode": "numeric", "class": "short"}
            self.fields[each.name] = forms.CharField(
                label=str(each.label), required=False, widget=widget, help_text=HELP.get(each.kind, "")
            )
        spoken = LanguageChoice(label=LANGUAGE_LABEL, required=False)
        groups: list[Any] = list(spoken.choices)  # type: ignore[arg-type]  # read through its property
        if not any(language == code for _group, codes in groups for code, _name in codes):
            spoken.choices = [(language, language), *groups]  # such as pt-br: saving must not change it
        self.fields[LANGUAGE] = spoken


def given_of(post: QueryDict, session: Session, report: Report | None) -> dict[str, Given]:
    """Return what was sent, by field name; only of fields that the form or the report knows."""
    names = {each.name for each in fields_of(report, session)} | {LANGUAGE}
    if report is not None:
        names |= {each["name"] for each in report.fields_stored or []} | written_in(report).keys()
    return {
        name: Given(str(post[f"{PREFIX}-{name}"]), number(post.get(f"{SEEN}{name}")))
        for name in sorted(names)
        if f"{PREFIX}-{name}" in post
    }


def number(value: Any) -> int:
    """Return a revision as a form sends it; 0 for what is none."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def fresh_hand() -> str:
    """Return a name for one opened form."""
    return f"{PAGE}{uuid4().hex}"


def rows_of(
    session: Session,
    report: Report | None,
    *,
    typed: Mapping[str, Given] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> tuple[WritingForm, list[Row]]:
    """Return the form and its rows: what is written, or what the site knows of a session where nothing is.

    typed: what was sent, shown in place of it where it is `wrong` (messages by field).
    """
    written = written_in(report) if report else {name: (text, 0) for name, text in start_of(session).items()}
    written.setdefault(LANGUAGE, (session.language, 0))
    language = written[LANGUAGE][0]
    wrong, typed = wrong or {}, typed or {}
    shown = {name: text for name, (text, _revision) in written.items()}
    shown |= {name: typed[name].text for name in wrong if name in typed}
    form = WritingForm(
        fields_of(report, session), language, data={f"{PREFIX}-{name}": text for name, text in shown.items()}
    )
    form.full_clean()
    form.errors.clear()
    for name, words in wrong.items():
        form.add_error(name if name in form.fields else None, words)
    beside = open_in(report) if report else []
    rows = [
        Row(
            form[name],
            name,
            typed[name].seen if name in wrong and name in typed else written.get(name, ("", 0))[1],
            written.get(name, ("", 0))[0],
            [_beside(report, each, written) for each in beside if report and each.field == name],
        )
        for name in form.fields
    ]
    return form, rows


def _beside(report: Report, each: Writing, written: Mapping[str, tuple[str, int]]) -> Beside:
    kind = kind_of(report, each.field)
    together = kind not in ("number", "line") and written.get(each.field, ("", 0))[0] and each.text
    return Beside(each, joined(kind, written[each.field][0], each.text) if together else "")
