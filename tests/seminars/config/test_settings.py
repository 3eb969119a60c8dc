"""Settings, as a person starting the site meets them: each in a process of its own."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHOW = "from seminars.config import settings; print(settings.{})"


def start(data: Path, show: str = "DEBUG", **given: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a new process with nothing else set; print one of them."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {"MERIDIAN_DATA": str(data)} | given
    command = [sys.executable, "-c", SHOW.format(show)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_nothing_need_be_set(tmp_path: Path) -> None:
    answer = start(tmp_path / "data")
    assert (answer.stdout, answer.stderr, answer.returncode) == ("False\n", "", 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MERIDIAN_DEBUG", "perhaps"),
        ("MERIDIAN_URL", "seminars.example.org"),
        ("MERIDIAN_URL", "https://example.org/below"),
        ("MERIDIAN_URL", "https://seminars example.org"),
        ("MERIDIAN_URL", "https://ada@example.org"),
        ("MERIDIAN_MAIL", "mail.example.org"),
        ("MERIDIAN_MAX_FILE_BYTES", "4 GB"),
        ("MERIDIAN_MAX_FILE_BYTES", "0"),
        ("MERIDIAN_WEB_THREADS", "1"),
        ("MERIDIAN_STREAMS", "0"),
        ("MERIDIAN_DATA", "/dev/null/meridian"),
        ("MERIDIAN_DATABASE", "mongodb://localhost/meridian"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line(tmp_path: Path, name: str, value: str) -> None:
    answer = start(tmp_path, **{name: value})
    assert answer.returncode == 1
    assert answer.stderr.startswith("Meridian cannot start: ")
    assert answer.stderr.count("\n") == 1
    assert name in answer.stderr


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda _: start(tmp_path, "SECRET_KEY").stdout, range(4)))
    assert len(set(answers)) == 1
    assert len(answers[0]) > 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("secret_key*")] == ["secret_key"]


def test_behind_a_proxy_each_visitor_has_limits_of_their_own(tmp_path: Path) -> None:
    answer = start(tmp_path, "ALLAUTH_TRUSTED_PROXY_COUNT", MERIDIAN_BEHIND_PROXY="true")
    assert answer.stdout == "1\n"
    assert start(tmp_path, "ALLAUTH_TRUSTED_PROXY_COUNT").returncode == 1  # nobody else's header is believed


def test_a_given_key_is_used_and_not_written(tmp_path: Path) -> None:
    answer = start(tmp_path, "SECRET_KEY", MERIDIAN_SECRET_KEY="given")
    assert answer.stdout == "given\n"
    assert not (tmp_path / "secret_key").exists()


def test_a_public_site_is_strict(tmp_path: Path) -> None:
    show = "ALLOWED_HOSTS, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.IS_LOOPBACK"
    answer = start(tmp_path, show, MERIDIAN_URL="https://seminars.example.org")
    assert answer.stdout == "['seminars.example.org'] True True False\n"


def test_mail_is_sent_where_it_is_told(tmp_path: Path) -> None:
    show = "EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_TLS"
    answer = start(tmp_path, show, MERIDIAN_MAIL="smtp://ada:p%40ss@mail.example.org:587")
    assert answer.stdout == "mail.example.org 587 p@ss True\n"
