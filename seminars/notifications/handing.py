"""Hand one mail after the other to the mail server, over a connection that lasts, and say plainly what became of it."""

import logging
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address

log = logging.getLogger(__name__)
CLOSING = 421  # "service not available, closing": of the connection, not of the mail (RFC 5321 §4.2.1)


class Away(Exception):
    """The mail server cannot be reached, or hung up before this mail began to leave: nothing of it did."""


class Unanswered(Exception):
    """The connection broke after the mail had begun to leave."""


@dataclass(frozen=True)
class Refusal:
    """A clear no. of_address: said of the recipient, not of the mail."""

    code: int
    words: str
    of_address: bool = False

    @property
    def for_good(self) -> bool:
        """Whether trying again makes no sense."""
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.code} {self.words}"


class Line:
    """A connection to the mail server. took: mails it took since it was opened."""

    def __init__(self) -> None:
        self._backend = get_connection()
        self._open = False
        self.took = 0

    @property
    def is_open(self) -> bool:
        """Whether it was opened and did not break since."""
        return self._open

    def open(self) -> None:
        """Open it if it is not. Raises Away."""
        if self._open:
            return
        try:
            self._backend.open()
        except OSError as wrong:  # smtplib's errors are OSErrors too
            self.close()
            raise Away(str(wrong)) from wrong
        self._open, self.took = True, 0

    def close(self) -> None:
        """Close it. What was sent is sent, even if it breaks now."""
        self._open = False
        try:
            self._backend.close()
        except OSError:
            log.info("The connection to the mail server broke while it was closed")
            self._backend = get_connection()

    def hand(self, mail: EmailMultiAlternatives, data: bytes) -> Refusal | None:
        """Hand one mail over: None when it was taken, else what was said. Raises Away or Unanswered; then it is closed.

        data: the mail's bytes, as `bytes_of` makes them.
        """
        self.open()
        with _watched(self._backend) as leaving:
            try:
                self._hand(mail, data)
            except smtplib.SMTPRecipientsRefused as refused:
                code, words = next(iter(refused.recipients.values()))
                return self._refused(code, words, of_address=True)
            except smtplib.SMTPResponseException as refused:
                return self._refused(refused.smtp_code, refused.smtp_error)
            except (
                smtplib.SMTPNotSupportedError
            ) as refused:  # an address in a script that the server does not take
                return Refusal(553, str(refused))
            except OSError as wrong:
                begun = leaving()
                self.close()
                raise (Unanswered if begun else Away)(str(wrong)) from wrong
        self.took += 1
        return None

    def _hand(self, mail: EmailMultiAlternatives, data: bytes) -> None:
        smtp = getattr(self._backend, "connection", None)
        if isinstance(smtp, smtplib.SMTP):
            sender, to = (sanitize_address(each, "utf-8") for each in (mail.from_email, mail.to[0]))
            smtp.sendmail(sender, [to], data)
        else:  # files, or a test's list
            self._backend.send_messages([mail])

    def _refused(self, code: int, words: bytes | str, *, of_address: bool = False) -> Refusal:
        said = words.decode(errors="replace") if isinstance(words, bytes) else words
        if code == CLOSING:
            self.close()
            raise Away(f"{code} {said}")
        return Refusal(code, said, of_address)


def bytes_of(mail: EmailMultiAlternatives) -> bytes:
    """Return the mail as it goes over the wire. Raises what an impossible mail raises, before anything leaves."""
    return bytes(mail.message().as_bytes(linesep="\r\n"))


@contextmanager
def _watched(backend: Any) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether the mail itself had begun to leave; what is no SMTP always may have."""
    smtp = getattr(backend, "connection", None)
    if not isinstance(smtp, smtplib.SMTP):
        yield lambda: True
        return
    begun: list[bool] = []
    data = smtp.data

    def noted(message: Any) -> Any:
        begun.append(True)
        return data(message)

    smtp.data = noted  # type: ignore[method-assign, assignment]
    try:
        yield lambda: bool(begun)
    finally:
        smtp.data = data  # type: ignore[method-assign]
