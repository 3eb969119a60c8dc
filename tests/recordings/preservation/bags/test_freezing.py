"""What comes and goes while a bag is made: the bag says of itself exactly what it holds."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bagit
import pytest

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event, EventKind
from recordings.catalogue.models import OriginalKind
from recordings.preservation.bags.choosing import ALL, SERIES, Chosen, Scope
from recordings.preservation.bags.contents import label_of, pieces_of
from recordings.preservation.bags.folders import write_folder
from recordings.preservation.bags.freezing import Frozen
from recordings.preservation.bags.noting import taken
from recordings.preservation.bags.reading import open_bag
from recordings.preservation.bags.rows import Row
from recordings.preservation.bags.schema import Table
from recordings.preservation.importing.metadata import read_metadata
from recordings.preservation.importing.planning import plan_of
from recordings.renditions.models import Rendition
from recordings.slides.models import SlidePage
from seminars.sessions.models import Session
from tests.factories import NOW, make_original, make_recording
from tests.recordings.preservation.archive import Archive, make_archive

EARLIER = NOW - timedelta(hours=1)
LATE = b"WEBVTT\n\n00:01.000 --> 00:02.000\nWords that came too late.\n"


@pytest.fixture
def archive(db: None) -> Archive:
    return make_archive()


def kept(content: bytes, media_type: str) -> Asset:
    with store.staging([content]) as staged:
        return store.keep(staged, media_type=media_type, now=NOW)


def change_much(archive: Archive) -> Rendition:
    """New captions, a new edition in the place of one, a new slide, a new recording; one session is withdrawn."""
    talk = archive.talk
    talk.originals.filter(kind=OriginalKind.CAPTIONS, superseded_at=None).update(superseded_at=NOW)
    make_original(talk, LATE)
    voice = Rendition.objects.select_related("asset").get(original__recording=talk, recipe="voice")
    before, voice.asset = voice.asset, kept(b"a new voice", "audio/mp4")
    voice.save()
    store.spare(before.sha256)
    before.delete()
    SlidePage.objects.filter(slides__recording=talk).update(asset=kept(b"a new slide", "image/webp"))
    make_original(make_recording(title={"en": "Too late"}, slug="too-late"), LATE + b"\n")
    Session.objects.filter(slug="inner-1").update(withdrawn_at=NOW, reason="No more.")
    return voice


def test_what_comes_and_goes_meanwhile_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    chosen, target = Chosen(Scope(ALL), NOW), tmp_path / "bag"
    files = {each.sha256: each.size for each in chosen.assets}
    with Frozen(chosen) as frozen:
        new = change_much(archive)
        write_folder(pieces_of(frozen), label_of(Scope(ALL), NOW), target, now=NOW)
        assert taken(frozen, now=NOW) == 3
    told = Event.objects.filter(kind=EventKind.BAGGED).values_list("recording__slug", flat=True)
    assert set(told) == {"after-hours-1", "inner-1", "never-a-session"}  # which has been withdrawn meanwhile
    bagit.Bag(str(target)).validate()
    tables = json.loads((target / "data" / "metadata" / "metadata.json").read_bytes())["tables"]
    assert {row["sha256"]: row["size"] for row in tables["assets"]} == files
    assert new.asset.sha256 not in files
    withdrawn = {row["asset"] for row in tables["originals"] if row["recording"] == str(archive.gone.uuid)}
    assert {row["sha256"] for row in tables["assets"] if row["path"] is None} == withdrawn
    places = {row["path"] for row in tables["assets"]} - {None}
    there = {
        path.relative_to(target / "data").as_posix() for path in (target / "data" / "files").rglob("*.*")
    }
    assert {each for each in there if not each.endswith(".txt")} == places
    assert "too-late" not in {row["slug"] for row in tables["recordings"]}
    words = b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
    assert b"came too late" not in words
    assert b"Too late" not in words


@pytest.mark.parametrize("after", ["assets", "recordings", "originals", "sessions", "people"])
def test_what_comes_between_two_tables_leaves_no_row_that_leads_nowhere(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    def halting(chosen: Chosen) -> Iterator[tuple[Table, Iterable[Row]]]:
        for table, rows in told(chosen):
            yield table, list(rows)
            if table.name == after:
                change_much(archive)
                Session.objects.filter(slug="after-hours-3").update(starts_at=EARLIER, ends_at=NOW)

    told: Any = Chosen.tables
    monkeypatch.setattr(Chosen, "tables", halting)
    with Frozen(Chosen(Scope(ALL), NOW)) as frozen:
        write_folder(pieces_of(frozen), label_of(Scope(ALL), NOW), tmp_path / "bag", now=NOW)
    with open_bag(tmp_path / "bag") as bag:
        metadata = read_metadata(bag)
        plan_of(metadata)  # which refuses rows that lead nowhere
    for row in metadata.tables["originals"]:
        gone = row["recording"] in (str(archive.gone.uuid), str(archive.inner.uuid))
        assert gone or row["asset"] in metadata.places


def test_a_bag_of_a_part_takes_only_its_files(archive: Archive) -> None:
    with Frozen(Chosen(Scope(SERIES, "after-hours"), NOW)) as frozen:
        files = list(frozen.files())
        assert {each.slug for each in files} == {"after-hours-1"}
        assert [each.kind for each in files][-1] == "captions"  # the superseded one
        assert {each.sha256 for each in files} == {key.hex() for key in frozen.going}
        assert all(each.size == Asset.objects.get(sha256=each.sha256).size for each in files)
        assert frozen.recordings == [str(archive.talk.uuid), str(archive.gone.uuid)]
