"""A mail server on a loopback port, for tests: it takes mails, refuses addresses, and hangs up when told to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Peer(socketserver.ThreadingTCPServer):
    """taken: whole mails as (address, text). hang_up: "mail", "content" or "answer", where it breaks off, once each.

    refuse: code and words by address. connections: how many there were. pipelines: whether it says so (RFC 2920).
    holds: it answers to MAIL and RCPT not before DATA. rude: it wants a mail (354) though it refused the address.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.taken: list[tuple[str, str]] = []
        self.refuse: dict[str, str] = {}
        self.hang_up: list[tuple[str, str]] = []
        self.connections = 0
        self.pipelines, self.holds, self.rude = True, False, False

    def breaks(self, where: str, address: str) -> bool:
        """Whether to hang up now; each said break happens once."""
        if (where, address) in self.hang_up:
            self.hang_up.remove((where, address))
            return True
        return False


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Peer
    disable_nagle_algorithm = True  # it answers line by line

    held, envelope = "", False

    def say(self, words: str) -> None:
        self.held += f"{words}\r\n"
        if not (self.server.holds and self.envelope):
            self.wfile.write(self.held.encode())
            self.held = ""

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 here")
        to, refused = "", False
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].upper()
            self.envelope = verb.startswith(("MAIL", "RCPT"))
            if verb.startswith("RCPT"):
                refused = False
                to = line.partition("<")[2].partition(">")[0]
                if self.server.breaks("mail", to):
                    return
                refused = to in self.server.refuse
                self.say(self.server.refuse.get(to, "250 yes"))
            elif verb.startswith("EHLO") and self.server.pipelines:
                self.say("250-here\r\n250 PIPELINING")
            elif verb == "DATA" and refused and not self.server.rude:
                self.say("554 nobody is to get it")
            elif verb == "DATA":
                if not self.content(to):
                    return
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 yes")

    def content(self, to: str) -> bool:
        """Take one mail; whether the connection goes on."""
        self.say("354 go on")
        if self.server.breaks("content", to):
            return False
        lines: list[str] = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            if not line:
                return False
            lines.append(line)
        self.server.taken.append((to, "".join(lines)))
        if self.server.breaks("answer", to):
            return False
        self.say("250 taken")
        return True


@contextmanager
def peer(settings: Any) -> Iterator[Peer]:
    """Run one, and have the site send to it."""
    with Peer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        settings.EMAIL_TIMEOUT = 20
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
        server.shutdown()
        thread.join(20)
