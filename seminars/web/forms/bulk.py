"""What is to be done with the ticked sessions: a form whose every field counts only where it is chosen."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.series.models import Audience, Series
from seminars.series.topics.models import Topic
from seminars.sessions.bulk.asking import Deed
from seminars.web.forms.inputs import Length, Several, Short
from seminars.web.forms.rhythm import hour_field
from seminars.web.forms.ways import PlaceForm
from seminars.words import say

TICKED, AHEAD, DRAFTS = "ticked", "ahead", "drafts"
CHANGES = [
    ("shift", gettext_lazy("Move by days or weeks")),
    ("local_time", gettext_lazy("Start")),
    ("minutes", gettext_lazy("Length")),
    ("form", gettext_lazy("Where people meet")),
    ("room", gettext_lazy("Room")),
    ("join_url", gettext_lazy("Join link")),
    ("view_url", gettext_lazy("View-only link")),
    ("dial_in", gettext_lazy("Dial-in")),
    ("language", gettext_lazy("Language spoken")),
    ("audience", gettext_lazy("Who may see it")),
    ("topics", gettext_lazy("Topics")),
]
NAMES = {name for name, _label in CHANGES}
EARLIER, LATER = "-1", "1"


class TopicChoice(Several):
    """Topics, by their names in the page's language."""

    def label_from_instance(self, obj: Model) -> str:
        """Name a topic."""
        return say(obj.name, get_language() or "en") if isinstance(obj, Topic) else str(obj)


class BulkForm(PlaceForm):
    """The deed, how far it reaches, what changes, and a column of titles."""

    reach = forms.ChoiceField(label=gettext_lazy("Which sessions"), widget=forms.RadioSelect)
    deed = forms.ChoiceField(label=gettext_lazy("What to do"), widget=forms.RadioSelect, required=False)
    do = forms.MultipleChoiceField(
        label=gettext_lazy("What is to change"),
        choices=CHANGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    shift = forms.IntegerField(
        label=gettext_lazy("By"),
        required=False,
        min_value=1,
        max_value=3660,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Give a whole number.")},
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Days or weeks"),
        choices=[("7", gettext_lazy("weeks")), ("1", gettext_lazy("days"))],
        required=False,
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Later or earlier"),
        choices=[(LATER, gettext_lazy("later")), (EARLIER, gettext_lazy("earlier"))],
        required=False,
    )
    local_time = hour_field(label=gettext_lazy("Start"), required=False)
    minutes = Length(label=gettext_lazy("Length"), required=False, help_text=gettext_lazy("1:30 or 90."))
    topics_added = TopicChoice(
        label=gettext_lazy("Topics to add"),
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics_taken = TopicChoice(
        label=gettext_lazy("Topics to take off"),
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = Short(
        label=gettext_lazy("Reason"),
        longest=500,
        required=False,
        help_text=gettext_lazy("Everybody sees it where a session is cancelled or moves."),
    )
    titles = forms.CharField(
        label=gettext_lazy("Titles, one on each line"),
        required=False,
        strip=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6, "wrap": "off"}),
        help_text=gettext_lazy(
            "Copy a column from your spreadsheet. Lines go in order to the ticked sessions or, if none is ticked, to"
            " those that have no title yet. A line that begins with a date, such as 2027-09-08, goes to that day."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        series: Series,
        ahead: int,
        drafts: int,
        topics: "QuerySet[Topic]",
        **options: Any,
    ) -> None:
        options.setdefault("initial", {"reach": TICKED, "deed": "", "unit": "7", "way": LATER})
        super().__init__(data, **options)
        for name in ("place_id", "doors"):  # a room is found by its words; doors stay each session's own
            del self.fields[name]
        reaches = [(TICKED, _("The ticked ones")), (AHEAD, _("All to come (%(n)d)") % {"n": ahead})]
        deeds = [("", _("Nothing more")), (Deed.EDIT.value, _("Change them alike"))]
        deeds += [(Deed.CANCEL.value, _("Cancel them"))] if series.published_at else []
        if drafts:
            reaches.append((DRAFTS, _("All drafts (%(n)d)") % {"n": drafts}))
            deeds += [(Deed.PUBLISH.value, _("Publish the drafts"))] if series.published_at else []
            deeds.append((Deed.DISCARD.value, _("Discard the drafts")))
        self._offer_topics(topics)
        audiences = [
            each
            for each in Audience.choices[Audience.values.index(series.audience) :]
            if each[0] != Audience.COHORT or series.cohort_id
        ]
        for name, choices in (("reach", reaches), ("deed", deeds), ("audience", audiences)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        for name in ("form", "audience", "language"):
            self.fields[name].required = False
            self.fields[name].initial = None
            self.fields[name].help_text = ""

    def _offer_topics(self, topics: "QuerySet[Topic]") -> None:
        """Topics that are known; a new one is made on the page of a session. None known: nothing is asked."""
        do = self.fields["do"]
        assert isinstance(do, forms.MultipleChoiceField)
        if not topics:
            do.choices = [each for each in CHANGES if each[0] != "topics"]
        for name in ("topics_added", "topics_taken"):
            field = self.fields[name]
            assert isinstance(field, TopicChoice)
            field.queryset = topics

    def clean(self) -> dict[str, Any]:
        """What is chosen needs a value where nothing would make no sense; what is filled in must be chosen."""
        data = super().clean() or {}
        if data.get("deed") != Deed.EDIT:
            for name in NAMES:
                self.errors.pop(name, None)
            return data
        chosen = set(data.get("do") or ())
        if not chosen and "do" not in self.errors:
            self.add_error("do", _("Choose what is to change."))
        empty = {
            "shift": _("Say by how many days or weeks."),
            "local_time": _("Give the hour at which it starts."),
            "minutes": _("Say how long it lasts, such as 1:30."),
            "form": _("Choose one."),
            "audience": _("Choose one."),
        }
        for name, words in empty.items():
            if name in chosen and not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        both = set(data.get("topics_added") or ()) & set(data.get("topics_taken") or ())
        if "topics" in chosen and both:
            self.add_error("topics_taken", _("A topic cannot be added and taken off at once."))
        elif "topics" in chosen and not (data.get("topics_added") or data.get("topics_taken")):
            self.add_error("topics_added", _("Choose one."))
        for name, label in CHANGES:
            if name not in chosen and name != "language" and data.get(name):
                self.add_error(
                    name, _("You filled in “%(name)s”: choose it above too, or empty it.") % {"name": label}
                )
        return data

    def shifted(self) -> int:
        """Return by how many days, earlier ones negative; 0 where nothing moves."""
        data = self.cleaned_data
        if data["deed"] != Deed.EDIT or "shift" not in data["do"]:
            return 0
        return int(data["shift"]) * int(data["unit"] or 7) * int(data["way"] or LATER)

    def changes(self) -> dict[str, Any]:
        """Return the columns that all ticked sessions get."""
        data = self.cleaned_data
        if data["deed"] != Deed.EDIT:
            return {}
        return {name: data[name] for name in data["do"] if name not in ("shift", "topics")}

    def topics(self) -> tuple[frozenset[int], frozenset[int]]:
        """Return the ids of the topics that all ticked sessions get, and of those that they lose."""
        data = self.cleaned_data
        if data["deed"] != Deed.EDIT or "topics" not in data["do"]:
            return frozenset(), frozenset()
        added, taken = (
            frozenset(topic.pk for topic in data[name]) for name in ("topics_added", "topics_taken")
        )
        return added, taken
