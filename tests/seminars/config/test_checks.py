"""System checks: silent where all is well, and with a hint that says what to do where it is not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytz
from django.core.checks import CheckMessage, run_checks

from seminars import clock
from seminars.config import checks


def ids(found: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in found)
    return [message.id for message in found]


def test_the_checks_are_asked_by_every_command(settings: Any) -> None:
    settings.IS_LOOPBACK, settings.DEBUG = False, True
    assert "meridian.E005" in {message.id for message in run_checks()}


def test_the_default_set_up_has_no_warning() -> None:
    assert [str(message) for message in run_checks() if message.is_serious(30)] == []


def test_zones_of_two_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ids(checks.zones()) == []
    monkeypatch.setattr(pytz, "OLSON_VERSION", "2020a")
    (message,) = checks.zones()
    assert message.id == "meridian.I001"
    assert "2020a" in str(message.msg)


def test_old_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "release", lambda: pytz.OLSON_VERSION)
    year = int(pytz.OLSON_VERSION[:4])
    assert ids(checks.zones(date(year, 12, 31))) == []
    assert ids(checks.zones(date(year + 2, 2, 4))) == []
    assert ids(checks.zones(date(year + 2, 2, 6))) == ["meridian.W002"]


def test_old_sqlite_is_information_only() -> None:
    (message,) = checks.database((3, 51, 2), "sqlite")
    assert not message.is_serious(30)
    assert "3.51.3" in str(message.msg)
    assert checks.database((3, 51, 3), "sqlite") == []
    assert checks.database((3, 40, 1), "postgresql") == []


def test_a_public_site_must_send_mail_and_hide_errors(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.DEBUG = True
    assert ids(checks.mail()) + ids(checks.debugging()) == []
    settings.IS_LOOPBACK = False
    assert ids(checks.mail()) + ids(checks.debugging()) == ["meridian.W004", "meridian.E005"]
    settings.EMAIL_BACKEND, settings.DEBUG = "django.core.mail.backends.smtp.EmailBackend", False
    assert ids(checks.mail()) + ids(checks.debugging()) == []


def test_ffmpeg(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.media_tools() == []
    monkeypatch.setenv("PATH", "/nowhere")
    assert checks.media_tools() == []  # the one that imageio-ffmpeg carries
    monkeypatch.setattr(checks, "_carried_ffmpeg", lambda: "")
    assert ids(checks.media_tools()) == ["meridian.W006"]
    settings.FFMPEG = "/no/such/ffmpeg"
    (message,) = checks.media_tools()
    assert "/no/such/ffmpeg" in str(message.msg)


def test_a_store_that_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    settings.STORE = tmp_path / "new" / "store"
    assert checks.store() == []
    (tmp_path / "new").write_text("a file where the folder should be")
    assert ids(checks.store()) == ["meridian.E007"]
