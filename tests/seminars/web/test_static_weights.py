"""What every page brings along stays small."""

import gzip

import pytest
from django.contrib.staticfiles.finders import find


@pytest.mark.parametrize(
    ("names", "most"),
    [
        (["seminars/meridian.css"], 14_000),
        (["seminars/zone.js"], 2_048),
        (["seminars/zone.js", "seminars/picker.js"], 10_000),
        (["seminars/favicon.svg"], 1_000),
    ],
)
def test_compressed_bytes(names: list[str], most: int) -> None:
    total = 0
    for name in names:
        path = find(name)
        assert isinstance(path, str)
        with open(path, "rb") as file:
            total += len(gzip.compress(file.read()))
    assert 100 < total <= most
