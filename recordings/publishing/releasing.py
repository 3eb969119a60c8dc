"""Release: what is there of a recording becomes materials, which session pages and feeds show. Never waits.

Called after each file and each edition; doing it again changes nothing. Withdraw: nothing of it is played or found any
more, but every address goes on saying what was there and why it went.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from recordings.assets.models import Asset
from recordings.catalogue.addresses import file_path
from recordings.catalogue.history.models import EventKind
from recordings.catalogue.history.telling import happened
from recordings.catalogue.models import Decider, Original, OriginalKind, Recording
from recordings.catalogue.taking import told_of
from recordings.providers import linking
from recordings.publishing.editions import rendition_path
from recordings.renditions import making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import POSTER, VIDEO_360, VOICE
from recordings.slides import ordering
from recordings.slides.edition import SLIDES_VOICE
from recordings.transcripts import recognising
from seminars.followups import letting_go
from seminars.followups.checklist import reconcile
from seminars.queue.enqueue import nudge
from seminars.sessions import materials
from seminars.sessions.facts import NOT_RECORDED, settled_by
from seminars.sessions.models import Material, MaterialKind, MaterialState, Session
from seminars.words import Words

INDEX_DOOR = "recordings.tasks.index"
KINDS = {
    OriginalKind.VIDEO: MaterialKind.RECORDING,
    OriginalKind.AUDIO: MaterialKind.RECORDING,
    OriginalKind.SLIDES: MaterialKind.SLIDES,
    OriginalKind.CAPTIONS: MaterialKind.CAPTIONS,
    OriginalKind.REPORT: MaterialKind.REPORT,
    OriginalKind.PAPER: MaterialKind.PAPER,
    OriginalKind.HANDOUT: MaterialKind.HANDOUT,
}
# What can come out as a file of the recording only, so not while that is withdrawn.
BY_FILE = NOT_RECORDED | {MaterialKind.SLIDES.value, MaterialKind.HANDOUT.value}
# One line for each use: who wants still fewer bytes, or has an old phone, finds the others on the page.
TOLD = {
    VOICE.name: MaterialKind.VOICE,
    VIDEO_360.name: MaterialKind.SMALL,
    SLIDES_VOICE.name: MaterialKind.SLIDES_VOICE,
}


@dataclass(frozen=True)
class Item:
    """One thing to show: source is the uuid of the Original or Rendition; title in the organisers' words, if any."""

    source: UUID
    kind: MaterialKind
    name: str
    language: str
    asset: Asset
    title: Words


def release(*, recording: Recording, now: datetime, actor_id: int | None = None) -> Recording:
    """Return the recording, published if it was not, its materials and editions' jobs brought up to date.

    now: aware UTC. Superseded files lose their material and keep their address. A withdrawn one stays away.
    """
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording.pk)
        originals = list(recording.originals.select_related("asset"))
        current = [original for original in originals if original.superseded_at is None]
        first = recording.published_at is None
        if recording.withdrawn_at and recording.session_id:
            conceal(recording, "", now, actor_id)
        if recording.withdrawn_at or (first and not current):
            return recording
        if first:
            recording.published_at = now
            recording.save(update_fields=["published_at"])
        changed = tell(recording, current, now, actor_id) if recording.session_id else False
        if changed:
            reconcile(now=now, session=session_of(recording))  # the sweep would, but a minute later
        making.ensure(current, now=now)
        ordering.ensure(current, now=now)
        recognising.ensure(current, now=now)
        if recording.session_id is None:  # no session's revision says that its files changed
            Recording.objects.filter(pk=recording.pk).update(indexed_revision=0)
        if first or changed or recording.session_id is None:
            nudge(INDEX_DOOR, recording_id=recording.pk)
    return recording


def retire(*, original: Original, now: datetime, actor_id: int | None) -> Recording:
    """Return the recording without a file that was a mistake: no page shows it, its address goes on answering."""
    with transaction.atomic():
        Recording.objects.select_for_update().get(pk=original.recording_id)
        if Original.objects.filter(pk=original.pk, superseded_at=None).update(superseded_at=now):
            facts = told_of(original)
            happened(original.recording, EventKind.RETIRED, now=now, actor_id=actor_id, **facts)
        return release(recording=original.recording, now=now, actor_id=actor_id)


def tell(recording: Recording, current: list[Original], now: datetime, actor_id: int | None) -> bool:
    """Return whether the session's materials had to be changed to be those of the current files."""
    assert recording.session_id
    session = letting_go.hold(recording.session_id)  # what comes out ticks its items off, and so does a sweep
    before = session.revision
    shown = {item.source: item for item in items_of(current)}
    poster = poster_of(recording, current)
    for item in shown.values():
        materials.publish(
            source=item.source,
            session=session,
            kind=item.kind,
            title=item.title,
            language=item.language,
            media_type=item.asset.media_type,
            size=item.asset.size,
            seconds=item.asset.probe.get("seconds"),
            path=file_path(
                recording,
                item.source,
                kind=item.name,
                language=item.language,
                media_type=item.asset.media_type,
            ),
            poster=poster if item.kind == MaterialKind.RECORDING else "",
            now=now,
            actor_id=actor_id,
        )
    for source in ours(recording, session) - shown.keys():
        materials.withdraw(source=source, now=now, actor_id=actor_id)
    return Session.objects.values_list("revision", flat=True).get(pk=session.pk) != before


def session_of(recording: Recording) -> Session:
    """Return the recording's session as it is stored now, with its series."""
    return Session.objects.select_related("series").get(archived=recording)


