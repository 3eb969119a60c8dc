"""What can be owed around a session: materials, done when they are out, and tasks, which somebody ticks off."""

import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from seminars.sessions.facts import FILES
from seminars.sessions.models import MaterialKind
from seminars.words import Words, say

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LONGEST = 20
"""Characters of a kind."""
OWN = "own-"
"""How the kind of a task in an organiser's own words begins."""
MOST_DAYS = 365


class Task(models.TextChoices):
    """What is owed and no file."""

    BRIEF = "brief", _("Speaker's brief")
    REHEARSAL = "rehearsal", _("Rehearsal")
    ANSWERS = "answers", _("Answers to open questions")


USUAL = {
    Task.BRIEF.value: -14,
    Task.REHEARSAL.value: -3,
    MaterialKind.HANDOUT.value: -1,
    MaterialKind.SLIDES.value: 0,
    MaterialKind.RECORDING.value: 2,
    MaterialKind.CAPTIONS.value: 7,
    MaterialKind.TRANSCRIPT.value: 7,
    Task.ANSWERS.value: 7,
    MaterialKind.REPORT.value: 10,
    MaterialKind.PAPER.value: 30,
}
"""Every kind that a template offers, in the order of time, with its usual days: after the end; below 0 before the
day of the session; 0 by its start."""

BEFORE = frozenset(kind for kind, days in USUAL.items() if days <= 0)
"""Kinds that are wanted before the session."""


def is_file(kind: str) -> bool:
    """Return whether a thing of this kind is done when a material is out, which everybody sees."""
    return kind in FILES


def is_by_hand(kind: str) -> bool:
    """Return whether somebody ticks it off: no fact says that it is done."""
    return kind in {Task.BRIEF, Task.REHEARSAL} or kind.startswith(OWN)


def label_of(kind: str, words: Words | None, language: str) -> "str | StrPromise":
    """Return what a kind is called; of a task in own `words` these, in `language` where they are."""
    if kind in Task.values:
        return Task(kind).label
    if kind in MaterialKind.values:
        return MaterialKind(kind).label
    return say(words, language) or kind


def when_words(days: int) -> str:
    """Return when it is due, as `Owed.days` has it, in the page's language."""
    if not days:
        return gettext("before the start")
    if days < 0:
        return ngettext("one day before", "%(n)d days before", -days) % {"n": -days}
    return ngettext("one day after", "%(n)d days after", days) % {"n": days}


def new_own() -> str:
    """Return a kind for one more task in an organiser's own words."""
    return f"{OWN}{secrets.token_hex(4)}"
