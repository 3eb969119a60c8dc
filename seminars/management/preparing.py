"""What `up` does before and after the servers start: database, static files, demo, and where to click.

Runs in short-lived processes of its own, so that the process which the servers are forked from stays small and has no
database connection.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from seminars.demo.loading import ADMINISTRATOR
from seminars.management import half_restored
from seminars.management.fresh import make_tables
from seminars.people.models import Community, User
from seminars.people.setup import new_token, setup_needed
from seminars.queue.jobs import beat

WAIT = 60  # seconds for the servers to be well


def prepare(*, with_demo: bool) -> None:
    """Make the database current, collect static files, and load the demo into an empty database. Ends with one line
    that says what to do when something is wrong."""
    try:
        half_restored.refuse()
        _step("Preparing the database …", make_current)
        _step(
            "Collecting static files …", lambda: call_command("collectstatic", verbosity=0, interactive=False)
        )
        if with_demo and not (User.objects.exists() or Community.objects.exists()):
            _step("Loading the demo …", load_demo)
        beat("queue", timezone.now())  # from here on the site is starting, not broken
    except Error as wrong:
        sys.exit(
            f"Meridian cannot start: the database says “{_line(wrong)}”. Check MERIDIAN_DATABASE and MERIDIAN_DATA."
        )
    except CommandError as wrong:
        sys.exit(f"Meridian cannot start: {_line(wrong)}")
    except OSError as wrong:
        sys.exit(f"Meridian cannot start: {wrong.filename or settings.DATA}: {wrong.strerror or wrong}.")


def make_current() -> None:
    """Give an empty database all its tables at once; migrate any other, step by step."""
    make_tables()
    call_command("migrate", verbosity=0, interactive=False)


def load_demo() -> None:
    """Load all of it or nothing: a database that is half a demo would count as in use."""
    with transaction.atomic():
        call_command("demo", verbosity=0, stdout=_Silent())


class _Silent:
    """Takes what a command prints: `greet` says it later, when it can be clicked."""

    def write(self, text: str) -> int:
        return len(text)


def _step(words: str, action: Callable[[], object]) -> None:
    print(words, flush=True)
    action()


def _line(wrong: Exception) -> str:
    return " ".join(str(wrong).split())


def greet(local: str) -> None:
    """Wait until the site is well, then say where to click and who can sign in. local: its address on this machine."""
    deadline = time.monotonic() + WAIT
    while not _is_well(f"{local}/health/"):
        if time.monotonic() > deadline:
            print(f"Meridian is still not well after {WAIT} seconds: see {local}/health/", flush=True)
            return
        time.sleep(0.2)
    print("\n".join(_greeting(settings.MERIDIAN_URL)), flush=True)


def _is_well(address: str) -> bool:
    """Ask by the name that the site answers to: on a public one that is not its address on this machine."""
    asked = urllib.request.Request(address, headers={"Host": urlsplit(settings.MERIDIAN_URL).netloc})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310 — our own address
            return bool(json.load(answer)["status"] == "ok")
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _greeting(url: str) -> list[str]:
    pages = [
        ("Start", url + "/"),
        ("Organise", url + reverse("organise")),
        ("Archive", url + reverse("archive")),
    ]
    in_folder = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    if in_folder and settings.IS_LOOPBACK:
        pages.append(("Mailbox", url + reverse("mailbox")))
    lines = ["", "Meridian is ready.", *(f"  {name:10}{address}" for name, address in pages)]
    if setup_needed():
        link = url + reverse("setup", args=[new_token(settings.DATA)])
        lines += [
            "Nobody administers it yet. This link, once, makes the first administrator and community:",
            f"  {link}",
        ]
    lines += _demo_lines(in_folder=in_folder)
    return [*lines, f"Everything is kept in {settings.DATA}. Ctrl-C ends it.", ""]


def _demo_lines(*, in_folder: bool) -> list[str]:
    if not User.objects.filter(email=ADMINISTRATOR).exists():
        return []
    found = _Lines()
    call_command("demo", addresses=True, stdout=found)
    where = "mailbox" if in_folder and settings.IS_LOOPBACK else "mail"
    return [
        f"Sign in as one of the demo's people; the code comes to the {where}:",
        *found.text.rstrip().splitlines(),
    ]


class _Lines:
    """Keeps what a command prints."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)
