"""What settles what is owed."""

import pytest

from seminars.sessions.facts import settled_by


@pytest.mark.parametrize(
    ("shown", "settled"),
    [
        ({"captions"}, {"captions", "transcript"}),
        ({"transcript"}, {"captions", "transcript"}),
        ({"voice"}, {"voice", "recording"}),
        ({"recording"}, {"recording"}),
    ],
)
def test_captions_are_a_transcript_and_a_voice_is_a_recording(shown: set[str], settled: set[str]) -> None:
    assert settled_by(frozenset(shown)) == settled
