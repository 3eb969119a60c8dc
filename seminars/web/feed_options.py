"""What the address of a feed asks for behind its question mark: read strictly, and said what else there could be."""

from collections.abc import Sequence

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from seminars.calendars import filters, ical
from seminars.calendars.scopes import Options

LONGEST_ALARM = 28 * 24 * 60  # minutes


class WrongOption(ValueError):
    """An option of the address has a value that it cannot have; the message says which it can."""

    def __init__(self, words: str, name: str, allowed: Sequence[str]) -> None:
        super().__init__(words)
        self.name, self.allowed = name, list(allowed)


def filters_in(asked: QueryDict) -> filters.Pairs:
    """Return the filter behind a question mark. Raises WrongOption for more values than one address may have."""
    try:
        return filters.asked({name: asked.getlist(name) for name in filters.FIELDS})
    except filters.TooMany as wrong:
        words = _("This address names too many values. Use at most %(most)d.") % {"most": filters.MOST}
        raise WrongOption(words, "", []) from wrong
    except filters.NoWord as wrong:
        raise WrongOption(_("“q” has no word to look for. Leave it out, or give a word."), "q", []) from wrong


def options_in(asked: QueryDict) -> Options:
    """Return what an address asks for behind its question mark; names that are not ours are ignored.

    Raises WrongOption.
    """
    languages = [code for code, _name in settings.LANGUAGES]
    allowed = {"past": ["all"], "lang": languages, "tz": ["utc"]}
    given = {name: str(asked[name]).lower() for name in allowed if name in asked}
    for name, value in given.items():
        if value not in allowed[name]:
            choices = ", ".join(f"{name}={choice}" for choice in allowed[name])
            words = _("“%(name)s” cannot be “%(value)s”. Leave it out, or choose: %(choices)s.")
            said = {"name": name, "value": value[:40], "choices": choices}
            raise WrongOption(words % said, name, allowed[name])
    return Options("past" in given, given.get("lang", ""), "tz" in given, alarms_in(asked))


def alarms_in(asked: QueryDict) -> tuple[int, ...]:
    """Return how many minutes before the start the reader wants to be reminded. Raises WrongOption."""
    found = set()
    for value in ",".join(asked.getlist("alarm"))[:200].split(","):
        word = value.strip()
        if word:
            if not (word.isascii() and word.isdigit() and int(word) <= LONGEST_ALARM):
                raise wrong_alarm(word)
            found.add(int(word))
    if len(found) > ical.ALARMS:
        raise wrong_alarm(",".join(map(str, sorted(found))))
    return tuple(sorted(found))


def wrong_alarm(value: str) -> WrongOption:
    """Return what to say of a reminder that cannot be."""
    words = _(
        "“alarm” cannot be “%(value)s”. Give whole minutes before the start, at most %(most)d of them and none"
        " above 40320, such as alarm=10,60."
    )
    return WrongOption(words % {"value": value[:40], "most": ical.ALARMS}, "alarm", ["10", "60", "1440"])


def unknown(wrong: filters.WrongValue) -> WrongOption:
    """Return what to say of a filter's value that nothing ever had."""
    words = _(
        "There is nothing with “%(name)s” = “%(value)s”. Look at the page “Subscribe” for what there is."
    )
    return WrongOption(words % {"name": wrong.field, "value": wrong.value[:40]}, wrong.field, wrong.allowed)
