"""Processes end when they are asked to, and with the one that started them, however that ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seminars.queue import processes

ROOT = Path(__file__).parents[3]
FAMILY = """
import os, sys, time
from seminars.queue import processes
processes.tie_children()
def child():
    grandchild = processes.fork(lambda: time.sleep(60), group=False)
    os.write(1, f"{grandchild}\\n".encode())
    time.sleep(60)
os.write(1, f"{processes.fork(child)}\\n".encode())
time.sleep(60)
"""


def until(done: Callable[[], bool], seconds: float = 50) -> bool:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    return done()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def fork(run: Callable[[], int | None]) -> int:
    return processes.fork(run)


def test_a_child_ends_with_what_it_returns() -> None:
    for run, status in [(lambda: None, 0), (lambda: 7, 7), (lambda: sys.exit(3), 3)]:
        pid = fork(run)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == status


def test_a_child_that_fails_says_why_and_never_returns(capfd: pytest.CaptureFixture[str]) -> None:
    def words() -> int:
        sys.exit("one clear line")

    for run, said in [(words, "one clear line\n"), (lambda: 1 // 0, "ZeroDivisionError")]:
        status = os.waitstatus_to_exitcode(os.waitpid(fork(run), 0)[1])
        assert status == 1
        assert said in capfd.readouterr().err


def test_ended_says_when_and_how() -> None:
    pid = fork(lambda: time.sleep(60))
    assert processes.ended(pid) is None
    os.kill(pid, signal.SIGKILL)
    while (status := processes.ended(pid)) is None:
        time.sleep(0.02)
    assert status == -signal.SIGKILL


def test_who_does_not_end_when_asked_is_killed_with_all_it_started() -> None:
    reading, writing = os.pipe()

    def stubborn() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        program = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        os.write(writing, str(program.pid).encode())
        time.sleep(60)

    pid = fork(stubborn)
    program = int(os.read(reading, 20))
    begun = time.monotonic()
    processes.end([pid], seconds=0.3)
    assert 0.3 <= time.monotonic() - begun < 50
    assert until(lambda: not is_running(pid) and not is_running(program))
    for end in (reading, writing):
        os.close(end)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_family_leaves_no_orphans(sig: int) -> None:
    with subprocess.Popen([sys.executable, "-c", FAMILY], cwd=ROOT, stdout=subprocess.PIPE, text=True) as top:
        assert top.stdout is not None
        pids = [int(top.stdout.readline()) for _ in range(2)]
        assert all(map(is_running, pids))
        top.send_signal(sig)
        top.wait(50)
    assert until(lambda: not any(map(is_running, pids)))


def test_children_are_the_living_ones() -> None:
    pid = fork(lambda: time.sleep(60))
    assert pid in processes.children(os.getpid())
    os.kill(pid, signal.SIGKILL)
    assert until(
        lambda: pid not in processes.children(os.getpid())
    )  # defunct already, and not waited for yet
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def test_a_process_of_this_machine_is_known_to_be_gone_and_another_ones_is_not() -> None:
    here, there = os.pipe()

    def wait() -> None:
        os.write(there, processes.name().encode())
        time.sleep(60)

    pid = processes.fork(wait)
    named = os.read(here, 200).decode()
    assert len(named) <= 80
    assert not processes.is_gone(named)
    assert not processes.is_gone(processes.name())
    processes.end([pid], seconds=0)
    assert processes.is_gone(named)
    assert not processes.is_gone(
        named.replace(":", ":1", 1).replace(processes.name().split(":")[2][:8], "0" * 8)
    )
    assert processes.is_gone(f"{named.rpartition('-')[0]}-1")  # its number was given to another process
    for other in ("", "host:12", "host:12:", "a:b:c"):
        assert not processes.is_gone(other)
    os.close(here)
    os.close(there)
