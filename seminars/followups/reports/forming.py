"""The form of a series' reports: own fields, other labels, another order, hidden ones; each change is a new version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.followups.reports.fields import FIELDS, KINDS, LANGUAGE, OURS, fresh_name
from seminars.followups.reports.models import Report, ReportForm
from seminars.series.models import Series

MOST_FIELDS = 40
LONGEST_LABEL = 200


def form_of(series: Series) -> ReportForm | None:
    """Return the form that counts for new reports; None for MeMoRe's."""
    return ReportForm.objects.filter(series=series).order_by("-number").first()


def stored_of(form: ReportForm | None) -> list[dict[str, Any]]:
    """Return the fields of a form as they are stored; MeMoRe's for None."""
    if form is not None:
        return [dict(each) for each in form.fields]
    return [{"name": each.name, "kind": each.kind, "label": {}, "hidden": False} for each in FIELDS]


def set_form(
    *, series: Series, fields: Sequence[dict[str, Any]], seen: int, now: datetime, actor_id: int | None
) -> ReportForm | None:
    """Return the form with these fields in this order: a new version, or the one there is where nothing differs.

    fields: `{"name", "kind", "label", "hidden"}` each; no name for a new one. A field that is left out of the list is
    hidden, never dropped. seen: the number of the version that was looked at, 0 for MeMoRe's. Reports that were begun
    keep theirs (`adopt`). Raises UserError by the place in the list (`label_3`), and for a version changed meanwhile.
    """
    current = form_of(series)
    before = stored_of(current)
    if seen != (current.number if current else 0):
        raise UserError({"": _("Somebody else has just changed this form. Look at it again.")})
    made = _named(fields, {each["name"]: each for each in before})
    given = {each["name"] for each in made}
    made += [each | {"hidden": True} for each in before if each["name"] not in given]
    raise_if(_wrong(made))
    if made == before:
        return current
    try:
        with transaction.atomic():
            stored = ReportForm.objects.create(series=series, number=seen + 1, fields=made, made_at=now)
            record(
                kind="report-form",
                subject=f"series:{series.uuid}",
                scopes=[],
                now=now,
                actor_id=actor_id,
                after={"version": stored.number},
            )
    except IntegrityError as faster:
        raise UserError({"": _("Somebody else has just changed this form. Look at it again.")}) from faster
    return stored


def adopt(*, report: Report) -> None:
    """Let a report that was begun follow the form as it is now; what its fields say stays."""
    with transaction.atomic():
        current = (
            Report.objects.select_for_update(of=("self",)).select_related("session__series").get(pk=report.pk)
        )
        form = form_of(current.session.series)
        Report.objects.filter(pk=current.pk).update(form=form)
        report.form = form


# Below: how it is done.


def _named(fields: Sequence[dict[str, Any]], before: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields as they are stored: a name for each new one, and the kind of MeMoRe's own for those."""
    taken, made = {*before, *OURS, LANGUAGE}, []
    for each in fields:
        label = {
            tag: " ".join(text.split()) for tag, text in (each.get("label") or {}).items() if text.strip()
        }
        name = each.get("name") or fresh_name(next(iter(label.values()), ""), taken)
        taken.add(name)
        if each.get("name") and name not in before:
            raise UserError({"": _("Somebody else has just changed this form. Look at it again.")})
        kind = OURS[name].kind if name in OURS else each["kind"]
        made.append({"name": name, "kind": kind, "label": label, "hidden": bool(each.get("hidden"))})
    return made


def _wrong(fields: Sequence[dict[str, Any]]) -> dict[str, str]:
    if len(fields) > MOST_FIELDS:
        return {"": _("A form holds at most %(most)d fields, hidden ones too.") % {"most": MOST_FIELDS}}
    if all(each["hidden"] for each in fields):
        return {"": _("Leave one field at least.")}
    wrong: dict[str, str] = {}
    labels: set[str] = set()
    for place, each in enumerate(fields):
        words = [text.casefold() for text in each["label"].values()]
        if not words and each["name"] not in OURS:
            wrong[f"label_{place}"] = _("Give it a label.")
        if any(len(text) > LONGEST_LABEL for text in words):
            wrong[f"label_{place}"] = _("Use at most %(most)d characters.") % {"most": LONGEST_LABEL}
        if each["kind"] not in KINDS:
            wrong[f"kind_{place}"] = _("Choose a kind from the list.")
        if not each["hidden"] and labels & set(words):
            wrong[f"label_{place}"] = _("Another field has this label.")
        labels |= set(words) if not each["hidden"] else set()
    return wrong
