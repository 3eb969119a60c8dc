"""What happened, in sentences: who did what, when, and what it was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.changes.models import Change
from seminars.followups.models import ItemState
from seminars.series.models import Part
from seminars.sessions.models import MaterialKind, MaterialState
from seminars.sessions.state import State
from seminars.web.looks import LOOKS

DEEDS = {
    "answers": gettext_lazy("answered a question in writing"),
    "added": gettext_lazy("added it"),
    "bulk": gettext_lazy("changed several sessions at once"),
    "cancelled": gettext_lazy("cancelled it"),
    "carried": gettext_lazy("changed what it belongs to, and this followed"),
    "checklist": gettext_lazy("opened its checklist"),
    "clocks": gettext_lazy("worked out its instants anew: the law of the clocks has changed"),
    "closed": gettext_lazy("ended it"),
    "correction": gettext_lazy("passed on what a reader found wrong"),
    "drafted": gettext_lazy("planned it"),
    "dropped": gettext_lazy("changed the rhythm, and this has no place in it"),
    "edited": gettext_lazy("changed its details"),
    "followed": gettext_lazy("changed the series, and this followed"),
    "invited": gettext_lazy("changed who is invited"),
    "item": gettext_lazy("brought the checklist up to date"),
    "kept-local": gettext_lazy("kept its local time under the new law of the clocks"),
    "licence": gettext_lazy("changed on which terms others may use the recording"),
    "material": gettext_lazy("changed its materials"),
    "owed": gettext_lazy("changed what is owed around each session"),
    "postponed": gettext_lazy("postponed it"),
    "promise": gettext_lazy("moved a promise"),
    "published": gettext_lazy("published it"),
    "reinstated": gettext_lazy("reinstated it"),
    "removed": gettext_lazy("removed it, as a draft"),
    "replanned": gettext_lazy("changed its plan"),
    "invited-by-mail": gettext_lazy("invited people by mail"),
    "paper-approved": gettext_lazy("approved the paper"),
    "paper-begun": gettext_lazy("began the paper"),
    "paper-published": gettext_lazy("published the paper"),
    "paper-superseded": gettext_lazy("said which paper took its place"),
    "paper-withdrawn": gettext_lazy("withdrew the paper"),
    "report": gettext_lazy("saved the report"),
    "report-form": gettext_lazy("changed the form of its reports"),
    "room-added": gettext_lazy("added the room"),
    "room-changed": gettext_lazy("changed the room"),
    "room-closed": gettext_lazy("no longer offers the room"),
    "room-offered": gettext_lazy("offers the room again"),
    "site-changed": gettext_lazy("changed what they said of their group"),
    "site-counted": gettext_lazy("said how many of their group came"),
    "site-registered": gettext_lazy("registered a group"),
    "attendance-struck": gettext_lazy("said that somebody was not here"),
    "attendance-taken-in": gettext_lazy("took in a list of who came"),
    "attendance-taken-back": gettext_lazy("took back a list of who came"),
    "registration-removed": gettext_lazy("took somebody off the list of registrations"),
    "registration-terms": gettext_lazy("changed how people register"),
    "registration-moved": gettext_lazy("moved somebody between the lists of registrations"),
    "registration-added": gettext_lazy("added somebody to the registrations"),
    "registrations-approved": gettext_lazy("accepted people who asked to come"),
    "registrations-declined": gettext_lazy("did not accept people who asked to come"),
    "site-withdrawn": gettext_lazy("withdrew a group"),
    "role": gettext_lazy("changed who has which role"),
    "rescheduled": gettext_lazy("gave it a new time"),
    "speaker-checked": gettext_lazy("looked through its page, and found it right"),
    "speaker-remarked": gettext_lazy("said what is wrong on its page"),
    "speaker-asked": gettext_lazy("made a speaker's link"),
    "speaker-confirmed": gettext_lazy("said that they come"),
    "speaker-consented": gettext_lazy("allowed a recording to be published"),
    "speaker-declined": gettext_lazy("said that they do not come"),
    "speaker-link-ended": gettext_lazy("ended a speaker's link"),
    "speaker-refused": gettext_lazy("said no to a published recording"),
    "speaker-wrote": gettext_lazy("gave title and abstract by their link"),
    "speakers": gettext_lazy("changed the speakers"),
    "tasks": gettext_lazy("put what is wanted before on its list"),
    "topic-made": gettext_lazy("made a topic"),
    "topic-renamed": gettext_lazy("renamed a topic"),
    "topics": gettext_lazy("changed what it is about"),
    "state": gettext_lazy("noted its new state"),
    "swapped": gettext_lazy("had it change places with another session"),
    "undone": gettext_lazy("undid the last change"),
    "withdrawn": gettext_lazy("withdrew it"),
}
FIELDS = {
    "title": gettext_lazy("Title"),
    "abstract": gettext_lazy("What it is about"),
    "local_date": gettext_lazy("Date"),
    "local_time": gettext_lazy("Start"),
    "zone": gettext_lazy("Whose clock counts"),
    "minutes": gettext_lazy("Minutes"),
    "days": gettext_lazy("Days"),
    "room": gettext_lazy("Room"),
    "join_url": gettext_lazy("Join link"),
    "view_url": gettext_lazy("View-only link"),
    "dial_in": gettext_lazy("Numbers to dial in"),
    "doors": gettext_lazy("Doors open, minutes before the start"),
    "invites": gettext_lazy("Mails invitations"),
    "reminders": gettext_lazy("Reminders"),
    "capacity": gettext_lazy("People it holds"),
    "access": gettext_lazy("Getting in"),
    "source_url": gettext_lazy("Announced elsewhere at"),
    "form": gettext_lazy("Where people meet"),
    "language": gettext_lazy("Language spoken"),
    "licence": gettext_lazy("Licence"),
    "audience": gettext_lazy("Who may see it"),
    "report_only": gettext_lazy("Not recorded, by choice"),
    "reason": gettext_lazy("Reason"),
    "role": gettext_lazy("Role"),
    "state": gettext_lazy("State"),
}


@dataclass(frozen=True)
class Told:
    """One change as a reader meets it; `details` are (field, before, after)."""

    at: datetime
    who: str
    did: str
    details: list[tuple[str, str, str]]
    note: str = ""


def told(change: Change) -> Told:
    """Return a change in words. A change without an actor was made by the clock or by an import."""
    who = change.actor.email if change.actor else change.after.get("person") or _("The site")
    did = str(DEEDS.get(change.kind, change.kind.replace("-", " ")))
    names = [name for name in FIELDS if name in change.before or name in change.after]
    if "state" in names and len(names) > 1:
        names.remove("state")  # it follows from the rest
    details = [(str(FIELDS[name]), _said(change.before, name), _said(change.after, name)) for name in names]
    if change.kind == "clocks":
        details.append((_("Start in UTC"), _instant(change.before), _instant(change.after)))
    note = _noted(change) if change.note != change.after.get("reason") else ""
    return Told(change.at, who, did, [each for each in details if each[1] != each[2]], note)


def _noted(change: Change) -> str:
    """The note in words: of a material it is "slides published", of a promise "recording"; else somebody typed it."""
    kind, _space, state = change.note.partition(" ")
    if change.kind not in {"material", "promise"} or kind not in MaterialKind.values:
        return change.note
    words = str(MaterialKind(kind).label)
    return f"{words}: {MaterialState(state).label}" if state in MaterialState.values else words


def _instant(values: Mapping[str, Any]) -> str:
    value = values.get("starts_at")
    return date_format(datetime.fromisoformat(value), "j F Y, H:i") if value else "–"


def _said(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value in (None, "", {}, []):
        return "–"
    if isinstance(value, dict):
        return " · ".join(str(text) for text in value.values() if text)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "state":
        of_item = str(ItemState(value).label) if value in ItemState.values else str(value)
        return str(LOOKS[State(value)].badge) if value in set(State) else of_item
    if name == "role":
        return str(Part(value).label) if value in Part.values else str(value)
    if name == "local_date":
        return date_format(date.fromisoformat(value), "j F Y")
    if name == "local_time":
        return f"{time.fromisoformat(value):%H:%M}"
    return str(value)
