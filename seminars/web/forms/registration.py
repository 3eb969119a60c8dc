"""Forms of a registration: who comes, by whose clock, and how it gets into their calendar."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from seminars.sessions.registration.models import Coming, Registration, SeriesRegistration
from seminars.sessions.registration.questions import LONGEST, Kind, Question, answered
from seminars.web.forms.inputs import Short, Trapped
from seminars.web.forms.zones import ZoneChoice

FEW = 7  # answers that stand side by side; more are a list that opens
INVITED, FEED = "invitation", "feed"


class DetailsForm(forms.Form):
    """What one can change by the link."""

    name = Short(
        label=gettext_lazy("Your name"),
        longest=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name, as the organisers are to see it.")},
    )
    zone = ZoneChoice(
        label=gettext_lazy("Your city, or a larger one with the same clock"),
        help_text=gettext_lazy("Mails tell the time by this clock."),
    )
    calendar = forms.ChoiceField(
        label=gettext_lazy("Your calendar"),
        choices=[
            (INVITED, gettext_lazy("Mail me an invitation for my calendar, and each change")),
            (FEED, gettext_lazy("I follow the feed already: no invitation")),
        ],
        initial=INVITED,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Who follows the feed and accepts the invitation sees the session twice."),
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )

    reminders = forms.BooleanField(
        label=gettext_lazy("Remind me by mail"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Usually a week, a day and an hour before. By your link you choose when."),
    )

    def __init__(
        self,
        *args: Any,
        invites: bool,
        ways: Sequence[str] = (),
        questions: Iterable[Question] = (),
        **options: Any,
    ) -> None:
        """Invites: whether the series sends invitations at all; ways: of coming, asked where there are two."""
        super().__init__(*args, **options)
        self.questions = list(questions)
        if not invites:
            del self.fields["calendar"]
        if len(ways) > 1:
            self.fields["coming"] = _coming_field()
        for each in self.questions:
            self.fields[f"answer_{each.name}"] = answer_field(each)

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields of the extra questions."""
        return [self[f"answer_{each.name}"] for each in self.questions]

    @staticmethod
    def initial_of(registration: Registration | SeriesRegistration) -> dict[str, Any]:
        """Return what the form shows of `registration`."""
        of = registration.session if isinstance(registration, Registration) else registration.series
        said = {f"answer_{each['name']}": _shown(each["said"]) for each in registration.answers}
        return said | {
            "name": registration.name,
            "zone": registration.zone or of.zone,
            "calendar": INVITED if registration.wants_invitation else FEED,
            "reminders": registration.reminders,
            "coming": registration.coming,
        }

    def columns(self, before: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """Return what the verbs of `registration.registering` take. before: the answers that were kept."""
        data = self.cleaned_data
        found = {"name": data["name"], "zone": data["zone"], "reminders": data["reminders"]}
        if "coming" in self.fields:
            found["coming"] = data["coming"]
        if "calendar" in data:
            found["wants_invitation"] = data["calendar"] == INVITED
        said = {each.name: _said(each, data.get(f"answer_{each.name}")) for each in self.questions}
        return found | {"answers": answered(self.questions, said, before)}


def _coming_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("How will you come?"),
        choices=[(Coming.ONLINE, gettext_lazy("Online")), (Coming.ROOM, gettext_lazy("In the room"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )


def answer_field(question: Question) -> forms.Field:
    """Return the field for one extra question."""
    options: dict[str, Any] = {"label": question.words, "required": question.required}
    options["error_messages"] = {"required": gettext_lazy("Answer this question.")}
    choices = [(each, each) for each in question.options]
    if question.kind == Kind.ONE and len(choices) > FEW:
        return forms.ChoiceField(choices=[("", gettext_lazy("Choose one")), *choices], **options)
    if question.kind == Kind.ONE:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)
    if question.kind == Kind.SEVERAL:
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
    if question.kind == Kind.YES:
        yes = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
        return forms.ChoiceField(choices=yes, widget=forms.RadioSelect, **options)
    if question.kind == Kind.LONG:
        return Short(longest=LONGEST["long"], widget=forms.Textarea(attrs={"rows": 3}), **options)
    return Short(longest=LONGEST["text"], **options)


def _said(question: Question, value: Any) -> Any:
    """An answer as it is kept: yes and no as such."""
    return {"yes": True, "no": False}.get(value) if question.kind == Kind.YES else value


def _shown(said: Any) -> Any:
    return {True: "yes", False: "no"}[said] if isinstance(said, bool) else said


class RegisterForm(Trapped, DetailsForm):
    """Who registers. `website` is a trap for scripts: people never see it."""

    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Only the organisers see it."),
        error_messages={"required": gettext_lazy("Give your e-mail address: your link comes by mail.")},
    )
