"""A kind of mail that says one word, so that sending can be tried without what it tells."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from seminars.notifications import composing, kinds
from seminars.notifications.letters import Kind
from seminars.notifications.models import Message
from seminars.notifications.posting import Letter, Recipient, post
from seminars.people.models import Community


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, community: Community) -> Kind:
    """The kind "poll" with facts of its own: what `facts` holds is the title."""

    def facts(message: Message, now: datetime) -> dict[str, Any]:
        title = message.facts.get("title", "A word")
        return {
            "poll": {"title": title},
            "slots": [],
            "community": community,
            "address": "https://x.example/",
        }

    kind = Kind("poll", "A word", facts, lambda now, zone: None)
    monkeypatch.setattr(composing, "KINDS", kinds.KINDS | {"poll": kind})
    return kind


def write_down(emails: Iterable[str], now: datetime, *, revision: int = 1, **facts: Any) -> int:
    """Post one mail to each address, due at once."""
    letters = [Letter(Recipient(email), facts) for email in emails]
    with transaction.atomic():
        return post(kind="poll", subject="poll:1", revision=revision, letters=letters, due_at=now, now=now)


def states() -> dict[str, str]:
    """Where each address' mail stands."""
    return dict(Message.objects.order_by("pk").values_list("email", "state"))
