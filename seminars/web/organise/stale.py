"""Somebody else changed it while the form was open: say so, show both, keep what was typed, offer to save again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from seminars.changes.recording import history
from seminars.sessions.models import Session
from seminars.sessions.revising import subject_of
from seminars.web.organise.history import Told, told


@dataclass(frozen=True)
class Versions:
    """What was done meanwhile, and the fields in which the two versions differ: (label, there now, typed here)."""

    changes: list[Told]
    fields: list[tuple[str, str, str]] = field(default_factory=list)


def versions_of(current: Session, seen: int | None, form: forms.Form, there: Mapping[str, Any]) -> Versions:
    """Return both versions. there: the form's values of `current`, as its `initial` would hold them."""
    return versions_since(subject_of(current), current.revision, seen, form, there)


def versions_since(
    subject: str, revision: int, seen: int | None, form: forms.Form, there: Mapping[str, Any]
) -> Versions:
    """Return both versions of what `subject` names, which stands at `revision`; otherwise as `versions_of`."""
    ago = max(1, revision - (seen or revision))
    changes = [told(change) for change in history(subject=subject)[:ago]]
    return Versions(changes, differences(form, there))


def differences(form: forms.Form, there: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (label, there now, typed here) of each field in which the two differ."""
    return [
        (str(bound.label), now_there, typed)
        for bound in form
        if not bound.is_hidden
        for now_there, typed in [(_text(bound, there.get(bound.name)), _text(bound, bound.value()))]
        if now_there != typed and (bound.name in there or bound.name.startswith(("title_", "abstract_")))
    ]


def again(form: forms.Form, revision: int) -> None:
    """Make the open form save over the version that is there now, if the person presses the button again."""
    data = form.data.copy() if isinstance(form.data, QueryDict) else QueryDict(mutable=True)
    data[form.add_prefix("seen")] = str(revision)
    form.data = data


def _text(bound: forms.BoundField, value: Any) -> str:
    if isinstance(bound.field, forms.BooleanField):
        return _("yes") if value in (True, "on", "True") else _("no")
    prepared = bound.field.prepare_value(value)
    shown = bound.field.widget.format_value(prepared) if prepared is not None else ""
    if isinstance(shown, list):
        labels = dict(getattr(bound.field, "choices", []) or [])
        return ", ".join(str(labels.get(each, each)) for each in shown)
    return str(shown or "").replace("\r\n", "\n").strip() or "–"
