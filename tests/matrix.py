"""The permissions matrix: `python -m tests.matrix > FILE` prints in Markdown what test_permissions asks the site for.

tests/permissions.txt holds it, a line for each row: way of joining, a mark for each role, action, thing or address.
After a change that is meant: `MERIDIAN_FOUND=FOLDER pytest tests/test_permissions.py`, then
`python -m tests.matrix FOLDER` writes the file anew from what was found; read its difference before it is committed.
"""

import json
import sys
from pathlib import Path

ROLES = (
    "nobody", "registrant by link", "reader by link", "stranger", "former member", "named guest", "member",
    "cohort member", "note-taker", "host", "series organiser", "series owner", "organiser", "manager",
    "administrator",
)  # fmt: skip
MARKS = {
    "+": "yes",
    "o": "page without it",
    "s": "sign in",
    ".": "–",
    "?": "not asked yet",
}
JOINING = ("open", "request", "closed")
TABLE = Path(__file__).with_name("permissions.txt")


def table() -> dict[str, dict[str, str]]:
    """Return a mark for each role, by way of joining and row."""
    found: dict[str, dict[str, str]] = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            joining, marks, row = line.split(" ", 2)
            found.setdefault(joining, {})[row] = marks
    return found


def by_thing(marks: dict[str, str]) -> dict[str, str]:
    """Return marks by row, whether it is read or sent: who is turned away never learns that it takes a form only."""
    return {f"see {row[3:]}" if row.startswith("do ") else row: mark for row, mark in marks.items()}


def markdown() -> str:
    """Return the table of each way of joining, rows of equal marks together."""
    lines = [
        "# Who may do what",
        "",
        "Every address of the site, asked as each role (`tests/test_permissions.py`). A community of each way of"
        " joining has one thing of each kind; in the closed one all of `/organise/` and `/me/` is asked, too."
        " *see*: read it; *do*: send its form; *plan*: its organisers' page. –: there is nothing (404);"
        " *page without it*: the page is there for everybody and names nothing of this community.",
    ]
    for joining, rows in table().items():
        lines += ["", f"## Community: {joining}", "", "| action and thing | " + " | ".join(ROLES) + " |"]
        lines += ["|---" * (len(ROLES) + 1) + "|"]
        alike: dict[str, list[str]] = {}
        for row, marks in rows.items():
            alike.setdefault(marks, []).append(row)
        for marks, names in sorted(alike.items(), key=lambda pair: -pair[0].count("+")):
            cells = " | ".join(MARKS[each] for each in marks)
            lines.append(f"| {'<br>'.join(names)} | {cells} |")
    return "\n".join(lines) + "\n"


def record(folder: Path) -> None:
    """Write the table from the columns that the tests left in `folder`."""
    lines = []
    for joining in JOINING:
        files = {role: folder / f"{joining}-{role}.json" for role in ROLES}
        columns = {
            role: by_thing(json.loads(file.read_text())) for role, file in files.items() if file.exists()
        }
        sends = {row for file in files.values() if file.exists() for row in json.loads(file.read_text())}
        for row in sorted({row for column in columns.values() for row in column}):
            named = sent if (sent := row.replace("see ", "do ", 1)) in sends else row
            lines.append(
                f"{joining} {''.join(columns.get(role, {}).get(row, '?') for role in ROLES)} {named}"
            )
    TABLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        record(Path(sys.argv[1]))
    else:
        print(markdown(), end="")
