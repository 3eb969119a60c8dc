"""Import a bag: check all of it, plan, then the files, one by one, then all rows at once or none.

Stopped in the middle and run again it goes on: files that are in the store are not written again, and rows come
together or not at all. What search and editions need follows as for any other recording.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from recordings.assets import presence, store
from recordings.assets.models import Asset
from recordings.catalogue.addresses import file_name
from recordings.catalogue.models import Recording
from recordings.preservation.bags.reading import Bag, NotABag
from recordings.preservation.bags.rows import Row, key_in, mark_of
from recordings.preservation.bags.schema import BY_NAME, TABLES, Table
from recordings.preservation.bags.verifying import verify
from recordings.preservation.fixity.models import Outcome
from recordings.preservation.fixity.verifying import mend_with
from recordings.preservation.importing.metadata import Metadata, read_metadata
from recordings.preservation.importing.planning import Plan, column, plan_of, values_of
from seminars.changes.recording import record
from seminars.queue.enqueue import nudge

FROM_BAG = gettext_noop("Brought back from a bag.")
INDEX_DOOR = "recordings.tasks.index"
BATCH = 500
Progress = Callable[[int, int], None]


class CannotImport(Exception):
    """The bag cannot come in; `problems` say why, each a sentence. Nothing was written."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Imported:
    """What came of it. rows, files: how many are new. same: rows that were here. differing: in words, what stays.

    mended: hashes of files that were damaged or gone here, and are good again.
    """

    rows: int
    files: int
    same: int
    differing: list[str]
    mended: list[str]


def import_bag(bag: Bag, *, now: datetime, progress: Progress = lambda done, total: None) -> Imported:
    """Return what came in. now: aware UTC. progress: bytes done and in all, of checking and then of copying.

    A file that is here, too, is read here; where it is damaged or gone, the bag's takes its place, as its history says.

    Raises CannotImport; what it found by then is left as it was. So it is where the database itself fails.
    """
    checked = verify(bag, progress=progress)
    if not checked.is_whole:
        raise CannotImport(checked.problems)
    try:
        metadata = read_metadata(bag)
        _agree(metadata, checked.sums)
        plan = plan_of(metadata)
        if plan.conflicts:
            raise CannotImport([*plan.conflicts, _("Nothing was imported.")])
        presence.check()
        brought, mended = _bring_files(bag, metadata, now=now, progress=progress)
        _write_rows(metadata, plan, now=now)
    except (NotABag, presence.Away) as wrong:
        raise CannotImport([str(wrong)]) from wrong
    except (
        IntegrityError,
        DataError,
        OverflowError,
        UnicodeEncodeError,
    ) as wrong:  # values no table can hold
        words = _("The rows clash with what is here: %(reason)s. Nothing was imported.")
        raise CannotImport([words % {"reason": str(wrong).splitlines()[0]}]) from wrong
    return Imported(plan.rows, brought, plan.same, plan.differing, mended)


# Below: how it is done.


def _agree(metadata: Metadata, sums: dict[str, dict[str, str]]) -> None:
    """The rows call each file by the hash that the manifests have of it."""
    for sha256, path in metadata.places.items():
        if sums[path]["sha256"] != sha256:
            words = _("%(path)s is another file than its row says. Make the bag again.")
            raise NotABag(words % {"path": path})


def _bring_files(bag: Bag, metadata: Metadata, *, now: datetime, progress: Progress) -> tuple[int, list[str]]:
    """How many files are new, and the hashes of those that were mended; the others were good here."""
    rows = {row["sha256"]: row for row in metadata.tables["assets"]}
    total = sum(rows[sha256]["size"] for sha256 in metadata.places)
    done, brought, mended = 0, 0, []
    for sha256, path in metadata.places.items():
        row = rows[sha256]
        try:
            asset = Asset.objects.here().filter(sha256=sha256).first()
            if asset:
                seen = mend_with(asset, bag.blocks(path), note=FROM_BAG, clock=lambda: now)
                if seen.outcome == Outcome.REPAIRED:
                    mended.append(sha256)
                elif not seen.good:
                    raise _changed(path)
            else:
                _keep(bag, path, row, now)
                brought += 1
        except (store.Empty, store.TooLarge, store.DiskFull) as wrong:
            raise CannotImport([f"{path}: {wrong}"]) from wrong
        done += row["size"]
        progress(done, total)
    return brought, mended


