"""Put a report out, and take it back: then it is a material of its session, and an item of the checklist is done."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.followups.reports.fields import LANGUAGE, plain
from seminars.followups.reports.models import Report, Standing
from seminars.followups.reports.writing import written_in
from seminars.sessions import materials
from seminars.sessions.models import MaterialKind, Session
from seminars.sessions.revising import locked, revise, subject_of

LONGEST_REASON = 2000  # characters


def publish(*, report: Report, now: datetime, actor_id: int | None) -> Report:
    """Return the report with what is written in it out, on a page of its own and among the session's materials.

    Raises UserError where nothing is written, or where two texts stand beside each other.
    """
    with transaction.atomic():
        session = locked(report.session_id)
        current = _held(report)
        written = {name: text for name, (text, _at) in written_in(current).items() if text}
        language = written.pop(LANGUAGE, current.language)
        raise_if(_wrong(current, session, written))
        current.answers, current.language = written, language
        current.published_at, current.withdrawn_at, current.reason = current.published_at or now, None, ""
        current.save(update_fields=["answers", "language", "published_at", "withdrawn_at", "reason"])
        _tell(current, session, now, actor_id, {"revision": current.revision})
        revision = session.revision
        materials.publish(
            source=current.uuid,
            session=session,
            kind=MaterialKind.REPORT.value,
            title={language: written.get("title") or _called(language)},
            language=language,
            media_type="text/html",
            size=sum(len(text.encode()) for text in written.values()),
            path=path_of(session),
            now=now,
            actor_id=actor_id,
        )
        if session.revision == revision:  # as long as before: what is inside differs, and search must read it
            revise(session, kind="material", now=now, actor_id=actor_id, note="report", visible=False)
    return _brought_up(report, current)


def take_back(*, report: Report, reason: str, now: datetime, actor_id: int | None) -> Report:
    """Return the report, out no longer; its page says why. reason: shown to everybody. Raises UserError without one."""
    reason = plain(reason)
    if not reason:
        raise UserError({"reason": _("Give a reason. Everybody will see it.")})
    if len(reason) > LONGEST_REASON:
        raise UserError({"reason": _("Use at most %(most)d characters.") % {"most": LONGEST_REASON}})
    with transaction.atomic():
        session = locked(report.session_id)
        current = _held(report)
        if not current.is_out:
            raise UserError({"": _("The report is not out.")})
        current.withdrawn_at, current.reason = now, reason
        current.save(update_fields=["withdrawn_at", "reason"])
        _tell(current, session, now, actor_id, {"withdrawn": True})
        materials.withdraw(source=current.uuid, now=now, actor_id=actor_id)
    return _brought_up(report, current)


def path_of(session: Session) -> str:
    """Return the permanent address of its report, below the site's."""
    return f"/sessions/{session.slug}/report/"


def is_behind(report: Report) -> bool:
    """Return whether something was written that is not out yet."""
    written = {name: text for name, (text, _at) in written_in(report).items() if text}
    language = written.pop(LANGUAGE, report.language)
    return (written, language) != (report.answers, report.language)


# Below: how it is done.


def _held(report: Report) -> Report:
    return Report.objects.select_for_update(of=("self",)).get(pk=report.pk)


def _wrong(report: Report, session: Session, written: dict[str, str]) -> dict[str, str]:
    if session.withdrawn_at:
        return {"": _("This session was withdrawn. It stays as it is.")}
    if not written:
        return {"": _("Fill in at least one field.")}
    if report.writings.filter(standing=Standing.OPEN).exists():
        return {"": _("Two texts stand beside each other in this report. Choose between them first.")}
    return {}


def _called(language: str) -> str:
    with override(language):
        return _("Session report")


def _tell(
    report: Report, session: Session, now: datetime, actor_id: int | None, after: dict[str, object]
) -> None:
    record(
        kind="report",
        subject=subject_of(session),
        scopes=[],
        now=now,
        actor_id=actor_id,
        after=after,
        note=report.reason,
    )


def _brought_up(report: Report, current: Report) -> Report:
    for name in ("answers", "language", "published_at", "withdrawn_at", "reason"):
        setattr(report, name, getattr(current, name))
    return report
