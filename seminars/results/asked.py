"""What people answered: to the questions after a session, and to those of registration that have answers to choose."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from seminars.sessions.feedback.asking import SCALE, STEPS, questions_of, usual
from seminars.sessions.feedback.models import Feedback, FeedbackForm
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.sessions.registration.questions import PROVINCE, Kind

FEWEST = 3
"""Fewer than these are not broken down: they would say who."""


@dataclass(frozen=True)
class Opinion:
    """One question with a scale from 1 to 5. number: how many answered. mean: None where they are too few."""

    words: str
    number: int
    mean: float | None


@dataclass(frozen=True)
class Asked:
    """One question of registration. answers: how many gave each, the most first. number: how many answered."""

    words: str
    number: int
    answers: Sequence[tuple[str, int]]


def opinions_of(sessions: Sequence[Session]) -> tuple[int, list[Opinion]]:
    """Return how many said how these sessions were, and the means of what they said. Two questions."""
    series_of = {each.pk: each.series_id for each in sessions}
    forms = {each.series_id: each for each in FeedbackForm.objects.filter(series__in=set(series_of.values()))}
    common = usual()
    scales: dict[int, list[tuple[str, str]]] = {}
    for pk in set(series_of.values()):
        asked = questions_of(forms[pk]) if pk in forms else common
        scales[pk] = [(each.key, each.words) for each in asked if each.kind == SCALE]
    rows = Feedback.objects.filter(session_id__in=list(series_of)).order_by()
    given: dict[str, list[int]] = defaultdict(list)
    number = 0
    for session_id, answers in rows.values_list("session_id", "answers"):
        number += 1
        for key, words in scales[series_of[session_id]]:
            value = answers.get(key)
            if isinstance(value, int) and 1 <= value <= STEPS:
                given[words].append(value)
    return number, [_opinion(words, values) for words, values in sorted(given.items())]


def asked_of(ids: Collection[int]) -> list[Asked]:
    """Return what those who registered answered where they chose, each person once a question. One question.

    So provinces are counted, whatever the language in which each was asked.
    """
    rows = Registration.objects.standing().filter(session_id__in=ids).exclude(answers=[]).order_by()
    chosen: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for email, answers in rows.values_list("email", "answers"):
        for each in answers:
            if each.get("kind") not in (Kind.ONE, Kind.SEVERAL):
                continue
            said = each.get("said")
            words = _("Province") if each.get("name") == PROVINCE else str(each.get("asked", ""))
            for one in said if isinstance(said, list) else [said]:
                if one:
                    chosen[words].add((email, str(one)))
    return [_asked(words, pairs) for words, pairs in sorted(chosen.items())]


def _opinion(words: str, values: Sequence[int]) -> Opinion:
    mean = sum(values) / len(values) if len(values) >= FEWEST else None
    return Opinion(words, len(values), mean)


def _asked(words: str, pairs: set[tuple[str, str]]) -> Asked:
    counted = Counter(answer for _who, answer in pairs)
    most_first = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return Asked(words, len({email for email, _said in pairs}), most_first)
