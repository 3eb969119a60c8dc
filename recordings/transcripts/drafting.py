"""Drafts of captions: begun, saved by several hands, decided about, discarded. No text that was sent is ever lost.

Hands send only the lines they changed. Who wrote a line over an older one than is there has their text beside it,
until somebody chooses. A hand that still writes into a draft that was closed goes on in a fresh one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.transcripts.editing import LATEST, Changes, Line, lines_of, ordered
from recordings.transcripts.models import CaptionAside, CaptionDraft, DraftState
from recordings.transcripts.reading import cues
from recordings.transcripts.vtt import LONGEST_VOICE, MOST_CUES
from seminars.changes.refusing import UserError
from seminars.followups.reports.writing import NOBODY, Author

MOST_CHANGES = 60_000
LONGEST_KEPT = 100_000
"""Characters of a line in a draft: what may come out is less, but nothing that was pasted is refused before that."""


@dataclass
class Saved:
    """What became of changes: the draft they are in now, keys that say something new, and keys that stand beside.

    moved: the draft that they were sent to is closed, so they are in a fresh one of other captions, or begun anew.
    """

    draft: CaptionDraft
    taken: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    moved: bool = False


@dataclass(frozen=True)
class Pen:
    """With what a line is written. seen: the revision that was looked at. revision: the one that it makes."""

    seen: int
    revision: int
    hand: str
    now: datetime
    author: Author


def draft_of(original: Original) -> CaptionDraft | None:
    """Return the open draft of a caption file, if there is one."""
    return CaptionDraft.objects.filter(original=original, state=DraftState.OPEN).first()


def newer_than(original: Original) -> Original | None:
    """Return the captions that stand in the place of these by now; None while these do."""
    rows = Original.objects.filter(recording=original.recording_id, kind=OriginalKind.CAPTIONS)
    return rows.filter(language=original.language, superseded_at=None).exclude(pk=original.pk).first()


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
        _lock(original.recording_id)
        original.refresh_from_db(fields=["superseded_at"])
        closed = closed_of(original, draft_uuid)
        keys = _keys_after(closed) if closed else {}
        original = closed.outcome if closed and closed.outcome else original
        draft = draft_of(original) or _begin(original, now)
        done = Saved(draft, moved=closed is not None)
        pen = Pen(0 if closed else seen, draft.revision + 1, hand[:40], now, author)
        for key, line in changes.items():
            # Over what was published meanwhile, or over what is in the draft.
            late = bool(closed and closed.outcome and _is_newer(closed.lines.get(key), seen, pen.hand))
            _put(done, keys.get(key, key), line, pen, late=late)
        if len(draft.lines) > MOST_CUES * 2:
            words = _("There are more than %(most)d captions in this file.")
            raise UserError({"": words % {"most": MOST_CUES}})
        if done.taken:
            draft.revision, draft.changed_at = pen.revision, now
            draft.save(update_fields=["lines", "revision", "changed_at"])
    return done


def choose(*, aside: CaptionAside, take: bool, now: datetime) -> CaptionDraft:
    """Return the draft, decided about a line: the text beside it is taken in its place, or left. Both stay on record.

    Raises UserError where somebody was faster.
    """
    with transaction.atomic():
        _lock(aside.draft.original.recording_id)
        draft = CaptionDraft.objects.get(pk=aside.draft_id)
        waiting = CaptionAside.objects.filter(pk=aside.pk, settled_at=None, draft__state=DraftState.OPEN)
        if not waiting.update(settled_at=now):
            raise UserError({"": _("Somebody has chosen already.")})
        if take:
            row = draft.lines.get(aside.key)
            if row:
                pen = Pen(0, draft.revision, row[5], now, NOBODY)
                _beside(draft, aside.key, _stored_line(row), pen, over=row, settled=True)
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
    with transaction.atomic():
        _lock(original.recording_id)
        open_ = CaptionDraft.objects.filter(original=original, state=DraftState.OPEN)
        return bool(open_.update(state=DraftState.DISCARDED, closed_at=now))


def asides_of(draft: CaptionDraft | None) -> list[CaptionAside]:
    """Return the texts that stand beside a line and wait for somebody to choose, with who wrote them. One query."""
    waiting = (
        CaptionAside.objects.filter(draft=draft, settled_at=None) if draft else CaptionAside.objects.none()
    )
    return list(waiting.select_related("author__person", "person"))


def closed_of(original: Original, uuid: str) -> CaptionDraft | None:
    """Return the draft that a hand looks at, where it is closed by now; also one begun and published meanwhile.

    uuid: the draft's, "" for a hand that saw none.
    """
    rows = CaptionDraft.objects.filter(original__recording=original.recording_id)
    rows = rows.exclude(state=DraftState.OPEN).select_related("outcome__asset")
    if uuid:
        return rows.filter(uuid=uuid).first()
    if original.superseded_at is None or draft_of(original):
        return None
    return rows.filter(original=original, outcome__superseded_at=None).exclude(outcome=None).last()


# Below: how it is done.


def _lock(recording_id: int) -> None:
    """Wait for whoever writes into a draft of this recording: each writes all of its lines, and one begins or ends."""
    Recording.objects.select_for_update().get(pk=recording_id)


def _begin(original: Original, now: datetime) -> CaptionDraft:
    lines = lines_of(cues(original, keep_lines=True))
    stored = {key: [each.start, each.end, each.text, each.voice, 0, ""] for key, each in lines.items()}
    return CaptionDraft.objects.create(original=original, lines=stored, begun_at=now, changed_at=now)


def _keys_after(closed: CaptionDraft) -> dict[str, str]:
    """The keys of a closed draft's lines in the captions that it became; new ones begin with a letter, and stay."""
    if closed.outcome is None:
        return {}
    with_words = [key for key, each in ordered(live(closed.lines)) if each.text.strip()]
    gone = {key: f"x{key}"[:12] for key in closed.lines}
    return gone | {key: str(number) for number, key in enumerate(with_words, 1)}


