"""What belongs with a recording: of the same people, topics, series and words. One query, of what one may see."""

from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable

from recordings.catalogue.models import NEWEST, Recording
from recordings.search.folding import words
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.sessions.models import Session, Speaker
from seminars.words import Words

PEOPLE, TOPIC, SERIES, COMMUNITY = 4, 3, 2, 1
"""What counts how much; each word that both titles have counts one more."""
LEAST, MOST, LOOKED_AT, MOST_WORDS = 2, 5, 40, 3
SHORTEST = 4
"""Letters of a word that says something."""


def related_to(session: Session, *, visitor: Visitor, now: datetime) -> list[Recording]:
    """Return at most five kept recordings that go with that of `session`, the nearest first, each with its session.

    now: aware UTC. Load `series` and `speakers` with the session.
    """
    rows = Recording.objects.kept(now=now).visible_to(visitor).exclude(session=session).exclude(session=None)
    scored = rows.annotate(near=_nearness(session)).filter(near__gt=0)
    near = scored.select_related("session__series__community").order_by("-near", *NEWEST)[:LOOKED_AT]
    own = _telling(session.heading)
    found = []
    for place, each in enumerate(near):
        assert each.session is not None  # because of the exclusion
        shared = min(len(own & _telling(each.session.heading)), MOST_WORDS)
        score = int(getattr(each, "near", 0)) + shared
        if score >= LEAST:
            found.append((-score, place, each))
    return [each for _score, _place, each in sorted(found, key=lambda row: row[:2])[:MOST]]


def _nearness(session: Session) -> Combinable:
    """How much each recording has in common with a session, in the database."""
    own = Session.topics.through.objects.filter(session=session).values("topic_id")
    carried = Series.topics.through.objects.filter(series=session.series_id).values("topic_id")
    its = Q(topic_id__in=own) | Q(topic_id__in=carried)
    by_itself = Exists(Session.topics.through.objects.filter(its, session=OuterRef("session_id")))
    by_series = Exists(Series.topics.through.objects.filter(its, series=OuterRef("session__series_id")))
    people = [each.person_id for each in session.speakers.all()]
    together = Exists(Speaker.objects.filter(session=OuterRef("session_id"), person__in=people))
    found: Combinable = _worth(Q(together), PEOPLE) + _worth(Q(by_itself) | Q(by_series), TOPIC)
    found = found + _worth(Q(session__series=session.series_id), SERIES)
    return found + _worth(Q(session__series__community=session.series.community_id), COMMUNITY)


def _worth(condition: Q, points: int) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0), output_field=IntegerField())


def _telling(title: Words) -> set[str]:
    """The folded words of a title, in any of its languages, that are long enough to say something."""
    return {word.folded for text in title.values() for word in words(text) if len(word.folded) >= SHORTEST}
