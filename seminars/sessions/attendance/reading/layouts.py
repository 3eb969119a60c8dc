"""Which program made a list, told by its headings, and in which column what stands. Plain Python.

Zoom: the participants report, with the meeting's own lines above or without, and the webinar's attendee report. Teams:
the report with the sections "1. Summary", "2. Participants", "3. In-Meeting Activities", the one before with one table
below a summary, and the list of who joined and left. BigBlueButton: the learning dashboard, and the list of names.
Any other table with a heading for names, and names alone, one a line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from seminars.sessions.attendance.names import folded

# Headings as `names.folded` makes them, in English, Swedish, German, French, Spanish and Portuguese.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "full name", "name original name", "user name original name", "user name", "display name",
        "namn", "fullstandigt namn", "namn ursprungligt namn", "vollstandiger name", "name originalname",
        "nom", "nom complet", "nom nom d origine", "nombre", "nombre completo", "nome", "nome completo",
        "participant", "attendee",
    ),
    "first": ("first name", "fornamn", "vorname", "prenom", "primeiro nome"),
    "family": ("last name", "surname", "family name", "efternamn", "nachname", "apellidos", "apelido", "sobrenome"),
    "email": (
        "email", "e mail", "user email", "mail", "email address", "e mail address", "e post", "e postadress",
        "e mail adresse", "adresse e mail", "courriel", "correo electronico", "correo", "registration email",
        "participant id upn", "upn",
    ),
    "joined": (
        "join time", "first join", "first join time", "first join utc", "join", "joined", "time joined",
        "anslutningstid", "forsta anslutning", "beitrittszeit", "erster beitritt", "heure d arrivee",
        "hora de entrada", "hora de union", "primeira entrada", "primera union",
    ),
    "left": (
        "leave time", "last leave", "last leave time", "last leave utc", "left", "time exited", "time left",
        "lamnade", "sista lamnande", "senast lamnad", "austrittszeit", "letztes verlassen", "heure de depart",
        "hora de salida", "hora de saida", "ultima salida", "ultima saida",
    ),
    "duration": (
        "duration", "duration minutes", "total duration minutes", "in meeting duration", "meeting duration",
        "time in session minutes", "attendance duration", "varaktighet", "motets varaktighet", "dauer",
        "dauer minuten", "besprechungsdauer", "duree", "duracion", "duracao", "varaktighet i mote",
    ),
    "waiting": ("in waiting room", "i vantrum", "im warteraum"),
    "attended": ("attended", "deltog"),
    "action": ("user action", "anvandaratgard", "benutzeraktion"),
    "stamp": ("timestamp", "tidsstampel", "zeitstempel"),
}  # fmt: skip
_MARKS = {"activity score": "BigBlueButton", "in meeting duration": "Teams", "participant id upn": "Teams"}
_MARKS |= {"name original name": "Zoom", "user name original name": "Zoom", "user action": "Teams"}
_MARKS |= {"total duration minutes": "Zoom", "user email": "Zoom", "raise hands": "BigBlueButton"}
_MARKS |= {"full name": "Teams", "first join": "Teams"}
_SECTION = re.compile(r"^\s*(\d)\s?\.\s+\D")
_PART = re.compile(r"(?i)^(host|panelist|attendee|other attended|alternative host|presenter)( details)?$")
_SORTED = re.compile(r"(?i)^(sorted by|sorterat? (efter|på)|sortiert nach|trié|ordenad)")
_TITLE = re.compile(r"(?i)^(list of users|användarlista|liste der (teilnehmer|benutzer)|liste des)")


@dataclass(frozen=True)
class Table:
    """The people of a list: for each the number of the line and what stands there, by the names of `HEADINGS`.

    minutes: whether a bare number is a length in minutes. plain: names alone.
    """

    program: str
    people: Sequence[tuple[int, dict[str, str]]]
    minutes: bool = False
    plain: bool = False


def table_of(rows: Sequence[tuple[int, list[str]]]) -> Table | None:
    """Return the people of these rows; None where there is no heading for them."""
    start = next((place for place, (_n, cells) in enumerate(rows) if _columns(cells) is not None), None)
    if start is None:
        return _names_alone(rows)
    heading = [folded(cell) for cell in rows[start][1]]
    columns, first = _columns(rows[start][1]) or {}, rows[start][1][0]
    length = heading[columns["duration"]] if "duration" in columns else ""
    people = []
    for number, cells in rows[start + 1 :]:
        alone = len([cell for cell in cells if cell]) == 1
        if alone and _SECTION.match(cells[0]):
            break  # the next part of the report: the same people once more, or what they did
        if alone and _PART.match(cells[0]):
            continue
        if cells[0] == first and (again := _columns(cells)) is not None:
            columns = again  # a webinar's report: hosts, panelists and attendees, each with its headings
            continue
        people.append((number, {what: cells[at] for what, at in columns.items() if at < len(cells)}))
    program = next((_MARKS[cell] for cell in heading if cell in _MARKS), "")
    return Table(program, people, minutes="minut" in length)


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """What stands where, if these are headings of people; else None."""
    plain = [folded(cell) for cell in cells]
    found: dict[str, int] = {}
    for what, words in HEADINGS.items():
        places = [(words.index(cell), place) for place, cell in enumerate(plain) if cell in words]
        if places:
            found[what] = min(places)[1]
    named = "name" in found or {"first", "family"} & found.keys()
    beside = {"email", "joined", "duration", "stamp", "left"} & found.keys()
    if not named or not (beside or len(plain) == 1):
        return None
    return found


def _names_alone(rows: Sequence[tuple[int, list[str]]]) -> Table | None:
    """BigBlueButton's saved names, sorted by first name and once more by last name; or any list of one column."""
    if not rows or any(len([cell for cell in cells if cell]) > 1 for _n, cells in rows if not _title(cells)):
        return None
    heads = [place for place, (_n, cells) in enumerate(rows) if _SORTED.match(cells[0])]
    end = heads[1] if len(heads) > 1 else len(rows)
    start = heads[0] + 1 if heads else 1 if _title(rows[0][1]) else 0
    people = [(number, {"name": next(filter(None, cells))}) for number, cells in rows[start:end]]
    return Table("BigBlueButton" if heads else "", people, plain=True)


def _title(cells: Sequence[str]) -> bool:
    return bool(_TITLE.match(" ".join(cells)))
