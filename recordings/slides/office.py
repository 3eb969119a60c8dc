"""Slides that come as PPTX: a PDF of them where LibreOffice is on this machine, else only their words.

LibreOffice runs confined, in a profile of its own that is thrown away: no macros, no links to elsewhere.
"""

import json
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from recordings.assets import store
from recordings.assets.probing import PPTX_CHILD, Unacceptable, inspect
from recordings.renditions import children

SECONDS, WORDS_SECONDS = 900, 60
MEMORY = 4 * 1024**3
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
NOWHERE = "http://127.0.0.1:9"  # a proxy that is not there: what a document links to stays where it is


class CannotConvert(Exception):
    """There is no PDF of it; the message is for the organiser, `last_words` for administrators."""

    def __init__(self, why: str, last_words: str = "") -> None:
        super().__init__(why)
        self.last_words = last_words


def executable() -> str | None:
    """Return the path of LibreOffice: the setting, else on PATH; None where it is not on this machine."""
    found = shutil.which(settings.SOFFICE or "soffice")
    return os.path.abspath(found) if found else None


def words(path: Path) -> list[dict[str, Any]]:
    """Return number, title, text and notes of each slide. Raises CannotConvert."""
    found: list[dict[str, Any]] = []
    why = _("The words of this presentation cannot be read. Save the slides as PDF, and add that.")
    try:
        children.run(
            [sys.executable, "-I", str(PPTX_CHILD), "slides", str(path)],
            seconds=WORDS_SECONDS,
            told=lambda line: found.append(json.loads(line)),
        )
    except (children.Failed, ValueError) as wrong:
        raise CannotConvert(why, getattr(wrong, "last_words", str(wrong))) from wrong
    if not found or "broken" in found[-1]:
        raise CannotConvert(why)
    return found


@contextmanager
def as_pdf(path: Path, program: str, waiting: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Give a PDF of a presentation; it is gone at the end. Raises CannotConvert.

    program: LibreOffice, which says nothing meanwhile. waiting: called every two seconds; what it raises stops it.
    """
    why = _("LibreOffice could not make a PDF of this presentation. Save the slides as PDF, and add that.")
    _sweep()
    folder = store.staging_folder() / f"office-{uuid.uuid4().hex}"
    try:
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE)
        source = folder / "slides.pptx"  # its ending tells LibreOffice how to read it
        source.symlink_to(path)
        arguments = ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]
        arguments += [f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        arguments += ["--convert-to", "pdf", "--outdir", str(folder), str(source)]
        environment = {
            "HOME": str(folder),
            "PATH": "/usr/bin:/bin",
            "TMPDIR": str(folder),
            "http_proxy": NOWHERE,
            "https_proxy": NOWHERE,
        }
        said = ""
        try:
            said = children.run(
                [program, *arguments],
                seconds=SECONDS,
                waiting=waiting,
                memory=MEMORY,
                environment=environment,
                folder=folder,
                leads=True,
            )
            inspect(folder / "slides.pdf", "slides")
        except children.Failed as wrong:
            raise CannotConvert(why, f"{wrong}\n{wrong.last_words}") from wrong
        except (FileNotFoundError, Unacceptable) as wrong:
            raise CannotConvert(why, f"{wrong}\n{said}") from wrong
        yield folder / "slides.pdf"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what a worker left that died: a day is longer than any conversion."""
    for left in store.staging_folder().glob("office-*"):
        if left.stat().st_mtime < time.time() - 86400:
            shutil.rmtree(left, ignore_errors=True)