def items_of(current: list[Original]) -> Iterator[Item]:
    """Yield what is to be shown of these files, and the editions made of them that pages and feeds tell."""
    has_video = any(original.kind == OriginalKind.VIDEO for original in current)
    for original in current:
        kind = KINDS[OriginalKind(original.kind)]
        if original.kind == OriginalKind.AUDIO and has_video:
            kind = MaterialKind.VOICE
        handout = original.kind == OriginalKind.HANDOUT
        title = {original.language or "en": original.filename} if handout and original.filename else {}
        yield Item(original.uuid, kind, original.kind, original.language, original.asset, title)
    made = Rendition.objects.filter(original__in=current, recipe__in=list(TOLD))
    for each in made.select_related("asset", "original").order_by("pk"):
        yield Item(each.uuid, TOLD[each.recipe], each.recipe, each.original.language, each.asset, {})


def poster_of(recording: Recording, current: list[Original]) -> str:
    """Return the path of the still picture made of these files; "" while there is none."""
    made = Rendition.objects.filter(original__in=current, recipe=POSTER.name)
    picture = made.select_related("asset", "original").order_by("pk").last()
    return rendition_path(recording, picture) if picture else ""


def ours(recording: Recording, session: Session) -> set[UUID]:
    """Return the sources of the session's shown materials that come from this recording's files."""
    sources = set(recording.originals.values_list("uuid", flat=True))
    sources |= set(Rendition.objects.filter(original__recording=recording).values_list("uuid", flat=True))
    shown = Material.objects.filter(session=session).exclude(state=MaterialState.WITHDRAWN)
    return sources & set(shown.values_list("source", flat=True))


def withdraw(
    *, recording: Recording, reason: str, now: datetime, actor_id: int | None, by: str = Decider.ORGANISER
) -> Recording:
    """Return the recording, withdrawn with a reason that everybody reads at its addresses. Its bytes stay.

    by: a Decider, in which office it was decided. What an organiser withdrew an administrator may withdraw once more:
    it went on the day it went, and is the administrator's decision from then on.
    """
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording.pk)
        before = recording.withdrawn_reason
        if not may_withdraw(recording, by=by):
            return recording
        recording.withdrawn_at = recording.withdrawn_at or now
        recording.withdrawn_reason, recording.withdrawn_by = reason, by
        recording.save(update_fields=["withdrawn_at", "withdrawn_reason", "withdrawn_by"])
        hashes = list(recording.originals.order_by("pk").values_list("asset__sha256", flat=True))
        facts = {"reason": reason, "by": str(by), "sha256": hashes}
        happened(recording, EventKind.WITHDRAWN, now=now, actor_id=actor_id, **facts)
        if recording.session_id:
            conceal(recording, before, now, actor_id)
        nudge(INDEX_DOOR, recording_id=recording.pk)
    return recording


def may_withdraw(recording: Recording, *, by: str) -> bool:
    """Return whether there is something left to withdraw, in the office `by`, a Decider."""
    taken_over = by == Decider.ADMINISTRATOR != recording.withdrawn_by
    return recording.withdrawn_at is None or taken_over


def conceal(recording: Recording, before: str, now: datetime, actor_id: int | None) -> None:
    """Take what is withdrawn off its session, which owes it no more. before: the reason so far, "" for none."""
    session = session_of(recording)
    mine = ours(recording, session)
    out = Material.objects.filter(session=session, state=MaterialState.PUBLISHED)
    there = settled_by(frozenset(out.exclude(source__in=mine).values_list("kind", flat=True)))
    gone = settled_by(frozenset(out.filter(source__in=mine).values_list("kind", flat=True)))
    letting_go.let_go(
        session=session,
        kinds=(gone | BY_FILE) - there,
        reason=recording.withdrawn_reason,
        instead_of=before,
        since=recording.withdrawn_at or now,
        now=now,
        actor_id=actor_id,
    )
    for source in mine:
        materials.withdraw(source=source, now=now, actor_id=actor_id)
    linking.announce_all(session.pk, now=now, actor_id=actor_id)  # nor is it offered elsewhere


def behind(*, limit: int = 100) -> list[Recording]:
    """Return at most `limit` recordings to release once more.

    Those with a current file or edition that nobody was told of: a worker died there. And withdrawn ones that are
    owed, though no person says so: the checklist was opened since.
    """
    told = Material.objects.exclude(state=MaterialState.WITHDRAWN)
    files = Original.objects.filter(superseded_at=None, recording__withdrawn_at=None)
    untold = files.filter(
        models.Q(recording__published_at=None)
        | models.Q(recording__session__isnull=False)
        & ~models.Exists(told.filter(source=models.OuterRef("uuid")))
    )
    made = Rendition.objects.filter(
        ~models.Exists(told.filter(source=models.OuterRef("uuid"))),
        recipe__in=list(TOLD),
        original__in=files.filter(recording__session__isnull=False),
    )
    late = models.Q(originals__in=untold) | models.Q(originals__renditions__in=made)
    found = list(Recording.objects.filter(late).distinct().order_by("id")[:limit])
    owed = letting_go.owed(BY_FILE)
    gone = Recording.objects.published().filter(
        withdrawn_at__isnull=False, session__in=owed.values("session")
    )
    since = {key: at for key, at in gone.values_list("session", "withdrawn_at") if key and at}
    gone = gone.filter(session__in=letting_go.unasked(owed.filter(session__in=since), since))
    return [*found, *gone.order_by("id")[: limit - len(found)]]
