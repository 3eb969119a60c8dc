"""What the mail servers of the measurements say: `tests/bench/mails.py`, `tests/faults/mails.py`."""

from collections.abc import Callable


class Talk:
    """What a mail server that pipelines (RFC 2920) says to each line. over: it was told to end."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self.take, self.inside, self.over = take, False, False

    def answers(self, heard: bytes) -> tuple[bytes, bytes]:
        """The answers to what was heard, and what is not complete yet."""
        said = b""
        while True:
            what, end, rest = heard.partition(b"\r\n.\r\n" if self.inside else b"\r\n")
            if not end:
                return said, heard
            said, heard = said + self.answer(what), rest

    def answer(self, what: bytes) -> bytes:
        """The answer to one line, or to a mail."""
        if self.inside:
            self.inside = False
            self.take(what)
            return b"250 taken\r\n"
        verb = what[:4].upper()
        self.inside, self.over = verb == b"DATA", verb == b"QUIT"
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"
        return {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 yes\r\n")
