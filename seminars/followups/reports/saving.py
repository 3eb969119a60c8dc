"""A whole report written at once by one hand and put out: for what is known already, such as the demo."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from seminars.changes.refusing import raise_if
from seminars.followups.reports.fields import FIELDS, LANGUAGE
from seminars.followups.reports.forming import form_of
from seminars.followups.reports.issuing import publish
from seminars.followups.reports.models import Report
from seminars.followups.reports.writing import Author, Given, begin, write, written_in
from seminars.sessions.models import Session
from seminars.sessions.revising import locked


def save_report(
    *,
    session: Session,
    answers: Mapping[str, object],
    language: str = "en",
    now: datetime,
    actor_id: int | None,
) -> Report:
    """Return the session's report with these answers and no others, out, over whatever it said before.

    answers: by the names of its fields; empty ones are left out. language: they are written in. Raises UserError by
    field, and TypeError for a field that its form does not have.
    """
    with transaction.atomic():
        locked(session.pk)
        report = begin(session=session, start={}, now=now)
        form = report.form or form_of(session.series)
        known = {each["name"] for each in form.fields} if form else {each.name for each in FIELDS}
        if unknown := answers.keys() - known:
            raise TypeError(f"The report has no field {', '.join(sorted(unknown))}")
        given = dict.fromkeys(written_in(report), "") | dict(answers) | {LANGUAGE: language}
        texts = {name: Given(str(text), report.revision) for name, text in given.items()}
        done = write(report=report, given=texts, hand=uuid4().hex, now=now, author=Author(actor_id))
        raise_if(done.wrong)
        out = publish(report=done.report, now=now, actor_id=actor_id)
    session.refresh_from_db(fields=["state", "revision", "sequence", "changed_at"])
    return out
