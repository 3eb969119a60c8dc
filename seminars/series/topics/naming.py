"""Topics by their names: found in any language, made in passing, each under a short name that stays its own."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import raise_if
from seminars.series.topics.models import Topic, TopicSlug

MOST = 12
"""Topics of one series or session: more tell nobody anything."""
LONGEST = 60


def split(text: str) -> list[str]:
    """Return the names in `text`, separated by commas or lines, each once however it is capitalised."""
    found: dict[str, str] = {}
    for part in text.replace("\n", ",").replace("\uff0c", ",").replace("\u060c", ",").split(","):
        name = " ".join(part.split())
        if name:
            found.setdefault(name.casefold(), name)
    return list(found.values())


def wrong_names(names: Iterable[str]) -> str:
    """Return what is wrong with these names, to show; "" for nothing."""
    given = list(names)
    if len(given) > MOST:
        return _("Give at most %(most)d topics.") % {"most": MOST}
    if any(len(name) > LONGEST for name in given):
        return _("Use at most %(most)d characters for a topic. Separate topics by commas.") % {
            "most": LONGEST
        }
    if any("\x00" in name or not any(letter.isalnum() for letter in name) for name in given):
        return _("Give each topic a name with letters or figures.")
    return ""


def known(name: str) -> Topic | None:
    """Return the topic that is called `name` in some language, or is or was addressed by it."""
    wanted = name.casefold()
    for topic in Topic.objects.all():
        if wanted in {said.casefold() for said in topic.name.values()}:
            return topic
    kept = TopicSlug.objects.filter(slug=name).select_related("topic").first()
    return kept.topic if kept else None


def topics_of(
    names: Iterable[str], *, language: str, now: datetime, actor_id: int | None = None
) -> list[Topic]:
    """Return the topics of these names, those that are new made in passing, named in `language` (a tag).

    now: aware UTC. Raises UserError ("topics") for names that cannot be.
    """
    given = list(names)
    if wrong := wrong_names(given):
        raise_if({"topics": wrong})
    with transaction.atomic():
        found = [
            known(name) or make(name=name, language=language, now=now, actor_id=actor_id) for name in given
        ]
    return list({topic.pk: topic for topic in found}.values())


def make(*, name: str, language: str, now: datetime, actor_id: int | None = None) -> Topic:
    """Return a new topic, with its Change. Raises UserError for a name that cannot be."""
    if wrong := wrong_names([name]):
        raise_if({"topics": wrong})
    with transaction.atomic():
        # The Change comes first: of two who make a topic at once, the second waits here and sees what the first took.
        change = record(kind="topic-made", subject="topic:", scopes=(), now=now, actor_id=actor_id, note=name)
        if (there := known(name)) is not None:
            return there
        topic = Topic.objects.create(slug=free_slug(name), name={language: name}, made_at=now)
        TopicSlug.objects.create(slug=topic.slug, topic=topic)
        change.subject = subject_of(topic)
        change.save(update_fields=["subject"])
    return topic


def subject_of(topic: Topic) -> str:
    """Return the name under which the topic's changes are kept."""
    return f"topic:{topic.pk}"


def free_slug(name: str) -> str:
    """Return a short name that no topic has or had."""
    base = slugify(name)[:40].strip("-_") or "topic"
    place, slug = 1, base
    while TopicSlug.objects.filter(slug=slug).exists():
        place += 1
        slug = f"{base}-{place}"
    return slug