def _is_newer(row: list[Any] | None, seen: int, hand: str) -> bool:
    """Whether somebody else wrote a line after a revision."""
    return row is not None and row[4] > seen and row[5] != hand


def _put(done: Saved, key: str, line: Line | None, pen: Pen, *, late: bool) -> None:
    """Write one line, or put it beside the one that somebody else wrote meanwhile."""
    row = done.draft.lines.get(key)
    if line == (_stored_line(row) if row else None):
        return
    if late or _is_newer(row, pen.seen, pen.hand):
        _beside(done.draft, key, line, pen, over=row)
        done.beside.append(key)
        return
    kept = line or Line(row[0] if row else 0, row[1] if row else 0, "", row[3] if row else "")
    text = line.text if line else None
    done.draft.lines[key] = [kept.start, kept.end, text, kept.voice, pen.revision, pen.hand]
    done.taken.append(key)


def _beside(
    draft: CaptionDraft,
    key: str,
    line: Line | None,
    pen: Pen,
    *,
    over: list[Any] | None,
    settled: bool = False,
) -> None:
    """Keep a text that stands beside a line; a later one by the same hand takes its place. settled: for the record."""
    start, end = (line.start, line.end) if line else (over or [0, 0])[:2]
    given = {
        "start": start,
        "end": end,
        "text": line.text if line else None,
        "voice": line.voice if line else "",
        "author_id": pen.author.user_id,
        "person_id": pen.author.person_id,
        "at": pen.now,
    }
    rows = CaptionAside.objects
    if settled:
        rows.create(draft=draft, key=key, hand=pen.hand, settled_at=pen.now, **given)
    else:
        rows.update_or_create(draft=draft, key=key, hand=pen.hand, settled_at=None, defaults=given)


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
        if len(each.text) > LONGEST_KEPT or len(each.voice) > LONGEST_VOICE:
            raise UserError({"": _("Use at most %(most)d characters.") % {"most": LONGEST_KEPT}})
