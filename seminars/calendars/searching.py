"""Sessions by words: in titles, abstracts, the names of series, communities and topics, and who speaks.

Small and capital letters and accents make no difference, in any database: so it is compared here and not in SQL. What
is said in recordings is the archive's to search.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import F

from seminars.series.models import Series
from seminars.sessions.models import Session, SessionQuerySet, Speaker
from seminars.words import APART, Words

LONGEST = 60  # characters of a question that count
LOOKED_THROUGH = 5000
"""Sessions, the latest ones: about a tenth of a second."""
MOST = 1000
"""Sessions that one search finds, the latest ones: as many as a calendar holds."""
LONGEST_TEXT = 4000  # characters of one session's texts
# Accents and the vowel points that Arabic and Hebrew writers leave out.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u20d0-\u20ff]")
_APART = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return the words of `text` in small letters without accents, one space between them."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold()).translate(APART)
    return _APART.sub(" ", text.casefold()).strip()


def question(text: str) -> str:
    """Return what is looked for: folded words in order, each once; the same for all ways to ask for the same."""
    words = sorted(set(fold(text[: LONGEST * 10]).split()))
    found = ""
    for word in words:
        longer = f"{found} {word[:LONGEST]}".strip()
        if len(longer) > LONGEST:
            break
        found = longer
    return found


def matching(sessions: SessionQuerySet, asked: str) -> list[int]:
    """Return the ids of sessions in which each word of `asked` begins a word. asked: as `question` returns it."""
    wanted = [f" {word}" for word in asked.split()]
    if not wanted:
        return []
    columns = ("pk", "title", "abstract", "series_id", "series__title", "series__community__name")
    latest = sessions.order_by(F("starts_at").desc(nulls_last=True), "-pk")
    rows = list(latest.values_list(*columns)[:LOOKED_THROUGH])
    beside = _beside([row[0] for row in rows], {row[3] for row in rows})
    found = []
    for pk, title, abstract, series, *names in rows:
        texts = [*_said(title, *names), *beside.get(("session", pk), ()), *beside.get(("series", series), ())]
        text = " ".join([*texts, *_said(abstract)])[:LONGEST_TEXT]
        folded = f" {fold(text)}"
        if all(word in folded for word in wanted):
            found.append(pk)
    return found[:MOST]


def _beside(sessions: list[int], series: set[int]) -> dict[tuple[str, int], list[str]]:
    """Who speaks, and what sessions and series are about: three queries."""
    found = defaultdict[tuple[str, int], list[str]](list)
    speakers = Speaker.objects.filter(session__in=sessions).order_by("pk")
    for pk, name in speakers.values_list("session_id", "person__name"):
        found["session", pk].append(name)
    own: Any = Session.topics.through.objects.filter(session_id__in=sessions).order_by("pk")
    for pk, words in own.values_list("session_id", "topic__name"):
        found["session", pk].extend(_said(words))
    through: Any = Series.topics.through.objects.filter(series_id__in=series).order_by("pk")
    for pk, words in through.values_list("series_id", "topic__name"):
        found["series", pk].extend(_said(words))
    return found


def _said(*words: Words | None) -> Iterable[str]:
    return [text for each in words for text in (each or {}).values()]
