"""The form of *Plan a series*: everything a series promises, on one page."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars import clock
from seminars.followups.kinds import USUAL, Task
from seminars.people.membership.models import Cohort
from seminars.people.models import Community
from seminars.people.visitors import Visitor
from seminars.series.models import Precision, Series
from seminars.series.rooms.models import Room
from seminars.sessions.drafting import OWED
from seminars.sessions.models import MaterialKind
from seminars.sessions.spans import Slot
from seminars.web.forms.inputs import LONGEST_TITLE, Length, Short, WebAddress
from seminars.web.forms.rhythm import Rhythm, RhythmForm, hour_field, number_field
from seminars.web.forms.suiting import DateRulesForm
from seminars.web.forms.ways import PlaceForm
from seminars.web.forms.zones import ZoneChoice, city_of
from seminars.words import say

RESERVED = "new"  # /organise/series/new/ is the planner
# Where a message of the domain is shown, when the form calls the field otherwise.
ELSEWHERE = {"rrule": "rhythm", "rdates": "extra", "exdates": "left_out", "first_date": "first_date"}

OWED_CHOICES = [
    (MaterialKind.SLIDES.value, gettext_lazy("Slides, before the start")),
    (MaterialKind.RECORDING.value, gettext_lazy("Recording, 2 days after")),
    (Task.BRIEF.value, gettext_lazy("Speaker's brief, 14 days before")),
    (Task.REHEARSAL.value, gettext_lazy("Rehearsal, 3 days before")),
    (MaterialKind.HANDOUT.value, gettext_lazy("Handout, the day before")),
    (MaterialKind.CAPTIONS.value, gettext_lazy("Captions, 7 days after")),
    (Task.ANSWERS.value, gettext_lazy("Answers to open questions, 7 days after")),
    (MaterialKind.REPORT.value, gettext_lazy("Session report, 10 days after")),
    (MaterialKind.PAPER.value, gettext_lazy("Discussion paper, 30 days after")),
]


class CommunityChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """One of the communities the visitor organises, by its name in the page's language."""

    def label_from_instance(self, obj: models.Model) -> str:
        """Name a community."""
        return say(obj.name, get_language() or "en") if isinstance(obj, Community) else str(obj)


