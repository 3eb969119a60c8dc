"""A bag comes back: the same archive, nothing twice, nothing half done, and no bag that somebody changed."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recordings.assets import orphans, store
from recordings.assets.models import Asset
from recordings.catalogue.history.models import Event
from recordings.catalogue.models import Original, Recording
from recordings.management.commands import import_bag as import_bag_command
from recordings.preservation.backups import making, manifest
from recordings.preservation.bags.choosing import ALL, Chosen, Scope
from recordings.preservation.bags.contents import label_of, pieces_of
from recordings.preservation.bags.folders import write_folder
from recordings.preservation.bags.freezing import Frozen
from recordings.preservation.bags.reading import open_bag
from recordings.preservation.fixity import shedding
from recordings.preservation.importing import bringing
from recordings.preservation.importing.bringing import CannotImport, Imported, import_bag
from seminars.people.models import Community, Person
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_session
from tests.recordings.preservation.archive import make_archive

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = [
    "/archive/",
    "/sessions/after-hours-1/",
    "/series/after-hours/",
    "/communities/micro/",
    "/archive/never-a-session/",
    "/archive/after-hours-2/",
    "/archive/after-hours-1/",
    "/sessions/inner-1/",
    "/papers/micro-2026-1/",
]


def packed(target: Path) -> Path:
    scope = Scope(ALL)
    with Frozen(Chosen(scope, NOW)) as frozen:
        write_folder(pieces_of(frozen), label_of(scope, NOW), target, now=NOW)
    return target


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """The bag of the archive; the archive is still there."""
    make_archive()
    return packed(tmp_path / "bag")


@pytest.fixture
def elsewhere(settings: Any, tmp_path: Path) -> Callable[[], None]:
    """Leave this Meridian for an empty one."""

    def leave() -> None:
        call_command("flush", interactive=False, verbosity=0)
        settings.STORE = tmp_path / "another" / "store"

    return leave


def brought(path: Path) -> Imported:
    with open_bag(path) as bag:
        return import_bag(bag, now=NOW)


def tables(path: Path) -> dict[str, Any]:
    found = json.loads((path / "data" / "metadata" / "metadata.json").read_bytes())["tables"]
    return {name: sorted(rows, key=json.dumps) for name, rows in found.items()}


def shown(path: str) -> tuple[int, str]:
    """Status and main part of a page, without what differs with each request."""
    answer = Client().get(path)
    text = answer.content.decode() if not answer.streaming else ""
    main = text.partition("<main")[2].partition("</main>")[0]
    main = main.replace(
        "The files are kept, and given to nobody. ", ""
    )  # where they came from, not elsewhere
    return answer.status_code, re.sub(r'(nonce|value|csrfmiddlewaretoken)="[^"]*"', "", main)


def fetched(path: str) -> tuple[int, bytes]:
    answer = Client().get(path)
    return answer.status_code, answer.getvalue() if answer.status_code == 200 else b""


def test_the_same_archive_comes_back(
    bag: Path, elsewhere: Callable[[], None], tmp_path: Path, stopped: object
) -> None:
    Session.objects.filter(slug="after-hours-3").delete()  # what is to come is no archive yet
    Community.objects.update(contact="")  # addresses stay at home
    files = [
        f"/archive/{each.recording.slug}/files/{each.uuid}/x"
        for each in Original.objects.select_related("recording").order_by("pk")
    ]
    before = {path: shown(path) for path in PAGES}
    bytes_before = {path: fetched(path) for path in files}
    elsewhere()
    with CaptureQueriesContext(connection) as asked:
        done = brought(bag)
    assert sum('"slug" FROM "recordings_recording"' in each["sql"] for each in asked) == 1  # not one a file
    assert (done.same, done.differing) == (0, [])
    assert tables(packed(tmp_path / "again")) == tables(bag)
    for path in PAGES:
        assert shown(path) == before[path], path
    assert {path: fetched(path) for path in files} == bytes_before
    assert {status for status, _content in bytes_before.values()} == {200, 404, 410}


def test_again_brings_nothing_twice(bag: Path, elsewhere: Callable[[], None]) -> None:
    assert brought(bag).rows == 0  # into the Meridian that it came from
    elsewhere()
    first = brought(bag)
    second = brought(bag)
    assert (second.rows, second.files) == (0, 0)
    assert second.same == first.rows


def test_what_is_here_stays_as_it_is(bag: Path) -> None:
    Session.objects.filter(slug="after-hours-1").update(title={"en": "Another title"})
    done = brought(bag)
    assert done.rows == 0
    assert len(done.differing) == 1
    assert "sessions after-hours-1" in done.differing[0]
    assert "title" in done.differing[0]
    assert Session.objects.get(slug="after-hours-1").title == {"en": "Another title"}


def test_a_part_that_is_gone_is_brought_back(bag: Path) -> None:
    Recording.objects.get(slug="inner-1").originals.all().delete()
    done = brought(bag)
    assert done.rows == 1
    assert Original.objects.filter(recording__slug="inner-1").count() == 1


def test_files_that_are_damaged_or_gone_here_are_brought_back(
    bag: Path, capsys: pytest.CaptureFixture[str], stopped: object
) -> None:
    video, captions = (
        Original.objects.get(recording__slug="after-hours-1", kind=kind, superseded_at=None).asset
        for kind in ("video", "captions")
    )
    bent, gone = store.path_of(video.sha256), store.path_of(captions.sha256)
    good = bent.read_bytes()
    bent.chmod(0o644)
    bent.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))  # as long as before: only its bytes tell
    gone.unlink()
    other = Asset.objects.exclude(pk__in=[video.pk, captions.pk]).earliest("pk")
    inode = store.path_of(other.sha256).stat().st_ino
    call_command("import_bag", str(bag))
    said = capsys.readouterr().out
    assert said.count("is good again") == 2
    assert video.sha256 in said
    assert captions.sha256 in said
    assert bent.read_bytes() == good
    assert gone.exists()
    assert store.path_of(other.sha256).stat().st_ino == inode
    assert not Asset.objects.filter(damaged_at__isnull=False).exists()
    told = Event.objects.filter(recording__slug="after-hours-1", facts__note="Brought back from a bag.")
    assert {each.facts["sha256"] for each in told} == {video.sha256, captions.sha256}
    assert brought(bag).mended == []


def test_a_store_that_is_not_mounted_is_no_loss(bag: Path, settings: Any, tmp_path: Path) -> None:
    settings.STORE = tmp_path / "unmounted"
    with pytest.raises(CannotImport, match="Mount its disk"):
        brought(bag)
    assert not Asset.objects.filter(damaged_at__isnull=False).exists()
    assert not list((tmp_path / "unmounted").rglob("*.mp4"))


def test_a_taken_address_keeps_everything_out(bag: Path, elsewhere: Callable[[], None]) -> None:
    elsewhere()
    make_community(slug="micro")
    make_session(slug="inner-1")
    with pytest.raises(CannotImport) as refused:
        brought(bag)
    assert any("communities micro" in each for each in refused.value.problems)
    assert any("sessions inner-1" in each for each in refused.value.problems)
    assert "Nothing was imported." in refused.value.problems
    assert not Recording.objects.exists()
    assert not Asset.objects.exists()
    assert not Person.objects.filter(name="Amina Diallo").exists()


def test_stopped_in_the_middle_it_goes_on(
    bag: Path, elsewhere: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere()

    def dies(*_args: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("recordings.preservation.importing.bringing._link_later", dies)
        with pytest.raises(KeyboardInterrupt):
            brought(bag)
    assert Asset.objects.exists()
    assert not Community.objects.exists()
    done = brought(bag)
    assert (done.files, done.differing) == (0, [])
    assert Recording.objects.count() == 4


def test_a_file_that_is_let_go_before_its_row_comes_is_not_taken_for_a_tombstone(
    bag: Path, elsewhere: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere()
    real = bringing._bring_files

    def slowly(*args: Any, **named: Any) -> Any:
        done = real(*args, **named)
        asset = Asset.objects.earliest("pk")  # nothing points at it yet, and a week went by
        assert shedding.let_go(asset, copies=None, now=timezone.now() + timedelta(days=8))
        return done

    with monkeypatch.context() as patched:
        patched.setattr(bringing, "_bring_files", slowly)
        with pytest.raises(CannotImport, match=r"data/files/.* was let go"):
            brought(bag)
    assert not Community.objects.exists()
    assert brought(bag).rows
    assert Asset.objects.filter(absent=True).count() == 1


def resealed(bag: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The bag with other rows, and manifests that agree with them: made on purpose."""
    path = bag / "data" / "metadata" / "metadata.json"
    old, found = path.read_bytes(), json.loads(path.read_bytes())
    change(found)
    new = json.dumps(found).encode()
    path.write_bytes(new)
    for make, name in ((sha256, "sha256"), (sha512, "sha512")):
        manifest = bag / f"manifest-{name}.txt"
        was = manifest.read_bytes()
        manifest.write_bytes(was.replace(make(old).hexdigest().encode(), make(new).hexdigest().encode()))
    info = bag / "bag-info.txt"
    info_was = info.read_bytes()
    size = sum(each.stat().st_size for each in (bag / "data").rglob("*") if each.is_file())
    info.write_bytes(re.sub(rb"Payload-Oxum: \d+", f"Payload-Oxum: {size}".encode(), info_was))
    for make, name in ((sha256, "sha256"), (sha512, "sha512")):
        lines = [
            f"{make((bag / each).read_bytes()).hexdigest()}  {each}\n"
            for each in ("manifest-sha256.txt", "manifest-sha512.txt", "bag-info.txt", "bagit.txt")
        ]
        (bag / f"tagmanifest-{name}.txt").write_text("".join(lines))
    return bag


