"""Files that were read and shown, and wait for somebody to apply them."""

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from seminars.calendars.importing.fetching import host_of
from seminars.calendars.importing.incoming import MOST_BYTES
from seminars.calendars.importing.models import WaitingImport
from seminars.people.models import Community


def keep(
    *,
    community: Community,
    content: bytes,
    name: str,
    address: str = "",
    choices: Mapping[str, Any],
    now: datetime,
    actor_id: int,
) -> WaitingImport:
    """Return the file, kept for two days. name: of the file; of an address its host is taken."""
    return WaitingImport.objects.create(
        community=community,
        name=(name or host_of(address))[:200],
        address=address,
        content=zlib.compress(content),
        choices=dict(choices),
        made_at=now,
        made_by_id=actor_id,
    )


def left_in(community: Community) -> list[WaitingImport]:
    """Return what waits to be applied in the community, the latest first, without its bytes."""
    found = WaitingImport.objects.filter(community=community, applied_at=None).defer("content")
    return list(found.select_related("made_by__person").order_by("-pk")[:20])


def content_of(waiting: WaitingImport) -> bytes:
    """Return the file's bytes."""
    return zlib.decompressobj().decompress(bytes(waiting.content), MOST_BYTES + 1)


def choose(waiting: WaitingImport, choices: Mapping[str, Any]) -> None:
    """Keep what was chosen on the page, so that it is there again when somebody comes back."""
    waiting.choices = dict(choices)
    WaitingImport.objects.filter(pk=waiting.pk).update(choices=waiting.choices)


def claim(waiting: WaitingImport, *, now: datetime) -> bool:
    """Return whether it is ours to apply: of two clicks one is. Call it in the transaction that applies."""
    return bool(WaitingImport.objects.filter(pk=waiting.pk, applied_at=None).update(applied_at=now))


def forget(*, before: datetime) -> int:
    """Return how many files from before `before` are gone now."""
    return int(WaitingImport.objects.filter(made_at__lt=before).delete()[0])
