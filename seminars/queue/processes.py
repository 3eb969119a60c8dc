"""Processes that do not outlive the one that started them. Plain Python; what needs Linux does nothing elsewhere."""

import contextlib
import ctypes
import hashlib
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)
M_ARENA_MAX, ARENAS = -8, 2  # mallopt(3)
_PROC = Path("/proc")
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(parent: int, sig: int = signal.SIGKILL) -> None:
    """Have the kernel send this process `sig` when its parent, process `parent`, ends, however that happens."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, sig)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), sig)


def tie_children() -> None:
    """From now on each process forked here, and theirs, is killed when its parent ends: `kill -9` leaves no orphans."""
    parents: list[int] = []

    def before() -> None:
        parents[:] = [os.getpid()]

    os.register_at_fork(before=before, after_in_child=lambda: end_with_parent(parents[0]))


def spare_memory() -> None:
    """Have the threads of this process, and of those forked from it, share two heaps instead of sixteen.

    Measured with 64 busy threads of the web server: 123 MB instead of 290.
    """
    mallopt = getattr(_libc, "mallopt", None)  # glibc has it; others do not need it
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def fork(run: Callable[[], int | None], *, group: bool = True) -> int:
    """Return the id of a new process that calls `run` and ends with what it returns (None: 0).

    group: it leads a process group of its own, so that Ctrl-C does not reach it and `end` reaches all it starts.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        if group:
            with contextlib.suppress(OSError):  # it has done so itself, or has ended
                os.setpgid(pid, pid)
        return pid
    code = 1
    try:
        if group:
            os.setpgid(0, 0)
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, signal.SIG_DFL)  # the parent's handlers are none of the child's
        code = run() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except KeyboardInterrupt:
        code = 130
    except BaseException:  # noqa: BLE001 — nothing of the child may go on in what was its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ended(pid: int) -> int | None:
    """Return the exit status of our child (negative: the signal that ended it); None while it runs."""
    try:
        done, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if done else None


def end(leaders: Iterable[int], *, seconds: float) -> None:
    """Ask each leader (SIGTERM), wait up to `seconds` for all together, then kill what is left of their groups."""
    waiting = set(leaders)
    groups = set(waiting)
    for pid in waiting:
        send(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while waiting and time.monotonic() < deadline:
        time.sleep(0.05)
        waiting = {pid for pid in waiting if ended(pid) is None}
    for pid in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    for pid in waiting:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def send(pid: int, sig: int) -> None:
    """Send a signal; no error when the process is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sig)


def kill_own_group(*_: object) -> None:
    """A signal handler: end this process and everything in its group at once."""
    os.killpg(0, signal.SIGKILL)


def name() -> str:
    """Return a name that no process but this one ever has: `host:pid:machine-birth`, 80 characters at most."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{_machine()}-{_birth(os.getpid())}"


def is_gone(named: str) -> bool:
    """Return whether the process that called itself `named` ran on this machine and has ended.

    False where that cannot be known: another machine, another container, or no /proc.
    """
    try:
        pid, birth = int(named.split(":")[-2]), named.split(":")[-1]
    except (ValueError, IndexError):
        return False
    machine, _dash, when = birth.rpartition("-")
    if not machine or not when or machine != _machine():
        return False
    return _birth(pid) != when


def _machine() -> str:
    """What tells the processes that we can see from those that we cannot: this boot and its namespace of ids."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text()
        space = os.readlink(_PROC / "self/ns/pid")
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{space}".encode()).hexdigest()[:8]


def _birth(pid: int) -> str:
    """When a living process was started, in ticks since the boot; empty when it is not there or defunct."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def children(pid: int) -> set[int]:
    """Return the ids of the living children of a process, its defunct ones left out; empty where there is no /proc."""
    found = set()
    for entry in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # The name, in brackets, may hold spaces and brackets: what counts follows the last one.
            state, parent = entry.read_text().rsplit(")", 1)[1].split()[:2]
            if int(parent) == pid and state not in "ZX":
                found.add(int(entry.parent.name))
    return found
