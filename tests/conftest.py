"""The cast: who appears in nearly every test, and the folders, the clock and the limits they all share."""

import gc
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management.commands.migrate import Command as Migrate
from django.template import Context, Template
from django.test import Client
from django.utils.safestring import SafeString
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from recordings.assets import probing
from recordings.assets.sniffing import Found
from seminars.calendars import memory
from seminars.management import fresh
from seminars.people.models import Community, Joining, Role, User
from tests.factories import NOW, make_community, make_member, make_user

CHROMIUM = Path("/usr/bin/chromium")
gc.disable()  # until all tests are collected: hundreds of thousands of things are made, and all of them stay
# They share what is dear to make; and two Chromiums on two cores wait for each other.
TOGETHER = (
    "tests/browser/",
    "tests/recordings/demo/test_demo.py",
    "tests/seminars/management/test_up.py",
    "tests/test_public_forms.py",
)

hypothesis_settings.register_profile(
    "meridian",
    deadline=None,
    max_examples=100,
    derandomize=bool(os.environ.get("CI")),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # that is the machine's health
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "meridian"))

_PRESENT: dict[str, Callable[[], bool]] = {
    "chromium": CHROMIUM.exists,
    "node": lambda: shutil.which("node") is not None,
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
}


def need(part: str, *, present: bool | None = None) -> None:
    """Skip the test with a reason where `part` of the machine is missing; under MERIDIAN_TEST_ALL=1 fail it.

    part: "chromium", "node" or "postgresql", or anything else together with `present`.
    """
    if _PRESENT[part]() if present is None else present:
        return
    message = f"{part} is not on this machine"
    if os.environ.get("MERIDIAN_TEST_ALL") == "1":
        pytest.fail(f"{message}, and MERIDIAN_TEST_ALL=1 asks for everything")
    pytest.skip(message)


class TogetherScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is not typed
    """Each test runs where there is room, those of TOGETHER in one process, the largest lot first.

    By path: marks (`xdist_group`) do not get through from pytest 9.1 to pytest-xdist 3.8.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((lot for lot in TOGETHER if nodeid.startswith(lot)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherScheduling:
    """Take the place of what `--dist` says; whoever schedules collects no tests itself."""
    gc.enable()
    return TogetherScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what asks the database, so that the others need not run once more for another database.

    Leave out the long walks through the whole site, unless `-m` names them.
    """
    if "long" not in str(config.option.markexpr):
        gone = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    for item in items:
        asks = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        asks |= {each.name for each in item.iter_markers("django_db")}
        if asks and not item.get_closest_marker("one_database"):
            item.add_marker("database")
        if "browser" in item.path.parts or item.get_closest_marker("browser"):
            item.add_marker("browser")


def pytest_collection_finish() -> None:
    """Look for garbage rarely, and never among what was there before the first test: a tenth of the time went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def tables_at_once() -> pytest.MonkeyPatch:
    """The next `migrate` finds all tables there: one after the other they take half a minute in each process."""
    patch, migrate = pytest.MonkeyPatch(), Migrate.handle

    def handle(command: Migrate, *given: Any, **named: Any) -> None:
        fresh.make_at_once()
        migrate(command, *given, **named)

    patch.setattr(Migrate, "handle", handle)
    return patch


@pytest.fixture(scope="session")
def django_db_setup(tables_at_once: pytest.MonkeyPatch, django_db_setup: None) -> None:
    """The test database, made at once; test_fresh compares it with one that was migrated step by step."""
    tables_at_once.undo()


@pytest.fixture(scope="session", autouse=True)
def told_of_pages(django_test_environment: None) -> None:
    """`answer.context` is the page's; Django's tests keep a copy for each of the thousand choices in its lists, too."""
    told = Template._render

    def render(template: Template, context: Context) -> SafeString:
        is_part = context.template is not template or str(template.name).startswith("django/forms/")
        return template.nodelist.render(context) if is_part else told(template, context)

    Template._render = render


@pytest.fixture(autouse=True)
def parts(request: pytest.FixtureRequest) -> None:
    """Tests marked browser, node or postgresql need that part."""
    for mark, part in {"browser": "chromium", "node": "node", "postgresql": "postgresql"}.items():
        if request.node.get_closest_marker(mark):
            need(part)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """The data folder of this test alone; limits of sign-in start afresh, and no entry of another test is known."""
    folder = tmp_path / "data"
    settings.DATA = folder
    settings.FEEDS = folder / "feeds"
    settings.STORE = folder / "store"
    settings.MAILBOX = settings.EMAIL_FILE_PATH = folder / "mail"
    settings.FILE_UPLOAD_TEMP_DIR = folder / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True)
    cache.clear()
    memory.forget()
    return folder


_probed: dict[tuple[bytes, str], dict[str, Any]] = {}


@pytest.fixture(autouse=True)
def probed_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same whole file is looked into once by a child in each process; tests/recordings/assets ask each time."""
    if "assets" in request.node.path.parts:
        return
    look = probing.look_inside

    def look_once(path: Path, found: Found) -> dict[str, Any]:
        key = hashlib.sha256(path.read_bytes()).digest(), found.container
        if key not in _probed:
            _probed[key] = look(path, found)
        return dict(_probed[key])

    monkeypatch.setattr(probing, "look_inside", look_once)


@pytest.fixture
def now() -> datetime:
    """The moment at which stories happen unless they say otherwise: Monday 16 November 2026, 12:00 UTC."""
    return NOW


@pytest.fixture
def stopped(now: datetime) -> Iterator[time_machine.Traveller]:
    """Every clock in this process stands at `now`; `stopped.move_to(…)` sets it elsewhere."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def community(db: None) -> Community:
    """An open community at home in Johannesburg."""
    return make_community(slug="savings", name={"en": "Savings groups", "sv": "Spargrupper"})


@pytest.fixture
def closed_community(db: None) -> Community:
    """A closed community: only its members know of what it does."""
    return make_community(slug="cohort", name={"en": "The cohort"}, joining=Joining.CLOSED)


@pytest.fixture
def organiser(community: Community, closed_community: Community) -> User:
    """Plans series in both communities."""
    user = make_user("organiser@example.org", zone="Africa/Johannesburg")
    for each in (community, closed_community):
        make_member(each, user, role=Role.ORGANISER)
    return user


@pytest.fixture
def manager(community: Community, closed_community: Community) -> User:
    """Leads both communities."""
    user = make_user("manager@example.org")
    for each in (community, closed_community):
        make_member(each, user, role=Role.MANAGER)
    return user


@pytest.fixture
def member(community: Community, closed_community: Community) -> User:
    """Belongs to both communities and plans nothing."""
    user = make_user("member@example.org", zone="Asia/Kolkata")
    for each in (community, closed_community):
        make_member(each, user)
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Has an account and belongs nowhere."""
    return make_user("stranger@example.org")


@pytest.fixture
def administrator(db: None) -> User:
    """May do everything."""
    return make_user("administrator@example.org", is_staff=True, is_superuser=True)


def signed_in(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_organiser(organiser: User) -> Client:
    """The organiser's browser."""
    return signed_in(organiser)


@pytest.fixture
def as_manager(manager: User) -> Client:
    """The community manager's browser."""
    return signed_in(manager)


@pytest.fixture
def as_member(member: User) -> Client:
    """The member's browser."""
    return signed_in(member)


@pytest.fixture
def as_stranger(stranger: User) -> Client:
    """The stranger's browser."""
    return signed_in(stranger)


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    """The administrator's browser."""
    return signed_in(administrator)


@pytest.fixture
def as_nobody() -> Client:
    """The browser of somebody who is not signed in."""
    return Client()
