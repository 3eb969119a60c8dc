"""Workers and the mail server are killed in the middle, for real: nobody gets a mail twice, and none is lost silently.

`tests/faults/mails.py` does the same to the whole queue, with thousands of mails.
"""

import os
import signal
import socketserver
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from seminars.notifications import outbox
from seminars.queue import processes
from tests.seminars.notifications.conftest import states, write_down
from tests.seminars.notifications.smtp import Peer, Talk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("plain")]
MINUTE = timedelta(minutes=1)


class Deadly(Peer):
    """Kills who sends the nth mail, before it takes the mail or before it answers; the next worker's are counted on."""

    def __init__(self, *, before: set[int], unanswered: set[int]) -> None:
        socketserver.ThreadingTCPServer.__init__(self, ("127.0.0.1", 0), DeadlyTalk)
        self.taken: list[tuple[str, str]] = []
        self.refuse: dict[str, str] = {}
        self.hang_up: list[tuple[str, str]] = []
        self.pipelines, self.holds, self.rude = True, False, False
        self.connections = self.begun = self.victim = 0
        self.before, self.unanswered = before, unanswered

    def kill(self) -> None:
        os.kill(self.victim, signal.SIGKILL)


class DeadlyTalk(Talk):
    """One connection with a worker that may die of it."""

    server: Deadly

    def content(self, to: str) -> bool:
        self.server.begun += 1
        number = self.server.begun
        if number in self.server.before:
            self.server.kill()
            return False
        if number in self.server.unanswered:
            self.server.hang_up = [("answer", to)]
            whole = super().content(to)
            self.server.kill()
            return whole
        return super().content(to)


def work(at: datetime) -> int:
    """Send in a process of its own, as a worker of the queue; its exit status, negative where it was killed."""
    connections.close_all()

    def deliver() -> None:
        outbox.deliver(clock=lambda: at, seconds=60)
        connections.close_all()

    return processes.fork(deliver)


def test_five_workers_are_killed_and_each_mail_leaves_once(settings: Any, now: datetime) -> None:
    many = [f"reader{number:03}@example.org" for number in range(60)]
    with Deadly(before={3, 24}, unanswered={7, 20, 41}) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        write_down(many, now)
        ends = []
        for minute in range(7):
            server.victim = work(now + minute * MINUTE)
            ends.append(os.waitstatus_to_exitcode(os.waitpid(server.victim, 0)[1]))
        server.shutdown()
        thread.join(20)
    assert ends == [-signal.SIGKILL] * 5 + [0, 0]
    arrived = [to for to, _text in server.taken]
    assert len(arrived) == len(set(arrived)) == 58
    after = states()
    uncertain = {email for email, state in after.items() if state == "uncertain"}
    assert len(uncertain) == 5
    assert {email for email, state in after.items() if state == "sent"} == set(many) - uncertain
    assert set(many) - set(arrived) < uncertain
