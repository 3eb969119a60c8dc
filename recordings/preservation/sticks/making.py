"""A stick: how large it gets, and its files, for the page that offers it and the command that writes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from recordings.catalogue.models import OriginalKind
from recordings.preservation.sticks.choosing import File, Order
from recordings.preservation.sticks.fitting import Fit, fit
from recordings.preservation.sticks.items import items_of
from recordings.preservation.sticks.pieces import Piece, lost, text_piece
from recordings.preservation.sticks.showing import Files
from recordings.preservation.sticks.site import site_pieces

PAGE_BYTES = 160 * 1024
"""What the pages, reports and papers of an item take at most, as a stick counts them."""
SEARCH_BYTES = 8 * 1024**2
WORDS_TIMES = 8
"""Captions come back in the page, its passages and the index, each in small files."""


@dataclass(frozen=True)
class Plan:
    """What would go onto a stick. items: how many pages of recordings and sessions."""

    order: Order
    fit: Fit
    items: int
    now: datetime

    @property
    def left_out(self) -> int:
        """How many files stay out for want of room, or because a stick cannot hold them."""
        return sum(1 for why in self.fit.left.values() if why != "not-wanted")


def plan_of(order: Order, *, now: datetime) -> Plan:
    """Return what would go onto the stick; reads rows only. Raises fitting.TooSmall."""
    files: list[File] = []
    count, said = 0, 0
    for item in items_of(order, now):
        count += 1
        for each in item.files:
            said += each.size if each.kind == OriginalKind.CAPTIONS else 0
            files.append(File(each.sha256, each.size, each.media_type, each.edition, each.kind))
    pages = SEARCH_BYTES + PAGE_BYTES * count + WORDS_TIMES * said
    return Plan(order, fit(files, editions=order.editions, limit=order.limit, pages=pages), count, now)


def pieces_of(plan: Plan) -> Iterator[Piece]:
    """Yield every file of the stick, each made when it is written. Raises pieces.Damaged."""
    with override(plan.order.language):
        title = _("From the archive of %(site)s") % {"site": settings.SITE_NAME}
    files = Files(left=dict(plan.fit.left))
    yield from site_pieces(plan.order, files, title=title, now=plan.now)
    facts = {"title": title, "site": settings.MERIDIAN_URL, "made": plan.now}
    yield text_piece("README.txt", lambda: render_to_string("recordings/offline/STICK.txt", facts))


def missing(plan: Plan) -> list[str]:
    """Return a sentence for each file that is gone from the store or cut, told without reading any."""
    wanted = (each for item in items_of(plan.order, plan.now) for each in item.files)
    return lost(
        Piece(each.sha256[:12], size=each.size, sha256=each.sha256)
        for each in wanted
        if each.sha256 not in plan.fit.left
    )
