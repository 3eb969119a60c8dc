"""Run a session by its sheet: the programme in minutes from the start, ticks, questions by phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.sessions.day.models import Cue, CueKind, PhoneQuestion
from seminars.sessions.models import Session
from seminars.sessions.revising import locked

MOST = 100
EARLIEST, LATEST = -1440, 14 * 1440
LONGEST = 2000


@dataclass(frozen=True)
class Line:
    """A line as it is asked for. minute: from the start, negative before it. pk: of its row; 0 for a new one."""

    minute: int
    what: str
    who: str = ""
    kind: str = CueKind.PLAIN
    pk: int = 0


class ProgrammeChanged(Exception):
    """Somebody else changed the programme since it was opened."""


def usual(session: Session) -> list[Line]:
    """Return the programme most sessions have, in the active language, fitted to the session's length."""
    long = session.minutes
    return [
        Line(-15, _("Open the doors, test sound and slides"), _("host")),
        Line(-2, _("Start the recording"), _("host"), CueKind.RECORDING),
        Line(0, _("Welcome"), _("moderator")),
        Line(min(5, long // 4), _("Talk"), _("speaker")),
        Line(long * 2 // 3, _("Questions, those by phone too"), _("moderator")),
        Line(max(long - 5, long * 2 // 3), _("What comes next, and thanks"), _("moderator")),
        Line(long, _("Stop the recording, end the session"), _("host")),
    ]


def begin(*, session: Session) -> list[Cue]:
    """Return the cues of the session; where there are none, the usual ones are made. Twice makes them once."""
    with transaction.atomic():
        locked(session.pk)
        if not session.cues.exists():
            _make(session, usual(session))
        return list(session.cues.all())


def version_of(session: Session) -> str:
    """Return what stands for the programme as it is: it differs when any line does; ticks do not count."""
    rows = session.cues.order_by("id").values_list("pk", "minute", "what", "who", "kind")
    return blake2b(repr(list(rows)).encode(), digest_size=8).hexdigest()


def set_programme(*, session: Session, lines: Sequence[Line], seen: str) -> list[Cue]:
    """Return the cues, exactly these lines; a line that was there keeps its tick.

    seen: `version_of` when it was opened. Raises UserError, and ProgrammeChanged, with nothing written.
    """
    if len(lines) > MOST:
        raise UserError({"": _("Use at most %(most)d lines.") % {"most": MOST}})
    if any(not EARLIEST <= line.minute <= LATEST for line in lines):
        raise UserError({"": _("Give minutes from one day before the start to 14 days after it.")})
    if any(not line.what.strip() or max(len(line.what), len(line.who)) > 200 for line in lines):
        raise UserError({"": _("Say what happens, in at most 200 characters.")})
    with transaction.atomic():
        locked(session.pk)
        if version_of(session) != seen:
            raise ProgrammeChanged
        there = {cue.pk: cue for cue in session.cues.all()}
        kept = [line for line in lines if line.pk in there]
        session.cues.exclude(pk__in=[line.pk for line in kept]).delete()
        for line in kept:
            session.cues.filter(pk=line.pk).update(
                minute=line.minute, what=line.what.strip(), who=line.who.strip(), kind=line.kind
            )
        _make(session, [line for line in lines if line.pk not in there])
        return list(session.cues.all())


def tick(*, cue: Cue, done: bool, now: datetime, actor_id: int | None) -> bool:
    """Return whether the tick was set, or taken back; of two who tick the first one's name stays. now: aware UTC."""
    rows = Cue.objects.filter(pk=cue.pk, done_at__isnull=done)
    return bool(rows.update(done_at=now if done else None, done_by_id=actor_id if done else None))


def note_question(
    *, session: Session, text: str, name: str, now: datetime, actor_id: int | None
) -> PhoneQuestion:
    """Return the question, at the end of the queue. Raises UserError by field."""
    text, name = text.strip(), name.strip()
    if not text:
        raise UserError({"text": _("Write down the question.")})
    if len(text) > LONGEST:
        raise UserError({"text": _("Use at most %(most)d characters.") % {"most": LONGEST}})
    if len(name) > 200:
        raise UserError({"name": _("Use at most 200 characters.")})
    return session.phone_questions.create(text=text, name=name, noted_at=now, noted_by_id=actor_id)


def put(*, question: PhoneQuestion, done: bool, now: datetime, actor_id: int | None) -> bool:
    """Return whether the question was marked as asked aloud, or put back into the queue. now: aware UTC."""
    rows = PhoneQuestion.objects.filter(pk=question.pk, put_at__isnull=done)
    return bool(rows.update(put_at=now if done else None, put_by_id=actor_id if done else None))


def _make(session: Session, lines: Sequence[Line]) -> None:
    Cue.objects.bulk_create(
        Cue(
            session=session,
            minute=line.minute,
            what=line.what.strip(),
            who=line.who.strip(),
            kind=line.kind,
        )
        for line in lines
    )
