"""Tables to download: CSV that spreadsheets read as it is meant."""

import csv
from collections.abc import Iterable

from django.http import HttpResponse

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(
    filename: str, heads: Iterable[str], rows: Iterable[Iterable[str | int | None]]
) -> HttpResponse:
    """Return a table as a file that no cache keeps. Anybody may have typed its texts: none stands as a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # spreadsheets read UTF-8 by it
    table = csv.writer(response)
    table.writerow(list(heads))
    table.writerows([_cell(each) for each in row] for row in rows)
    return response


def _cell(value: str | int | None) -> str | int | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS_A_FORMULA) else value
