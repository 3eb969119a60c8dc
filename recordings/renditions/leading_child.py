"""Runs a program that starts others: `python -I leading_child.py PROGRAM ARGUMENT…`, so that all end with our worker.

The kernel kills only the first of them when a worker dies (see assets/confined.py), and the others would go on, for
nobody: LibreOffice is a script that starts a program that starts another. So this one is told, and ends its group.
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main(arguments: list[str]) -> int:
    """Return what the program returned; what it left behind is for `children.run` to end."""
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    code = subprocess.run(arguments, check=False).returncode  # noqa: S603  # no shell; the paths are ours
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
