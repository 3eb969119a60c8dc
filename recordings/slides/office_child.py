"""Runs LibreOffice: `python -I office_child.py PROGRAM ARGUMENT…`, and lets no process of it outlive this one.

LibreOffice is a script that starts a program that starts another. The kernel kills only the first when a worker dies
(see assets/confined.py), and the others would go on, for nobody. So it is told to this one, which ends its whole group.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main(arguments: list[str]) -> int:
    """Return what the program returned; by then nothing of it runs."""
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    code = subprocess.run(arguments, check=False).returncode  # noqa: S603  # no shell; the paths are ours
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
