"""A bulk edit in words: the lines of the plan, what clashes and what stays, what others did, lines left over."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from babel.dates import format_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from seminars import clock
from seminars.changes.models import Change
from seminars.series.topics.models import Topic
from seminars.sessions.bulk.asking import Bulk, Left
from seminars.sessions.bulk.clashing import Clash, Same
from seminars.sessions.bulk.pasting import Matched, Why
from seminars.sessions.models import Session
from seminars.sessions.revising import subject_of
from seminars.web.organise.history import Told, told
from seminars.web.organise.plans import Shown, shown
from seminars.words import say

STAYS: dict[Left, str | Promise] = {
    Left.BEGUN: gettext_lazy("has begun or is over; it stays as it is."),
    Left.CANCELLED: gettext_lazy("is cancelled; it stays as it is."),
    Left.POSTPONED: gettext_lazy("is postponed; its time stays open."),
    Left.UNFIXED: gettext_lazy("has no certain day yet; give it one by itself."),
    Left.WHOLE_DAYS: gettext_lazy("is whole days; it has no hour to change."),
    Left.OUT: gettext_lazy("is no draft; it stays as it is."),
    Left.LEADS: gettext_lazy("has sessions that hang on it; discard those first."),
}
SAME: dict[Same, str | Promise] = {
    Same.ROOM: gettext_lazy("At the same time in the same room: %(what)s."),
    Same.LINK: gettext_lazy("At the same time with the same join link: %(what)s."),
    Same.SPEAKER: gettext_lazy("At the same time, with one of its speakers: %(what)s."),
    Same.AUDIENCE: gettext_lazy("At the same time for the same members: %(what)s."),
}
WHY: dict[Why, str | Promise] = {
    Why.NO_DATE: gettext_lazy("the date cannot be read for certain. Write it as 2027-09-08."),
    Why.NO_SESSION: gettext_lazy("no session to come is on that day."),
    Why.TAKEN: gettext_lazy("another line has the session of that day."),
    Why.TOO_MANY: gettext_lazy("no session is left for it."),
    Why.TOO_LONG: gettext_lazy("it has more than 200 characters."),
    Why.NO_TITLE: gettext_lazy("there is no title in it."),
}


@dataclass(frozen=True)
class Meanwhile:
    """A session that somebody else changed since the table was opened, and what they did."""

    name: str
    changes: list[Told] = field(default_factory=list)


def shown_of(bulk: Bulk, **said: Any) -> Shown:
    """Return the plan in words. said: as `plans.shown` takes it."""
    language, locale = said["language"], said["locale"]
    found = shown(bulk.plan, **said)
    names = _topics(bulk, language)
    lines = []
    for row, line in zip(bulk.changing, found.lines, strict=False):
        clashes: list[Clash] = list(bulk.clashes.get(row.standing.pk, ()))
        remarks = [_clash(each, row.standing.values["zone"], language, locale) for each in clashes]
        if "published_at" in row.updates:
            remarks.insert(0, _("Comes out: it is on the site and in calendars."))
        if "topics" in row.updates:
            said_of = ", ".join(names.get(pk, "?") for pk in row.updates["topics"]) or "–"
            remarks.insert(0, _("%(field)s: %(new)s") % {"field": _("Topics"), "new": said_of})
        lines.append(replace(line, remarks=[*line.remarks, *remarks]))
    return replace(found, lines=lines, summary=[*found.summary, *_stays(bulk, language)])


def meanwhile_of(bulk: Bulk, sessions: Mapping[int, Session], language: str) -> list[Meanwhile]:
    """Return what others did, session by session, since the lines were opened. One query where there is anything."""
    if not bulk.stale:
        return []
    stale = [sessions[pk] for pk in bulk.stale if pk in sessions]
    keys = {subject_of(each): each for each in stale}
    found: dict[str, list[Change]] = {}
    for change in Change.objects.filter(subject__in=keys).select_related("actor").order_by("-id"):
        session = keys[change.subject]
        ago = session.revision - bulk.asked.seen.get(session.pk, session.revision)
        there = found.setdefault(change.subject, [])
        if len(there) < min(ago, 5) and change.kind not in ("state", "item", "checklist"):
            there.append(change)
    return [
        Meanwhile(_named(session, language), [told(change) for change in found.get(key, [])])
        for key, session in keys.items()
    ]


def unmatched_words(pasted: Matched) -> list[str]:
    """Return a sentence for each line that has no session."""
    words = _("Line %(n)d, “%(text)s”: %(why)s")
    return [
        words
        % {
            "n": each.line.number,
            "text": " ".join(part for part in (each.line.day, each.line.title) if part)[:80],
            "why": WHY[each.why],
        }
        for each in pasted.unmatched
    ]


# Below: how it is done.


def _named(session: Session, language: str) -> str:
    number = _("Session %(n)d") % {"n": session.number}
    title = say(session.title, language)
    return f"{number}, “{title}”" if title else number


def _topics(bulk: Bulk, language: str) -> dict[int, str]:
    """The names of the topics that a plan speaks of, by id."""
    wanted = {pk for row in bulk.changing for pk in row.updates.get("topics", ())}
    if not wanted:
        return {}
    return {topic.pk: say(topic.name, language) for topic in Topic.objects.filter(pk__in=wanted)}


def _clash(each: Clash, zone: str, language: str, locale: str) -> str:
    at = format_datetime(clock.to_wall(each.starts_at, zone), "d MMM, HH:mm", locale=locale)
    name = _("“%(title)s”, %(at)s") if each.title is not None else _("a session of another community, %(at)s")
    what = name % {"title": say(each.title, language), "at": at}
    return str(SAME[each.same]) % {"what": what}


def _stays(bulk: Bulk, language: str) -> list[str]:
    """Which ticked sessions stay, by reason: one by name, more by number."""
    found: dict[Left, list[Any]] = {}
    rows = {row.standing.pk: row for row in bulk.plan.rows}
    for pk, why in bulk.left.items():
        found.setdefault(why, []).append(rows[pk].standing)
    said = []
    for why, standing in found.items():
        numbers = ", ".join(str(each.number) for each in standing[:10]) + ("…" if len(standing) > 10 else "")
        which = ngettext("Session %(numbers)s", "Sessions %(numbers)s (each)", len(standing))
        said.append(f"{which % {'numbers': numbers}} {STAYS[why]}")
    return said
