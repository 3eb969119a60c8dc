"""What a series or session is about: topics by name, with suggestions, new ones made in passing."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.access import organised_series_or_404, organised_session_or_404
from seminars.changes.refusing import UserError
from seminars.series.models import Series
from seminars.series.topics.models import Topic
from seminars.series.topics.naming import split, wrong_names
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale
from seminars.sessions.topics import set_series_topics, set_session_topics, topics_seen_by
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.stale import again
from seminars.web.visitors import visitor_of
from seminars.words import say

OFFERED = 200


class TopicsForm(forms.Form):
    """Topics, separated by commas."""

    topics = forms.CharField(
        label=gettext_lazy("Topics"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "known-topics"}),
        help_text=gettext_lazy(
            "Separate them by commas, such as: savings groups, gender. A new one is made in passing."
        ),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_topics(self) -> list[str]:
        """Return the names."""
        names = split(self.cleaned_data["topics"])
        if wrong := wrong_names(names):
            raise forms.ValidationError(wrong)
        return names


def names_of(thing: Series | Session) -> list[str]:
    """Return the topics of a series or session by their names in the page's language."""
    return [say(topic.name, get_language() or "en") for topic in thing.topics.all()]


def suggestions(request: HttpRequest) -> list[str]:
    """Return names of topics that this visitor may see something of."""
    known = Topic.objects.filter(pk__in=topics_seen_by(visitor_of(request)))[:OFFERED]
    return [say(topic.name, get_language() or "en") for topic in known]


@for_organisers
def session_topics(request: HttpRequest, slug: str) -> HttpResponse:
    """Give topics to one session, besides those of its series."""
    session = organised_session_or_404(slug, visitor_of(request))
    form = _form(request, session)
    if request.method == "POST" and form.is_valid():
        try:
            set_session_topics(
                session=session,
                names=form.cleaned_data["topics"],
                now=timezone.now(),
                actor_id=actor(request),
                seen=form.cleaned_data["seen"],
            )
        except Stale as stale:
            again(form, stale.current.revision)
            form.add_error(
                None, _("Somebody else has just changed this session. Look at it again, then save.")
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved. Calendars show it when they read the feed again."))
            return redirect("organise_session", slug)
    of_series = names_of(session.series)
    context = {"session": session, "series": session.series, "of_series": of_series}
    return _page(request, form, reverse("organise_session", args=[slug]), **context)


@for_organisers
def series_topics(request: HttpRequest, slug: str) -> HttpResponse:
    """Give topics to a series, and so to all its sessions."""
    series = organised_series_or_404(slug, visitor_of(request))
    form = _form(request, series)
    if request.method == "POST" and form.is_valid():
        try:
            set_series_topics(
                series=series, names=form.cleaned_data["topics"], now=timezone.now(), actor_id=actor(request)
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved. Calendars show it when they read the feed again."))
            return redirect("organise_series", slug)
    return _page(request, form, reverse("organise_series", args=[slug]), session=None, series=series)


def _form(request: HttpRequest, thing: Series | Session) -> TopicsForm:
    initial = {"topics": ", ".join(names_of(thing)), "seen": thing.revision}
    return TopicsForm(request.POST if request.method == "POST" else None, initial=initial)


def _page(request: HttpRequest, form: TopicsForm, back: str, **context: object) -> HttpResponse:
    series = context["series"]
    assert isinstance(series, Series)
    context |= {"form": form, "back": back, "known": suggestions(request), "community": series.community}
    return render(request, "seminars/organise/topics.html", context, status=400 if form.errors else 200)


urlpatterns = [
    path("organise/sessions/<slug:slug>/topics/", session_topics, name="session_topics"),
    path("organise/series/<slug:slug>/topics/", series_topics, name="series_topics"),
]
