"""Programs that meet untrusted bytes: heard while they run, ended in time, and nothing of them is left behind."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from recordings.renditions import children

LEAVES = "sleep 600 & echo $! > {0}; echo last"
WORKER = """
import sys
from recordings.renditions import children
children.run(["/bin/sh", "-c", sys.argv[1]], seconds=600, leads=True)
"""


def run(script: str, *, seconds: float = 60, **named: object) -> list[str]:
    """Run a shell script; return the lines it printed."""
    heard: list[str] = []
    children.run(["/bin/sh", "-c", script], seconds=seconds, told=heard.append, **named)  # type: ignore[arg-type]
    return heard


def runs(pid: int) -> bool:
    """Return whether a process is there, and no mere entry that nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def gone(path: Path) -> bool:
    """Return whether the process whose number a script wrote there ends within a minute."""
    until = time.monotonic() + 60
    while runs(int(path.read_text())) and time.monotonic() < until:
        time.sleep(0.05)
    return not runs(int(path.read_text()))


@pytest.mark.parametrize("hold", ["", ">/dev/null 2>&1"], ids=["holds its output", "let go of it"])
def test_what_an_ended_program_left_behind_ends_too(
    hold: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "TELL_SECONDS", 0.1)
    script = LEAVES.replace("600", f"600 {hold}").format(tmp_path / "pid")
    assert run(script, seconds=300) == ["last"]
    assert gone(tmp_path / "pid")


@pytest.mark.parametrize("rest", ["exit 0", "exit 3", "wait"])
def test_so_it_does_however_the_program_ended(
    rest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "TELL_SECONDS", 0.1)
    script = f"{LEAVES.format(tmp_path / 'pid')}; {rest}"
    if rest == "exit 0":
        run(script)
    else:
        with pytest.raises(children.Failed) as wrong:
            run(script, seconds=2)
        assert wrong.value.code == (3 if rest == "exit 3" else None)
        assert str(wrong.value) == ("ended with 3" if rest == "exit 3" else "stopped after 2 seconds")
    assert gone(tmp_path / "pid")


def test_each_line_is_told_whole_and_the_last_without_its_end() -> None:
    assert run("echo 'one Å'; printf tw; sleep 0.3; echo o; printf three") == ["one Å", "two", "three"]


def test_what_told_raises_ends_all_of_it(tmp_path: Path) -> None:
    def refuse(line: str) -> None:
        raise LookupError(line)

    with pytest.raises(LookupError, match="last"):
        children.run(["/bin/sh", "-c", f"{LEAVES.format(tmp_path / 'pid')}; wait"], seconds=300, told=refuse)
    assert gone(tmp_path / "pid")


@pytest.mark.parametrize("script", ["sleep 600", "while :; do echo on; done", "exec >&-; sleep 600"])
def test_who_waits_is_told_so_whatever_the_program_says(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost(Exception):
        pass

    waited: list[None] = []

    def wait() -> None:
        waited.append(None)
        if len(waited) == 3:
            raise Lost

    monkeypatch.setattr(children, "TELL_SECONDS", 0.1)
    with pytest.raises(Lost):
        children.run(["/bin/sh", "-c", script], seconds=300, waiting=wait)


def test_its_last_words_are_kept_and_it_may_close_its_output() -> None:
    assert children.run(["/bin/sh", "-c", "exec >&-; sleep 0.3; echo fine >&2"], seconds=60) == "fine"


def test_one_that_starts_others_takes_them_along_when_its_worker_is_killed(tmp_path: Path) -> None:
    script = f"{LEAVES.format(tmp_path / 'pid')}; wait"
    root = Path(__file__).parents[3]
    worker = subprocess.Popen([sys.executable, "-c", WORKER, script], cwd=root)
    until = time.monotonic() + 60
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()) and time.monotonic() < until:
        assert worker.poll() is None
        time.sleep(0.05)
    assert runs(int((tmp_path / "pid").read_text()))
    worker.kill()
    worker.wait()
    assert gone(tmp_path / "pid")
