"""What changes, for readers of news: entries of Atom, and JSON Feed 1.1, of the history that strangers may read.

An entry is one Change of a session that is public now. What happened before it was public is never told, and of what
was changed only what its page says today, and from when it was moved.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import uuid5

from babel.dates import format_date
from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.calendars import wording
from seminars.calendars.atom import MOST, Piece, stamp
from seminars.calendars.feeds import Subject
from seminars.calendars.lines import clean, clean_line
from seminars.changes.models import Change
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session
from seminars.sessions.revising import subject_of
from seminars.words import say

LATEST = 300
"""Sessions whose history is read: those that changed last."""
TITLES: dict[str, str | Promise] = {
    "published": gettext_lazy("New: %(title)s"),
    "rescheduled": gettext_lazy("New time: %(title)s"),
    "swapped": gettext_lazy("New time: %(title)s"),
    "postponed": gettext_lazy("Postponed: %(title)s"),
    "cancelled": gettext_lazy("Cancelled: %(title)s"),
    "dropped": gettext_lazy("Cancelled: %(title)s"),
    "reinstated": gettext_lazy("Takes place after all: %(title)s"),
    "speakers": gettext_lazy("Speakers: %(title)s"),
    "material": gettext_lazy("%(what)s: %(title)s"),
}


def pieces(sessions: QuerySet[Session], *, language: str) -> list[Piece]:
    """Return what happened to these sessions, all of which strangers may see, the latest first; at most 100.

    Call it with `language` active.
    """
    recent = sessions.filter(withdrawn_at=None).select_related("series__community")
    chosen = list(
        recent.prefetch_related("materials", "speakers__person").order_by("-changed_at", "-pk")[:LATEST]
    )
    by_subject = {subject_of(session): session for session in chosen}
    opened = _opened({each.series.community.uuid for each in chosen})
    changes = Change.objects.filter(subject__in=by_subject).order_by("-id")
    found: list[Piece] = []
    closed: set[str] = set()
    for change in changes.iterator(chunk_size=500):
        session = by_subject[change.subject]
        began = max(filter(None, [session.published_at, opened.get(session.series.community.uuid.hex)]))
        if "audience" in change.after:
            closed.add(change.subject)  # what came earlier was not for everybody
        elif change.at < began:
            closed.add(change.subject)
        if change.subject in closed or (words := _words(change, session, language)) is None:
            continue
        found.append(words)
        if len(found) == MOST:
            break
    return found


def json_feed(subject: Subject, told: Iterable[Piece], *, address: str, language: str) -> bytes:
    """Return a JSON Feed 1.1 document."""
    items = [
        {
            "id": f"urn:uuid:{each.uid}",
            "url": each.page,
            "title": each.title,
            "content_text": each.text or each.title,
            "date_published": stamp(each.at),
            "date_modified": stamp(each.at),
        }
        for each in told
    ]
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": heading_of(subject),
        "home_page_url": subject.page,
        "feed_url": address,
        "language": language,
        "authors": [{"name": clean_line(settings.SITE_NAME)}],
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def heading_of(subject: Subject) -> str:
    """Return what a feed of changes is called, in the active language."""
    return _("%(name)s: what changes") % {"name": clean_line(subject.name)}


def _opened(communities: Iterable[Any]) -> dict[str, datetime]:
    """When communities were last opened or closed: before that, strangers may not have seen their sessions."""
    subjects = {f"community:{uuid}": uuid.hex for uuid in communities}
    rows = Change.objects.filter(subject__in=subjects, kind="edited").order_by("id")
    return {subjects[each.subject]: each.at for each in rows if "joining" in _fields(each)}


def _fields(change: Change) -> Iterable[str]:
    """What an edit changed: administrators' edits name fields only."""
    return [*change.after, *(change.after.get("fields") or [])]


def _words(change: Change, session: Session, language: str) -> Piece | None:
    """What strangers are told of one change; None for what moves nobody."""
    title = TITLES.get(change.kind)
    if title is None or (change.kind == "speakers" and not change.note):
        return None
    what = ""
    if change.kind == "material":
        material = _material(change, session)
        if material is None:
            return None
        what = str(MaterialKind(material.kind).label)
    heading = clean_line(say(session.heading, language))
    lines = [_was(change, language), clean(wording.time_words(session, language))]
    if change.kind in {"postponed", "cancelled", "dropped"}:
        lines.append(clean(session.reason))
    if change.kind == "speakers":
        lines.insert(0, clean_line(change.note))
    return Piece(
        uid=str(uuid5(session.uid, f"change:{change.pk}")),
        title=str(title) % {"title": heading, "what": what},
        text="\n".join(filter(None, lines)),
        page=wording.page_of(session),
        at=change.at,
        language=language,
    )


def _material(change: Change, session: Session) -> Material | None:
    """The material that came with a change, while it is still out."""
    kind, _space, state = change.note.partition(" ")
    if state != MaterialState.PUBLISHED:
        return None
    there = (each for each in session.materials.all() if each.state == MaterialState.PUBLISHED)
    return next((each for each in there if each.kind == kind), None)


def _was(change: Change, language: str) -> str:
    """From when it was moved; "" if it was not."""
    day = change.before.get("local_date")
    if change.kind not in {"rescheduled", "swapped"} or not isinstance(day, str):
        return ""
    said = format_date(date.fromisoformat(day), "full", locale=language.replace("-", "_"))
    hour = change.before.get("local_time")
    if isinstance(hour, str):
        said = f"{said}, {time.fromisoformat(hour):%H:%M}"
    return _("Was %(when)s.") % {"when": said}