def _keep(bag: Bag, path: str, row: Row, now: datetime) -> None:
    """Put a file of the bag into the store."""
    with store.staging(bag.blocks(path), limit=row["size"]) as staged:
        if staged.sha256 != row["sha256"]:
            raise _changed(path)
        asset = store.keep(staged, media_type=row["media_type"], probe=row["probe"], now=now)
    kept_at = column(BY_NAME["assets"], "kept_at").to_python(
        row["kept_at"]
    )  # when it was first kept is older
    Asset.objects.filter(pk=asset.pk).update(kept_at=kept_at)


def _changed(path: str) -> CannotImport:
    words = _("%(path)s was changed while it was read. Import the bag again.")
    return CannotImport([words % {"path": path}])


def _write_rows(metadata: Metadata, plan: Plan, *, now: datetime) -> None:
    """Write all new rows in one transaction, in an order in which each finds what it belongs to."""
    with transaction.atomic():
        for table in TABLES:
            _write_table(table, metadata, plan, now)
        for table in TABLES:
            _link_later(table, plan)
        if plan.rows:
            scopes = {f"series:{pk}" for pk in plan.known["series"].values()}
            scopes |= {f"community:{pk}" for pk in plan.known["communities"].values()}
            note = f"{plan.rows} rows from a bag of {metadata.site}"
            record(kind="imported", subject="archive", scopes=scopes, now=now, note=note[:500])
        for row in plan.new["recordings"]:
            nudge(INDEX_DOOR, recording_id=plan.known["recordings"][key_in(BY_NAME["recordings"], row)])


def _write_table(table: Table, metadata: Metadata, plan: Plan, now: datetime) -> None:
    rows = plan.new[table.name]
    if table.name == "assets":
        rows = _tombstones(rows, metadata, plan)
    made = []
    for first in range(0, len(rows), BATCH):
        some = rows[first : first + BATCH]
        filled = _filled(table, some, plan, now)
        here = [
            table.model(**values_of(table, row, plan) | own) for row, own in zip(some, filled, strict=True)
        ]
        made += table.model._default_manager.bulk_create(here)
    for row, each in zip(rows, made, strict=True):
        plan.known[table.name][key_in(table, row)] = each.pk
        for name, other in table.many.items():
            getattr(each, name).set([plan.known[other][mark_of(target)] for target in row[name]])


def _tombstones(rows: list[Row], metadata: Metadata, plan: Plan) -> list[Row]:
    """Those of the new rows whose file stayed at home. The others came in with their file, and have their row by now.

    Raises CannotImport where such a row has gone since: nothing points at it yet, so `fixity.shedding` lets it go after
    a week, and written as a tombstone it would never be missed.
    """
    there: dict[str, int] = {}
    for first in range(0, len(rows), BATCH):  # a database takes only so many values in one question
        hashes = [row["sha256"] for row in rows[first : first + BATCH]]
        there |= dict(Asset.objects.filter(sha256__in=hashes).values_list("sha256", "pk"))
    without = []
    for row in rows:
        if row["sha256"] in there:
            plan.known["assets"][key_in(BY_NAME["assets"], row)] = there[row["sha256"]]
        elif path := metadata.places.get(row["sha256"]):
            words = _("%(path)s was let go again, for the import took too long. Import the bag again.")
            raise CannotImport([words % {"path": path}])
        else:
            without.append(row)
    return without


def _filled(table: Table, rows: list[Row], plan: Plan, now: datetime) -> list[dict[str, Any]]:
    """Columns that stay at home and that a row cannot be without, for each of some rows."""
    if table.name == "assets":  # only a tombstone came: there is no file to verify
        return [{"verified_at": now, "absent": True} for _row in rows]
    if table.name != "originals":
        return [{} for _row in rows]
    of = [
        (plan.known["recordings"][mark_of(row["recording"])], plan.known["assets"][mark_of(row["asset"])])
        for row in rows
    ]
    recordings = Recording.objects.only("slug").in_bulk({recording for recording, _asset in of})
    assets = Asset.objects.only("media_type").in_bulk({asset for _recording, asset in of})
    return [
        {
            "filename": file_name(
                recordings[recording],
                kind=row["kind"],
                language=row["language"],
                media_type=assets[asset].media_type,
            )
        }
        for row, (recording, asset) in zip(rows, of, strict=True)
    ]


def _link_later(table: Table, plan: Plan) -> None:
    """Set links to rows of the same table; one that is not in the bag, as the event around a session, is left empty."""
    for row in plan.new[table.name] if table.later else ():
        values = {f"{name}_id": plan.known[table.links[name]].get(mark_of(row[name])) for name in table.later}
        if any(values.values()):
            pk = plan.known[table.name][key_in(table, row)]
            table.model._default_manager.filter(pk=pk).update(**values)
