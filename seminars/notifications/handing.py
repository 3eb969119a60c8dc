"""Hand one mail after the other to the mail server, over a connection that lasts, and say plainly what became of it."""

import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address

from seminars.notifications import wire

log = logging.getLogger(__name__)


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

        data: the mail's bytes, as `wire.bytes_of` makes them.
        """
        self.open()
        begun: list[bool] = []
        try:
            self._hand(mail, data, lambda: begun.append(True))
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
            self.close()
            raise (Unanswered if begun else Away)(str(wrong)) from wrong
        self.took += 1
        return None

    def _hand(self, mail: EmailMultiAlternatives, data: bytes, leaves: Callable[[], object]) -> None:
        """leaves: called before the mail itself leaves; what is no SMTP never says so before."""
        smtp = getattr(self._backend, "connection", None)
        if isinstance(smtp, smtplib.SMTP):
            sender, to = (sanitize_address(each, "utf-8") for each in (mail.from_email, mail.to[0]))
            wire.hand_over(smtp, sender, to, data, leaves=leaves)
        else:  # files, or a test's list
            leaves()
            self._backend.send_messages([mail])

    def _refused(self, code: int, words: bytes | str, *, of_address: bool = False) -> Refusal:
        said = words.decode(errors="replace") if isinstance(words, bytes) else words
        smtp = getattr(self._backend, "connection", None)
        if code == wire.CLOSING or getattr(smtp, "sock", None) is None:  # it closes, or had to be hung up on
            self.close()
        if code == wire.CLOSING:
            raise Away(f"{code} {said}")
        return Refusal(code, said, of_address)
