"""What a list of hits says of a recording is all read with it, whatever became of its session."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from recordings.search import indexing
from recordings.search.querying import SHOWN
from tests.factories import NOW, make_original, make_recording, make_user
from tests.recordings.web.test_archive import CAPTIONS, recorded

pytestmark = pytest.mark.django_db
MOVED = {"date": "2026-02-01", "time": "15:00:00", "fold": 0, "zone": "Africa/Johannesburg"}
STATES: list[dict[str, Any]] = [
    {"moved_from": MOVED},
    {"all_day": True},
    {"all_day": True, "days": 3},
    {"wall": datetime(2026, 3, 1, 23, 0), "minutes": 3000},
    {"all_day": True, "precision": "week"},
    {"all_day": True, "precision": "month"},
    {"precision": "none"},
    {"cancelled_at": NOW, "reason": "Fog."},
    {"postponed_at": NOW, "reason": "Fog."},
    {"title": {}},
]


@pytest.mark.parametrize("address", ["/archive/", "/l/archive/", "/api/archive/"])
@pytest.mark.parametrize("zone", ["", "Asia/Tokyo"])
def test_no_row_reads_its_recording_again(address: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slugs = [recorded(**fields).slug for fields in STATES]
    alone = make_recording(None, title={"en": "Savings boxes"}, recorded_on=date(2026, 3, 1))
    make_original(alone, CAPTIONS)
    indexing.index(alone.pk, now=NOW)
    client = Client()
    if zone:
        client.force_login(make_user(zone=zone))

    def refuse(self: Model, using: Any = None, fields: Any = None, from_queryset: Any = None) -> None:
        raise AssertionError(f"{fields} of a {type(self).__name__} is not read with the others: {SHOWN}")

    monkeypatch.setattr(Model, "refresh_from_db", refuse)
    for asked in ("?q=receipt", ""):
        text = client.get(f"{address}{asked}").content.decode()
        assert all(slug in text for slug in [*slugs, alone.slug])
