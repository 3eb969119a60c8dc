"""Sign in as people do, so that the sign-in is a fresh one."""

import re

from django.core import mail
from django.test import Client


def code() -> str:
    """The code in the newest mail."""
    found = re.search(r"[A-Z]{3}-[A-Z]{3}", mail.outbox[-1].subject)
    assert found, mail.outbox[-1].subject
    return found[0]


def by_code(email: str, client: Client | None = None) -> Client:
    """A browser in which the account signed in by a code just now."""
    client = client or Client()
    client.post("/accounts/login/", {"login": email})
    answer = client.post("/accounts/login/code/confirm/", {"code": code()})
    assert answer.status_code == 302, answer.content.decode()
    return client
