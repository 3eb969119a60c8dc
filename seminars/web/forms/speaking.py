"""What somebody who appears at a session fills in on the page of their secret link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from seminars.sessions.models import Session
from seminars.sessions.speaking.answering import LONGEST
from seminars.sessions.speaking.models import Answer, Engagement, Licence
from seminars.web.forms.inputs import LONGEST_TITLE, Short
from seminars.web.forms.zones import ZoneChoice

YES, NO = "yes", "no"


class AnswerForm(forms.Form):
    """Whether they come."""

    prefix = "answer"
    comes = forms.ChoiceField(
        label=gettext_lazy("Do you come?"),
        choices=[(YES, gettext_lazy("Yes, I come")), (NO, gettext_lazy("No, I cannot"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose yes or no.")},
    )
    words = Short(
        label=gettext_lazy("A word to the organisers"),
        longest=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only they read it. What do you need? If you cannot come, who could?"),
    )

    @staticmethod
    def initial_of(engagement: Engagement) -> dict[str, Any]:
        """Return what was answered before."""
        comes = {Answer.CONFIRMED: YES, Answer.DECLINED: NO}.get(Answer(engagement.answer))
        return {"comes": comes, "words": engagement.words}


class TalkForm(forms.Form):
    """Title and abstract, in the session's language. `seen` is the revision they looked at."""

    prefix = "talk"
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = Short(
        label=gettext_lazy("Title"),
        longest=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Give a title.")},
    )
    abstract = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        """Return what the session says now."""
        tag = session.language
        return {
            "seen": session.revision,
            "title": session.title.get(tag, ""),
            "abstract": session.abstract.get(tag, ""),
        }


class ConsentForm(forms.Form):
    """What may be done with what they say and show."""

    prefix = "consent"
    record = forms.ChoiceField(
        label=gettext_lazy("May what you say and show be recorded?"),
        choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Not the chat: what people write there is never kept."),
        error_messages={"required": gettext_lazy("Choose yes or no.")},
    )
    publish = forms.ChoiceField(
        label=gettext_lazy("May the recording be published?"),
        choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("It then stays in the archive for good, seen by whoever may see the session."),
        error_messages={"required": gettext_lazy("Choose yes or no.")},
    )
    licence = forms.ChoiceField(
        label=gettext_lazy("On which terms may others use it?"),
        choices=Licence.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("Counts only where it is published."),
    )

    @staticmethod
    def initial_of(engagement: Engagement) -> dict[str, Any]:
        """Return what was said before; nothing is chosen for them."""
        said = {True: YES, False: NO, None: None}
        return {
            "record": said[engagement.may_record],
            "publish": said[engagement.may_publish],
            "licence": engagement.licence,
        }

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of `answering.consent`."""
        data = self.cleaned_data
        return {
            "may_record": data["record"] == YES,
            "may_publish": data["publish"] == YES,
            "licence": data["licence"],
        }


class OwnZoneForm(forms.Form):
    """By whose clock they read times."""

    zone = ZoneChoice(label=gettext_lazy("Your city, or a larger one with the same clock"))
