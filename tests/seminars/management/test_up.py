"""`manage.py up` as people use it: a real start on a free port, refusals in one line, and a clean end."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 90  # seconds; a start takes five, unless everything else is tested at the same time


def environment(data: Path, **extra: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MERIDIAN_", "DJANGO_"))
    }
    return kept | {"MERIDIAN_DATA": str(data)} | extra


def manage(*words: str, data: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(data, **extra),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not (is_done := done()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return is_done


@dataclass
class Site:
    """A running `up`."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()
        except OSError:
            return 0, ""

    def is_well(self) -> bool:
        status, text = self.get("/health/")
        return status == 200 and json.loads(text)["status"] == "ok"

    def members(self) -> dict[int, tuple[int, str]]:
        """Living processes of its session: id → (parent, state)."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, parent, _group, session = entry.read_text().rsplit(")", 1)[1].split()[:4]
                if int(session) == self.process.pid and state not in "ZX":
                    found[int(entry.parent.name)] = (int(parent), state)
        return found

    def said(self) -> str:
        return self.log.read_text()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("up")
    port, log = free_port(), folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--empty", "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment(folder / "data"),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    started = Site(process, port, folder / "data", log)
    try:
        assert until(lambda: started.is_well() or process.poll() is not None), started.said()
        assert process.poll() is None, started.said()
        assert until(lambda: "Ctrl-C ends it" in started.said()), started.said()
        yield started
    finally:
        process.kill()
        process.wait()


def test_it_says_where_to_click_and_the_setup_link_works(site: Site) -> None:
    said = site.said()
    assert "Traceback" not in said
    links = re.findall(rf"http://127\.0\.0\.1:{site.port}(/\S*)", said)
    assert {"/", "/organise/", "/archive/", "/mailbox/"} < set(links)
    (setup,) = [link for link in links if link.startswith("/setup/")]
    status, text = site.get(setup)
    assert status == 200
    assert 'name="community"' in text
    assert site.get("/mailbox/")[0] == 200


def test_everything_together_stays_small(site: Site) -> None:
    total = 0
    for pid in site.members():
        with contextlib.suppress(OSError):
            total += int(re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[0])
    assert 50 < total / 1024 < 400  # MB, proportional set size; 344 in November 2026


def test_a_second_one_on_the_same_folder_is_refused(site: Site) -> None:
    answer = manage("up", "--bind", f"127.0.0.1:{free_port()}", data=site.data)
    assert answer.returncode != 0
    assert f"already runs on the folder {site.data} (process {site.process.pid})" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_taken_port_is_refused_before_anything_is_written(site: Site, tmp_path: Path) -> None:
    answer = manage("up", "--bind", f"127.0.0.1:{site.port}", data=tmp_path / "new")
    assert answer.returncode != 0
    assert answer.stderr == (
        f"CommandError: Port {site.port} of 127.0.0.1 is taken by another program. "
        f"End that one, or choose another: up --bind 127.0.0.1:{site.port + 1}\n"
    )
    assert not (tmp_path / "new" / "meridian.sqlite3").exists()


def test_a_part_that_is_killed_comes_back(site: Site) -> None:
    """The two parts are the first children; a third, which greets, may still be there on a busy machine."""
    children = sorted(pid for pid, (parent, _) in site.members().items() if parent == site.process.pid)
    for name, pid in zip(("web server", "queue"), children, strict=False):
        os.kill(pid, signal.SIGKILL)
        line = f"The {name} ended (status -9); it is started again."
        assert until(partial(lambda line: line in site.said(), line)), site.said()
        assert until(site.is_well)


def test_ctrl_c_ends_all_of_it(site: Site) -> None:
    assert until(lambda: len(site.members()) > 5)
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(PATIENCE) == 0
    assert until(lambda: not site.members())
    assert "Traceback" not in site.said()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", site.port))


def test_a_malformed_bind_is_one_clear_line(tmp_path: Path) -> None:
    answer = manage("up", "--bind", "8000", data=tmp_path)
    assert answer.returncode != 0
    assert answer.stderr == "CommandError: --bind must be HOST:PORT, such as 127.0.0.1:8000. It is “8000”.\n"


def test_an_address_of_another_machine_is_one_clear_line(tmp_path: Path) -> None:
    answer = manage("up", "--bind", "192.0.2.1:8000", data=tmp_path, MERIDIAN_URL="http://127.0.0.1:8000")
    assert answer.returncode != 0
    assert "192.0.2.1 is not an address of this machine" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    answer = manage("up", data=tmp_path / "file" / "data")
    assert answer.returncode != 0
    assert "cannot be written" in answer.stderr
    assert "Set MERIDIAN_DATA to one that can." in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_database_that_cannot_be_opened_is_one_clear_line(tmp_path: Path) -> None:
    answer = manage(
        "up",
        "--bind",
        f"127.0.0.1:{free_port()}",
        data=tmp_path,
        MERIDIAN_DATABASE="sqlite:////no/such/folder/x.sqlite3",
    )
    assert answer.returncode != 0
    assert "unable to open database file" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_the_queue_without_a_database_is_one_clear_line(tmp_path: Path) -> None:
    answer = manage("run_queue", data=tmp_path)
    assert answer.returncode != 0
    assert "run manage.py migrate first" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_public_site_is_asked_by_its_own_name(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    public = {"MERIDIAN_URL": "https://seminars.example.org", "MERIDIAN_BEHIND_PROXY": "true"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--empty", "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment(tmp_path / "data", **public),
            stdout=out,
            stderr=out,
        )
    try:
        assert until(lambda: "Ctrl-C ends it" in log.read_text() or process.poll() is not None), (
            log.read_text()
        )
        assert "Start     https://seminars.example.org/" in log.read_text()
        with pytest.raises(
            urllib.error.HTTPError, match="400"
        ):  # by another name, and no page in the log for it
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE)
        assert "Traceback" not in log.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
