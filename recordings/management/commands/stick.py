"""`manage.py stick TARGET`: write the offline edition, a site that opens from a USB stick without a server."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recordings.management.progress import Bar
from recordings.preservation.bags.folders import CannotPack, write_file
from recordings.preservation.bags.streaming import plain_zip_of
from recordings.preservation.sticks.choosing import EDITIONS, Order
from recordings.preservation.sticks.fitting import TooSmall
from recordings.preservation.sticks.making import Plan, missing, pieces_of, plan_of
from recordings.preservation.sticks.pieces import Damaged, Piece
from seminars.people.models import Community
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Series

UNITS = {"": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
ROOM = 0.97
"""The part of a stick's size that files can have; the rest is its table of contents."""


class Command(BaseCommand):
    """Only what everybody may see, unless --members is given. Run again, whole files are not written again."""

    help = "Write the archive as a site that opens from a stick, by START.html. TARGET is a folder, or ends in .zip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", metavar="TARGET")
        parser.add_argument(
            "--series", action="append", default=[], metavar="SLUG", help="only these; may be repeated"
        )
        parser.add_argument("--community", action="append", default=[], metavar="SLUG", help="only of these")
        parser.add_argument(
            "--language", action="append", default=[], metavar="TAG", help="spoken, or with captions in"
        )
        parser.add_argument(
            "--pages", default=settings.LANGUAGE_CODE, metavar="TAG", help="language of the pages"
        )
        parser.add_argument(
            "--editions", default=",".join(EDITIONS), metavar="NAMES", help=", ".join(EDITIONS)
        )
        parser.add_argument(
            "--size", default="", metavar="SIZE", help="of the stick, as 16GB; large videos stay out first"
        )
        parser.add_argument("--members", action="store_true", help="also what is for members only")

    def handle(self, *args: Any, **options: Any) -> None:
        order, target = order_of(options), Path(options["target"]).expanduser()
        try:
            plan = plan_of(order, now=timezone.now())
        except TooSmall as wrong:
            needed = f"{wrong.needed / 10**6:,.0f} MB"
            words = f"Even without any video it takes {needed}. Take a larger stick, or fewer series."
            raise CommandError(words) from wrong
        if not plan.items:
            raise CommandError("Nothing in the archive answers to this.")
        if gone := missing(plan):
            raise CommandError("\n".join(gone))
        try:
            with Bar(self.stderr, plan.fit.total) as bar:
                write(plan, target, bar)
        except (CannotPack, Damaged) as wrong:
            raise CommandError(str(wrong)) from wrong
        left = f" {plan.left_out} large files stayed out; each page says which." if plan.left_out else ""
        self.stdout.write(f"{target}: {plan.items} sessions and recordings. Open START.html.{left}")


def order_of(options: dict[str, Any]) -> Order:
    """Return what was asked for. Raises CommandError."""
    editions = frozenset(filter(None, options["editions"].split(",")))
    if strange := sorted(editions - set(EDITIONS)):
        raise CommandError(f"There is no edition “{strange[0]}”. There are: {', '.join(EDITIONS)}.")
    for model, slugs in ((Series, options["series"]), (Community, options["community"])):
        known = set(model._default_manager.filter(slug__in=slugs).values_list("slug", flat=True))
        if unknown := sorted(set(slugs) - known):
            raise CommandError(f"There is no {model._meta.verbose_name} “{unknown[0]}”.")
    return Order(
        visitor=Visitor(is_admin=True) if options["members"] else NOBODY,
        for_members=options["members"],
        communities=tuple(options["community"]),
        series=tuple(options["series"]),
        languages=tuple(options["language"]),
        editions=editions,
        limit=bytes_of(options["size"]) if options["size"] else None,
        language=options["pages"],
    )


def bytes_of(size: str) -> int:
    """Return how many bytes of files a stick of this size holds: "16GB", "500 MB". Raises CommandError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]b|)", size.strip().lower())
    if found is None:
        raise CommandError(f"“{size}” is not a size. Write it as 16GB or 500MB.")
    return int(float(found[1]) * UNITS[found[2]] * ROOM)


def write(plan: Plan, target: Path, bar: Bar) -> None:
    """Write the stick. Raises CannotPack, Damaged."""
    if target.suffix.lower() == ".zip":
        if target.exists():
            raise CannotPack(f"{target} is there already. Choose another name.")
        write_file(target, counted(plain_zip_of(pieces_of(plan), target.stem, now=plan.now), bar))
        return
    if target.exists() and not target.is_dir():
        raise CannotPack(f"{target} is not a folder. Choose another place.")
    for piece in pieces_of(plan):
        if not is_there(piece, target / piece.path):
            write_file(target / piece.path, piece.blocks())
        bar.step(piece.size or 0)


def is_there(piece: Piece, path: Path) -> bool:
    """Return whether a file of the store lies there whole: files are written whole or not at all, so its size tells."""
    return bool(piece.sha256) and path.is_file() and path.stat().st_size == piece.size


def counted(blocks: Any, bar: Bar) -> Any:
    """Yield the blocks and tell the bar."""
    for block in blocks:
        bar.step(len(block))
        yield block
