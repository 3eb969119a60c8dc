"""The session report, on the one form that the partners of MeMoRe use (`users.md`), field by field."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars.changes.recording import record
from seminars.changes.refusing import raise_if
from seminars.followups.reports.models import Report
from seminars.sessions import materials
from seminars.sessions.models import MaterialKind, Session
from seminars.sessions.revising import locked, subject_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MOST = 20_000
"""Characters of one answer."""


class Field(NamedTuple):
    """One field of the form. kind: "line", "number", "text" (paragraphs), "list" or "quotes" (one a line)."""

    name: str
    label: "StrPromise"
    kind: str


FIELDS = (
    Field("title", gettext_lazy("Title of the session"), "line"),
    Field("facilitator_room", gettext_lazy("Facilitator and room"), "line"),
    Field("documented_by", gettext_lazy("Documented by"), "line"),
    Field("participants", gettext_lazy("Number of participants"), "number"),
    Field("who", gettext_lazy("Who are you, and which institution do you represent?"), "list"),
    Field("hypothesis", gettext_lazy("Starting hypothesis"), "text"),
    Field("sequence", gettext_lazy("Sequence of content and methods"), "list"),
    Field("arguments", gettext_lazy("Main arguments"), "list"),
    Field("questions", gettext_lazy("Questions for discussion"), "list"),
    Field("results", gettext_lazy("Results"), "text"),
    Field("quotes", gettext_lazy("Main statements (quotes)"), "quotes"),
    Field("laughed", gettext_lazy("One thing that we laughed about"), "text"),
    Field("remarks", gettext_lazy("Further remarks"), "text"),
)


class ReportStale(Exception):
    """Somebody else saved the report since the form was opened; `current` is what is there now."""

    def __init__(self, current: Report) -> None:
        super().__init__(f"The report is at revision {current.revision}")
        self.current = current


def save_report(
    *,
    session: Session,
    answers: Mapping[str, object],
    language: str = "en",
    now: datetime,
    actor_id: int | None,
    seen: int | None = None,
) -> Report:
    """Return the session's report, stored and out, as a material of kind report on the session's page.

    answers: by the names of `FIELDS`; empty ones are left out. language: they are written in. seen: the report's
    revision that the person looked at, 0 for none yet; None overwrites. Raises UserError by field, ReportStale.
    """
    given = {name: str(answer).replace("\r\n", "\n").strip() for name, answer in answers.items()}
    given = {name: answer for name, answer in given.items() if answer}
    raise_if(_wrong(given))
    with transaction.atomic():
        locked(session.pk)
        report = _store(session, given, language, now, seen)
        record(
            kind="report",
            subject=subject_of(session),
            scopes=[],
            now=now,
            actor_id=actor_id,
            after={"revision": report.revision},
        )
        materials.publish(
            source=report.uuid,
            session=session,
            kind=MaterialKind.REPORT.value,
            title={language: given.get("title") or _("Session report")},
            language=language,
            media_type="text/html",
            size=len(json.dumps(given, ensure_ascii=False).encode()),
            path=f"/sessions/{session.slug}/#report",
            now=now,
            actor_id=actor_id,
        )
    return report


def _store(
    session: Session, answers: dict[str, str], language: str, now: datetime, seen: int | None
) -> Report:
    """Insert the first report, or replace the one that was seen."""
    values = {"answers": answers, "language": language, "changed_at": now}
    current = Report.objects.filter(session=session).first()
    if current is None:
        try:
            with transaction.atomic():
                return Report.objects.create(session=session, uuid=uuid4(), published_at=now, **values)
        except IntegrityError:
            current = Report.objects.get(session=session)
    revision = current.revision if seen is None else seen
    rows = Report.objects.filter(pk=current.pk, revision=revision)
    if not rows.update(revision=revision + 1, published_at=current.published_at or now, **values):
        raise ReportStale(Report.objects.get(pk=current.pk))
    current.refresh_from_db()
    return current


def _wrong(answers: Mapping[str, str]) -> dict[str, str]:
    kinds = {field.name: field.kind for field in FIELDS}
    if unknown := answers.keys() - kinds.keys():
        raise TypeError(f"The report has no field {', '.join(sorted(unknown))}")
    if not answers:
        return {"": _("Fill in at least one field.")}
    wrong = {}
    for name, answer in answers.items():
        most = 300 if kinds[name] == "line" else MOST
        if len(answer) > most:
            wrong[name] = _("Use at most %(most)d characters.") % {"most": most}
        elif kinds[name] == "number" and not (answer.isascii() and answer.isdigit() and len(answer) <= 6):
            wrong[name] = _("Give a number, such as 10.")
    return wrong
