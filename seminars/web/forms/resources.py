"""Forms of shared resources: one of them, what to show, and what the moderator says."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.series.resources.models import Resource, ResourceKind
from seminars.series.topics.models import Topic
from seminars.web.forms.inputs import LanguageChoice, Short, WebAddress
from seminars.web.forms.naming import by_name
from seminars.web.forms.rhythm import day_field, hour_field
from seminars.web.forms.zones import ZoneChoice
from seminars.words import say

MOST_TOPICS = 200
PLAIN = ("kind", "title", "url", "about", "language", "due_on", "due_time", "zone")


def topic_choices() -> list[tuple[str, str]]:
    """Return the topics of the site, by name in the page's language."""
    language = get_language() or "en"
    found = [(each.slug, say(each.name, language)) for each in Topic.objects.order_by("slug")[:MOST_TOPICS]]
    return by_name(found)


class ResourceForm(forms.Form):
    """A link with a title, perhaps a deadline."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=ResourceKind.choices,
        initial=ResourceKind.LINK,
        widget=forms.RadioSelect,
    )
    title = Short(
        label=gettext_lazy("Title"), longest=200, error_messages={"required": gettext_lazy("Give a title.")}
    )
    url = WebAddress(
        label=gettext_lazy("Web address"), error_messages={"required": gettext_lazy("Give the web address.")}
    )
    about = forms.CharField(
        label=gettext_lazy("Why it is of use"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = LanguageChoice(label=gettext_lazy("Language"))
    due_on = day_field(
        label=gettext_lazy("Deadline"), required=False, help_text=gettext_lazy("Empty: it has none.")
    )
    due_time = hour_field(
        label=gettext_lazy("At"), required=False, help_text=gettext_lazy("Empty: when the day ends.")
    )
    zone = ZoneChoice(
        label=gettext_lazy("City"),
        required=False,
        help_text=gettext_lazy("The deadline counts by its clock."),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"),
        required=False,
        choices=topic_choices,
        widget=forms.CheckboxSelectMultiple,
    )

    @staticmethod
    def initial_of(resource: Resource) -> dict[str, Any]:
        """Return what the form shows of `resource`."""
        found = {name: getattr(resource, name) for name in PLAIN}
        return found | {"topics": list(resource.topics.values_list("slug", flat=True))}

    def columns(self) -> dict[str, Any]:
        """Return the resource's columns, and its topics."""
        data = self.cleaned_data
        topics = list(Topic.objects.filter(slug__in=data["topics"])) if data["topics"] else []
        return {name: data[name] for name in PLAIN} | {"topics": topics}


class ShowForm(forms.Form):
    """Which of them to show."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), required=False)
    topic = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("all")), *ResourceKind.choices]


class DecideForm(forms.Form):
    """Why it is not taken."""

    reason = Short(label=gettext_lazy("Why not, in a few words"), longest=500, required=False)
