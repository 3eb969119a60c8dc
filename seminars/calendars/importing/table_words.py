"""What headers, dates and times of tables mean, in the ways people write them. No database."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time, timedelta

_HEADERS = {
    "title": "title subject summary name event topic session titel rubrik namn titre sujet titulo nombre nome",
    "date": "date day startdate datum startdatum dag fecha data jour datedebut fechainicio datainicio",
    "start": "start time starttime starts from begin hour klockan tid starttid heure hora uhrzeit inicio debut",
    "end": "end endtime ends to until finish slut sluttid fin fim ende heurefin horafin",
    "end_date": "enddate slutdatum lastday datefin fechafin datafim enddatum",
    "length": "length duration minutes langd minuter duree duracion duracao dauer",
    "zone": "zone timezone tz tidszon fuseauhoraire zonahoraria fusohorario zeitzone",
    "room": "room place location venue where plats lokal rum lieu salle lugar sala local ort raum",
    "join_url": "join joinlink joinurl meeting meetinglink zoom teams online lank moteslank enlace lien",
    "source_url": "url link website page webbplats web source sida site",
    "abstract": "description abstract details notes about beskrivning anteckningar descripcion descricao"
    " beschreibung",
    "status": "status state lage tillstand etat estado",
    "uid": "uid id identifier",
}
COLUMNS = {name: frozenset(words.split()) for name, words in _HEADERS.items()}
"""Our columns, and the headers by which they are known."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_OTHER = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?!\d)")
_MONTHS = (
    "jan januari january janvier enero janeiro",
    "feb februari february fevrier febrero fevereiro",
    "mar mars march marzo marco marz",
    "apr april avril abril",
    "may maj mai mayo maio",
    "jun juni june juin junio junho",
    "jul juli july juillet julio julho",
    "aug augusti august aout agosto",
    "sep sept september septembre septiembre setembro",
    "oct okt oktober october octobre octubre outubro",
    "nov november novembre noviembre novembro",
    "dec dez december decembre diciembre dezembro dezember",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_WRITTEN = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.|er)?\s+(?:de\s+)?([a-z]{3,10})\.?|([a-z]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?),?"
    r"\s+(?:de\s+)?(\d{4})"
)
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})(?:\s*[:.hH]\s*(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*h?\s*([ap])?\.?(?:m\b\.?)?", re.I
)


def folded(text: str) -> str:
    """Return `text` in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def column_of(header: str) -> str:
    """Return which of our columns a header means, "" for none."""
    name = re.sub(r"[^a-z]", "", folded(re.sub(r"\([^)]*\)", "", header)))
    return next(
        (ours for ours, names in COLUMNS.items() if name in names or name == ours.replace("_", "")), ""
    )


def is_day_first(texts: Iterable[str]) -> bool | None:
    """Return whether dates such as 3/4/2026 begin with the day; None where the table does not show it."""
    first = second = 0
    dotted = slashed = False
    for text in texts:
        if _ISO.match(text.strip()) or not (found := _OTHER.search(text)):
            continue
        dotted |= found[2] == "."
        slashed |= found[2] != "."
        first, second = max(first, int(found[1])), max(second, int(found[3]))
    if first > 12 or (dotted and not slashed):
        return True
    return False if second > 12 else None


def day_in(text: str, day_first: bool) -> tuple[date | None, str, timedelta | None]:
    """Return the date in a cell, what follows it, and the offset from UTC where it ends in one."""
    text = text.strip()
    offset = None
    if (found := _OFFSET.search(text)) and re.search(r"\d[T ]\d", text):
        text, said = text[: found.start()], found[1]
        offset = timedelta()
        if said != "Z":
            offset = timedelta(hours=int(said[1:3]), minutes=int(said[-2:])) * (-1 if said[0] == "-" else 1)
    if found := _ISO.search(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _OTHER.search(text):
        one, two, year = int(found[1]), int(found[3]), int(found[4])
        first = day_first or found[2] == "."
        if one > 12 or two > 12:
            first = one > 12
        day, month = (one, two) if first else (two, one)
        year += 2000 if year < 100 else 0
    elif (found := _WRITTEN.search(plain := folded(text))) and (month := _MONTH.get(found[2] or found[3], 0)):
        day, year, text = int(found[1] or found[4]), int(found[5]), plain
    else:
        return None, "", None
    try:
        return date(year, month, day), text[found.end() :].strip(" ,T"), offset
    except ValueError:
        return None, "", None


def times_in(text: str) -> list[time]:
    """Return the times in a cell: one, or start and end; none where any of it is no time."""
    text = re.sub(r"\d{4}-\d{2}-\d{2}[T ]?", "", text.strip())
    found: list[time] = []
    for each in list(_CLOCK.finditer(text))[:2]:
        hour, minute, half = int(each[1]), int(each[2] or 0), (each[3] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour > 23 or minute > 59:
            return [time(0, 0)] if (hour, minute) == (24, 0) and not found else []
        found.append(time(hour, minute))
    return found
