"""`manage.py bag …`: pack the archive or a part of it into a bag (BagIt 1.0), or say whether a bag is whole."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recordings.management.progress import AGAIN, GOES_ON, Bar
from recordings.preservation.bags.choosing import ALL, KINDS, Chosen, Nothing, Scope
from recordings.preservation.bags.contents import label_of, missing, pieces_of
from recordings.preservation.bags.folders import CannotPack, write_file, write_folder
from recordings.preservation.bags.freezing import Frozen
from recordings.preservation.bags.noting import taken
from recordings.preservation.bags.reading import NotABag, open_bag
from recordings.preservation.bags.streaming import zip_of
from recordings.preservation.bags.verifying import verify
from recordings.preservation.sticks.pieces import Damaged


class Command(BaseCommand):
    """A folder that was begun is finished by the same command; a target that ends in .zip becomes a ZIP."""

    help = (
        "Pack a bag: `bag all TARGET`, or `bag community|series|session SLUG TARGET`. TARGET is a folder, finished if "
        "it was begun, or a file that ends in .zip. `bag --verify PATH` says whether a bag is whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="*", metavar="WHAT [SLUG] TARGET")
        parser.add_argument(
            "--verify", metavar="PATH", help="check this bag, a folder or a ZIP, and make none"
        )
        parser.add_argument(
            "--editions",
            metavar="NAMES",
            help="only these editions, as voice,slides_voice; without it all of them. Originals always go along",
        )
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            type=str.lower,
            choices=[tag for tag, _name in settings.LANGUAGES],
            help="of the offline pages",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"]:
            self.verify(Path(options["verify"]))
            return
        scope, target = asked(options["what"])
        names = options["editions"]
        editions = None if names is None else frozenset(filter(None, names.split(",")))
        chosen = Chosen(scope, timezone.now(), editions)
        try:
            if gone := missing(chosen):
                raise CommandError("\n".join(gone))
            with Frozen(chosen) as frozen:
                self.pack(frozen, target, options["language"])
                taken(frozen, now=timezone.now())
        except Nothing as wrong:
            raise CommandError(nothing(scope)) from wrong
        except (CannotPack, Damaged) as wrong:
            raise CommandError(str(wrong)) from wrong
        except OSError as wrong:
            raise CommandError(f"The folder {target} cannot be written ({wrong.strerror}).") from wrong

    def pack(self, frozen: Frozen, target: Path, language: str) -> None:
        """Write the bag."""
        chosen = frozen.chosen
        total = sum(size for size, _media_type in frozen.going.values())
        label = label_of(chosen.scope, chosen.now)
        pieces = pieces_of(frozen, language=language)
        is_zip = target.suffix.lower() == ".zip"
        with Bar(self.stderr, total, stopped=AGAIN if is_zip else GOES_ON) as bar:
            if is_zip:
                if target.exists():
                    raise CannotPack(f"{target} is there already. Choose another name.")
                packed = zip_of(pieces, label, now=chosen.now, progress=bar.step)
                write_file(target, packed, goes_on=False)
                there = 0
            else:
                there = write_folder(pieces, label, target, now=chosen.now, progress=bar.step)
        again = f" {there} of them were there already." if there else ""
        self.stdout.write(f"{target}: a bag with {len(frozen.going)} files of the store.{again}")

    def verify(self, path: Path) -> None:
        """Verify a bag. Raises CommandError with all that is wrong."""
        try:
            with open_bag(path) as bag, Bar(self.stderr, 0, stopped=AGAIN) as bar:
                found = verify(bag, progress=bar.at)
        except NotABag as wrong:
            raise CommandError(str(wrong)) from wrong
        if not found.is_whole:
            raise CommandError("\n".join([*found.problems, f"{path} is not whole."]))
        self.stdout.write(f"{path} is whole: {found.files} files, {found.bytes:,} bytes.")


def asked(words: list[str]) -> tuple[Scope, Path]:
    """Return what to pack and where to. Raises CommandError."""
    match words:
        case ["all", target]:
            return Scope(ALL), Path(target).expanduser()
        case [kind, slug, target] if kind in KINDS and kind != ALL:
            return Scope(kind, slug), Path(target).expanduser()
    raise CommandError("Say what to pack: `bag all TARGET`, or `bag community|series|session SLUG TARGET`.")


def nothing(scope: Scope) -> str:
    """Return what to say where there is nothing to pack."""
    if scope.kind == ALL:
        return "Nothing is in the archive yet: no session is over and out."
    return f"There is no {scope.kind} “{scope.slug}” of which a session is over and out."
