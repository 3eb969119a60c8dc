"""`manage.py stick TARGET`: write the offline edition, a site that opens from a USB stick without a server."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recordings.management.progress import AGAIN, GOES_ON, Bar
from recordings.preservation.bags.folders import PART, CannotPack, write_file
from recordings.preservation.bags.paths import BadPath, checked
from recordings.preservation.bags.streaming import plain_zip_of
from recordings.preservation.sticks.choosing import EDITIONS, Order
from recordings.preservation.sticks.fitting import TooSmall, room_on
from recordings.preservation.sticks.making import Plan, missing, pieces_of, plan_of
from recordings.preservation.sticks.pieces import Damaged, Piece
from seminars.people.models import Community
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Series

UNITS = {"": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
LIST = "look/list.txt"
"""Names what was put onto a stick, files of the store with their hashes: the next time these need not be written again,
and what is not wanted any more can go, and nothing else."""
MOST_LIST = 256 * 1024**2


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
            "--pages",
            default=settings.LANGUAGE_CODE,
            type=str.lower,
            choices=[tag for tag, _name in settings.LANGUAGES],
            help="language of the pages",
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
            with Bar(self.stderr, plan.fit.total, stopped=AGAIN if is_zip(target) else GOES_ON) as bar:
                write(plan, target, bar)
        except (CannotPack, Damaged) as wrong:
            raise CommandError(str(wrong)) from wrong
        except OSError as wrong:
            raise CommandError(f"The folder {target} cannot be written ({wrong.strerror}).") from wrong
        left = (
            f" {plan.left_out} large file{'s' * (plan.left_out > 1)} stayed out; each page says which."
            if plan.left_out
            else ""
        )
        items = "1 session or recording" if plan.items == 1 else f"{plan.items} sessions and recordings"
        self.stdout.write(f"{target}: {items}. Open START.html.{left}")


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
    return room_on(int(float(found[1]) * UNITS[found[2]]))


def is_zip(target: Path) -> bool:
    """Return whether one file is wanted, not a folder."""
    return target.suffix.lower() == ".zip"


def write(plan: Plan, target: Path, bar: Bar) -> None:
    """Write the stick. What an earlier one had in that folder and this one has not is removed.

    Raises CannotPack, Damaged.
    """
    if is_zip(target):
        if target.exists():
            raise CannotPack(f"{target} is there already. Choose another name.")
        packed = plain_zip_of(pieces_of(plan), target.stem, now=plan.now)
        write_file(target, counted(packed, bar), goes_on=False)
        return
    if target.exists() and not target.is_dir():
        raise CannotPack(f"{target} is not a folder. Choose another place.")
    if (target / "START.html").exists() and not (target / LIST).exists():
        # of somebody's own, or a ZIP that was unpacked: what was in that and is for members would stay
        raise CannotPack(
            f"{target} has a START.html that this command did not write. Choose an empty folder."
        )
    before, wanted = listed(target), {LIST: ""}
    (target / LIST).parent.mkdir(parents=True, exist_ok=True)
    with (target / LIST).open("ab", buffering=0) as noted:
        noted.write(b"\n")
        for piece in pieces_of(plan):
            wanted[piece.path] = piece.sha256
            if not is_there(piece, target / piece.path, before):
                noted.write(
                    f"{piece.path}\n".encode()
                )  # first: whatever ends us, it is named, and not taken for whole
                write_file(target / piece.path, piece.blocks())
                noted.write(f"{piece.path} {piece.sha256}\n".encode())
            bar.step(piece.size or 0)
    for path in before.keys() - wanted.keys():
        remove(target, path)
    write_file(target / LIST, (f"{path} {sha256}\n".encode() for path, sha256 in sorted(wanted.items())))


def listed(target: Path) -> dict[str, str]:
    """Return what was put into the folder before, with hashes; paths that lead elsewhere are none of ours."""
    found: dict[str, str] = {}
    try:
        with (target / LIST).open(encoding="ascii", errors="replace") as file:
            lines = file.read(MOST_LIST).splitlines()
    except FileNotFoundError:
        return found
    for line in lines:
        path, _space, sha256 = line.partition(" ")
        with suppress(BadPath):
            found[checked(path)] = sha256
    return found


def remove(target: Path, path: str) -> None:
    """Remove a file below the folder, half written or whole, and folders that are empty then; never through a link."""
    for each in (target / path, target / f"{path}{PART}"):
        if each.parent.resolve().is_relative_to(target.resolve()):
            each.unlink(missing_ok=True)
    for folder in (target / path).parents:
        if folder == target or not folder.is_dir() or any(folder.iterdir()):
            break
        folder.rmdir()


def is_there(piece: Piece, path: Path, listed: dict[str, str]) -> bool:
    """Return whether a file of the store lies there, written whole before; its size tells that nobody cut it since."""
    same = bool(piece.sha256) and listed.get(piece.path) == piece.sha256
    return same and path.is_file() and path.stat().st_size == piece.size


def counted(blocks: Any, bar: Bar) -> Any:
    """Yield the blocks and tell the bar."""
    for block in blocks:
        bar.step(len(block))
        yield block
