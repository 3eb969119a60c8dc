"""The words that new members get: in each language, with a preview, on or off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.notifications import welcome as mail
from seminars.notifications.letters import write
from seminars.people.models import Community
from seminars.people.welcoming import welcoming
from seminars.people.welcoming.models import Welcome
from seminars.web.forms.inputs import tongues, words_fields, words_of
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of


class WelcomeForm(forms.Form):
    """The words by language, and whether they are sent."""

    on = forms.BooleanField(
        label=gettext_lazy("Welcome new members by mail"),
        required=False,
        help_text=gettext_lazy("Who joins from now on. Those you add from a list are members, too."),
    )

    def __init__(self, *args: Any, community: Community, words: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.tongues = tongues([community.language, *words])
        words_fields(self, "words", _("Your words"), self.tongues, rows=6)

    def words(self) -> list[forms.BoundField]:
        """The fields of words, language by language."""
        return [self[f"words_{tag}"] for tag, _spoken in self.tongues]


@for_organisers
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the words with the mail as it goes out now; keep others, or look at them first."""
    community = organised_community_or_404(slug, visitor_of(request))
    found = welcoming.welcome_of(community)
    initial = {"on": found.on_since is not None} | {f"words_{tag}": text for tag, text in found.words.items()}
    posted = request.POST if request.method == "POST" else None
    form = WelcomeForm(posted, initial=initial, community=community, words=found.words)
    words = dict(found.words)
    if posted is not None and form.is_valid():
        words = words_of(form.cleaned_data, "words")
        if posted.get("do") != "look":
            try:
                welcoming.keep(
                    community=community,
                    words=words,
                    on=form.cleaned_data["on"],
                    now=timezone.now(),
                    actor_id=actor(request),
                    too_long=_("Shorten this to 4000 characters."),
                )
            except UserError as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, _("Saved."))
                return redirect("welcome", slug)
    previews = [
        _preview(request, community, words, tag, name) for tag, name in form.tongues if mail.is_ours(tag)
    ]
    context = {"community": community, "form": form, "welcome": found, "previews": previews}
    return render(request, "seminars/organise/welcome.html", context, status=400 if form.errors else 200)


def _preview(
    request: HttpRequest, community: Community, words: dict[str, str], tag: str, name: str
) -> tuple[str, str, str]:
    """The language's name, and subject and text of the mail as the organiser would get it."""
    now, zone = timezone.now(), reader_of(request).zone
    with override(tag):
        context = mail.context_of(Welcome(community=community, words=words), now)
    written = write(mail.KIND, context, language=tag, zone=zone, now=now)
    return name, written.subject, written.text


urlpatterns = [path("organise/communities/<slug:slug>/welcome/", welcome, name="welcome")]