CHANGES: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda found: found.update(version=2), "newer Meridian"),
    (lambda found: found.update(version="1"), "does not say its version"),
    (lambda found: found.update(format="other"), "does not say that Meridian made"),
    (lambda found: found["tables"].update(users=[]), "nobody knows: users"),
    (lambda found: found["tables"].update(topics={}), "no list"),
    (lambda found: found["tables"]["topics"].append(7), "no row"),
    (lambda found: found["tables"]["topics"].append(found["tables"]["topics"][0]), "twice"),
    (lambda found: found["tables"]["sessions"][0].pop("zone"), "“zone” is missing"),
    (lambda found: found["tables"]["sessions"][0].update(join_url="x"), "“join_url” is not known"),
    (lambda found: found["tables"]["sessions"][0].update(zone="Moon/Base"), "Moon/Base"),
    (lambda found: found["tables"]["sessions"][0].update(starts_at="yesterday"), "starts_at"),
    (lambda found: found["tables"]["sessions"][0].update(audience="the world"), "audience"),
    (lambda found: found["tables"]["sessions"][0].update(title="no words"), "title"),
    (lambda found: found["tables"]["sessions"][0].update(slug="a b"), "slug"),
    (lambda found: found["tables"]["sessions"][0].update(series="7"), "not in the bag"),
    (lambda found: found["tables"]["sessions"][0].update(series=None), "empty"),
    (lambda found: found["tables"]["sessions"][0].update(topics=["moon"]), "not in the bag"),
    (lambda found: found["tables"]["materials"][0].update(path="javascript:alert(1)"), "no address"),
    (lambda found: found["tables"]["assets"][0].update(path="../../etc/passwd"), "leads out"),
    (lambda found: found["tables"]["assets"][0].update(path="files/none"), "not in the bag"),
    (lambda found: found["tables"]["assets"][0].update(size=1), "another size"),
    (lambda found: found["tables"]["assets"][0].update(media_type="text/html"), "text/html"),
    (lambda found: found["tables"]["assets"][0].update(sha256="0" * 64), "another file than its row"),
    (lambda found: found["tables"]["assets"][0].update(probe=[1]), "“probe”"),
    (lambda found: found["tables"]["assets"][0].update(probe={"seconds": "a while"}), "“probe”"),
    (lambda found: found["tables"]["assets"][0].update(probe={"seconds": float("nan")}), "“probe”"),
]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=[told for _change, told in CHANGES])
def test_a_bag_that_was_made_to_deceive(
    bag: Path, elsewhere: Callable[[], None], change: Callable[[dict[str, Any]], Any], told: str
) -> None:
    elsewhere()
    with pytest.raises(CannotImport, match=re.escape(told)):
        brought(resealed(bag, change))
    assert not Community.objects.exists()
    assert not Asset.objects.exists()


