"""The mails that the embedded default keeps as files instead of sending them, read back."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

NEWEST = 100  # mails shown; the folder keeps all
_END = re.compile(rb"^-{79}\r?\n", re.MULTILINE)  # what Django's file backend writes after each mail
_CODE = re.compile(r"^\s*([A-Z0-9]{2,6}(?:-[A-Z0-9]{2,6}){1,3}|\d{6,8})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One mail. name: its address below /mailbox/. code: the sign-in code in it, "" without one. at: aware UTC."""

    name: str
    sender: str
    to: str
    subject: str
    at: datetime | None
    text: str
    code: str


def mails(folder: Path) -> list[Mail]:
    """Return the newest mails in `folder`, newest first; none when there is no folder. Other files are passed over."""
    files = sorted(folder.glob("*.log"), key=lambda file: (_changed(file), file.name), reverse=True)
    found: list[Mail] = []
    for file in files:
        found += reversed(_in_file(file))
        if len(found) >= NEWEST:
            break
    return found[:NEWEST]


def mail(folder: Path, name: str) -> Mail | None:
    """Return the mail called `name`; None when there is none. The name never becomes a path."""
    return next((each for each in mails(folder) if each.name == name), None)


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # gone since it was listed
        return 0.0


def _in_file(file: Path) -> list[Mail]:
    try:
        parts = _END.split(file.read_bytes())
    except OSError:
        return []
    return [_read(part, f"{file.stem}-{number}") for number, part in enumerate(parts) if part.strip()]


def _read(data: bytes, name: str) -> Mail:
    message = message_from_bytes(data, policy=policy.default)
    body = message.get_body(preferencelist=("plain",)) if isinstance(message, EmailMessage) else None
    text = _text(body) if isinstance(body, EmailMessage) else ""
    code = _CODE.search(text)
    return Mail(
        name=name,
        sender=str(message.get("From", "")),
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        at=_at(str(message.get("Date", ""))),
        text=text,
        code=code[1] if code else "",
    )


def _text(body: EmailMessage) -> str:
    try:
        return str(body.get_content())
    except (LookupError, ValueError):  # an encoding that does not exist
        return body.get_payload(decode=True).decode("utf-8", "replace")  # type: ignore[union-attr]


def _at(date: str) -> datetime | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None
