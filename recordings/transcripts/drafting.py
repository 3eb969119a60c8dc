"""Drafts of captions: begun, saved by several hands, decided about, discarded. No text that was sent is ever lost.

Hands send only the lines they changed. Who wrote a line over an older one than is there has their text beside it,
until somebody chooses. A hand that still writes into a draft that was closed goes on in a fresh one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from recordings.catalogue.models import Original, Recording
from recordings.transcripts.editing import LATEST, Changes, Line, lines_of, ordered
from recordings.transcripts.models import CaptionAside, CaptionDraft, DraftState
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import LONGEST_VOICE, MOST_CUES
from seminars.changes.refusing import UserError
from seminars.followups.reports.writing import NOBODY, Author

LONGEST_TEXT = 2000
MOST_CHANGES = 60_000


@dataclass
class Saved:
    """What became of changes: the draft they are in now, keys that say something new, and keys that stand beside.

    moved: the draft that they were sent to is closed, so they are in a fresh one of other captions, or begun anew.
    """

    draft: CaptionDraft
    taken: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    moved: bool = False


def draft_of(original: Original) -> CaptionDraft | None:
    """Return the open draft of a caption file, if there is one."""
    return CaptionDraft.objects.filter(original=original, state=DraftState.OPEN).first()


def written_in(original: Original, draft: CaptionDraft | None) -> dict[str, Line]:
    """Return the lines as they are now: of the draft, else of the file. Raises CaptionError, OSError."""
    return live(draft.lines) if draft else lines_of(cues(original, keep_lines=True))


def live(stored: Mapping[str, Any]) -> dict[str, Line]:
    """Return the lines of a draft that are not taken out."""
    found = {key: Line(row[0], row[1], row[2], row[3]) for key, row in stored.items() if row[2] is not None}
    return dict(ordered(found))


def since(draft: CaptionDraft, revision: int) -> Changes:
    """Return what was written after a revision of the draft."""
    return {
        key: Line(row[0], row[1], row[2], row[3]) if row[2] is not None else None
        for key, row in draft.lines.items()
        if row[4] > revision
    }


def save(
    *,
    original: Original,
    draft_uuid: str = "",
    seen: int,
    changes: Changes,
    hand: str,
    now: datetime,
    author: Author = NOBODY,
) -> Saved:
    """Return what became of changes to the lines of a caption file; the draft is begun if need be.

    draft_uuid: the draft that the hand looks at, "" before there is one. seen: the revision of it. hand: the opened
    page, any text. Raises UserError for lines that cannot be, with nothing stored; CaptionError, OSError as `cues`.
    """
    _refuse_wrong(changes)
    with transaction.atomic():
        Recording.objects.select_for_update().get(
            pk=original.recording_id
        )  # one draft at a time begins or ends
        draft = draft_of(original)
        closed = _closed(original, draft_uuid) if draft_uuid else None
        moved = bool(closed and closed != draft)
        if moved and closed is not None:
            original, changes, seen = _elsewhere(closed, changes)
            draft = draft_of(original)
        draft = draft or _begin(original, now)
        done = Saved(draft, moved=moved)
        revision = draft.revision + 1
        for key, line in changes.items():
            _put(done, key, line, seen=seen, revision=revision, hand=hand[:40], now=now, author=author)
        if len(draft.lines) > MOST_CUES * 2:
            raise UserError(
                {"": _("There are more than %(most)d captions in this file.") % {"most": MOST_CUES}}
            )
        if done.taken:
            draft.revision, draft.changed_at = revision, now
            draft.save(update_fields=["lines", "revision", "changed_at"])
    return done


def choose(*, aside: CaptionAside, take: bool, now: datetime, author: Author = NOBODY) -> CaptionDraft:
    """Return the draft, decided about a line: the text beside it is taken in its place, or left. Both stay on record.

    Raises UserError where somebody was faster.
    """
    with transaction.atomic():
        draft = CaptionDraft.objects.select_for_update().get(pk=aside.draft_id)
        waiting = CaptionAside.objects.filter(pk=aside.pk, settled_at=None, draft__state=DraftState.OPEN)
        if not waiting.update(settled_at=now):
            raise UserError({"": _("Somebody has chosen already.")})
        if take:
            row = draft.lines.get(aside.key)
            if row:
                _beside(draft, aside.key, _stored_line(row), hand=row[5], now=now, settled_at=now)
            draft.revision, draft.changed_at = draft.revision + 1, now
            draft.lines[aside.key] = [
                aside.start,
                aside.end,
                aside.text,
                aside.voice,
                draft.revision,
                aside.hand,
            ]
            draft.save(update_fields=["lines", "revision", "changed_at"])
    return draft


def discard(*, original: Original, now: datetime) -> bool:
    """Return whether there was a draft: the captions stay as they are out. What it said stays on record."""
    open_ = CaptionDraft.objects.filter(original=original, state=DraftState.OPEN)
    return bool(open_.update(state=DraftState.DISCARDED, closed_at=now))


def asides_of(draft: CaptionDraft | None) -> list[CaptionAside]:
    """Return the texts that stand beside a line and wait for somebody to choose, with who wrote them. One query."""
    waiting = (
        CaptionAside.objects.filter(draft=draft, settled_at=None) if draft else CaptionAside.objects.none()
    )
    return list(waiting.select_related("author", "person"))


# Below: how it is done.


def _begin(original: Original, now: datetime) -> CaptionDraft:
    lines = lines_of(cues(original, keep_lines=True))
    stored = {key: [each.start, each.end, each.text, each.voice, 0, ""] for key, each in lines.items()}
    return CaptionDraft.objects.create(original=original, lines=stored, begun_at=now, changed_at=now)


def _closed(original: Original, uuid: str) -> CaptionDraft | None:
    """The draft that a hand looks at, where it is closed by now."""
    rows = CaptionDraft.objects.filter(original__recording=original.recording_id, uuid=uuid)
    return rows.exclude(state=DraftState.OPEN).select_related("outcome__asset").first()


def _elsewhere(closed: CaptionDraft, changes: Changes) -> tuple[Original, Changes, int]:
    """Where late changes to a closed draft belong, and under which keys: the captions that it became, renumbered.

    They are as if written over the first revision there: what somebody wrote since stands beside.
    """
    if closed.outcome is None:
        return closed.original, changes, 0
    keys = {key: str(number) for number, (key, _line) in enumerate(_with_words(closed), 1)}
    return closed.outcome, {keys.get(key, f"n{key}"[:12]): line for key, line in changes.items()}, 0


def _with_words(draft: CaptionDraft) -> Iterable[tuple[str, Line]]:
    return ((key, each) for key, each in ordered(live(draft.lines)) if each.text.strip())


def _put(
    done: Saved,
    key: str,
    line: Line | None,
    *,
    seen: int,
    revision: int,
    hand: str,
    now: datetime,
    author: Author,
) -> None:
    """Write one line, or put it beside the one that somebody else wrote meanwhile."""
    row = done.draft.lines.get(key)
    there = _stored_line(row) if row else None
    if line == there:
        return
    if row and row[4] > seen and row[5] != hand:
        _beside(done.draft, key, line, hand=hand, now=now, author=author, over=row)
        done.beside.append(key)
        return
    if line is None:
        done.draft.lines[key] = [row[0], row[1], None, row[3], revision, hand] if row else None
    else:
        done.draft.lines[key] = [line.start, line.end, line.text, line.voice, revision, hand]
    done.taken.append(key)


def _beside(
    draft: CaptionDraft,
    key: str,
    line: Line | None,
    *,
    hand: str,
    now: datetime,
    author: Author = NOBODY,
    settled_at: datetime | None = None,
    over: list[Any] | None = None,
) -> None:
    start, end = (line.start, line.end) if line else (over or [0, 0])[:2]
    given = {
        "start": start,
        "end": end,
        "text": line.text if line else None,
        "voice": line.voice if line else "",
        "author_id": author.user_id,
        "person_id": author.person_id,
        "at": now,
    }
    if settled_at:
        CaptionAside.objects.create(draft=draft, key=key, hand=hand, settled_at=settled_at, **given)
        return
    CaptionAside.objects.update_or_create(draft=draft, key=key, hand=hand, settled_at=None, defaults=given)


def _stored_line(row: list[Any]) -> Line | None:
    return Line(row[0], row[1], row[2], row[3]) if row[2] is not None else None


def _refuse_wrong(changes: Changes) -> None:
    """What no page of ours sends."""
    if len(changes) > MOST_CHANGES or any(not key.isalnum() or len(key) > 12 for key in changes):
        raise UserError({"": _("These lines cannot be read. Load the page again.")})
    for each in changes.values():
        if each is None:
            continue
        if not (0 <= each.start <= LATEST and 0 <= each.end <= LATEST):
            raise UserError({"": _("A time is out of reach. Write it like 01:02:03.500.")})
        if len(each.text) > LONGEST_TEXT or len(each.voice) > LONGEST_VOICE:
            raise UserError({"": _("Use at most %(most)d characters.") % {"most": LONGEST_TEXT}})
