"""Runs a program under limits of its own: `python -I confined.py CPU_SECONDS BYTES PROGRAM ARGUMENT…`.

Apart, without Django and without threads: limits set in the server's process between fork and exec can dead-lock it,
and limits set here hold before the program reads its first byte. BYTES limits the address space; no core dumps. On
Linux the program is killed when the one that started it ends, however that ends: nobody waits for it then.
"""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2); it outlives exec


def confined(program: list[str], *, cpu_seconds: int, memory: int) -> list[str]:
    """Return the command that runs `program` (an absolute path and arguments) under these limits; memory in bytes."""
    return [sys.executable, "-I", str(Path(__file__).resolve()), str(cpu_seconds), str(memory), *program]


def main(arguments: list[str]) -> None:
    """Set the limits and become the program."""
    cpu_seconds, memory = int(arguments[0]), int(arguments[1])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(arguments[2], arguments[2:])  # noqa: S606  # no shell on purpose


if __name__ == "__main__":
    main(sys.argv[1:])
