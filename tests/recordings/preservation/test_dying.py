"""kill -9 amid a bag, a stick, a backup, an import or a restore: the same command goes on and ends right."""

import os
import subprocess
import sys
from pathlib import Path

DYING = Path(__file__).with_name("dying.py")


def test_every_long_command_ends_right_after_kill_9(tmp_path: Path) -> None:
    for step in ("give", "import", "restore"):
        environ = {
            "MERIDIAN_DATA": str(tmp_path / f"site-{step}"),
            "MERIDIAN_DATABASE": "",
            "MERIDIAN_BACKUPS": "",
        }
        done = subprocess.run(
            [sys.executable, str(DYING), step, str(tmp_path)],
            capture_output=True,
            text=True,
            env=os.environ | environ,
            check=False,
        )
        assert done.returncode == 0, done.stderr
