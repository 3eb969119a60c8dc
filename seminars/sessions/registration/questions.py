"""What organisers ask of those who register, beside the name; and answers, each kept with the words as asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.changes.refusing import raise_if
from seminars.people.models import Community

MOST = 10
LONGEST_WORDS, LONGEST_OPTION, MOST_OPTIONS = 300, 150, 30
LONGEST = {"text": 300, "long": 3000}
Answer = Mapping[str, Any]


class Kind(TextChoices):
    """How a question is answered."""

    TEXT = "text", gettext_lazy("A short text")
    LONG = "long", gettext_lazy("A long text")
    ONE = "one", gettext_lazy("One of several")
    SEVERAL = "several", gettext_lazy("Several of several")
    YES = "yes", gettext_lazy("Yes or no")


CHOOSING = (Kind.ONE, Kind.SEVERAL)
PROVINCE = "province"
"""The name of the question that a community asks by itself where it counts provinces."""


@dataclass(frozen=True)
class Question:
    """One question. name: stands for it in forms and answers, and never changes, whatever its words become."""

    name: str
    kind: str
    words: str
    options: tuple[str, ...] = ()
    required: bool = False

    def kept(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        found = {"name": self.name, "kind": self.kind, "words": self.words, "required": self.required}
        return found | ({"options": list(self.options)} if self.kind in CHOOSING else {})


def questions_of(kept: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return the questions that `Question.kept` gave."""
    return [Question(**{**each, "options": tuple(each.get("options", ()))}) for each in kept]


def questions_for(community: Community, kept: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return what registration asks: of a community that counts provinces first which, then those that are `kept`."""
    own = questions_of(kept)
    if not community.provinces:
        return own
    return [Question(PROVINCE, Kind.ONE, _("In which province are you?"), tuple(community.provinces)), *own]


def checked(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Return the questions as they are kept, those without a name given one. Raises UserError by `question<number>`."""
    found, wrong = [], {}
    names = {each.name for each in questions if each.name}
    for at, each in enumerate(questions):
        if said := _wrong(each):
            wrong[f"question{at}"] = said
        name = each.name or next(f"q{n}" for n in range(1, 1000) if f"q{n}" not in names)
        names.add(name)
        found.append(replace(each, name=name).kept())
    if len(found) > MOST:
        wrong[""] = _("Ask at most %(n)d questions.") % {"n": MOST}
    raise_if(wrong)
    return found


def _wrong(question: Question) -> str:
    options = [each.strip() for each in question.options]
    if not question.words.strip():
        return _("Write the question.")
    if len(question.words) > LONGEST_WORDS:
        return _("Shorten the question to %(n)d characters.") % {"n": LONGEST_WORDS}
    if question.kind not in Kind.values:
        return _("Choose how it is answered.")
    if question.kind in CHOOSING and len(set(options)) < 2:
        return _("Give at least two different answers to choose from, one on each line.")
    if len(options) > MOST_OPTIONS or any(len(each) > LONGEST_OPTION for each in options):
        return _("Give at most %(n)d answers of at most %(long)d characters each.") % {
            "n": MOST_OPTIONS,
            "long": LONGEST_OPTION,
        }
    return ""


def answered(
    questions: Iterable[Question], said: Mapping[str, Any], before: Iterable[Answer]
) -> list[dict[str, Any]]:
    """Return the answers to keep: those of `said` (by name of question), and old ones to what is no longer asked.

    An answer that stays what it was keeps the words as they were asked then.
    """
    old = {each["name"]: dict(each) for each in before}
    found = []
    for question in questions:
        value, known = said.get(question.name), old.pop(question.name, None)
        if known is not None and known["said"] == value:
            found.append(known)
        elif value not in (None, "", []):
            asked = {"name": question.name, "kind": question.kind, "asked": question.words}
            found.append({**asked, "said": value})
    return [*found, *old.values()]


def words_of(answer: Answer) -> str:
    """Return an answer in words."""
    said = answer["said"]
    if isinstance(said, bool):
        return _("yes") if said else _("no")
    return "; ".join(said) if isinstance(said, list) else str(said)
