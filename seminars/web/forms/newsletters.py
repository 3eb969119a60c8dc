"""Forms of newsletters: when they go out, and an editor's words and choices."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.notifications.newsletter.gathering import tellable
from seminars.notifications.newsletter.items import Choices, Item
from seminars.notifications.newsletter.models import Every, Issue
from seminars.web.forms.inputs import Short, tongues, words_fields, words_of
from seminars.web.forms.rhythm import number_field
from seminars.web.forms.zones import ZoneChoice

WEEKDAYS = [
    (0, gettext_lazy("Monday")),
    (1, gettext_lazy("Tuesday")),
    (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")),
    (4, gettext_lazy("Friday")),
    (5, gettext_lazy("Saturday")),
    (6, gettext_lazy("Sunday")),
]


class PlanForm(forms.Form):
    """When a letter goes out."""

    every = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Every.choices, required=False, widget=forms.RadioSelect
    )
    weekday = forms.TypedChoiceField(label=gettext_lazy("Each week on"), choices=WEEKDAYS, coerce=int)
    day = number_field(1, 31, label=gettext_lazy("Each month on day"))
    hour = number_field(0, 23, label=gettext_lazy("At hour"))
    zone = ZoneChoice(label=gettext_lazy("By the clock in"))

    def __init__(self, *args: Any, site: bool, **options: Any) -> None:
        """Site: the site's own letter, which has no home zone."""
        super().__init__(*args, **options)
        if not site:
            del self.fields["zone"]


class IssueForm(forms.Form):
    """An editor's words by language; which items, in what order. Items are named by their refs."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    add = Short(
        label=gettext_lazy("Add a session from the archive"),
        help_text=gettext_lazy("Paste the address of its page on this site."),
        required=False,
        longest=300,
    )

    def __init__(self, *args: Any, issue: Issue, languages: Iterable[str], **options: Any) -> None:
        options["initial"] = {
            "version": issue.version,
            **{f"subject_{tag}": text for tag, text in issue.subject.items()},
            **{f"introduction_{tag}": text for tag, text in issue.introduction.items()},
        }
        super().__init__(*args, **options)
        self.issue = issue
        self.tongues = tongues([*languages, *issue.subject, *issue.introduction])
        words_fields(self, "subject", _("Subject"), self.tongues)
        words_fields(self, "introduction", _("Introduction"), self.tongues, rows=6)

    def words(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of subject and introduction, language by language."""
        return [(self[f"subject_{tag}"], self[f"introduction_{tag}"]) for tag, _name in self.tongues]

    def clean_add(self) -> str:
        """Return the uid of the session whose page's address it is; "" for none."""
        address = self.cleaned_data["add"].strip()
        if not address:
            return ""
        try:
            found = resolve(urlsplit(address).path)
        except Resolver404:
            found = None
        slug = found.kwargs.get("slug") if found and found.url_name in {"session", "archive_item"} else None
        session = tellable(self.issue.community).filter(slug=slug or "").first()
        if session is None:
            raise forms.ValidationError(
                _("This is not the address of a session that this newsletter may tell of.")
            )
        return str(session.uid)

    def kept(self, shown: Sequence[Item], do: str) -> dict[str, Any]:
        """Return what `editing.keep` takes. shown: the items of the page, in its order. do: "up:<ref>" moves one."""
        refs = [each.ref for each in shown]
        before = Choices(**self.issue.choices)
        assert isinstance(self.data, QueryDict)  # it was posted
        listed = set(self.data.getlist("listed"))  # an item that came meanwhile was not left out
        out = [ref for ref in refs if ref in listed and f"in-{ref}" not in self.data]
        pinned = [ref for ref in refs if ref not in out and f"pin-{ref}" in self.data]
        added = [*before.added, *([self.cleaned_data["add"]] if self.cleaned_data["add"] else [])]
        order = moved(shown, do)
        return {
            "version": self.cleaned_data["version"],
            "subject": words_of(self.cleaned_data, "subject"),
            "introduction": words_of(self.cleaned_data, "introduction"),
            "choices": Choices(out, pinned, order, list(dict.fromkeys(added))),
        }


def moved(shown: Sequence[Item], do: str) -> list[str]:
    """Return the refs in order, one of them moved within its section. do: "up:<ref>", "down:<ref>" or another word."""
    verb, _colon, ref = do.partition(":")
    order = [each.ref for each in shown]
    section = {each.ref: each.section for each in shown}
    step = {"up": -1, "down": 1}.get(verb, 0)
    if ref in section and step:
        near = [each for each in order if section[each] == section[ref]]
        place = near.index(ref) + step
        if 0 <= place < len(near):
            here, there = order.index(ref), order.index(near[place])
            order[here], order[there] = order[there], order[here]
    return order
