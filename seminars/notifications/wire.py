"""A mail's bytes, and how they go to the mail server in as few rounds as it allows: two for each mail (RFC 2920)."""

import contextlib
import re
import secrets
import smtplib
from collections.abc import Callable
from email.generator import BytesGenerator
from email.policy import Compat32
from io import BytesIO
from typing import Any

from django.core.mail import EmailMultiAlternatives

LONGEST_LINE, LONGEST_WHOLE = (
    78,
    900,
)  # of a header that is not folded, with blanks and without (RFC 5322 §2.1.1)
_DOT = re.compile(rb"^\.", re.MULTILINE)
CLOSING = 421  # "service not available, closing": of the connection, not of the mail (RFC 5321 §4.2.1)
_TAKEN = {250, 251}  # "done", "will forward" (RFC 5321 §4.2.3)
_GO_ON = 354


class _Short(Compat32):
    """The standard library's folding, without its work where a header is short and plain: then it stays as it is."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header's lines."""
        if not isinstance(value, str):
            return super().fold_binary(name, value)
        whole = " " not in value  # a long address: folded, it would leave an empty first line
        fits = len(name) + 2 + len(value) <= (LONGEST_WHOLE if whole else LONGEST_LINE)
        if fits and value.isascii() and value.isprintable() and value == value.strip():
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Short(linesep="\r\n")


def bytes_of(mail: EmailMultiAlternatives) -> bytes:
    """Return the mail as it goes over the wire. Raises what an impossible mail raises, before anything leaves.

    As Django makes it, in half the time: nobody searches the text for a boundary that cannot be in it, or folds what
    is short.
    """
    message = mail.message()
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{secrets.token_hex(16)}")
    file = BytesIO()
    BytesGenerator(file, mangle_from_=False, policy=_POLICY).flatten(message)
    return file.getvalue()


def hand_over(smtp: smtplib.SMTP, sender: str, to: str, data: bytes, *, leaves: Callable[[], object]) -> None:
    """Hand one mail to the mail server. Raises what `smtplib.SMTP.sendmail` raises, and OSError.

    data: with CRLF at the end of each line. leaves: called before the first byte of the mail itself leaves. Where the
    server pipelines, the envelope and DATA go in one piece, so that a server far away costs two rounds and not four.
    """
    smtp.ehlo_or_helo_if_needed()
    _envelope(smtp, sender, to, f" SIZE={len(data)}" if smtp.has_extn("size") else "")
    leaves()
    end = b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
    smtp.send(_DOT.sub(b"..", data) + end)
    code, words = smtp.getreply()
    if code != 250:
        _begin_anew(smtp)
        raise smtplib.SMTPDataError(code, words)


# Below: how it is done.


def _envelope(smtp: smtplib.SMTP, sender: str, to: str, size: str) -> None:
    """MAIL, RCPT and DATA, in one piece or one by one; every answer is looked at (RFC 2920 §3.1)."""
    lines = [f"MAIL FROM:{smtplib.quoteaddr(sender)}{size}", f"RCPT TO:{smtplib.quoteaddr(to)}", "DATA"]
    if any("\r" in each or "\n" in each for each in lines):
        raise ValueError("An address with a line break would be a command.")
    if not all(map(str.isascii, lines)):
        raise smtplib.SMTPNotSupportedError("The mail server takes addresses in ASCII only.")
    answers: list[tuple[int, bytes]] = []
    for piece in [lines] if smtp.has_extn("pipelining") else [[each] for each in lines]:
        smtp.send("".join(f"{each}\r\n" for each in piece).encode("ascii"))
        answers += [_answer(smtp) for _each in piece]
        if no := _refusal(answers, sender, to):
            if (
                answers[-1][0] == _GO_ON
            ):  # it waits for a mail that nobody is to get: hang up, for a dot would be one
                smtp.close()
            else:
                _begin_anew(smtp)
            raise no


def _refusal(answers: list[tuple[int, bytes]], sender: str, to: str) -> smtplib.SMTPException | None:
    """The first clear no of the answers so far."""
    if answers[0][0] != 250:
        return smtplib.SMTPSenderRefused(*answers[0], sender)
    if len(answers) > 1 and answers[1][0] not in _TAKEN:
        return smtplib.SMTPRecipientsRefused({to: answers[1]})
    return smtplib.SMTPDataError(*answers[2]) if len(answers) > 2 and answers[2][0] != _GO_ON else None


def _answer(smtp: smtplib.SMTP) -> tuple[int, bytes]:
    """The next answer. Raises SMTPResponseException where the server closes the connection with it."""
    code, words = smtp.getreply()
    if code == CLOSING:
        raise smtplib.SMTPResponseException(code, words)
    return code, words


def _begin_anew(smtp: smtplib.SMTP) -> None:
    """Have the server forget the envelope; one that is gone has."""
    with contextlib.suppress(smtplib.SMTPServerDisconnected):
        smtp.rset()
