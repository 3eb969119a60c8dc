"""What may be a secret in the words of a program is hidden; what helps to understand it stays."""

import pytest

from seminars.queue.masking import masked


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "https://bbb.example.org/api/getRecordings?checksum=abc",
            "https://bbb.example.org/api/getRecordings?•••",
        ),
        ("s3://key:word@bucket/film", "s3://•••@bucket/film"),
        ("Authorization: Bearer abc.def-123", "Authorization: •••"),
        ("said 'Bearer abcdef123' to it", "said 'Bearer •••' to it"),
        ("client_secret='abc def', zone=UTC", "client_secret=•••, zone=UTC"),
        ('{"access_token": "abc", "size": 3}', '{"access_token": •••, "size": 3}'),
        ("password=abc; retry", "password=•••; retry"),
        ("moov atom not found in talk.mp4", "moov atom not found in talk.mp4"),
        (
            'File "/srv/recordings/tasks.py", line 3, in fetch',
            'File "/srv/recordings/tasks.py", line 3, in fetch',
        ),
        ("", ""),
    ],
)
def test_secrets_are_hidden(said: str, kept: str) -> None:
    assert masked(said) == kept
    assert masked(kept) == kept
