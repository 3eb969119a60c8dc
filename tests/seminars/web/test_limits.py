"""How often one address may send a form: counted for a whole hour, whoever claims to come from elsewhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends import filebased
from django.test import RequestFactory
from django.utils import timezone

from seminars.web import limits

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    """The cache that a site has, with nothing in it; the clock stands at `START`."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path}
    }
    at(monkeypatch, START)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)
    for module in (
        "django.core.cache.backends.base.time.time",
        "django.core.cache.backends.filebased.time.time",
    ):
        monkeypatch.setattr(module, moment.timestamp)


def come(**headers: str) -> bool:
    return limits.within(RequestFactory().post("/", **headers), "try", most=2)  # type: ignore[arg-type]


def test_an_hour_is_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(cache._connections["default"], filebased.FileBasedCache)  # type: ignore[attr-defined]
    assert [come(), come(), come()] == [True, True, False]
    at(monkeypatch, START + timedelta(minutes=50))
    assert not come(), "after ten minutes' rest, too"
    at(monkeypatch, START + timedelta(minutes=61))
    assert come()


def test_each_address_has_its_own(settings: Any) -> None:
    assert [come(REMOTE_ADDR="192.0.2.1") for _each in range(3)] == [True, True, False]
    assert come(REMOTE_ADDR="192.0.2.2")


def test_behind_a_proxy_its_word_counts_and_no_other(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = [come(HTTP_X_FORWARDED_FOR=f"203.0.113.{each}, 192.0.2.1") for each in range(3)]
    assert forged == [True, True, False], "what the visitor wrote before it is not believed"
    assert come(HTTP_X_FORWARDED_FOR="192.0.2.2")
