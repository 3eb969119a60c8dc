"""Let a paper out: its number, its versions that never change, and what it leaves behind when it goes."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError
from seminars.followups.papers.models import TEXT, Paper, PaperSession, PaperState, PaperVersion
from seminars.followups.papers.writing import refuse_closed, scope_of, subject_of
from seminars.sessions import materials
from seminars.sessions.models import MaterialKind, Session
from seminars.sessions.revising import locked, revise

LONGEST_CHANGES = 2000
LONGEST_REASON = 300


def publish(
    *,
    paper: Paper,
    seen: int,
    changes: str = "",
    tell: bool = True,
    for_everybody: bool = False,
    now: datetime,
    actor_id: int | None,
) -> PaperVersion:
    """Return the version that is out now: the approved text, whole. The first one gives the paper its number.

    seen: the revision that was looked at. changes: what is new, for readers; needed from the second version on. tell:
    members and readers get a mail, once. now: aware UTC. Each session it draws on shows it as a material. Raises
    UserError by field.
    """
    changes = changes.replace("\r\n", "\n").replace("\x00", "").strip()
    refuse_closed(paper)
    with transaction.atomic():
        sessions = _held(paper)
        current = Paper.objects.select_for_update(of=("self",)).select_related("community").get(pk=paper.pk)
        last = current.versions.aggregate(last=Max("version"))["last"] or 0
        _refuse(current, seen, changes, last)
        if last == 0:
            _number(current, now)
        current.state, current.for_everybody = PaperState.PUBLISHED, for_everybody
        current.published_at = current.published_at or now
        current.save(update_fields=["state", "for_everybody", "published_at", "year", "number", "slug"])
        version = PaperVersion.objects.create(
            paper=current,
            version=last + 1,
            changes=changes,
            out_at=now,
            by_id=actor_id,
            tell=tell,
            **{name: getattr(current, name) for name in TEXT},
        )
        _show(current, version, sessions, now, actor_id)
        record(
            kind="paper-published",
            subject=subject_of(current),
            scopes=scope_of(current),
            now=now,
            actor_id=actor_id,
            after={"version": version.version},
        )
    return version


def supersede(*, paper: Paper, by: Paper, now: datetime, actor_id: int | None) -> None:
    """Say that another paper took this one's place. It stays readable, and leads to the other. Raises UserError."""
    with transaction.atomic():
        rows = {each.pk: each for each in Paper.objects.select_for_update().filter(pk__in=[paper.pk, by.pk])}
        old, new = rows.get(paper.pk), rows.get(by.pk)
        if old is None or new is None or old.state == PaperState.WITHDRAWN or old.published_at is None:
            raise UserError({"": _("Only a paper that is out can be superseded.")})
        if (
            old.pk == new.pk
            or new.published_at is None
            or new.is_closed
            or new.community_id != old.community_id
        ):
            raise UserError({"by": _("Choose another paper of the community that is out.")})
        old.state, old.replaced_by = PaperState.SUPERSEDED, new
        old.save(update_fields=["state", "replaced_by"])
        record(
            kind="paper-superseded",
            subject=subject_of(old),
            scopes=scope_of(old),
            now=now,
            actor_id=actor_id,
            after={"by": new.label},
        )


def withdraw(*, paper: Paper, reason: str, now: datetime, actor_id: int | None) -> None:
    """Take a paper back: its address goes on saying what was there, and why it went. Raises UserError.

    A draft that never came out may be deleted instead (`discard`).
    """
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        raise UserError({"reason": _("Say why, in at most %(most)d characters.") % {"most": LONGEST_REASON}})
    with transaction.atomic():
        _held(paper)
        rows = Paper.objects.filter(pk=paper.pk, published_at__isnull=False, withdrawn_at=None)
        if not rows.update(state=PaperState.WITHDRAWN, reason=reason, withdrawn_at=now):
            raise UserError({"": _("Only a paper that is out can be withdrawn.")})
        for link in PaperSession.objects.filter(paper=paper).order_by("session_id"):
            materials.withdraw(source=link.source, now=now, actor_id=actor_id)
        record(
            kind="paper-withdrawn",
            subject=subject_of(paper),
            scopes=scope_of(paper),
            now=now,
            actor_id=actor_id,
            note=reason,
        )
    paper.refresh_from_db()


def discard(*, paper: Paper) -> None:
    """Delete a draft that never came out, with its reviews. Raises UserError for one that did."""
    if not Paper.objects.filter(pk=paper.pk, published_at=None).delete()[0]:
        raise UserError({"": _("A paper that was out stays: withdraw it instead.")})


def _refuse(paper: Paper, seen: int, changes: str, last: int) -> None:
    refuse_closed(paper)
    if paper.revision != seen:
        raise UserError({"": _("Somebody else changed this meanwhile. Look at it again before you publish.")})
    if paper.state != PaperState.APPROVED:
        raise UserError({"": _("Approve the text first.")})
    if not paper.body.strip():
        raise UserError({"": _("The paper has no text yet.")})
    if last and not changes:
        raise UserError({"changes": _("Say what is new in this version.")})
    if len(changes) > LONGEST_CHANGES:
        raise UserError({"changes": _("Use at most %(most)d characters.") % {"most": LONGEST_CHANGES}})


def _number(paper: Paper, now: datetime) -> None:
    """The next number of the year in its community. The community's row puts two that publish at once in a row."""
    type(paper.community).objects.select_for_update().get(pk=paper.community_id)
    paper.year = now.year
    rows = Paper.objects.filter(community_id=paper.community_id, year=paper.year)
    paper.number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    paper.slug = f"{paper.community.slug}-{paper.year}-{paper.number}"


def _held(paper: Paper) -> dict[int, Session]:
    """Take the rows of its sessions, in order, before the paper's and any version: see `revising.locked`."""
    keys = (
        PaperSession.objects.filter(paper=paper).order_by("session_id").values_list("session_id", flat=True)
    )
    return {key: locked(key) for key in keys}


def _show(
    paper: Paper, version: PaperVersion, sessions: dict[int, Session], now: datetime, actor_id: int | None
) -> None:
    """Let each session show it; where all is as before but the words, search must read them."""
    for link in PaperSession.objects.filter(paper=paper).order_by("session_id"):
        session = sessions[link.session_id]
        if session.withdrawn_at:
            continue
        revision = session.revision
        materials.publish(
            source=link.source,
            session=session,
            kind=MaterialKind.PAPER.value,
            title={version.language: version.title},
            language=version.language,
            media_type="text/html",
            size=len((version.summary + version.body).encode()),
            path=f"/papers/{paper.slug}/",
            now=now,
            actor_id=actor_id,
        )
        if session.revision == revision:
            revise(session, kind="material", now=now, actor_id=actor_id, note="paper", visible=False)
