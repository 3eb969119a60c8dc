"""Find an address and a name wherever they were written down, and put nobody in their place."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from seminars.changes.models import Change
from seminars.leaving.tables import AnyField, Whole, columns, pointing, stored
from seminars.notifications.models import Message
from seminars.people.models import Person, User
from seminars.sessions.registration.models import Registration

REMOVED = "Name removed"
SHORTEST = 3  # a name of two letters stands in many words that are nobody's
TOLD_OF = (Change, Message)
"""Tables whose sentences may hold a name among other words."""


@dataclass(frozen=True)
class Hunt:
    """What is looked for, and what takes its place. keep: persons whose row keeps the name, by consent.

    registrations: their own, as they were before they were made nobody's.
    """

    whole: Whole
    email: str
    keep: frozenset[int] = frozenset()
    registrations: frozenset[int] = frozenset()

    def clean(self, text: str, *, sentences: bool) -> str:
        """Return `text` without the address; without the name where it is all there is, or anywhere in a sentence."""
        for address in sorted(self.whole.addresses, key=len, reverse=True):
            text = re.sub(
                rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", self.email, text, flags=re.IGNORECASE
            )
        name = self.whole.name
        if len(name) < SHORTEST:
            return text
        if text.strip().casefold() == name.casefold():
            return REMOVED
        if sentences:
            return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", REMOVED, text, flags=re.IGNORECASE)
        return text

    def clean_json(self, value: Any, *, sentences: bool) -> Any:
        """Return the same JSON value, every text in it clean."""
        if isinstance(value, str):
            return self.clean(value, sentences=sentences)
        if isinstance(value, list):
            return [self.clean_json(each, sentences=sentences) for each in value]
        if isinstance(value, dict):
            return {key: self.clean_json(each, sentences=sentences) for key, each in value.items()}
        return value

    def wanted(self) -> list[str]:
        """What to look for, as text and as JSON spells it."""
        plain = [
            *sorted(self.whole.addresses),
            *([self.whole.name] if len(self.whole.name) >= SHORTEST else []),
        ]
        return list(dict.fromkeys([*plain, *(json.dumps(each)[1:-1] for each in plain)]))


def remove(hunt: Hunt) -> int:
    """Return how many rows were cleaned, over all tables. Call it inside `atomic`; it reads every text once."""
    return sum(_in_table(model, hunt) for model in stored())


def _in_table(model: type[models.Model], hunt: Hunt) -> int:
    texts = columns(model, models.CharField, models.TextField)
    jsons = columns(model, models.JSONField)
    asked, casts = Q(pk__in=[]), {}
    for column in [*texts, *jsons]:
        casts[f"said_{column.name}"] = Cast(column.name, models.TextField())
        for word in hunt.wanted():
            asked |= Q(**{f"said_{column.name}__icontains": word})
    if not casts:
        return 0
    cleaned = 0
    for row in list(model._base_manager.annotate(**casts).filter(asked)):
        changed = dict(_changes(row, texts, jsons, hunt))
        if changed:
            _write(model, row, changed)
            cleaned += 1
    return cleaned


def _changes(
    row: models.Model, texts: list[AnyField], jsons: list[AnyField], hunt: Hunt
) -> Iterator[tuple[str, Any]]:
    sentences = isinstance(row, TOLD_OF)
    others = _is_of_somebody_else(row, hunt)
    for column in texts:
        before = getattr(row, column.attname)
        if isinstance(before, str) and before:
            after = hunt.clean(before, sentences=sentences)
            if after != before and not (others and after == REMOVED):
                longest = column.max_length
                yield column.attname, after[:longest] if longest else after
    for column in jsons:
        before = getattr(row, column.attname)
        after = hunt.clean_json(before, sentences=sentences)
        if after != before:
            yield column.attname, after


def _is_of_somebody_else(row: models.Model, hunt: Hunt) -> bool:
    """Whether a row is surely another's who has the same name: then the name stays."""
    if isinstance(row, Person):
        return row.pk in hunt.keep or row.pk != getattr(hunt.whole.person, "pk", None)
    whole = hunt.whole
    ours: dict[type[models.Model], frozenset[int | None]] = {
        User: frozenset({whole.user.pk}),
        Person: frozenset({getattr(whole.person, "pk", None)}),
        Registration: hunt.registrations,
    }
    for column, target in pointing(type(row)):
        value = getattr(row, column.attname)
        if value is not None and value not in ours[target]:
            return True
    for column in columns(type(row), models.EmailField):
        address = (getattr(row, column.attname) or "").lower()
        if address and address != hunt.email and address not in whole.addresses:
            return True
    return False


def _write(model: type[models.Model], row: models.Model, changed: dict[str, Any]) -> None:
    """Store it; where a name must be alone in its list (a poll), the row's number tells the removed ones apart."""
    rows = model._base_manager.filter(pk=row.pk)
    try:
        with transaction.atomic():
            rows.update(**changed)
    except IntegrityError:
        rows.update(
            **{key: f"{value} {row.pk}" if value == REMOVED else value for key, value in changed.items()}
        )