class PlanForm(RhythmForm, PlaceForm, DateRulesForm):
    """Plans a series. `for_visitor` limits the communities; `arguments` gives what `draft_series` takes."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    title = Short(
        label=gettext_lazy("Title"),
        longest=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Give a title.")},
    )
    community = CommunityChoice(
        label=gettext_lazy("Community"),
        queryset=Community.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("Choose one of your communities.")},
    )
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "Part of every address, for ever, such as after-hours. Empty: made from the title."
        ),
        error_messages={
            "invalid": gettext_lazy("Use letters a–z, figures and hyphens only, such as after-hours.")
        },
    )
    abstract = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    zone = ZoneChoice(
        label=gettext_lazy("Whose clock counts"),
        help_text=gettext_lazy("The hour stays the same in this city all year, also when clocks change."),
    )
    all_day = forms.BooleanField(label=gettext_lazy("Whole days, without an hour"), required=False)
    local_time = hour_field(
        label=gettext_lazy("Start"),
        required=False,
        help_text=gettext_lazy("As the clock in the city above shows it."),
    )
    minutes = Length(
        label=gettext_lazy("Length"),
        required=False,
        initial=60,
        help_text=gettext_lazy("1:30 is an hour and a half; 90 is the same in minutes."),
    )
    days = number_field(
        1,
        60,
        label=gettext_lazy("Days that each one lasts"),
        initial=1,
        help_text=gettext_lazy("An e-conference of five days is 5."),
    )
    owed = forms.MultipleChoiceField(
        label=gettext_lazy("Around each session we need"),
        choices=OWED_CHOICES,
        initial=list(OWED),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each tick becomes an item on the checklist of every session."),
    )

    external = forms.BooleanField(
        label=gettext_lazy("Others run it; we only list it"),
        required=False,
        help_text=gettext_lazy(
            "It stands in calendars with its source, and nothing is promised in their name."
        ),
    )
    source_url = WebAddress(
        label=gettext_lazy("Where they announce it"),
        required=False,
        help_text=gettext_lazy("The address of their own page."),
    )

    @classmethod
    def for_visitor(cls, visitor: Visitor, data: Any = None, community: str = "") -> "PlanForm":
        """Return the form with the visitor's communities, empty (for `community`'s zone) or with `data`."""
        mine = list(Community.objects.organised_by(visitor).order_by("slug"))
        chosen = next((each for each in mine if each.slug == community), mine[0] if mine else None)
        initial: dict[str, Any] = {"form_key": uuid4().hex}
        if chosen:
            initial |= {"community": chosen.slug, "zone": chosen.home_zone, "form": chosen.form}
            initial |= {"language": chosen.language}
        form = cls(data, initial=initial)
        form.today = clock.to_wall(timezone.now(), chosen.home_zone if chosen else "UTC").date()
        field = form.fields["community"]
        assert isinstance(field, CommunityChoice)
        field.queryset = Community.objects.organised_by(visitor).order_by("slug")
        form.offer_cohorts(Cohort.objects.filter(community__in=mine).select_related("community"))
        form.offer_rooms(Room.objects.offered().filter(community__in=mine).select_related("community"))
        return form

    def clean_slug(self) -> str:
        """Return the short name; one that is taken is refused, unless this very form took it."""
        slug = str(self.cleaned_data["slug"]).lower()
        if not slug and slugify(self.cleaned_data.get("title", "")) == RESERVED:
            return f"{RESERVED}-series"
        taken = Series.objects.filter(slug=slug).exclude(form_key=self.data.get("form_key") or None)
        if slug and (slug == RESERVED or taken.exists()):
            raise ValidationError(
                _("Another series is called “%(slug)s”. Choose another name."), "taken", {"slug": slug}
            )
        return slug

    def clean(self) -> dict[str, Any]:
        """Check what belongs together: an hour or whole days, the end after the start, a time that exists."""
        data = super().clean()
        data["precision"] = self.precision.value
        if self.precision != Precision.DAY:
            data["all_day"], data["days"] = True, 7 if self.precision == Precision.WEEK else 1
            self.errors.pop("days", None)
        if data.get("all_day"):
            data["local_time"], data["minutes"] = None, data.get("minutes") or 60
            self.errors.pop("local_time", None)
            self.errors.pop("minutes", None)
        elif data.get("local_time") is None and "local_time" not in self.errors:
            self.add_error("local_time", _("Give the hour at which it starts, or tick “Whole days”."))
        elif data.get("minutes") is None and "minutes" not in self.errors:
            self.add_error("minutes", _("Say how long it lasts, such as 1:30."))
        self._count_days(data)
        if not data.get("external"):
            data["source_url"] = ""
            self.errors.pop("source_url", None)
        elif not data.get("source_url") and "source_url" not in self.errors:
            self.add_error("source_url", _("Give the address where they announce it."))
        if not self.errors and data["rhythm"] == Rhythm.ONCE and data["local_time"] is not None:
            self._check_hour(data)
        return data

    def _count_days(self, data: dict[str, Any]) -> None:
        """A single event is as long as from its first to its last day; others, as long as they say."""
        if data.get("rhythm") == Rhythm.ONCE:
            data["days"] = 1
            self.errors.pop("days", None)
            data["date_rules"] = {}  # its day was chosen as it is
            first, last = data.get("first_date"), data.get("last_date")
            if first and last and last < first:
                self.add_error("last_date", _("The last day is before the first. Choose a later one."))
            elif first and last and (last - first) > timedelta(days=59):
                self.add_error("last_date", _("Longer than 60 days. Plan it as a series instead."))
            elif first and last:
                data["days"] = (last - first).days + 1
        if self.precision != Precision.DAY:
            data["date_rules"] = {}  # no day is known that could be moved
        data["days"] = data.get("days") or 1

    def _check_hour(self, data: dict[str, Any]) -> None:
        """Refuse a single event at an hour that clocks skip; a series moves over it, and the preview says so."""
        first: date = data["cadence"].first
        slot = Slot(first, data["local_time"], data["zone"], data["minutes"] or 60, data["days"])
        reading = clock.inspect(slot.wall, data["zone"])
        if reading.suggestion is not None:
            message = _(
                "Clocks in %(city)s go forward over %(time)s on this day. The next time that exists is %(next)s."
            )
            city = city_of(data["zone"], get_language() or "en")
            words = {"city": city, "time": f"{slot.wall:%H:%M}", "next": f"{reading.suggestion:%H:%M}"}
            self.add_error("local_time", message % words)

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of `drafting.draft_series`, without `now` and `actor_id`."""
        data = self.cleaned_data
        plan, language = data["cadence"], data["language"]
        kept = (
            "community",
            "zone",
            "local_time",
            "days",
            "precision",
            "room",
            "place_id",
            "join_url",
            "view_url",
            "dial_in",
            "doors",
            "audience",
            "external",
            "source_url",
        )
        cohort = {"cohort_id": data["cohort_id"]} if data.get("cohort_id") else {}
        return (
            {name: data[name] for name in kept}
            | cohort
            | {
                "title": {language: data["title"]},
                "abstract": {language: data["abstract"]} if data["abstract"] else {},
                "first_date": plan.first,
                "rrule": plan.rrule,
                "rdates": plan.rdates,
                "exdates": plan.exdates,
                "date_rules": data["date_rules"],
                "minutes": data["minutes"],
                "form": data["form"],
                "language": language,
                "slug": data["slug"],
                "form_key": data["form_key"] or None,
                "owed": {kind: USUAL[kind] for kind in data["owed"]},
            }
        )
