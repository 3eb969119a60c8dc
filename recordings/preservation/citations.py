"""A recording as a reference: plain text, BibTeX, RIS and CSL-JSON. Pure; every word may hold anything.

People are named as they name themselves: nobody can tell family names of the whole world apart, so none is turned
around or cut to a letter.
"""

import json
import re
from datetime import date
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import get_language, pgettext

from recordings.catalogue.licences import terms_of
from recordings.preservation.description import Description
from seminars.words import say

TYPES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
    "txt": "text/plain; charset=utf-8",
}
LONGEST_ABSTRACT = 2_000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RIS_TYPES = {"MovingImage": "VIDEO", "Sound": "SOUND"}
_CSL_TYPES = {"MovingImage": "motion_picture", "Sound": "song"}
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip


def cited(description: Description, form: str) -> str:
    """Return the reference in one of the forms of `TYPES`."""
    return {"bib": bibtex, "ris": ris, "json": csl_json, "txt": plain}[form](description)


def plain(description: Description) -> str:
    """Return a reference in the manner of APA: who (when). What [medium]. Publisher. Where."""
    parts = [
        f"{', '.join(authors(description))} ({_said(description.day)}).",
        f"{title_of(description)} [{medium(description)}].",
    ]
    if publisher_of(description) not in authors(description):
        parts.append(f"{publisher_of(description)}.")
    return " ".join([*parts, description.permalink])


def bibtex(description: Description) -> str:
    """Return a BibTeX entry. Marks that TeX would act on stand as commands, braces too, so that they always match."""
    fields = {
        "title": f"{{{_tex(title_of(description))}}}",
        "author": " and ".join(f"{{{_tex(each)}}}" for each in authors(description)),
        "year": str(description.day.year) if description.day else "",
        "howpublished": _tex(medium(description)),
        "publisher": _tex(publisher_of(description)),
        "url": description.permalink,
        "language": description.language,
        "keywords": _tex(", ".join(subjects(description))),
        "note": _tex(_rights(description)),
    }
    rows = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    if description.day:  # the names that every style knows, and writes in its own language: so without braces
        rows.append(f"  month = {_MONTHS[description.day.month - 1]}")
    return "@misc{" + key_of(description) + ",\n" + ",\n".join(rows) + "\n}\n"


def ris(description: Description) -> str:
    """Return a record of RIS: a tag, two spaces, a hyphen, a space and a value on each line."""
    day = description.day
    rows = [("TY", _RIS_TYPES.get(description.type, "ELEC")), ("TI", title_of(description))]
    rows += [("AU", each) for each in authors(description)]
    rows += [("A2", _line(each.name)) for each in description.contributors]
    rows += [("PY", str(day.year)), ("DA", f"{day:%Y/%m/%d}/")] if day else []
    rows += [("PB", publisher_of(description)), ("UR", description.permalink), ("LA", description.language)]
    rows += [("KW", each) for each in subjects(description)]
    rows += [("AB", abstract_of(description)), ("N1", _rights(description)), ("ID", key_of(description))]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in [*rows, ("ER", "")] if value or tag == "ER")


def csl_json(description: Description) -> str:
    """Return a list with one item of CSL-JSON 1.0.2."""
    day = description.day
    item: dict[str, Any] = {
        "id": key_of(description),
        "type": _CSL_TYPES.get(description.type, "document"),
        "title": title_of(description),
        "author": [{"literal": each} for each in authors(description)],
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "medium": medium(description),
        "dimensions": _length(description.seconds),
        "publisher": publisher_of(description),
        "URL": description.permalink,
        "language": description.language,
        "keyword": ", ".join(subjects(description)),
        "abstract": abstract_of(description),
        "note": _rights(description),
    }
    return (
        json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2)
        + "\n"
    )


def key_of(description: Description) -> str:
    """Return the name under which reference managers keep it: its short name, in ASCII."""
    return re.sub(r"[^a-z0-9-]", "", description.slug.lower()) or "recording"


def title_of(description: Description) -> str:
    """Return its title in the language that is spoken."""
    return _line(say(description.title, description.language)) or description.slug


def authors(description: Description) -> list[str]:
    """Return who speaks; where nobody is named, who publishes it."""
    return [name for each in description.creators if (name := _line(each.name))] or [
        publisher_of(description)
    ]


def publisher_of(description: Description) -> str:
    """Return the community, or the site."""
    return _line(say(description.publisher, description.language)) or _line(settings.SITE_NAME)


def subjects(description: Description) -> list[str]:
    """Return its topics in the language that is spoken."""
    return [_line(said) for each in description.subjects if (said := say(each, description.language))]


def abstract_of(description: Description) -> str:
    """Return what it is about, on one line."""
    return _line(say(description.abstract, description.language))[:LONGEST_ABSTRACT]


def medium(description: Description) -> str:
    """Return what it is, in a word."""
    if description.type == "MovingImage":
        return pgettext("in a reference", "Video")
    if description.type == "Sound":
        return pgettext("in a reference", "Audio")
    return pgettext("in a reference", "Seminar documents")


def _rights(description: Description) -> str:
    terms = terms_of(description.licence)
    return " ".join(filter(None, (terms.name, terms.href))) if terms else ""


def _said(day: date | None) -> str:
    if day is None:
        return pgettext("in a reference", "n.d.")
    language = (get_language() or "en").split("-")[0]
    return format_date(day, "yyyy, MMMM d" if language == "en" else "long", locale=language)


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if seconds else ""


def _line(text: str) -> str:
    """A text on one line, without characters that no file of references may hold."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(each, each) for each in text)
