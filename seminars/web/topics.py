"""Pages across communities: topics and what is about them, and the people who appear in public."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from seminars.people.models import Person
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.models import Session, SessionQuerySet
from seminars.sessions.topics import about, may_rename, topics_seen_by
from seminars.web.listing import rows_of, split, with_series
from seminars.web.visitors import visitor_of
from seminars.words import alphabet, say

COMING, PAST = 20, 20


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """List the topics of which this visitor may see something, by their names in the page's language."""
    seen = Topic.objects.filter(pk__in=topics_seen_by(visitor_of(request)))
    language = get_language() or "en"
    found = sorted(seen, key=lambda each: alphabet(say(each.name, language), language))
    return render(request, "seminars/topics.html", {"topics": found})


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is about the topic; 404 where this visitor may see nothing of it; a former short name leads on."""
    kept = get_object_or_404(TopicSlug.objects.select_related("topic"), slug=slug)
    if kept.topic_id not in topics_seen_by(visitor_of(request)):
        raise Http404("There is nothing here.")
    found = kept.topic
    if found.slug != slug:
        return redirect("topic", found.slug, permanent=True)
    series = Series.objects.visible_to(visitor_of(request)).published().filter(topics=found).order_by("slug")
    context = lists(request, Session.objects.filter(about([found.pk])))
    context |= {"topic": found, "series": list(series), "feed": reverse("topic_feed", args=[slug])}
    visitor = visitor_of(request)
    context["may_rename"] = visitor.user_id is not None and may_rename(found, visitor)
    return render(request, "seminars/topic.html", context)


@require_safe
def speaker(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the sessions at which a person appears, of those this visitor may see; 404 where there is none.

    What is said of the person is what their sessions say: name and where they work.
    """
    person = get_object_or_404(Person, uuid=uuid)
    context = lists(request, Session.objects.filter(speakers__person=person).distinct())
    if not context["coming"] and not context["past"]:
        raise Http404("There is nothing here.")
    public = Session.objects.visible_to(NOBODY).filter(speakers__person=person, withdrawn_at=None)
    rows = [*context["coming"], *context["past"]]
    said = [
        each.affiliation for row in rows for each in row.session.speakers.all() if each.person_id == person.pk
    ]
    context |= {
        "person": person,
        "affiliation": next(filter(None, said), person.affiliation),
        "feed": reverse("speaker_feed", args=[uuid]) if public.exists() else "",
        "query": f"?speaker={uuid}",
        "canonical": settings.MERIDIAN_URL + reverse("speaker", args=[uuid]),
    }
    return render(request, "seminars/speaker.html", context)


def lists(request: HttpRequest, sessions: SessionQuerySet) -> dict[str, Any]:
    """Return what comes and what was of these sessions, for this visitor; `?past=all` lists every past one."""
    now = timezone.now()
    ours = with_series(sessions.visible_to(visitor_of(request)).published())
    whole = request.GET.get("past") == "all"
    ahead = ours.filter(Q(ends_at__gt=now) | Q(starts_at=None))
    coming = list(ahead.order_by(F("starts_at").asc(nulls_last=True), "pk")[:COMING])
    past = list(ours.past(now=now)[: None if whole else PAST + 1])
    rows, gone = split(rows_of([*coming, *past], now), len(coming))
    more = not whole and len(gone) > PAST
    return {"now": now, "coming": rows, "past": gone if whole else gone[:PAST], "more": more}


urlpatterns = [
    path("topics/", topics, name="topics"),
    path("topics/<slug:slug>/", topic, name="topic"),
    path("speakers/<uuid:uuid>/", speaker, name="speaker"),
]
