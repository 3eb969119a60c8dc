"""Another name for a topic: calendars show it at once, and what was saved under the old short name goes on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.access import renamed_topic_or_404
from seminars.changes.refusing import UserError
from seminars.series.topics.models import Topic
from seminars.sessions.models import Session
from seminars.sessions.topics import about, rename_topic
from seminars.web.forms.inputs import tongues, words_fields, words_of
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.visitors import visitor_of


class TopicForm(forms.Form):
    """The topic's names by language, and its short name."""

    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=50,
        help_text=gettext_lazy("Part of its address. The old one goes on leading here, and so do calendars."),
    )

    def __init__(self, *args: Any, topic: Topic, **options: Any) -> None:
        super().__init__(*args, **options)
        words_fields(self, "name", _("Name"), tongues(topic.name))
        self.order_fields([name for name in self.fields if name != "slug"])

    @staticmethod
    def initial_of(topic: Topic) -> dict[str, str]:
        """Return what the form shows of `topic`."""
        return {f"name_{tag}": text for tag, text in topic.name.items()} | {"slug": topic.slug}


@for_organisers
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a topic other names: administrators, and who organises everything that it is about."""
    topic = renamed_topic_or_404(slug, visitor_of(request))
    data = request.POST if request.method == "POST" else None
    form = TopicForm(data, topic=topic, initial=TopicForm.initial_of(topic))
    if request.method == "POST" and form.is_valid():
        try:
            topic = rename_topic(
                topic=topic,
                name=words_of(form.cleaned_data, "name"),
                slug=form.cleaned_data["slug"].strip().lower(),
                now=timezone.now(),
                actor_id=actor(request),
            )
        except UserError as refused:
            first = next(name for name in form.fields if name.startswith("name_"))
            show_refusal(form, refused, {"name": first})
        else:
            messages.success(request, _("Saved. Calendars show it when they read the feed again."))
            return redirect("topic", topic.slug)
    kept = Topic.objects.get(pk=topic.pk)  # as it stands, not as it was asked for
    reach = Session.objects.filter(about([topic.pk]), published_at__isnull=False, withdrawn_at=None).count()
    context = {"form": form, "topic": kept, "reach": reach}
    return render(request, "seminars/organise/topic.html", context, status=400 if form.errors else 200)


urlpatterns = [path("organise/topics/<slug:slug>/", rename, name="rename_topic")]
