"""What people are told about jobs of each kind: its name, what it is about, and what is missing when it is skipped.

The areas above register their kinds once, when the apps are ready; the queue itself knows none of them. A kind that
nobody registered is shown under its own name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from seminars.queue import jobs
from seminars.queue.models import Job


@dataclass(frozen=True)
class About:
    """What one job is about. address: its page; replace: where another file takes its place. Both may be empty."""

    title: str
    address: str = ""
    replace: str = ""


class Again(Protocol):
    """Has a job done again: returns whether it was waiting for that."""

    def __call__(self, job: Job, now: datetime, *, by_id: int | None = None) -> bool: ...


def nothing_known(those: Sequence[Job]) -> dict[int, About]:
    """Return nothing: such jobs are about no page of the site."""
    return {}


@dataclass(frozen=True)
class Kind:
    """How jobs of a kind are shown. name: `Job.kind`, or what stands before its dot; about: by key, one question."""

    name: str
    title: str | Promise
    missing: str | Promise = field(default_factory=lambda: _("What it would have made stays missing."))
    about: Callable[[Sequence[Job]], dict[int, About]] = nothing_known
    again: Again = jobs.try_again


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known; the same name again replaces the earlier one."""
    _kinds.update({kind.name: kind for kind in kinds})


def kind_of(name: str) -> Kind:
    """Return the kind of jobs of this name, `Job.kind`: the most exact one that is known."""
    return _kinds.get(name) or _kinds.get(name.partition(".")[0]) or Kind(name, name.replace("_", " "))


def about(all_of: Sequence[Job]) -> dict[int, About]:
    """Return what each job is about, by its key, where its kind can say; kinds with one answer are asked once."""
    together: dict[Callable[[Sequence[Job]], dict[int, About]], list[Job]] = {}
    for job in all_of:
        together.setdefault(kind_of(job.kind).about, []).append(job)
    found: dict[int, About] = {}
    for ask, those in together.items():
        found |= ask(those)
    return found
