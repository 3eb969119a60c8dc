"""Columns that refuse what cannot be: a time zone that does not exist, words that are not words by language."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from seminars import clock


def validate_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone such as Africa/Johannesburg."""
    if not clock.is_zone(name):
        raise ValidationError(
            _("“%(name)s” is not a time zone. Choose one from the list."), "zone", {"name": name}
        )


def validate_words(words: object) -> None:
    """Raise ValidationError unless `words` is a dict from language tags to texts."""
    if not isinstance(words, dict) or not all(
        isinstance(k, str) and isinstance(v, str) for k, v in words.items()
    ):
        raise ValidationError(_("Give the words as a text for each language."), "words")


class ZoneField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """An IANA zone name. Checked on every write, by form or not: a wrong zone would move a session by hours."""

    default_validators = [validate_zone]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **({"max_length": 64} | options))

    def get_prep_value(self, value: Any) -> Any:
        name = super().get_prep_value(value)
        if name:
            validate_zone(name)
        return name


class WordsField(models.JSONField):
    """Words by language, `{"en": "Savings groups", "sv": "Spargrupper"}`; read them with `seminars.words.say`."""

    default_validators = [validate_words]

    def __init__(self, *args: Any, **options: Any) -> None:
        defaults: dict[str, Any] = {"default": dict, "blank": True}
        super().__init__(*args, **(defaults | options))

    def get_prep_value(self, value: Any) -> Any:
        """Leave out the character of no meaning, which PostgreSQL cannot keep and no page can show."""
        if isinstance(value, dict):
            value = {
                tag: text.replace("\x00", "") if isinstance(text, str) else text
                for tag, text in value.items()
            }
        return super().get_prep_value(value)