def test_text_that_no_table_can_hold(bag: Path, elsewhere: Callable[[], None]) -> None:
    elsewhere()
    strange = resealed(bag, lambda found: found["tables"]["people"][0].update(name="\ud800"))
    with pytest.raises(CannotImport, match="Nothing was imported"):
        brought(strange)
    assert not Community.objects.exists()


@pytest.mark.parametrize("name", ["sha256", "sha512"])
def test_a_bag_that_has_lost_one_kind_of_sums_comes_in(
    bag: Path, elsewhere: Callable[[], None], name: str
) -> None:
    elsewhere()
    for each in (f"manifest-{name}.txt", "tagmanifest-sha256.txt", "tagmanifest-sha512.txt"):
        (bag / each).unlink()
    path = next((bag / "data" / "files").rglob("*.mp4"))
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(CannotImport, match=r"\.mp4 is not as it was"):
        brought(bag)
    path.write_bytes(good)
    assert brought(bag).rows


def test_a_flipped_byte_keeps_everything_out(bag: Path, elsewhere: Callable[[], None]) -> None:
    elsewhere()
    path = next((bag / "data" / "files").rglob("*.mp4"))
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(CannotImport, match=r"\.mp4 is not as it was"):
        brought(bag)
    assert not Asset.objects.exists()


