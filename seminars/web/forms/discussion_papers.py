"""Forms of discussion papers: the text, who reviews it, a reviewer's words, what is said when it comes out."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from seminars.followups.papers.models import TEXT, Paper, Verdict
from seminars.followups.papers.writing import LONGEST
from seminars.sessions.speaking.models import Licence
from seminars.web.forms.inputs import LanguageChoice, Short
from seminars.web.forms.rhythm import day_field


class SourcesForm(forms.Form):
    """On which sessions a paper draws."""

    sessions = forms.MultipleChoiceField(
        label=gettext_lazy("Sessions it draws on"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one session.")},
    )

    def __init__(self, *args: Any, sessions: Iterable[tuple[str, str]], **options: Any) -> None:
        """Sessions: primary key as text, and words."""
        super().__init__(*args, **options)
        field = self.fields["sessions"]
        assert isinstance(field, forms.MultipleChoiceField)  # it stands above
        field.choices = list(sessions)


class OtherSourcesForm(SourcesForm):
    """Other sessions for a paper that is begun. `seen` is the revision that the page shows."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    add = forms.BooleanField(
        label=gettext_lazy("Put what the reports of the new ones say at the end of the text"),
        required=False,
        initial=True,
    )


class BeginForm(SourcesForm):
    """From which sessions a paper begins: what their reports say is the first draft."""

    title = Short(label=gettext_lazy("Title"), longest=LONGEST["title"])
    language = LanguageChoice(label=gettext_lazy("Language of the paper"))
    field_order = ("title", "language", "sessions")


class PaperForm(forms.Form):
    """The text. `seen` is the revision that the form shows."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    title = Short(label=gettext_lazy("Title"), longest=LONGEST["title"])
    authors = forms.CharField(
        label=gettext_lazy("Authors"),
        help_text=gettext_lazy("One on each line: name, institution."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    summary = forms.CharField(
        label=gettext_lazy("Summary"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "In Markdown: ## a heading, **bold**, *italic*, - a list, > a quotation, [words](https://…) a link."
        ),
        widget=forms.Textarea(attrs={"rows": 30, "class": "tall"}),
        required=False,
    )
    language = LanguageChoice(label=gettext_lazy("Language of the paper"))
    licence = forms.ChoiceField(
        label=gettext_lazy("On which terms others may use it"), choices=Licence.choices
    )
    doi = Short(
        label=gettext_lazy("DOI"),
        help_text=gettext_lazy("If a registry gave it one, such as 10.5281/zenodo.123."),
        required=False,
        longest=LONGEST["doi"],
    )

    @staticmethod
    def initial_of(paper: Paper) -> dict[str, Any]:
        """Return what the form shows of `paper`."""
        return {"seen": paper.revision} | {name: getattr(paper, name) for name in TEXT}

    def text(self) -> dict[str, str]:
        """Return the fields by the names of `papers.models.TEXT`."""
        return {name: str(self.cleaned_data[name]) for name in TEXT}


class ReviewerForm(forms.Form):
    """Who is asked to review, until when."""

    name = Short(label=gettext_lazy("Name"), longest=120)
    email = forms.CharField(label=gettext_lazy("E-mail address"), widget=forms.EmailInput)
    due = day_field(label=gettext_lazy("By"))


class CommentForm(forms.Form):
    """A reviewer's comment."""

    place = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(label=gettext_lazy("Your comment"), widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, places: Iterable[str], **options: Any) -> None:
        """Places: how each paragraph begins."""
        super().__init__(*args, **options)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # it stands above
        field.choices = [("", gettext_lazy("the paper as a whole")), *((each, each[:80]) for each in places)]


class JudgementForm(forms.Form):
    """What a reviewer thinks of the whole."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("The paper is"),
        choices=[each for each in Verdict.choices if each[0]],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you think of the paper.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Your words on the whole"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )


class PublishForm(forms.Form):
    """What is said when a version comes out."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    changes = forms.CharField(
        label=gettext_lazy("What is new in this version"),
        help_text=gettext_lazy("Readers see it in the list of versions and in the mail."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    tell = forms.BooleanField(
        label=gettext_lazy("Tell members and readers by mail"), required=False, initial=True
    )
    for_everybody = forms.BooleanField(
        label=gettext_lazy("Everybody may read it, not only members"), required=False
    )

    def __init__(self, *args: Any, first: bool, closed: bool, **options: Any) -> None:
        """First: no version is out yet. closed: the community is."""
        super().__init__(*args, **options)
        if first:
            del self.fields["changes"]
        if not closed:
            del self.fields["for_everybody"]


class ReasonForm(forms.Form):
    """Why a paper is withdrawn."""

    reason = Short(label=gettext_lazy("Why it is withdrawn"), longest=300)


class SuccessorForm(forms.Form):
    """Which paper took the place of this one."""

    by = forms.ChoiceField(label=gettext_lazy("The paper that takes its place"))

    def __init__(self, *args: Any, papers: Iterable[Paper], **options: Any) -> None:
        """Papers: of the community, out and open."""
        super().__init__(*args, **options)
        field = self.fields["by"]
        assert isinstance(field, forms.ChoiceField)  # it stands above
        field.choices = [(str(each.uuid), f"{each.label}: {each.title}") for each in papers]
