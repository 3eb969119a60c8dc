"""A data folder of one run, so that nobody's own Meridian is read or written. Imports nothing of Django's or ours."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def data_folder(name: str) -> Path:
    """Make an empty folder, name it in MERIDIAN_DATA, and return it; it goes with this process, unless that is killed.

    To be called before the settings are read. What MERIDIAN_DATA said before does not count.
    """
    folder, owner = Path(tempfile.mkdtemp(prefix=f"meridian-{name}-")), os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # a forked child must not take its parent's folder away
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    os.environ["MERIDIAN_DATA"] = str(folder)
    return folder
