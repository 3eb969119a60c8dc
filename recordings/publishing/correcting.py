"""Corrected captions come out: a new Original in place of the old one, in one transaction with what tells of it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.catalogue.models import Origin, Original, OriginalKind, Recording
from recordings.catalogue.taking import Facts, link
from recordings.publishing.releasing import release
from recordings.transcripts.drafting import asides_of, live, newer_than
from recordings.transcripts.editing import cues_of, ordered
from recordings.transcripts.models import CaptionDraft, DraftState
from recordings.transcripts.vtt import LONGEST_TEXT, stamp, too_long, write
from seminars.changes.refusing import UserError


def publish(
    *, draft: CaptionDraft, now: datetime, actor_id: int | None, instead_of: UUID | None = None
) -> Original:
    """Return the captions that a draft became, out with where they come from; the ones before keep their address.

    instead_of: the newer captions whose place these are to take, where others have come since the draft was begun.
    Published twice, it is the same. Raises UserError where two texts stand beside each other, a line is too long or
    ends before it starts, no line is left, or newer captions are there; store.DiskFull.
    """
    text = text_of(draft)
    probe = {"lines": text.count("\n") + 1}
    with (
        store.staging([text.encode()]) as staged,
        store.keeping(staged, media_type="text/vtt", probe=probe, now=now) as asset,
    ):
        # The recording first, as everybody does who writes into a draft: nothing is said in it from here on.
        Recording.objects.select_for_update().get(originals=draft.original_id)
        current = (
            CaptionDraft.objects.select_for_update(of=("self",))
            .select_related("original__recording")
            .get(pk=draft.pk)
        )
        if current.state == DraftState.PUBLISHED and current.outcome is not None:
            return current.outcome
        if current.state != DraftState.OPEN or current.revision != draft.revision:
            raise UserError({"": _("Somebody wrote into it just now. Look at it again.")})
        refuse_asides(current)  # one may have come since the text was put together
        before = current.original
        newer = newer_than(before)
        if newer is not None and newer.uuid != instead_of:
            raise UserError(
                {"": _("Other captions in this language have come meanwhile. Choose which stay.")}
            )
        # What people wrote stays that, however often they correct it: no program had a part in it.
        origin = Origin.HUMAN if before.origin == Origin.HUMAN else Origin.CORRECTED
        facts = Facts(OriginalKind.CAPTIONS, before.language, before.filename, actor_id, origin=origin)
        taken = link(before.recording, asset, facts, now)
        current.state, current.closed_at, current.outcome = DraftState.PUBLISHED, now, taken.original
        current.save(update_fields=["state", "closed_at", "outcome"])
        release(recording=before.recording, now=now, actor_id=actor_id)
    return taken.original


def text_of(draft: CaptionDraft) -> str:
    """Return the captions of a draft as they would come out. Raises UserError."""
    refuse_asides(draft)
    lines = live(draft.lines)
    for number, (_key, line) in enumerate(ordered(lines), start=1):
        if len(line.text) > LONGEST_TEXT:
            raise UserError({"": too_long(number)})
        if line.end <= line.start and line.text.strip():
            words = _("The line at %(time)s ends before it starts. Give it another time first.")
            raise UserError({"": words % {"time": stamp(line.start / 1000)}})
    found = cues_of(lines)
    if not found:
        raise UserError({"": _("No line is left. Discard the draft instead, or take the captions off.")})
    return write(found)


def refuse_asides(draft: CaptionDraft) -> None:
    """Raise UserError where a text still stands beside a line."""
    if asides_of(draft):
        raise UserError(
            {"": _("Two texts stand beside each other in these captions. Choose between them first.")}
        )
