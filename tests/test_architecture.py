"""The arrows, the budgets and the promises of the house that no other tool checks. `-s` prints the budgets."""

import ast
import re
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils.module_loading import import_string
from importlinter import api
from importlinter.application import use_cases

from seminars.config.schedule import TIMETABLE

ROOT = Path(__file__).resolve().parent.parent
FILE_CAP, FUNCTION_CAP = 400, 50
TOP_LEVEL = {"manage.py", "pyproject.toml", "seminars", "recordings", "templates", "tests"}
TOP_LEVEL |= {"README.md", "CHANGELOG.md", "LICENSE"}
CONTRACTS = [each["id"] for each in api.read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]]
SOURCES = sorted(
    path
    for folder in ("seminars", "recordings", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
OURS = [
    path
    for path in SOURCES
    if path.is_relative_to(ROOT / "seminars") or path.is_relative_to(ROOT / "recordings")
]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """The path as people read it."""
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function of a file, those inside classes and functions too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def tracked() -> list[Path]:
    """The files that are kept in git, or all the visible ones where there is no repository."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listing.stdout.split("\0") if listing.returncode == 0 else []
    if not any(names):
        names = [name_of(path) for path in ROOT.rglob("*") if not name_of(path).startswith(".")]
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def p90(numbers: list[int]) -> float:
    """The ninetieth percentile."""
    return quantiles(numbers, n=10)[-1]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_arrows_point_down(contract: str, capsys: pytest.CaptureFixture[str]) -> None:
    kept = use_cases.lint_imports(str(ROOT / "pyproject.toml"), (contract,), cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


def test_files_and_functions_stay_small() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCES}
    sizes = {
        f"{name_of(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in SOURCES
        for node in functions(ast.parse(path.read_text()))
    }
    ours = [lengths[path] for path in OURS]
    mine = [size for name, size in sizes.items() if not name.startswith("tests/")]
    print(f"\nfile lines: median {median(ours):.0f} (aim 80), p90 {p90(ours):.0f} (aim 200)")
    print(f"function lines: median {median(mine):.0f} (aim 8), p90 {p90(mine):.0f} (aim 25)")
    too_long = {name_of(path): lines for path, lines in lengths.items() if lines > FILE_CAP}
    assert too_long | {name: size for name, size in sizes.items() if size > FUNCTION_CAP} == {}


def test_modules_say_little_in_public() -> None:
    counts = [
        sum(
            isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")
            for node in ast.parse(path.read_text()).body
        )
        for path in OURS
        if path.name not in {"models.py", "__init__.py"}
    ]
    print(f"\npublic names: p90 {p90(counts):.0f} (aim 8)")
    assert max(counts) <= 25


def test_imports_stand_at_the_top() -> None:
    inner = [
        f"{name_of(path)}:{node.lineno}"
        for path in OURS
        for function in functions(ast.parse(path.read_text()))
        if not (path.name == "apps.py" and function.name == "ready")
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inner == []


def broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything and lets nothing pass on."""
    caught = (
        {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else set()
    )
    passes_on = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return (handler.type is None or bool(caught & {"Exception", "BaseException"})) and not passes_on


def test_a_broad_except_gives_its_reason() -> None:
    silent = []
    for path in OURS:
        lines = path.read_text().splitlines()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and broad(node):
                comment = lines[node.lineno - 1].partition("#")[2]
                if len(re.sub(r"noqa(: \w+)?", "", comment).strip(" #,")) < 10:
                    silent.append(f"{name_of(path)}:{node.lineno}")
    assert silent == []


def test_every_function_is_typed_and_public_ones_say_what_they_do() -> None:
    bare = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in OURS
        for node in functions(ast.parse(path.read_text()))
        if node.returns is None
    ]
    unsaid = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in OURS
        if not {"admin.py", "commands", "migrations"} & set(path.parts)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, Function | ast.ClassDef)
        if not node.name.startswith("_") and ast.get_docstring(node) is None
    ]
    assert (bare, unsaid) == ([], [])


def test_no_drawer_for_odds_and_ends() -> None:
    forbidden = {"utils", "util", "common", "helpers", "helper", "services", "exceptions", "misc"}
    assert [name_of(path) for path in SOURCES if forbidden & {*path.parts, path.stem}] == []


def test_the_top_level_is_what_its_user_fixed() -> None:
    first = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in first if not name.startswith(".")} <= TOP_LEVEL


def test_no_file_names_a_registry() -> None:
    hosts = [
        ".".join(parts)
        for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
    ]
    pattern = re.compile(
        rb"|".join([*(re.escape(host).encode() for host in hosts), rb"https?://\S+/simple\b"])
    )
    assert [name_of(path) for path in tracked() if pattern.search(path.read_bytes())] == []


def test_no_table_of_seminars_points_at_recordings() -> None:
    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("seminars").get_models(include_auto_created=True)
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.remote_field and field.related_model._meta.app_label == "recordings"
    ]
    assert pointing == []


def test_every_periodic_job_leads_to_a_task() -> None:
    assert len({line.name for line in TIMETABLE}) == len(TIMETABLE)
    assert [line.task for line in TIMETABLE if not callable(import_string(line.task))] == []


@pytest.mark.django_db
def test_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_area_says_what_it_owns() -> None:
    silent = [
        name_of(path)
        for path in OURS
        if path.name == "__init__.py" and not {"management", "templatetags", "commands"} & set(path.parts)
        if not (import_module(".".join(path.relative_to(ROOT).parent.parts)).__doc__ or "").strip()
    ]
    assert silent == []
