"""What a filter is called, in words that give nothing away: of what is no longer public only the address is said."""

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from seminars.calendars.filters import Pairs, allowed, has_appeared
from seminars.people.models import Community, Person
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.topics import topics_seen_by
from seminars.words import alphabet, say


def name_of_filter(pairs: Pairs, language: str) -> str:
    """Return the name of a calendar with this filter, such as `Meridian: Savings groups, French`, in `language`.

    Call it with that language active.
    """
    said = ", ".join(dict.fromkeys(said_of(field, value, language) for field, value in pairs))
    return _("%(site)s: %(filter)s") % {"site": settings.SITE_NAME, "filter": said}


def said_of(field: str, value: str, language: str) -> str:
    """Return a value of a filter in words, or as it is in the address where strangers may not see what it means."""
    if field == "q":
        return _("“%(words)s”") % {"words": value}
    if field == "only":
        return {"archive": _("recordings"), "external": _("other people's events")}.get(value, value)
    if field == "language":
        return language_name(value, language)
    if field == "speaker":
        person = Person.objects.filter(uuid=value).first() if has_appeared(value) else None
        return person.name if person else _("a speaker")
    if field == "topic":
        kept = TopicSlug.objects.filter(slug=value).select_related("topic").first()
        return say(kept.topic.name, language) if kept and kept.topic_id in topics_seen_by(NOBODY) else value
    if field == "series":
        series = Series.objects.visible_to(NOBODY).filter(slug=value).first()
        return say(series.title, language) if series else value
    community = Community.objects.visible_to(NOBODY).filter(slug=value).first()
    return say(community.name, language) if community else value


def choices(field: str, language: str) -> list[tuple[str, str]]:
    """Return (value, words) of all that something public has, in order of the words: topics, communities, languages."""
    found: Iterable[tuple[str, str]]
    if field == "topic":
        rows: QuerySet[Topic] | QuerySet[Community] = Topic.objects.filter(pk__in=topics_seen_by(NOBODY))
        found = [(each.slug, say(each.name, language)) for each in rows]
    elif field == "community":
        rows = Community.objects.visible_to(NOBODY)
        found = [(each.slug, say(each.name, language)) for each in rows]
    else:
        found = [(value, language_name(value, language)) for value in allowed(field)]
    return sorted(found, key=lambda each: alphabet(each[1], language))


def language_name(tag: str, language: str) -> str:
    """Return the name of the language `tag` in `language`, with a capital; the tag where there is no name."""
    try:
        names = Locale.parse(language, sep="-").languages
    except (UnknownLocaleError, ValueError):
        return tag
    name = str(names.get(tag.replace("-", "_"), tag))
    return name[:1].upper() + name[1:]


def page_of_filter(pairs: Pairs) -> str:
    """Return the page below MERIDIAN_URL where people read about a filter."""
    pages = {
        "topic": "/topics/{}/",
        "speaker": "/speakers/{}/",
        "series": "/series/{}/",
        "community": "/communities/{}/",
    }
    if len(pairs) == 1 and pairs[0][0] in pages:
        return pages[pairs[0][0]].format(pairs[0][1])
    return "/archive/" if pairs == (("only", "archive"),) else "/"


def path_of_filter(pairs: Pairs) -> tuple[str, list[tuple[str, str]]]:
    """Return the shortest address of a filter below MERIDIAN_URL, and what is asked behind the question mark."""
    if len(pairs) == 1:
        field, value = pairs[0]
        own = {
            "topic": f"/topics/{value}/calendar.ics",
            "speaker": f"/speakers/{value}/calendar.ics",
            "language": f"/languages/{value}/calendar.ics",
            "only": {"archive": "/archive/calendar.ics", "external": "/elsewhere/calendar.ics"}.get(
                value, ""
            ),
        }
        if own.get(field):
            return own[field], []
    return "/calendar.ics", list(pairs)
