"""Everything that is kept of a person, as one JSON document written piece by piece.

Keys: `about` (when, by which site), `account`, `person`, then one list for each table that holds something of them,
named as the table is. Secrets are left out: by them one could act, not learn.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from seminars.leaving.tables import Whole, rows_of, stored
from seminars.notifications.models import Message
from seminars.people.models import Person, User

SECRET = re.compile(r"token|secret|password|digest|hash|key|lease|^data$|extra_data|credential")
NOT_THEIRS = frozenset({"account.emailconfirmation", "admin.logentry", "socialaccount.socialtoken"})
MAIL = ("kind", "subject", "state", "due_at", "sent_at")
CHUNK = 500


def document(whole: Whole, *, now: datetime) -> Iterator[str]:
    """Give the pieces of the JSON document. now: aware UTC. Memory stays flat however much there is."""
    yield '{\n"about": ' + _json({"site": settings.MERIDIAN_URL, "made_at": now, "format": 1})
    yield ',\n"account": ' + _json(_row(whole.user))
    yield ',\n"person": ' + _json(_row(whole.person) if whole.person else None)
    for name, rows in lists(whole):
        first = True
        for row in rows:
            yield (f',\n"{name}": [\n' if first else ",\n") + _json(row)
            first = False
        if not first:
            yield "\n]"
    yield "\n}\n"


def lists(whole: Whole) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Give each table's name and rows, in the order of the tables' labels."""
    for model in stored():
        if model in (User, Person) or model._meta.label_lower in NOT_THEIRS:
            continue
        yield _name(model), (_row(each) for each in rows_of(model, whole).iterator(chunk_size=CHUNK))


def _name(model: type[models.Model]) -> str:
    """How the list is called: "registration", "account.emailaddress" where the table is not ours."""
    ours = model._meta.app_label in {"seminars", "recordings"}
    return str(model._meta.model_name if ours else model._meta.label_lower)


def _row(found: models.Model) -> dict[str, Any]:
    """One row in plain values. Of a mail: which and when; its words are made from facts that are here as well."""
    names = [each.attname for each in found._meta.concrete_fields if not SECRET.search(each.attname)]
    if isinstance(found, Message):
        names = list(MAIL)
    row = {name: getattr(found, name) for name in names}
    for column in found._meta.concrete_fields:
        if isinstance(column, models.ForeignKey) and column.attname in row:
            row[column.attname] = _called(found, column)
    return row


def _called(found: models.Model, column: Any) -> Any:
    """What a row points at, by a name that means something outside: its slug, else its number."""
    value = getattr(found, column.attname)
    if value is None or not any(each.name == "slug" for each in column.related_model._meta.fields):
        return value
    return getattr(found, column.name).slug


def _json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
