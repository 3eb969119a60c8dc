"""What sessions and series are about: given by name, told to calendars, renamed without an address that breaks."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import raise_if
from seminars.people.models import Community
from seminars.people.visitors import Visitor
from seminars.series.models import Series
from seminars.series.topics.models import Topic, TopicSlug
from seminars.series.topics.naming import known, subject_of, topics_of, wrong_names
from seminars.sessions.models import Session
from seminars.sessions.revising import locked, revise, scopes_of_all
from seminars.words import Words


def topics_seen_by(visitor: Visitor) -> set[int]:
    """Return the ids of topics of which the visitor may see a session or a series that is out.

    Any other topic is not there for them: its name alone could tell what they must not know.
    """
    sessions = Session.objects.visible_to(visitor).published().filter(withdrawn_at=None)
    series = Series.objects.visible_to(visitor).published()
    own = Session.topics.through.objects.filter(session__in=sessions.order_by().values("pk"))
    theirs = Series.topics.through.objects.filter(series__in=series.order_by().values("pk"))
    # A session of the series may be seen where the series itself is not: who is invited sees that session only.
    carried = Series.topics.through.objects.filter(series__in=sessions.order_by().values("series_id"))
    rows = own.values_list("topic_id").union(theirs.values_list("topic_id"), carried.values_list("topic_id"))
    return {pk for (pk,) in rows}


def about(topic_ids: Iterable[int]) -> Q:
    """Return what chooses the sessions about any of these topics, by themselves or by their series."""
    ids = list(topic_ids)
    own = Session.topics.through.objects.filter(topic_id__in=ids).values("session_id")
    series = Series.topics.through.objects.filter(topic_id__in=ids).values("series_id")
    return Q(pk__in=own) | Q(series_id__in=series)


def topics_of_session(session: Session) -> list[Topic]:
    """Return the topics of a session, by itself or by its series, each once."""
    its = Q(sessions=session) | Q(series=session.series_id)
    return list(Topic.objects.filter(its).distinct().order_by("slug"))


def set_session_topics(
    *, session: Session, names: Iterable[str], now: datetime, actor_id: int | None, seen: int | None = None
) -> Session:
    """Return the session with exactly these topics, new ones made in passing. The same again writes nothing.

    Raises UserError ("topics"); Stale as `revising.revise`.
    """
    with transaction.atomic():
        fresh = locked(session.pk)
        given = topics_of(names, language=session.language, now=now, actor_id=actor_id)
        before = {topic.pk: topic for topic in fresh.topics.all()}
        after = {topic.pk: topic for topic in given}
        if before.keys() == after.keys():
            return session
        fresh.topics.set(after)
        revise(
            session,
            kind="topics",
            now=now,
            actor_id=actor_id,
            seen=seen,
            note=", ".join(topic.slug for topic in given),
            touching=[f"topic:{pk}" for pk in before.keys() - after.keys()],
        )
    return session


def set_series_topics(*, series: Series, names: Iterable[str], now: datetime, actor_id: int | None) -> Series:
    """Return the series with exactly these topics; every session of it tells them to calendars.

    Raises UserError ("topics").
    """
    with transaction.atomic():
        sessions = _held(Session.objects.filter(series=series).values("pk"))
        given = topics_of(names, language=series.language, now=now, actor_id=actor_id)
        before = {topic.pk for topic in series.topics.all()}
        after = {topic.pk for topic in given}
        if before == after:
            return series
        changed = [f"topic:{pk}" for pk in before ^ after]
        series.topics.set(after)
        record(
            kind="topics",
            subject=f"series:{series.uuid}",
            scopes={f"series:{series.pk}", f"community:{series.community_id}", *changed},
            now=now,
            actor_id=actor_id,
            note=", ".join(topic.slug for topic in given),
        )
        for session in sessions:
            revise(session, kind="followed", now=now, actor_id=actor_id, touching=changed)
    return series


def may_rename(topic: Topic, visitor: Visitor) -> bool:
    """Return whether the visitor may give the topic another name: it is shown wherever the topic is used.

    So administrators may, and who plans for every community with a series or session about it; a part in one series is
    not enough.
    """
    if visitor.is_admin:
        return True
    used = Series.objects.filter(Q(topics=topic) | Q(sessions__topics=topic))
    ours = Community.objects.organised_by(visitor).values("pk")
    return used.exists() and not used.exclude(community__in=ours).exists()


def rename_topic(*, topic: Topic, name: Words, slug: str = "", now: datetime, actor_id: int | None) -> Topic:
    """Return the topic with other names by language and, if given, another short name; the old one leads here for ever.

    Every session about it tells calendars its new name. Raises UserError ("name", "slug").
    """
    said = {tag: " ".join(text.split()) for tag, text in name.items() if text.strip()}
    slug = slug or topic.slug
    raise_if(_wrong(topic, said, slug))
    if said == topic.name and slug == topic.slug:
        return topic
    with transaction.atomic():
        about_it = Session.objects.filter(about([topic.pk]))
        sessions = _held(about_it.values("pk"))
        before: Mapping[str, object] = {"name": topic.name, "slug": topic.slug}
        topic.name, topic.slug = said, slug
        topic.save(update_fields=["name", "slug"])
        TopicSlug.objects.get_or_create(slug=slug, defaults={"topic": topic})
        record(
            kind="topic-renamed",
            subject=subject_of(topic),
            scopes={f"topic:{topic.pk}", *scopes_of_all(about_it)},
            now=now,
            actor_id=actor_id,
            before=before,
            after={"name": said, "slug": slug},
        )
        for session in sessions:
            revise(session, kind="followed", now=now, actor_id=actor_id)
    return topic


def _held(ids: object) -> list[Session]:
    """The sessions, held until the transaction ends, in one order, so that nobody waits in a ring."""
    rows = Session.objects.filter(pk__in=ids).select_related("series").order_by("pk")
    return list(rows.select_for_update(of=("self",)))


def _wrong(topic: Topic, name: Mapping[str, str], slug: str) -> dict[str, str]:
    wrong = {}
    if not name:
        wrong["name"] = _("Give a name.")
    elif bad := wrong_names(name.values()):
        wrong["name"] = bad
    elif any(other.pk != topic.pk for text in name.values() if (other := known(text))):
        wrong["name"] = _("Another topic has this name. Choose another.")
    if slug != slugify(slug) or len(slug) > 50:
        wrong["slug"] = _("Use letters a–z, figures and hyphens only, such as savings-groups.")
    elif TopicSlug.objects.filter(slug=slug).exclude(topic=topic).exists():
        wrong["slug"] = _("Another topic has or had this short name. Choose another.")
    return wrong
