"""The lines of the table of sessions: what stands in each field, and what was typed over it."""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from babel.dates import format_date
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from seminars.series.rooms.models import Room
from seminars.sessions.models import Precision, Session
from seminars.web.forms.inputs import LONGEST_TITLE, Length, Short, language_choices
from seminars.web.forms.rhythm import day_field, hour_field
from seminars.web.forms.zones import locale_of
from seminars.web.numbers import row_number

LABELS = {
    "title": gettext_lazy("Title"),
    "date": gettext_lazy("Date"),
    "time": gettext_lazy("Start"),
    "minutes": gettext_lazy("Length"),
    "room": gettext_lazy("Room"),
    "language": gettext_lazy("Language"),
}
COLUMNS = {"title": "title", "date": "local_date", "time": "local_time", "minutes": "minutes", "room": "room"}
COLUMNS |= {"language": "language"}


FIELDS: dict[str, forms.Field] = {
    "title": Short(longest=LONGEST_TITLE, required=False),
    "date": day_field(error_messages={"required": gettext_lazy("Give the date.")}),
    "time": hour_field(error_messages={"required": gettext_lazy("Give the hour at which it starts.")}),
    "minutes": Length(error_messages={"required": gettext_lazy("Say how long it lasts, such as 1:30.")}),
    "room": Short(longest=300, required=False),
    "language": forms.ChoiceField(choices=language_choices),
}


@dataclass(frozen=True)
class Cell:
    """One field of a line. name: of its input. value: as it stands in it. error: what is wrong with what was typed."""

    name: str
    label: str
    value: str
    error: str = ""


@dataclass(frozen=True)
class Typed:
    """What was typed into the table, by primary key: column → value; and what cannot be read, by the input's name.

    revisions: at which version each line was opened. raw: what stands in the inputs, to show it again.
    """

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    revisions: dict[int, int] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)


def tongue_of(session: Session) -> str:
    """Return the language in which the table shows a title: the spoken one, unless it has others only."""
    title: Mapping[str, str] = session.title
    return session.language if session.language in title or not title else next(iter(title))


def values_of(session: Session) -> dict[str, str]:
    """Return what stands in the fields of a line. What cannot be typed there is left out."""
    found = {
        "title": session.title.get(tongue_of(session), ""),
        "room": session.room,
        "language": session.language,
    }
    if session.precision == Precision.DAY and session.local_date:
        found["date"] = session.local_date.isoformat()
        if session.local_time is not None:
            found |= {
                "time": f"{session.local_time:%H:%M}",
                "minutes": FIELDS["minutes"].prepare_value(session.minutes),
            }
    return found


def opened(session: Session) -> str:
    """Return what a line was opened on, for its hidden field: the revision, and the text of each field."""
    return json.dumps([session.revision, values_of(session)], ensure_ascii=False, separators=(",", ":"))


def typed_in(data: Mapping[str, Any], sessions: Iterable[Session], rooms: Mapping[str, Room]) -> Typed:
    """Return what differs from what each line was opened on. rooms: the community's, by their words in a line."""
    found = Typed()
    for session in sessions:
        revision, there = _opened_on(data.get(f"s{session.pk}-was"))
        if revision:
            found.revisions[session.pk] = revision
        for name, was in there.items():
            key = f"s{session.pk}-{name}"
            raw = str(data.get(key, was)).strip()
            if name not in FIELDS or key not in data:
                continue
            found.raw[key] = raw
            if raw == was.strip():
                continue
            try:
                value = FIELDS[name].clean(raw)
            except ValidationError as error:
                found.errors[key] = " ".join(error.messages)
                continue
            found.rows.setdefault(session.pk, {}).update(_columns(session, name, value, rooms))
    found.errors.update(_too_late(data, found.revisions))
    return found


def cells_of(session: Session, typed: Typed | None = None) -> dict[str, Cell]:
    """Return the fields of a line, with what was typed into them."""
    raw, errors = (typed.raw, typed.errors) if typed else ({}, {})
    locale = locale_of(get_language() or "en")
    when = format_date(session.local_date, "d MMM y", locale=locale) if session.local_date else ""
    which = _("session %(n)d") % {"n": session.number}
    found = {}
    for name, value in values_of(session).items():
        key = f"s{session.pk}-{name}"
        label = f"{LABELS[name]}, {which}{', ' + when if when else ''}"
        found[name] = Cell(key, label, raw.get(key, value), errors.get(key, ""))
    return found


def spoken_in(sessions: Iterable[Session], raw: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    """Return (tag, name) of the languages a line offers: the site's, and those that are spoken or were chosen."""
    names = locale_of(language).languages
    chosen = [value for key, value in raw.items() if key.endswith("-language")]
    tags = [code for code, _name in settings.LANGUAGES]
    tags += [session.language for session in sessions] + chosen
    return [(tag, str(names.get(tag, tag))) for tag in dict.fromkeys(tags)]


# Below: how it is done.


def _opened_on(text: Any) -> tuple[int, dict[str, str]]:
    try:
        revision, there = json.loads(str(text or ""))
        return int(revision), {str(name): str(value) for name, value in there.items()}
    except (ValueError, TypeError, AttributeError):
        return 0, {}


def _too_late(data: Mapping[str, Any], known: Container[int]) -> dict[str, str]:
    """What was typed into lines that are gone or closed by now: said back, so that it is not lost."""
    found = {}
    for key in data:
        number = key.removeprefix("s").removesuffix("-was")
        if key != f"s{number}-was" or not row_number(number) or row_number(number) in known:
            continue
        _revision, there = _opened_on(data.get(key))
        typed = [str(data.get(f"s{number}-{name}", was)).strip() for name, was in there.items()]
        new = [text for text, was in zip(typed, there.values(), strict=True) if text != was.strip()]
        if new:
            words = _(
                "Somebody cancelled or removed a session meanwhile, or it has begun. You typed: %(text)s"
            )
            found[f"s{number}-title"] = words % {"text": ", ".join(new)}
    return found


def _columns(session: Session, name: str, value: Any, rooms: Mapping[str, Room]) -> dict[str, Any]:
    if name == "title":
        words = {tag: text for tag, text in session.title.items() if tag != tongue_of(session)}
        return {"title": words | ({tongue_of(session): value} if value else {})}
    if name == "room":
        place = rooms.get(value)
        return {"room": value, "place_id": place.pk if place else None}
    return {COLUMNS[name]: value}
