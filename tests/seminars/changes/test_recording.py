"""What happened is written with the fact, and counted for every scope it touches."""

from datetime import datetime

import pytest
from django.db import transaction

from seminars.changes.models import Change, Version
from seminars.changes.recording import history, raise_versions, record, record_each
from seminars.changes.refusing import UserError, raise_if


def numbers() -> dict[str, int]:
    """Every scope's version."""
    return dict(Version.objects.values_list("scope", "number"))


@pytest.mark.django_db
def test_a_change_counts_once_for_each_scope_and_the_site(now: datetime) -> None:
    for scopes in (["series:1", "community:1"], ["series:2", "community:1"]):
        record(kind="edited", subject="session:x", scopes=scopes, now=now)
    assert numbers() == {"site": 2, "series:1": 1, "series:2": 1, "community:1": 2}
    assert [change.kind for change in history(subject="session:x")] == ["edited", "edited"]


@pytest.mark.django_db
def test_many_changes_at_once_count_once(now: datetime) -> None:
    record_each(kind="published", subjects=["session:a", "session:b"], scopes=["series:1"], now=now)
    assert numbers() == {"site": 1, "series:1": 1}
    assert Change.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_version_is_never_raised_outside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        raise_versions(["series:1"])
    assert not Version.objects.exists()


def test_what_cannot_be_done_is_said_by_field() -> None:
    raise_if({})
    with pytest.raises(UserError, match="Give a title") as refused:
        raise_if({"title": "Give a title."})
    assert refused.value.fields == {"title": "Give a title."}
