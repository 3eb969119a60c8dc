"""The shelf: of each deck that came as PPTX, the PDF that was made of it."""

from datetime import datetime
from io import BytesIO

import pytest

from recordings.assets import store
from recordings.publishing.editions import shelf_of
from recordings.renditions.models import Rendition
from tests.factories import make_session
from tests.recordings.cast import take

pytestmark = pytest.mark.django_db


def test_each_presentation_has_its_pdf(now: datetime) -> None:
    session = make_session()
    decks = [take(session, "talk.pptx", "slides", now, language=language) for language in ("en", "sv")]
    for deck in decks:
        with store.staging(BytesIO(deck.language.encode())) as staged:
            pdf = store.keep(staged, media_type="application/pdf", now=now)
        Rendition.objects.create(original=deck, recipe="slides_pdf", recipe_version=1, asset=pdf, made_at=now)
    shelf = shelf_of(decks[0].recording)
    assert [(each.language, each.recipe) for each in shelf.slides] == [
        ("en", ""),
        ("sv", ""),
        ("en", "slides_pdf"),
        ("sv", "slides_pdf"),
    ]
