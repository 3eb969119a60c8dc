"""The fields of a report: MeMoRe's (`users.md`), and how those of a series' own form are stored, read and checked."""

import itertools
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from seminars.words import say

MOST = 20_000
"""Characters of one answer."""
LINE = 300
"""Characters of an answer on one line."""
LANGUAGE = "language"
"""Not a field of the form: under this name the report's language is written like any other answer."""

KINDS = {
    "line": gettext_lazy("one line"),
    "number": gettext_lazy("a number"),
    "text": gettext_lazy("paragraphs"),
    "list": gettext_lazy("a list, one on each line"),
    "quotes": gettext_lazy("quotations, one on each line"),
}


_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class Field(NamedTuple):
    """One field of a form. kind: of `KINDS`. label: in words. hidden: not asked any more; its answers stay."""

    name: str
    label: "str | Promise"
    kind: str
    hidden: bool = False


FIELDS = (
    Field("title", gettext_lazy("Title of the session"), "line"),
    Field("facilitator_room", gettext_lazy("Facilitator and room"), "line"),
    Field("documented_by", gettext_lazy("Documented by"), "line"),
    Field("participants", gettext_lazy("Number of participants"), "number"),
    Field("who", gettext_lazy("Who are you, and which institution do you represent?"), "list"),
    Field("hypothesis", gettext_lazy("Starting hypothesis"), "text"),
    Field("sequence", gettext_lazy("Sequence of content and methods"), "list"),
    Field("arguments", gettext_lazy("Main arguments"), "list"),
    Field("questions", gettext_lazy("Questions for discussion"), "list"),
    Field("results", gettext_lazy("Results"), "text"),
    Field("quotes", gettext_lazy("Main statements (quotes)"), "quotes"),
    Field("laughed", gettext_lazy("One thing that we laughed about"), "text"),
    Field("remarks", gettext_lazy("Further remarks"), "text"),
)
"""MeMoRe's form, in its order."""

OURS = {each.name: each for each in FIELDS}


def fields_said(stored: Iterable[Mapping[str, Any]] | None, language: str) -> list[Field]:
    """Return the fields of a form with labels in `language`, in their order, hidden ones too.

    stored: as `ReportForm.fields` keeps them; None for MeMoRe's.
    """
    with override(language):
        if stored is None:
            return [each._replace(label=str(each.label)) for each in FIELDS]
        return [
            Field(each["name"], _label(each, language), each["kind"], bool(each.get("hidden")))
            for each in stored
        ]


def _label(stored: Mapping[str, Any], language: str) -> str:
    """Its own words; else MeMoRe's."""
    own = say(stored.get("label"), language)
    known = OURS.get(stored["name"])
    return own or (str(known.label) if known else stored["name"])


def is_language(tag: str) -> bool:
    """Return whether `tag` has the form of a language tag, such as "sv" or "pt-br"."""
    return bool(_TAG.fullmatch(tag)) and len(tag) <= 10


def plain(answer: object) -> str:
    """Return an answer as it is stored: lines end in LF, nothing around it, no character that no table can keep."""
    text = str(answer).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def wrong_with(kind: str, answer: str) -> str:
    """Return what is wrong with an answer in words, "" for nothing. answer: as `plain` returns it."""
    most = LINE if kind == "line" else MOST
    if len(answer) > most:
        return _("Use at most %(most)d characters.") % {"most": most}
    if kind in ("line", "number") and "\n" in answer:
        return _("Write this on one line.")
    if kind == "number" and answer and not (answer.isascii() and answer.isdigit() and len(answer) <= 6):
        return _("Give a number, such as 10.")
    return ""


def fresh_name(label: str, taken: Container[str]) -> str:
    """Return a name that no field has, by its label where that has letters for one."""
    base = slugify(label).replace("-", "_")[:30].strip("_")
    base = base if base[:1].isalpha() else f"field_{base}".strip("_")
    names = itertools.chain([base], (f"{base}_{number}" for number in itertools.count(2)))
    return next(name for name in names if name not in taken and name != LANGUAGE)
