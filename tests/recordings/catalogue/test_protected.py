"""Whatever is deleted, no file of the archive goes with it: every way through the tables is looked at."""

from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import ProtectedError, RestrictedError

from recordings.assets.models import Asset
from recordings.catalogue.models import Original, Recording
from recordings.preservation.fixity import belonging
from recordings.preservation.fixity.models import Copy, Verification
from recordings.renditions.models import Rendition
from recordings.slides.models import SlidePage
from seminars.people.models import User
from tests.factories import make_community, make_series, make_session, make_user
from tests.recordings.cast import take

KEPT: set[type[models.Model]] = {Asset, Original, Recording, Rendition, SlidePage}


def keys_to(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """Every foreign key of our apps that points at `model`."""
    return [
        field
        for each in apps.get_models()
        for field in each._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.model is model
    ]


def goes_with(model: type[models.Model]) -> set[type[models.Model]]:
    """The models whose rows the database would delete with a row of `model`, at any distance."""
    found, waiting = {model}, [model]
    while waiting:
        for field in keys_to(waiting.pop()):
            if field.remote_field.on_delete is models.CASCADE and field.model not in found:
                found.add(field.model)
                waiting.append(field.model)
    return found - {model}


@pytest.mark.parametrize("model", sorted(KEPT, key=lambda each: each.__name__))
def test_nothing_that_holds_a_file_is_deleted_with_something_else(model: type[models.Model]) -> None:
    for other in apps.get_models():
        assert model not in goes_with(other), f"deleting a {other.__name__} would delete a {model.__name__}"


def test_what_holds_a_file_holds_it_fast() -> None:
    """A row of the archive cannot go while another of the archive needs it."""
    for model in KEPT:
        for field in keys_to(model):
            if field.model in KEPT:
                assert field.remote_field.on_delete is models.PROTECT, f"{field.model.__name__}.{field.name}"


def test_every_table_that_points_at_files_is_known_to_fixity() -> None:
    """Else a damaged file would be nobody's, and its bytes would count for nobody."""
    pointing = {field.related_query_name() for field in keys_to(Asset)}
    known = {path.partition("__")[0] for path in belonging.PATHS}
    assert pointing - known == {
        field.related_query_name() for field in keys_to(Asset) if field.model in (Copy, Verification)
    }


@pytest.mark.django_db
def test_tried_on_the_whole_family(now: datetime) -> None:
    community = make_community()
    user = make_user("gone@example.org")
    series = make_series(community)
    session = make_session(series)
    original = take(session, "one-page.pdf", "slides", now, actor_id=user.pk)
    for row in (original.asset, original.recording, session, series, community):
        with pytest.raises((ProtectedError, RestrictedError)):
            row.delete()
    User.objects.filter(pk=user.pk).delete()
    original.refresh_from_db()
    assert original.added_by is None
    assert Asset.objects.count() == 1
