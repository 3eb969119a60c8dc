"""What may be wrong with a set-up though every setting can be read: each with a hint that says what to do."""

import os
import shlex
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import imageio_ffmpeg
import pytz
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register
from django.db import connection

from seminars import clock
from seminars.config.accounts import EXAMPLE

OLD_DAYS = 400  # governments give notice of months; a year without an update misses some
SQLITE_SAFE = (3, 51, 3)
_FILES = "filebased.EmailBackend"


def register_all() -> None:
    """Have `manage.py check`, and every command that checks first, look at all of these.

    What the system's SQLite lacks is told by `check --deploy` only: nobody wants to read it at every command.
    """
    for check in (
        zones,
        mail,
        debugging,
        media_tools,
        recogniser,
        store,
        second_copy,
        caches,
        other_sign_ins,
    ):
        register(_of_site(check))
    register(_of_site(database), deploy=True)


def _of_site(check: Callable[[], list[CheckMessage]]) -> Callable[..., list[CheckMessage]]:
    def run(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
        return check()

    return run


def zones(today: date | None = None) -> list[CheckMessage]:
    """The clocks' law: one release for arithmetic (tzdata) and names (pytz), and a fresh one."""
    today = today or datetime.now(UTC).date()
    found: list[CheckMessage] = []
    release, names = clock.release(), str(pytz.OLSON_VERSION)  # type: ignore[attr-defined]  # the stubs lack it
    if release != names:
        found.append(
            Info(
                f"Time zones are computed by release {release} and listed by release {names}.",
                hint="Update both: uv lock --upgrade-package tzdata --upgrade-package pytz, then uv sync.",
                id="meridian.I001",
            )
        )
    # A release names its year; the letter counts releases, not months. So from the year's end: then it is certain.
    if release[:4].isdigit() and (today - date(int(release[:4]), 12, 31)).days > OLD_DAYS:
        found.append(
            Warning(
                f"The time zones are those of {release[:4]} (release {release}): later changes are missing.",
                hint="Update them: uv lock --upgrade-package tzdata --upgrade-package pytz, then uv sync.",
                id="meridian.W002",
            )
        )
    return found


def database(version: tuple[int, ...] = sqlite3.sqlite_version_info, vendor: str = "") -> list[CheckMessage]:
    """SQLite before 3.51.3 can, very rarely, lose a commit when a log is reset while another process checkpoints."""
    if (vendor or connection.vendor) != "sqlite" or version >= SQLITE_SAFE:
        return []
    return [
        Info(
            f"SQLite {'.'.join(map(str, version))} has a rare fault in its write-ahead log, mended in 3.51.3.",
            hint="Keep backups. Update the system's SQLite when it offers 3.51.3, or use PostgreSQL.",
            id="meridian.I003",
        )
    ]


def caches() -> list[CheckMessage]:
    """Addresses of caches are those of servers: scheme, host, perhaps a port."""
    wrong = []
    for each in settings.PURGE_URLS:
        parts = urlsplit(each)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.path.strip("/")
            or parts.query
        ):
            wrong.append(each)
    return [
        Error(
            f"MERIDIAN_PURGE_URLS holds “{each}”, which is no address of a cache.",
            hint="Write it like http://127.0.0.1:6081, without a path; several with commas between.",
            id="meridian.E008",
        )
        for each in wrong
    ]


def other_sign_ins() -> list[CheckMessage]:
    """Sign-ins by other providers whose settings cannot be used: they are left out, so their buttons are missing."""
    return [
        Error(fault, hint=f"Write MERIDIAN_OIDC like {EXAMPLE}, or unset it.", id="meridian.E009")
        for fault in settings.SIGN_INS.faults
    ]


def mail() -> list[CheckMessage]:
    """A public site whose mails stay in a folder: nobody can sign in."""
    if settings.IS_LOOPBACK or not settings.EMAIL_BACKEND.endswith(_FILES):
        return []
    return [
        Warning(
            f"Mails are written to {settings.MAILBOX} and not sent, so nobody receives a sign-in code.",
            hint="Set MERIDIAN_MAIL, or sign in by manage.py sign_in_link ADDRESS.",
            id="meridian.W004",
        )
    ]


def debugging() -> list[CheckMessage]:
    """A public site that shows tracebacks and settings."""
    if settings.IS_LOOPBACK or not settings.DEBUG:
        return []
    return [
        Error(
            "MERIDIAN_DEBUG is on while MERIDIAN_URL is public: errors would show settings and data to everybody.",
            hint="Unset MERIDIAN_DEBUG.",
            id="meridian.E005",
        )
    ]


def media_tools() -> list[CheckMessage]:
    """Without ffmpeg no posters and no smaller editions are made; files are kept and served all the same."""
    if settings.FFMPEG:
        path = shutil.which(settings.FFMPEG)
        hint = "Set MERIDIAN_FFMPEG to the path of an ffmpeg program, or unset it."
        words = f"MERIDIAN_FFMPEG names “{settings.FFMPEG}”, which is not a program that can be run."
    else:
        path = shutil.which("ffmpeg") or _carried_ffmpeg()
        hint = "Install ffmpeg, or set MERIDIAN_FFMPEG to its path."
        words = "There is no ffmpeg: posters and small editions of recordings cannot be made."
    return [] if path else [Warning(words, hint=hint, id="meridian.W006")]


def _carried_ffmpeg() -> str:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # a platform for which the package has none
        return ""


def recogniser() -> list[CheckMessage]:
    """A recogniser that is set must be a program, and be told where the sound lies and where its words go."""
    said = settings.RECOGNISER
    if not said.strip():
        return []
    try:
        parts = shlex.split(said)
    except ValueError:  # a quotation mark that is not closed
        parts = []
    if not parts or not shutil.which(parts[0]):
        words = f"MERIDIAN_RECOGNISER names “{parts[0] if parts else said}”, which is not a program that can be run."
    elif not all(any(name in part for part in parts[1:]) for name in ("{input}", "{output}")):
        words = (
            "MERIDIAN_RECOGNISER lacks {input} or {output}: the program would not know what to read or write."
        )
    else:
        return []
    hint = "Write it like /usr/local/bin/recognise {input} {output} --language {language}, or unset it."
    return [Warning(words, hint=hint, id="meridian.W010")]


def second_copy() -> list[CheckMessage]:
    """The second copies lie in a folder that is there, and on another disk than the store."""
    if not settings.SECOND_COPY:
        return []
    folder, near = Path(settings.SECOND_COPY), Path(settings.STORE)
    if not folder.is_absolute() or not folder.is_dir():
        return [
            Warning(
                f"MERIDIAN_SECOND_COPY names “{folder}”, and there is no such folder.",
                hint="Mount its disk, make the folder and write its whole path, from the first slash.",
                id="meridian.W011",
            )
        ]
    nearest = next(each for each in (near, *near.parents) if each.exists())
    if nearest.stat().st_dev != folder.stat().st_dev:
        return []
    return [
        Info(
            f"The second copies in {folder} lie on the same disk as the store: both go with it.",
            hint="Set MERIDIAN_SECOND_COPY to a folder on another disk.",
            id="meridian.I012",
        )
    ]


def store() -> list[CheckMessage]:
    """The folder that keeps the originals must take new ones."""
    folder = Path(settings.STORE)
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The folder {folder}, which keeps recordings, cannot be written.",
            hint="Give this user the right to write it, or set MERIDIAN_DATA to another folder.",
            id="meridian.E007",
        )
    ]