def test_the_command(
    bag: Path,
    elsewhere: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere()
    call_command("import_bag", str(bag))
    assert "0 rows were here already" in capsys.readouterr().out
    with pytest.raises(CommandError, match="nothing at"):
        call_command("import_bag", str(bag / "nowhere"))
    failures = [
        (OperationalError("no such table: seminars_topic"), "manage.py migrate"),
        (OSError("Read-only file system"), "A disk does not answer: Read-only"),
    ]
    for failure, told in failures:
        monkeypatch.setattr(bringing, "plan_of", Mock(side_effect=failure))
        with pytest.raises(CommandError, match=told):
            call_command("import_bag", str(bag))
    (bag / "bagit.txt").unlink()
    with pytest.raises(CommandError, match=r"bagit\.txt"):
        call_command("import_bag", str(bag))


def test_a_meridian_that_never_ran_gets_its_tables_first(
    bag: Path, elsewhere: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere()
    called: list[str] = []
    monkeypatch.setattr(import_bag_command, "make_current", lambda: called.append("current"))
    call_command("import_bag", str(bag))
    assert called == []
    monkeypatch.setattr(connection.introspection, "table_names", list)
    call_command("import_bag", str(bag))
    assert called == ["current"]


def test_a_file_of_which_only_the_tombstone_came_is_missed_by_nobody(
    bag: Path, elsewhere: Callable[[], None], tmp_path: Path, stopped: object
) -> None:
    elsewhere()
    brought(bag)
    assert orphans.reconcile(now=NOW).lost == []
    call_command("verify")  # which ends with 1 where a file is lost
    assert not Asset.objects.filter(damaged_at__isnull=False).exists()
    made = making.make(into=tmp_path / "disk", with_media=True, now=NOW)
    assert manifest.read(made).missing == []
    said = Client().get("/archive/after-hours-2/verification.json").json()
    (file,) = said["files"]
    assert (file["verified_at"], file["copies"]) == (None, 0)
    assert [each for each in said["events"] if each["kind"] == "verified"] == []
    text = Client().get("/archive/after-hours-2/verification/").content.decode()
    assert file["sha256"] in text
    assert "The files are kept" not in text
    with store.staging([b"WEBVTT\n\n00:01.000 --> 00:02.000\nWithdrawn words.\n"]) as staged:
        asset = store.keep(staged, media_type="text/vtt", now=NOW)  # it comes after all
    assert asset.sha256 == file["sha256"]
    assert Asset.objects.here().filter(pk=asset.pk).exists()
