"""Where a quotation opens its recording."""

import pytest
from django.utils.safestring import SafeString

from recordings.search.extracts import Quote


@pytest.mark.parametrize(
    ("field", "language", "seconds", "page", "place"),
    [
        ("caption", "sv", 83.7, None, "?t=83&transcript=sv#player"),
        ("caption", "", 0.0, None, "?t=0#player"),
        ("slide", "en", 57.2, 4, "?t=57&slide=4#player"),
        ("slide", "en", None, 4, "?slide=4#slide-4"),
        ("title", "en", None, None, ""),
    ],
)
def test_it_opens_at_the_second_with_the_words_or_the_slide_in_sight(
    field: str, language: str, seconds: float | None, page: int | None, place: str
) -> None:
    assert Quote(field, language, SafeString("said"), seconds, page).place == place
