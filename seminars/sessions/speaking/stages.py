"""How far each person who appears at a session has come, and who does not want a recording."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seminars.sessions.facts import shown_kinds
from seminars.sessions.models import MaterialKind, Session, Speaker, SpeakerRole
from seminars.sessions.speaking.models import Answer, Engagement


@dataclass(frozen=True)
class Step:
    """One step of the way: its words, what is wanted for it, and whether it is done."""

    name: str
    words: str | Promise
    wanted: str | Promise
    done: bool


@dataclass(frozen=True)
class Stage:
    """Where one person stands. speaker: a row of theirs. engagement: None until they are asked."""

    speaker: Speaker
    engagement: Engagement | None
    steps: list[Step]

    @property
    def declined(self) -> bool:
        """Whether they said that they do not come."""
        return self.engagement is not None and self.engagement.answer == Answer.DECLINED

    @property
    def refuses(self) -> bool:
        """Whether they said that nothing is to be recorded, or published."""
        return self.engagement is not None and self.engagement.may_publish is False

    @property
    def waits_for(self) -> str | Promise:
        """What is wanted next; "" when all is there."""
        return next((step.wanted for step in self.steps if not step.done), "")

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done for step in self.steps)


def stages_of(session: Session, speakers: Iterable[Speaker]) -> list[Stage]:
    """Return the stage of each of `speakers` (with `person`), in their order. One query, and `materials` of session."""
    asked = {each.person_id: each for each in session.engagements.all()}
    listed = list(speakers)
    talking = {each.person_id for each in listed if each.role == SpeakerRole.SPEAKER}
    return [
        Stage(each, found, steps_of(session, found, talks=each.person_id in talking))
        for each in listed
        for found in [asked.get(each.person_id)]
    ]


def steps_of(session: Session, engagement: Engagement | None, *, talks: bool) -> list[Step]:
    """Return the steps of one person. talks: whether words and slides are expected of them; they are done by fact."""
    steps = [
        Step("asked", _("Asked"), _("the link"), engagement is not None),
        Step(
            "confirmed",
            _("Confirmed"),
            _("an answer"),
            engagement is not None and engagement.answer == Answer.CONFIRMED,
        ),
    ]
    if talks:
        steps.append(
            Step(
                "words",
                _("Title and abstract"),
                _("title and abstract"),
                bool(session.title and session.abstract),
            )
        )
    consented = engagement is not None and engagement.consented_at is not None
    steps.append(Step("consent", _("Consent"), _("consent"), consented))
    if talks:
        steps.append(Step("slides", _("Slides"), _("slides"), MaterialKind.SLIDES in shown_kinds(session)))
    return steps


def refusing(session: Session) -> list[str]:
    """Return the names of those who appear and do not want the recording published, in the list's order."""
    against = Q(may_record=False) | Q(may_publish=False)
    unwilling = session.engagements.filter(against).values("person_id")
    rows = session.speakers.filter(person_id__in=unwilling).order_by("order", "id")
    return list(dict.fromkeys(rows.values_list("person__name", flat=True)))
